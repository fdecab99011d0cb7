"""What came in, and what became of each record of it."""

from __future__ import annotations

from datetime import UTC, datetime

from engine.advice.economy import incomes, own_figures
from engine.advice.economy.compilation import MONTHS, Compilation, own_part
from engine.advice.economy.figures import Debt, RecordGap, RecordGapReason, TaxSummary, Total, Transaction
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.reconciliation import Entry, Fate, Sum
from engine.advice.economy.sourced import CITIZEN, Source, Sourced
from engine.advice.economy.spending import Left
from engine.advice.economy.supplements import Supplement, SupplementKind

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_INCOMING = (Left.PENDING, Left.BUSINESS_ACCOUNT, Left.OWN_ACCOUNTS, Left.MONEY_IN)
_OWN_TOTALS = {
    SupplementKind.DEBT: Total.DEBT,
    SupplementKind.ASSET: Total.ASSETS,
    SupplementKind.INCOME: Total.INCOME,
    SupplementKind.SPENDING: Total.SPENDING,
}
#: What a gap without totals of its own would have been part of, by what is lacking.
_GAP_TOTALS = {
    "card": Total.DEBT,
    "loan": Total.DEBT,
    "debt": Total.DEBT,
    "claim": Total.DEBT,
    "transaction": Total.SPENDING,
    "income": Total.INCOME,
    "benefit": Total.INCOME,
}


def received(compilation: Compilation) -> dict[Total, Sum]:
    """The records of the answers and the citizen's own, added up as they came."""
    counts: dict[Total, int] = dict.fromkeys(Total, 0)
    sums: dict[Total, Money] = dict.fromkeys(Total, ZERO)

    def add(total: Total, amount: Money | None, count: int = 1) -> None:
        counts[total] += count
        sums[total] += amount or ZERO

    found = compilation.found
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
    for entry in compilation.supplements:
        if entry.kind in _OWN_TOTALS:
            add(_OWN_TOTALS[entry.kind], entry.amount)
    for group in compilation.matched.groups:
        if group.debt.id in compilation.corrections:
            add(Total.DEBT, compilation.corrections[group.debt.id].amount)
    for transaction, _, left in (*compilation.placed, *compilation.placed_again):
        add(*_moved(transaction, left))
    return {total: Sum(counts[total], sums[total]) for total in Total}


def entries(compilation: Compilation) -> list[Entry]:
    """What became of each."""
    return [
        *_debt_entries(compilation),
        *_account_entries(compilation),
        *_asset_entries(compilation),
        *incomes.entries(compilation.found, compilation.incomes, compilation.as_of, MONTHS),
        *_movement_entries(compilation),
        *_other_entries(compilation),
    ]


def _debt_entries(compilation: Compilation) -> list[Entry]:
    made = []
    for group in compilation.matched.groups:
        shown, *others = group.records
        correction = compilation.corrections.get(group.debt.id)
        if correction is None:
            made.append(_debt_entry(shown.debt, Fate.COUNTED, group.debt.id, ""))
        else:
            made.append(_debt_entry(shown.debt, Fate.NOT_COUNTED, group.debt.id, "corrected"))
            made.append(_correction_entry(correction, group.debt))
        for record, reason in zip(others, group.reasons, strict=True):
            made.append(_debt_entry(record.debt, Fate.SAME, shown.debt.id, reason.value))
    return made


def _account_entries(compilation: Compilation) -> list[Entry]:
    """Accounts with money on them: overdrawn ones are among the debts."""
    made = []
    for account in compilation.found.accounts:
        if account.balance.value < 0:
            continue
        own = own_part(account)
        source, day = account.balance.sources[0], account.balance.as_of
        about = (Total.ASSETS, account.id, "account", account.name or account.bank, source)
        counted = Fate.COUNTED if own > 0 else Fate.NOT_COUNTED
        made.append(Entry(*about, own, counted, account.id, "" if own > 0 else "empty_account", day))
        if own != account.balance.value:
            rest = account.balance.value - own
            made.append(Entry(*about, rest, Fate.NOT_COUNTED, "", "co_owner", day, count=0))
    return made


def _asset_entries(compilation: Compilation) -> list[Entry]:
    homes = {home: told for told, home in compilation.valued.items()}
    made = []
    for asset in compilation.found.assets:
        amount, day = (asset.value.value, asset.value.as_of) if asset.value else (None, None)
        about = (Total.ASSETS, asset.id, f"asset.{asset.kind.value}", asset.name, asset.source, amount)
        if amount is not None:
            made.append(Entry(*about, Fate.COUNTED, compilation.valued.get(asset.id, asset.id), "", day))
        elif asset.id in homes:
            made.append(Entry(*about, Fate.SAME, homes[asset.id], "one_home", day))
        else:
            made.append(Entry(*about, Fate.NOT_COUNTED, "", "value_unknown", day))
    return made


def _movement_entries(compilation: Compilation) -> list[Entry]:
    counted = {line.category for line in compilation.spending}
    made = [_movement(one, left, "", Fate.SAME, "one_record") for one, _, left in compilation.placed_again]
    for one, category, left in compilation.placed:
        if compilation.is_drawn(one) and one.booked.replace(day=1) in compilation.months:
            made.append(_movement(one, left, "business", Fate.COUNTED, ""))
        elif left is not None:
            made.append(_movement(one, left, "", Fate.NOT_COUNTED, left.value))
        elif category in counted:
            made.append(_movement(one, left, category, Fate.COUNTED, ""))
        else:
            made.append(_movement(one, left, "", Fate.NOT_COUNTED, "more_came_back"))
    return made


def _other_entries(compilation: Compilation) -> list[Entry]:
    made = []
    for summary in compilation.found.tax:
        for total, name, figure in _cross_checks(summary):
            source = figure.sources[0]
            about = (total, f"{source.data_set}:{summary.year}/{name}", f"tax.{name}", str(summary.year), source)
            made.append(Entry(*about, figure.value, Fate.NOT_COUNTED, "", "cross_check", figure.as_of))
    for gap in compilation.found.record_gaps:
        made.append(_gap_entry(gap))
    for one in compilation.found.enterprises:
        about = (Total.ASSETS, f"{one.source.data_set}:{one.orgno}", "enterprise", one.name, one.source)
        made.append(Entry(*about, None, Fate.NOT_COUNTED, "", "no_amount"))
    for entry in compilation.supplements:
        if entry.kind in (SupplementKind.ASSET, SupplementKind.INCOME, SupplementKind.SPENDING):
            made.append(_own_entry(entry))
    return made


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


def _debt_entry(debt: Debt, fate: Fate, into: str, reason: str) -> Entry:
    total, amount = _owed_or_owned(debt.balance.value)
    source, day = debt.balance.sources[0], debt.balance.as_of
    return Entry(total, debt.id, f"debt.{debt.kind.value}", debt.creditor, source, amount, fate, into, reason, day)


def _correction_entry(entry: Supplement, debt: Debt) -> Entry:
    figure, source = own_figures.figure(entry, entry.amount)
    about = (Total.DEBT, f"{CITIZEN}:{entry.id}", "correction", debt.creditor, source, entry.amount)
    return Entry(*about, Fate.COUNTED, debt.id, "", figure.as_of)


def _own_entry(entry: Supplement) -> Entry:
    figure, source = own_figures.figure(entry, entry.amount)
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
