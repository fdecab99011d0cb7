"""The complete overview (R1, R40, R42): what is owed and owned, what comes in and goes out, and what is not known.

``compiled`` also says what became of each record of each answer (``reconciliation.py``); ``build`` is the overview of
it alone. Neither depends on the order of sources or records, or on when they were fetched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Sized
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

from engine.advice.economy import duplicates, identity, incomes, reported
from engine.advice.economy.duplicates import CORRECTED, Decision, Group, Question
from engine.advice.economy.figures import (
    Account,
    Asset,
    AssetKind,
    Debt,
    DebtKind,
    DebtStatus,
    Enterprise,
    Figures,
    Gap,
    GapReason,
    RecordGap,
    RecordGapReason,
    TaxSummary,
    Total,
    Transaction,
)
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.payees import creditor_key
from engine.advice.economy.reconciliation import Entry, Fate, Side, Sum, reconciliation
from engine.advice.economy.sourced import CITIZEN, Source, Sourced
from engine.advice.economy.spending import Left, MonthlyLine, Scope, monthly, months_of, placed
from engine.advice.economy.supplements import Supplement, SupplementKind
from engine.platform.calendar import norwegian_day

MONTHS = 3
#: ``derived`` of a value that the tax assessment told.
TAX_VALUE = "tax_value"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Completeness(StrEnum):
    """How much of what a total sums up is known. A missing source is never zero."""

    COMPLETE = "complete"
    LOWER_BOUND = "lower_bound"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Overview:
    """One person's economy as of a day.

    debts      dearest interest first, unknown rates last
    incomes    NOK per month after tax, average of the reported ones of the last three whole months, by kind
    spending   NOK per month, the same three months, by category
    gaps       what was not answered or not asked: shown as missing, never as zero
    questions  debts that may be one: for the citizen to say
    withheld   NOK that was withheld for creditors in the newest month that is known, and which month
    """

    as_of: date
    debts: tuple[Debt, ...]
    assets: tuple[Asset, ...]
    incomes: tuple[MonthlyLine, ...]
    spending: tuple[MonthlyLine, ...]
    gaps: tuple[Gap, ...]
    enterprises: tuple[Enterprise, ...]
    tax: tuple[TaxSummary, ...]
    questions: tuple[Question, ...] = ()
    withheld: Sourced[Money] | None = None

    def completeness(self, total: Total) -> Completeness:
        """Whether *total* sums up all there is, only a part of it, or nothing: by the gaps that feed it."""
        if not any(gap.may_feed(total) for gap in self.gaps):
            return Completeness.COMPLETE
        known: dict[Total, Sized] = {
            Total.DEBT: self.debts,
            Total.ASSETS: self.assets,
            Total.INCOME: self.incomes,
            Total.SPENDING: self.spending,
        }
        return Completeness.LOWER_BOUND if known[total] else Completeness.UNKNOWN

    def debt(self, key: str) -> Debt | None:
        """The debt that a record with this id or fingerprint tells of."""
        return next((debt for debt in self.debts if key in (debt.id, *debt.records)), None)

    @property
    def home_by_tax_value(self) -> bool:
        """Whether a home is known by its tax value only, which is far below what it is worth."""
        homes = (AssetKind.HOME, AssetKind.SECOND_HOME)
        return any(one.kind in homes and one.value and one.value.derived == TAX_VALUE for one in self.assets)

    @property
    def total_debt(self) -> Money:
        return sum((debt.balance.value for debt in self.debts), ZERO)

    @property
    def total_assets(self) -> Money:
        return sum((asset.value.value for asset in self.assets if asset.value), ZERO)

    @property
    def monthly_income(self) -> Money:
        return sum((line.amount for line in self.incomes), ZERO)

    @property
    def monthly_spending(self) -> Money:
        return sum((line.amount for line in self.spending), ZERO)

    @property
    def monthly_difference(self) -> Money:
        """What is left each month; negative when more goes out than comes in."""
        return self.monthly_income - self.monthly_spending


@dataclass(frozen=True, slots=True)
class Compiled:
    """An overview, and what became of every record it was made of."""

    overview: Overview
    sides: Mapping[Total, Side]


def build(
    found: Figures,
    *,
    as_of: date,
    gaps: Sequence[Gap] = (),
    supplements: Sequence[Supplement] = (),
    before: Sequence[Debt] = (),
) -> Overview:
    """Compile everything known into one overview. Pure.

    gaps    what was not answered or not asked, each with the totals it feeds
    before  the debts of the overview before this one: what was said of a debt by what it was called then still holds
    """
    return _Compilation(found, as_of, gaps, supplements, before).overview()


def compiled(
    found: Figures,
    *,
    as_of: date,
    gaps: Sequence[Gap] = (),
    supplements: Sequence[Supplement] = (),
    before: Sequence[Debt] = (),
) -> Compiled:
    """As ``build``, with what became of each record."""
    made = _Compilation(found, as_of, gaps, supplements, before)
    return Compiled(made.overview(), reconciliation(made.received(), made.entries()))


def scope_of(accounts: Sequence[Account], debts: Sequence[Debt], own: Mapping[str, str] | None = None) -> Scope:
    """Which movements are private spending, and which go to a creditor. *own*: what the citizen has said of payees."""
    return Scope(
        frozenset(identity.account_number(account.number) for account in accounts if account.number),
        frozenset(identity.account_number(account.number) for account in accounts if account.usage == "ORGA"),
        frozenset(creditor_key(name) for debt in debts for name in _paid_as(debt)),
        dict(own or {}),
    )


def categories(supplements: Iterable[Supplement]) -> dict[str, str]:
    """What the citizen has said payments are for, by ``payees.payee_key``: the newest word of each payee."""
    said = sorted((one for one in supplements if one.kind is SupplementKind.CATEGORY), key=lambda one: (one.at, one.id))
    return {one.target: one.category for one in said}


def _paid_as(debt: Debt) -> tuple[str, ...]:
    """Whom a debt is paid to. Who owned a claim before it was collected may be a shop one still buys in."""
    names = (debt.collector,) if debt.kind is DebtKind.COLLECTION else (debt.creditor, debt.collector)
    return tuple(name for name in names if name)


def decisions(supplements: Iterable[Supplement]) -> tuple[Decision, ...]:
    """What the citizen has said of debts that may be one, oldest first."""
    kinds = {SupplementKind.SAME_DEBT: True, SupplementKind.OTHER_DEBT: False}
    return tuple(
        Decision(frozenset({entry.target, *entry.targets}), frozenset(entry.others), kinds[entry.kind])
        for entry in supplements
        if entry.kind in kinds
    )


class _Compilation:
    """The steps of one compilation, each computed once."""

    def __init__(
        self,
        found: Figures,
        as_of: date,
        gaps: Sequence[Gap],
        supplements: Sequence[Supplement],
        before: Sequence[Debt],
    ) -> None:
        self._found = found
        self._as_of = as_of
        self._gaps = gaps
        self._supplements = sorted(supplements, key=lambda entry: (entry.at, entry.id))
        added = [_own_debt(entry) for entry in self._supplements if entry.kind is SupplementKind.DEBT]
        told = [*found.debts, *(_overdraft(account) for account in found.accounts if account.balance.value < 0), *added]
        self._matched = duplicates.match(told, decisions(self._supplements), before)
        self._corrections = _corrections(self._matched.groups, self._supplements)
        self._assets, self._valued = duplicates.assets(sorted(found.assets, key=_asset_order))
        self._incomes = incomes.once(found.incomes)
        debts = [group.debt for group in self._matched.groups]
        cards = frozenset(identity.account_number(t.account) for t in found.transactions if t.card)
        scope = scope_of(found.accounts, debts, categories(self._supplements))
        self._scope = replace(scope, own_accounts=scope.own_accounts | cards)
        self._months = reported.spending_months(found, as_of, MONTHS)
        self._known_months = months_of(self._months, as_of)
        self._transactions, self._repeated = _each_once(found.transactions)

    def overview(self) -> Overview:
        groups = self._matched.groups
        found, as_of = self._found, self._as_of
        lines = incomes.lines(found, self._incomes.kept, as_of, MONTHS) + self._drawn()
        debts = [_corrected(group, self._corrections) for group in groups if group.debt.balance.value >= 0]
        own = self._supplements
        return Overview(
            as_of=as_of,
            debts=tuple(sorted(debts, key=_dearest_first)),
            assets=(
                *self._assets,
                *_deposits(found),
                *(_claim(group.debt) for group in groups if group.debt.balance.value < 0),
                *(_own_asset(entry) for entry in own if entry.kind is SupplementKind.ASSET),
            ),
            incomes=(*lines, *(_own_line(entry) for entry in own if entry.kind is SupplementKind.INCOME)),
            spending=(*self._spending(), *(_own_line(entry) for entry in own if entry.kind is SupplementKind.SPENDING)),
            gaps=self._all_gaps(),
            enterprises=tuple(sorted(found.enterprises, key=lambda one: (one.orgno, one.name))),
            tax=tuple(sorted(found.tax, key=lambda one: -one.year)),
            questions=self._matched.questions,
            withheld=incomes.withheld(self._incomes.kept, as_of),
        )

    def _spending(self) -> tuple[MonthlyLine, ...]:
        return monthly(self._transactions, self._scope, self._as_of, self._months) if self._months else ()

    def _all_gaps(self) -> tuple[Gap, ...]:
        gaps = {*self._found.gaps, *self._gaps, *_record_gaps(self._found.record_gaps), *self._silent_months()}
        return tuple(sorted(gaps, key=lambda gap: (gap.data_set, gap.who, gap.reason, gap.why, gap.what)))

    def _silent_months(self) -> list[Gap]:
        """A bank that has told no whole month yet says nothing of what a month costs."""
        tellers = {row.data_set for row in self._found.reported if row.total is Total.SPENDING}
        if self._months or not tellers:
            return []
        return [Gap(one, "", GapReason.PARTIAL, (Total.SPENDING,), "no_whole_month", "month", 1) for one in tellers]

    def _drawn(self) -> tuple[MonthlyLine, ...]:
        """What the owner took out of the business: transfers from its account to a private one."""
        taken = [t for t in self._transactions if self._is_drawn(t) and t.booked.replace(day=1) in self._months]
        if not taken:
            return ()
        total = sum((t.amount for t in taken), ZERO)
        source = min((t.source for t in taken), key=lambda one: (identity.source_key(one), one.reference))
        count = len(self._months)
        return (MonthlyLine("business", (total / count).quantize(Decimal("0.01")), len(taken), (source,), count),)

    def _is_drawn(self, transaction: Transaction) -> bool:
        business = self._scope.business_accounts
        return (
            bool(business)
            and transaction.amount > 0
            and not transaction.pending
            and identity.account_number(transaction.account) not in business
            and identity.account_number(transaction.counterparty_account) in business
        )

    # What came in, and what became of it

    def received(self) -> dict[Total, Sum]:
        """The records of the answers and the citizen's own, added up as they came."""
        counts: dict[Total, int] = dict.fromkeys(Total, 0)
        sums: dict[Total, Money] = dict.fromkeys(Total, ZERO)

        def add(total: Total, amount: Money | None, count: int = 1) -> None:
            counts[total] += count
            sums[total] += amount or ZERO

        found = self._found
        for debt in found.debts:
            add(*_owed_or_owned(debt.balance.value))
        for account in found.accounts:
            owed = -account.balance.value
            add(*(_owed_or_owned(owed) if owed else (Total.ASSETS, ZERO)))
        for asset in found.assets:
            add(Total.ASSETS, asset.value.value if asset.value else None)
        for income in found.incomes:
            add(Total.INCOME, incomes.amount_of(income))
        for summary in found.tax:
            for total, _, figure in _cross_checks(summary):
                add(total, figure.value)
        for gap in found.record_gaps:
            add(_gap_total(gap), None, gap.count)
        for _ in found.enterprises:
            add(Total.ASSETS, None)
        for entry in self._supplements:
            if entry.kind in _OWN_TOTALS:
                add(_OWN_TOTALS[entry.kind], entry.amount)
        for group in self._matched.groups:
            if group.debt.id in self._corrections:
                add(Total.DEBT, self._corrections[group.debt.id].amount)
        for transaction, _, left in placed(found.transactions, self._scope, self._known_months):
            add(*_moved(transaction, left))
        return {total: Sum(counts[total], sums[total]) for total in Total}

    def entries(self) -> list[Entry]:
        """What became of each."""
        return [
            *self._debt_entries(),
            *self._account_entries(),
            *self._asset_entries(),
            *incomes.entries(self._found, self._incomes, self._as_of, MONTHS),
            *self._movement_entries(),
            *self._other_entries(),
        ]

    def _debt_entries(self) -> list[Entry]:
        made = []
        for group in self._matched.groups:
            shown, *others = group.records
            correction = self._corrections.get(group.debt.id)
            if correction is None:
                made.append(_debt_entry(shown.debt, Fate.COUNTED, group.debt.id, ""))
            else:
                made.append(_debt_entry(shown.debt, Fate.NOT_COUNTED, group.debt.id, "corrected"))
                made.append(_correction_entry(correction, group.debt))
            for record, reason in zip(others, group.reasons, strict=True):
                made.append(_debt_entry(record.debt, Fate.SAME, shown.debt.id, reason.value))
        return made

    def _account_entries(self) -> list[Entry]:
        """Accounts with money on them: overdrawn ones are among the debts."""
        made = []
        for account in self._found.accounts:
            if account.balance.value < 0:
                continue
            own = _own_part(account)
            source, day = account.balance.sources[0], account.balance.as_of
            about = (Total.ASSETS, account.id, "account", account.name or account.bank, source)
            counted = Fate.COUNTED if own > 0 else Fate.NOT_COUNTED
            made.append(Entry(*about, own, counted, account.id, "" if own > 0 else "empty_account", day))
            if own != account.balance.value:
                rest = account.balance.value - own
                made.append(Entry(*about, rest, Fate.NOT_COUNTED, "", "co_owner", day, count=0))
        return made

    def _asset_entries(self) -> list[Entry]:
        homes = {home: told for told, home in self._valued.items()}
        made = []
        for asset in self._found.assets:
            amount, day = (asset.value.value, asset.value.as_of) if asset.value else (None, None)
            about = (Total.ASSETS, asset.id, f"asset.{asset.kind.value}", asset.name, asset.source, amount)
            if amount is not None:
                made.append(Entry(*about, Fate.COUNTED, self._valued.get(asset.id, asset.id), "", day))
            elif asset.id in homes:
                made.append(Entry(*about, Fate.SAME, homes[asset.id], "one_home", day))
            else:
                made.append(Entry(*about, Fate.NOT_COUNTED, "", "value_unknown", day))
        return made

    def _movement_entries(self) -> list[Entry]:
        counted = {line.category for line in self._spending()}
        made = [
            _movement(one, left, "", Fate.SAME, "one_record")
            for one, _, left in placed(self._repeated, self._scope, self._known_months)
        ]
        for one, category, left in placed(self._transactions, self._scope, self._known_months):
            if self._is_drawn(one) and one.booked.replace(day=1) in self._months:
                made.append(_movement(one, left, "business", Fate.COUNTED, ""))
            elif left is not None:
                made.append(_movement(one, left, "", Fate.NOT_COUNTED, left.value))
            elif category in counted:
                made.append(_movement(one, left, category, Fate.COUNTED, ""))
            else:
                made.append(_movement(one, left, "", Fate.NOT_COUNTED, "more_came_back"))
        return made

    def _other_entries(self) -> list[Entry]:
        made = []
        for summary in self._found.tax:
            for total, name, figure in _cross_checks(summary):
                source = figure.sources[0]
                about = (total, f"{source.data_set}:{summary.year}/{name}", f"tax.{name}", str(summary.year), source)
                made.append(Entry(*about, figure.value, Fate.NOT_COUNTED, "", "cross_check", figure.as_of))
        for gap in self._found.record_gaps:
            made.append(_gap_entry(gap))
        for one in self._found.enterprises:
            about = (Total.ASSETS, f"{one.source.data_set}:{one.orgno}", "enterprise", one.name, one.source)
            made.append(Entry(*about, None, Fate.NOT_COUNTED, "", "no_amount"))
        for entry in self._supplements:
            if entry.kind in (SupplementKind.ASSET, SupplementKind.INCOME, SupplementKind.SPENDING):
                made.append(_own_entry(entry))
        return made


