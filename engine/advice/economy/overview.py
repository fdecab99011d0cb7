"""The complete overview (R1, R40, R42): what is owed and owned, what comes in and goes out, and what is not known.

``compiled`` also says what became of each record of each answer (``reconciliation.py``); ``build`` is the overview of
it alone. Neither depends on the order of sources or records, or on when they were fetched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from engine.advice.economy import incomes, own_figures
from engine.advice.economy.cash_flow import CashFlow, cash_flow
from engine.advice.economy.compilation import MONTHS, Compilation, asset_order, own_part
from engine.advice.economy.duplicates import Question
from engine.advice.economy.figures import (
    Asset,
    AssetKind,
    Debt,
    Enterprise,
    Figures,
    Gap,
    GapReason,
    RecordGap,
    RecordGapReason,
    TaxSummary,
    Total,
)
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.reconciliation import Side, reconciliation
from engine.advice.economy.record_entries import entries, received
from engine.advice.economy.sourced import Sourced
from engine.advice.economy.spending import MonthlyLine
from engine.advice.economy.supplements import Supplement, SupplementKind

#: ``derived`` of a value that the tax assessment told.
TAX_VALUE = "tax_value"


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
    cash_flow  the money day by day to the next pay, ``None`` in overviews stored before there was one
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
    cash_flow: CashFlow | None = None

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
    return _overview(Compilation(found, as_of, supplements, before), gaps)


def compiled(
    found: Figures,
    *,
    as_of: date,
    gaps: Sequence[Gap] = (),
    supplements: Sequence[Supplement] = (),
    before: Sequence[Debt] = (),
) -> Compiled:
    """As ``build``, with what became of each record."""
    made = Compilation(found, as_of, supplements, before)
    return Compiled(_overview(made, gaps), reconciliation(received(made), entries(made)))


def _overview(made: Compilation, gaps: Sequence[Gap]) -> Overview:
    groups, found, as_of, own = made.matched.groups, made.found, made.as_of, made.supplements
    lines = incomes.lines(found, made.incomes.kept, as_of, MONTHS) + made.drawn()
    owed = (own_figures.corrected(group, made.corrections) for group in groups if group.debt.balance.value >= 0)
    debts, every_gap = tuple(sorted(owed, key=_dearest_first)), _all_gaps(made, gaps)
    return Overview(
        as_of=as_of,
        debts=debts,
        assets=(
            *made.assets,
            *_deposits(found),
            *(_claim(group.debt) for group in groups if group.debt.balance.value < 0),
            *(own_figures.asset(entry) for entry in own if entry.kind is SupplementKind.ASSET),
        ),
        incomes=(*lines, *_own_lines(own, SupplementKind.INCOME)),
        spending=(*made.spending, *_own_lines(own, SupplementKind.SPENDING)),
        gaps=every_gap,
        enterprises=tuple(sorted(found.enterprises, key=lambda one: (one.orgno, one.name))),
        tax=tuple(sorted(found.tax, key=lambda one: -one.year)),
        questions=made.matched.questions,
        withheld=incomes.withheld(made.incomes.kept, as_of),
        cash_flow=_cash_flow(made, debts, every_gap),
    )


def _cash_flow(made: Compilation, debts: Sequence[Debt], gaps: Sequence[Gap]) -> CashFlow:
    """Of the debts as the citizen has corrected them."""
    own = (one for one in made.supplements if one.kind is SupplementKind.SPENDING)
    return cash_flow(
        as_of=made.as_of,
        accounts=made.found.accounts,
        transactions=made.transactions,
        debts=debts,
        payers=[income.payer for income in made.incomes.kept],
        scope=made.scope,
        months=made.months,
        own=[(one.name, one.amount) for one in own],
        complete=not any(gap.may_feed(total) for gap in gaps for total in Total),
    )


def _own_lines(own: Sequence[Supplement], kind: SupplementKind) -> Iterator[MonthlyLine]:
    return (own_figures.line(entry) for entry in own if entry.kind is kind)


def _dearest_first(debt: Debt) -> tuple[Decimal, Decimal, str]:
    return (-(debt.rate.value if debt.rate else Decimal(-1)), -debt.balance.value, debt.id)


def _deposits(found: Figures) -> tuple[Asset, ...]:
    held = [
        Asset(
            id=account.id,
            kind=AssetKind.DEPOSIT,
            name=account.name,
            value=replace(account.balance, value=own_part(account)),
            source=account.balance.sources[0],
            share=account.share,
            account=account.number,
        )
        for account in found.accounts
        if own_part(account) > 0
    ]
    return tuple(sorted(held, key=asset_order))


def _claim(debt: Debt) -> Asset:
    """A card in credit, a loan overpaid: what the creditor owes the person."""
    value = replace(debt.balance, value=-debt.balance.value)
    return Asset(debt.id, AssetKind.CLAIM, debt.creditor, value, debt.balance.sources[0], account=debt.account)


def _all_gaps(made: Compilation, gaps: Sequence[Gap]) -> tuple[Gap, ...]:
    every = {*made.found.gaps, *gaps, *_record_gaps(made.found.record_gaps), *_silent_months(made)}
    return tuple(sorted(every, key=lambda gap: (gap.data_set, gap.who, gap.reason, gap.why, gap.what)))


def _silent_months(made: Compilation) -> list[Gap]:
    """A bank that has told no whole month yet says nothing of what a month costs."""
    tellers = {row.data_set for row in made.found.reported if row.total is Total.SPENDING}
    if made.months or not tellers:
        return []
    return [Gap(one, "", GapReason.PARTIAL, (Total.SPENDING,), "no_whole_month", "month", 1) for one in tellers]


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
