"""The complete overview (R1, R40, R42): what is owed and owned, what comes in and goes out, and what is not known."""

from __future__ import annotations

from collections.abc import Sequence, Sized
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from engine.advice.economy import duplicates
from engine.advice.economy.figures import (
    Account,
    Asset,
    AssetKind,
    Debt,
    DebtKind,
    Enterprise,
    Figures,
    Gap,
    Income,
    TaxSummary,
    Total,
)
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.sourced import CITIZEN, Source, Sourced
from engine.advice.economy.spending import MonthlyLine, Scope, monthly, whole_months
from engine.advice.economy.supplements import Supplement, SupplementKind
from engine.platform.calendar import norwegian_day

MONTHS = 3


class Completeness(StrEnum):
    """How much of what a total sums up is known. A missing source is never zero."""

    COMPLETE = "complete"
    LOWER_BOUND = "lower_bound"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Overview:
    """One person's economy as of a day.

    debts     dearest interest first, unknown rates last
    incomes   NOK per month after tax, average of the last three whole months, by kind
    spending  NOK per month, the same three months, by category
    gaps      what was not answered or not asked: shown as missing, never as zero
    """

    as_of: date
    debts: tuple[Debt, ...]
    assets: tuple[Asset, ...]
    incomes: tuple[MonthlyLine, ...]
    spending: tuple[MonthlyLine, ...]
    gaps: tuple[Gap, ...]
    enterprises: tuple[Enterprise, ...]
    tax: tuple[TaxSummary, ...]

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


def build(found: Figures, *, as_of: date, gaps: Sequence[Gap] = (), supplements: Sequence[Supplement] = ()) -> Overview:
    """Compile everything known into one overview. Pure.

    gaps  what was not answered or not asked, each with the totals it feeds
    """
    debts = duplicates.debts(found.debts)
    scope = scope_of(found.accounts, debts)
    spending = monthly(found.transactions, scope, as_of)
    incomes = _incomes(duplicates.incomes(found.incomes), as_of) + _from_business(found, scope.business_accounts, as_of)
    overview = Overview(
        as_of=as_of,
        debts=debts,
        assets=duplicates.assets(found.assets) + _deposits(found),
        incomes=incomes,
        spending=spending,
        gaps=found.gaps + tuple(gaps),
        enterprises=found.enterprises,
        tax=found.tax,
    )
    for supplement in supplements:
        overview = _add(overview, supplement)
    return replace(overview, debts=tuple(sorted(overview.debts, key=_dearest_first)))


def scope_of(accounts: Sequence[Account], debts: Sequence[Debt]) -> Scope:
    """Which movements are private spending, and which go to a creditor."""
    return Scope(
        frozenset(account.number for account in accounts),
        frozenset(account.number for account in accounts if account.usage == "ORGA"),
        frozenset(debt.creditor.lower() for debt in debts if debt.kind is not DebtKind.COLLECTION),
    )


def _dearest_first(debt: Debt) -> tuple[Decimal, Decimal]:
    return (-(debt.rate.value if debt.rate else Decimal(-1)), -debt.balance.value)


def _deposits(found: Figures) -> tuple[Asset, ...]:
    return tuple(
        Asset(
            id=account.id,
            kind=AssetKind.DEPOSIT,
            name=account.name,
            value=account.balance,
            source=account.balance.sources[0],
            account=account.number,
        )
        for account in found.accounts
        if account.balance.value > 0
    )


def _incomes(incomes: Sequence[Income], as_of: date) -> tuple[MonthlyLine, ...]:
    wanted = set(whole_months(as_of, MONTHS))
    sums: dict[str, Money] = {}
    counts: dict[str, int] = {}
    sources: dict[str, tuple[Source, ...]] = {}
    for income in incomes:
        if income.month not in wanted:
            continue
        kind = income.kind.value
        sums[kind] = sums.get(kind, ZERO) + (income.net or income.gross).value
        counts[kind] = counts.get(kind, 0) + 1
        known = sources.get(kind, ())
        new = tuple(s for s in income.gross.sources if s.data_set not in {k.data_set for k in known})
        sources[kind] = known + new
    lines = [
        MonthlyLine(kind, (total / MONTHS).quantize(Decimal("0.01")), counts[kind], sources[kind])
        for kind, total in sums.items()
    ]
    return tuple(sorted(lines, key=lambda line: -line.amount))


def _from_business(found: Figures, business: frozenset[str], as_of: date) -> tuple[MonthlyLine, ...]:
    """What the owner took out of the business: transfers from its account to a private one."""
    wanted = set(whole_months(as_of, MONTHS))
    taken = [
        t
        for t in found.transactions
        if t.account not in business and t.counterparty_account in business and t.amount > 0
        and t.booked.replace(day=1) in wanted
    ]  # fmt: skip
    if not taken:
        return ()
    total = sum((t.amount for t in taken), ZERO)
    return (MonthlyLine("business", (total / MONTHS).quantize(Decimal("0.01")), len(taken), (taken[0].source,)),)


def _add(overview: Overview, entry: Supplement) -> Overview:
    source = Source(CITIZEN, "", entry.at, "own", entry.id)
    figure = Sourced(entry.amount, (source,), norwegian_day(entry.at))
    if entry.kind is SupplementKind.DEBT:
        debt = Debt(id=f"{CITIZEN}:{entry.id}", kind=DebtKind.OTHER, creditor=entry.name, balance=figure)
        return replace(overview, debts=(*overview.debts, debt))
    if entry.kind is SupplementKind.ASSET:
        asset = Asset(f"{CITIZEN}:{entry.id}", AssetKind.OTHER, entry.name, figure, source)
        return replace(overview, assets=(*overview.assets, asset))
    if entry.kind is SupplementKind.CORRECTION:
        return replace(overview, debts=tuple(_correct(debt, entry, source) for debt in overview.debts))
    line = MonthlyLine(entry.name, entry.amount, 1, (source,))
    if entry.kind is SupplementKind.INCOME:
        return replace(overview, incomes=(*overview.incomes, line))
    return replace(overview, spending=(*overview.spending, line))


def _correct(debt: Debt, entry: Supplement, source: Source) -> Debt:
    """The citizen's balance is shown; what the source said stays among the sources."""
    if debt.id != entry.target:
        return debt
    corrected = Sourced(
        entry.amount, (source, *debt.balance.sources), norwegian_day(entry.at), f"was:{debt.balance.value}"
    )
    return replace(debt, balance=corrected)