_INCOMING = (Left.PENDING, Left.BUSINESS_ACCOUNT, Left.OWN_ACCOUNTS, Left.MONEY_IN)
_OWN_TOTALS = {
    SupplementKind.DEBT: Total.DEBT,
    SupplementKind.ASSET: Total.ASSETS,
    SupplementKind.INCOME: Total.INCOME,
    SupplementKind.SPENDING: Total.SPENDING,
}


def _owed_or_owned(owed: Money) -> tuple[Total, Money]:
    return (Total.DEBT, owed) if owed >= 0 else (Total.ASSETS, -owed)


def _moved(transaction: Transaction, left: Left | None) -> tuple[Total, Money]:
    """Money out, and what comes back of it, is spending; other money in is income."""
    if transaction.amount >= 0 and left in _INCOMING:
        return Total.INCOME, transaction.amount
    return Total.SPENDING, -transaction.amount


def _movement(transaction: Transaction, left: Left | None, into: str, fate: Fate, reason: str) -> Entry:
    total, amount = _moved(transaction, left)
    name = transaction.counterparty or transaction.text
    source, day = transaction.source, transaction.booked
    return Entry(total, transaction.id, "transaction", name, source, amount, fate, into, reason, day, day)


def _each_once(found: Sequence[Transaction]) -> tuple[tuple[Transaction, ...], tuple[Transaction, ...]]:
    """The movements, and those a source told once more: the very same, by an id of its own."""
    seen: set[Transaction] = set()
    kept, repeated = [], []
    for transaction in found:
        if transaction.source.reference and transaction in seen:
            repeated.append(transaction)
        else:
            seen.add(transaction)
            kept.append(transaction)
    return tuple(kept), tuple(repeated)


# Debts


def _dearest_first(debt: Debt) -> tuple[Decimal, Decimal, str]:
    return (-(debt.rate.value if debt.rate else Decimal(-1)), -debt.balance.value, debt.id)


def _overdraft(account: Account) -> Debt:
    """An account below zero: what is owed the bank."""
    balance = account.balance
    return Debt(
        id=account.id,
        kind=DebtKind.OVERDRAFT,
        creditor=account.bank or balance.sources[0].provider,
        balance=replace(balance, value=-balance.value),
        status=DebtStatus.OVERDUE
        if account.limit is None or -balance.value > account.limit.value
        else DebtStatus.CURRENT,
        limit=account.limit,
        account=account.number,
        creditor_orgno=account.bank_orgno,
        name=account.name,
        co_borrower=account.joint,
    )


def _own_debt(entry: Supplement) -> Debt:
    figure, source = _own_figure(entry, entry.amount)
    return Debt(
        id=f"{CITIZEN}:{entry.id}",
        kind=entry.debt or DebtKind.OTHER,
        creditor=entry.name,
        balance=figure,
        rate=Sourced(entry.rate, (source,), figure.as_of) if entry.rate is not None else None,
        monthly=Sourced(entry.monthly, (source,), figure.as_of) if entry.monthly is not None else None,
    )


def _own_figure(entry: Supplement, amount: Money, *more: Source) -> tuple[Sourced[Money], Source]:
    source = Source(CITIZEN, "", entry.at, "own", entry.id)
    return Sourced(amount, (source, *more), norwegian_day(entry.at)), source


def _corrections(groups: Sequence[Group], supplements: Sequence[Supplement]) -> dict[str, Supplement]:
    """Id of a debt → its newest correction. Each corrects one debt: the one that best fits what it was made of."""
    found: dict[str, Supplement] = {}
    owed = [group for group in groups if group.debt.balance.value >= 0]
    for entry in supplements:
        if entry.kind is not SupplementKind.CORRECTION:
            continue
        keys = {entry.target, *entry.targets}
        fitting = [(entry.target in group.ids, len(keys & group.keys), group) for group in owed if keys & group.keys]
        if fitting:
            best = max(fitting, key=lambda row: row[:2])
            found[best[2].debt.id] = entry
    return found


def _corrected(group: Group, corrections: Mapping[str, Supplement]) -> Debt:
    """The citizen's balance is shown; what the source said stays among the sources."""
    debt, entry = group.debt, corrections.get(group.debt.id)
    if entry is None:
        return debt
    figure, _ = _own_figure(entry, entry.amount, *debt.balance.sources)
    return replace(debt, balance=replace(figure, derived=f"{CORRECTED}{debt.balance.value}"))


# Assets


def _asset_order(asset: Asset) -> tuple[str, str, str, Money]:
    return identity.source_key(asset.source), asset.id, asset.name, asset.value.value if asset.value else ZERO


def _own_part(account: Account) -> Money:
    """NOK of an account that is the person's own, where others own it too."""
    return (
        (account.balance.value * account.share).quantize(Decimal("0.01"))
        if account.share != 1
        else account.balance.value
    )


def _deposits(found: Figures) -> tuple[Asset, ...]:
    held = [
        Asset(
            id=account.id,
            kind=AssetKind.DEPOSIT,
            name=account.name,
            value=replace(account.balance, value=_own_part(account)),
            source=account.balance.sources[0],
            share=account.share,
            account=account.number,
        )
        for account in found.accounts
        if _own_part(account) > 0
    ]
    return tuple(sorted(held, key=_asset_order))


def _claim(debt: Debt) -> Asset:
    """A card in credit, a loan overpaid: what the creditor owes the person."""
    value = replace(debt.balance, value=-debt.balance.value)
    return Asset(debt.id, AssetKind.CLAIM, debt.creditor, value, debt.balance.sources[0], account=debt.account)


def _own_asset(entry: Supplement) -> Asset:
    figure, source = _own_figure(entry, entry.amount)
    return Asset(f"{CITIZEN}:{entry.id}", AssetKind.OTHER, entry.name, figure, source)


def _own_line(entry: Supplement) -> MonthlyLine:
    return MonthlyLine(entry.name, entry.amount, 1, (_own_figure(entry, entry.amount)[1],), 1)


# What became of a record


def _debt_entry(debt: Debt, fate: Fate, into: str, reason: str) -> Entry:
    total, amount = _owed_or_owned(debt.balance.value)
    source, day = debt.balance.sources[0], debt.balance.as_of
    return Entry(total, debt.id, f"debt.{debt.kind.value}", debt.creditor, source, amount, fate, into, reason, day)


def _correction_entry(entry: Supplement, debt: Debt) -> Entry:
    figure, source = _own_figure(entry, entry.amount)
    about = (Total.DEBT, f"{CITIZEN}:{entry.id}", "correction", debt.creditor, source, entry.amount)
    return Entry(*about, Fate.COUNTED, debt.id, "", figure.as_of)


def _own_entry(entry: Supplement) -> Entry:
    figure, source = _own_figure(entry, entry.amount)
    record = f"{CITIZEN}:{entry.id}"
    into = record if entry.kind is SupplementKind.ASSET else entry.name
    about = (_OWN_TOTALS[entry.kind], record, f"own.{entry.kind.value}", entry.name, source, entry.amount)
    return Entry(*about, Fate.COUNTED, into, "", figure.as_of)


def _cross_checks(summary: TaxSummary) -> list[tuple[Total, str, Sourced[Money]]]:
    """Last year's sums of the tax administration: to check against, never to add."""
    told = (
        (Total.DEBT, "debt", summary.debt),
        (Total.ASSETS, "deposits", summary.deposits),
        (Total.ASSETS, "gross_wealth", summary.gross_wealth),
        (Total.INCOME, "wage", summary.wage),
    )
    return [(total, name, figure) for total, name, figure in told if figure is not None]


def _gap_total(gap: RecordGap) -> Total:
    return gap.feeds[0] if gap.feeds else _GAP_TOTALS.get(gap.what, Total.ASSETS)


_GAP_TOTALS = {
    "card": Total.DEBT,
    "loan": Total.DEBT,
    "debt": Total.DEBT,
    "claim": Total.DEBT,
    "transaction": Total.SPENDING,
    "income": Total.INCOME,
    "benefit": Total.INCOME,
}


def _gap_entry(gap: RecordGap) -> Entry:
    source = Source(gap.data_set, gap.who, _NEVER, "", gap.reference)
    told = f"{gap.amount:f} {gap.currency}".strip() if gap.amount is not None else ""
    fate = Fate.SAME if gap.reason is RecordGapReason.REPEATED else Fate.NOT_COUNTED
    record = f"{gap.data_set}:{gap.reference}"
    return Entry(
        _gap_total(gap),
        record,
        f"gap.{gap.what}",
        gap.who,
        source,
        None,
        fate,
        "",
        gap.reason.value,
        gap.as_of,
        None,
        gap.count,
        told,
    )


def _record_gaps(found: Iterable[RecordGap]) -> list[Gap]:
    """Records that are lacking, counted by where they came from and why."""
    counts: dict[tuple[str, str, RecordGapReason, str, tuple[Total, ...]], int] = {}
    for gap in found:
        if gap.lacking:
            key = (gap.data_set, gap.who, gap.reason, gap.what, gap.feeds)
            counts[key] = counts.get(key, 0) + gap.count
    return [
        Gap(data_set, who, GapReason.PARTIAL, feeds, reason.value, what, count)
        for (data_set, who, reason, what, feeds), count in counts.items()
    ]
