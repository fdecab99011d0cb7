"""The overview as every copy of it tells it: the page, the paper, the table and the JSON are made of this.

So that what one of them says, the others say too: what is missing and why, what is only a lower bound, the parts of
each debt, what comes in and goes out, who said so, and which day it holds. It has keys and values; words are for
whoever shows it. The JSON for others (``publication.py``) adds what became of each record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from engine.advice.economy.cash_flow import CashFlow
from engine.advice.economy.comparison import Reason
from engine.advice.economy.compilation import MONTHS
from engine.advice.economy.difference import Difference, left_each_month, net_worth, unseen
from engine.advice.economy.figures import Asset, Debt, DebtStatus, GapReason, Total
from engine.advice.economy.money import Money
from engine.advice.economy.overview import Completeness, Overview
from engine.advice.economy.sourced import CITIZEN, Source, Sourced
from engine.advice.economy.spending import MonthlyLine
from engine.advice.economy.urgency import Urgent, burns, urgent


@dataclass(frozen=True, slots=True)
class Sum:
    """A total. ``amount`` NOK, ``None`` where nothing is known of it: unknown is never zero."""

    total: Total
    amount: Money | None
    completeness: Completeness


@dataclass(frozen=True, slots=True)
class Missing:
    """What is not known, and why. ``who`` stands behind the source and did not answer, "" for the source itself.

    why, what, count  of single records in an answer that stands otherwise, as in ``Gap``
    feeds             the totals it would have fed, as in ``Gap``
    """

    data_set: str
    who: str
    reason: GapReason
    why: str = ""
    what: str = ""
    count: int = 0
    feeds: tuple[Total, ...] | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """Who told a figure, and when. ``by_citizen``: they entered it themselves."""

    data_set: str
    provider: str
    fetched_at: datetime
    legal_basis: str
    institution: str = ""

    @property
    def by_citizen(self) -> bool:
        return self.data_set == CITIZEN


@dataclass(frozen=True, slots=True)
class DebtRow:
    """One debt, NOK; ``None`` where no source tells.

    fee             NOK a month for having it, beside ``monthly``
    kid, pay_to     how to pay it, "" where no source tells
    corrected_from  what the source said before the citizen corrected it
    burns           the kind of what burns, "" for a debt that does not
    records         every id and fingerprint it is known by
    """

    id: str
    kind: str
    status: DebtStatus
    creditor: str
    collector: str
    case_number: str
    balance: Money
    principal: Money | None
    interest: Money | None
    costs: Money | None
    rate: Decimal | None
    monthly: Money | None
    fee: Money | None
    limit: Money | None
    due: date | None
    kid: str
    pay_to: str
    as_of: date | None
    corrected_from: Money | None
    burns: str
    sources: tuple[Told, ...]
    name: str = ""
    creditor_orgno: str = ""
    original: Money | None = None
    secured: bool = False
    co_borrower: bool = False
    records: tuple[str, ...] = ()

    @property
    def collected_by(self) -> str:
        """Who collects, where that is another than who is owed."""
        return "" if self.collector == self.creditor else self.collector


@dataclass(frozen=True, slots=True)
class AssetRow:
    """Something owned, NOK of the person's own ``share``.

    tax_value  only the value of the tax return is known, which is no price
    """

    id: str
    kind: str
    name: str
    value: Money | None
    tax_value: bool
    as_of: date | None
    sources: tuple[Told, ...]
    share: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class MonthRow:
    """NOK a month, of so many entries. ``category`` is a key, or the citizen's own name of a line they added.

    months  it is the average of so many that are known
    """

    category: str
    amount: Money
    entries: int
    months: int
    sources: tuple[Told, ...]

    @property
    def partial(self) -> bool:
        """Whether fewer months are known than there could be: one that nobody has reported yet is left out."""
        return self.months < MONTHS and not all(one.by_citizen for one in self.sources)


@dataclass(frozen=True, slots=True)
class MaybeSame:
    """Two debts that may be one, and why, as a key of the words. Both are counted until the citizen has said."""

    one: DebtRow
    other: DebtRow
    reason: Reason


@dataclass(frozen=True, slots=True)
class Statement:
    """Everything a copy of the overview tells.

    left          NOK a month, what comes in less what goes out;  worth  NOK, what is owned less what is owed
    unseen        NOK that stands on the accounts where that is less than a month is said to leave, else ``None``
    by_tax_value  a home is known by its tax value only, so what is owned and owed are not compared
    old           data sets whose answer is older than it may be: the figures are of the day it came
    cash          the money day by day to the next pay; ``None`` in an overview stored before there was one
    """

    as_of: date
    sums: tuple[Sum, ...]
    left: Difference
    worth: Difference
    unseen: Money | None
    by_tax_value: bool
    urgent: tuple[Urgent, ...]
    missing: tuple[Missing, ...]
    old: tuple[str, ...]
    questions: tuple[MaybeSame, ...]
    debts: tuple[DebtRow, ...]
    assets: tuple[AssetRow, ...]
    incomes: tuple[MonthRow, ...]
    spending: tuple[MonthRow, ...]
    cash: CashFlow | None = None

    def months_of(self, total: Total, category: str) -> int:
        """How many months a line of income or spending is the average of, where it is ``MonthRow.partial``; else 0."""
        rows = self.incomes if total == Total.INCOME else self.spending
        return next((row.months for row in rows if row.category == category and row.partial), 0)

    def sum_of(self, total: Total) -> Sum:
        return next(one for one in self.sums if one.total == total)


def statement(overview: Overview, old: Iterable[str] = ()) -> Statement:
    """What the overview tells. *old*: data sets whose answer has grown old since it was compiled."""
    amounts = {
        Total.DEBT: overview.total_debt,
        Total.ASSETS: overview.total_assets,
        Total.INCOME: overview.monthly_income,
        Total.SPENDING: overview.monthly_spending,
    }
    sums = tuple(_sum(total, amount, overview.completeness(total)) for total, amount in amounts.items())
    debts = {debt.id: _debt(debt, overview.as_of) for debt in overview.debts}
    gaps = [gap for gap in overview.gaps if gap.reason is not GapReason.STALE]
    stale = {gap.data_set for gap in overview.gaps if gap.reason is GapReason.STALE}
    return Statement(
        as_of=overview.as_of,
        sums=sums,
        left=left_each_month(overview),
        worth=net_worth(overview),
        unseen=unseen(overview),
        by_tax_value=overview.home_by_tax_value,
        urgent=urgent(overview),
        missing=tuple(Missing(g.data_set, g.who, g.reason, g.why, g.what, g.count, g.feeds) for g in gaps),
        old=tuple(sorted(stale.union(old))),
        questions=tuple(_questions(overview, debts)),
        debts=tuple(debts.values()),
        assets=tuple(_asset(asset) for asset in overview.assets),
        incomes=_months(overview.incomes),
        spending=_months(overview.spending),
        cash=overview.cash_flow,
    )


def _questions(overview: Overview, debts: Mapping[str, DebtRow]) -> Iterable[MaybeSame]:
    for question in overview.questions:
        one, other = overview.debt(question.one), overview.debt(question.other)
        if one and other:
            yield MaybeSame(debts[one.id], debts[other.id], question.reason)


def _sum(total: Total, amount: Money, known: Completeness) -> Sum:
    return Sum(total, None if known is Completeness.UNKNOWN else amount, known)


def _debt(debt: Debt, as_of: date) -> DebtRow:
    was = debt.balance.derived.removeprefix("was:") if debt.balance.derived.startswith("was:") else None
    return DebtRow(
        id=debt.id,
        kind=debt.kind.value,
        status=debt.status,
        creditor=debt.creditor,
        collector=debt.collector,
        case_number=debt.case_number,
        balance=debt.balance.value,
        principal=_value(debt.principal),
        interest=_value(debt.interest),
        costs=_value(debt.costs),
        rate=_value(debt.rate),
        monthly=_value(debt.monthly),
        fee=_value(debt.fee),
        limit=_value(debt.limit),
        due=debt.due,
        kid=debt.kid,
        pay_to=debt.pay_to,
        as_of=debt.balance.as_of,
        corrected_from=None if was is None else Decimal(was),
        burns=burns(debt, as_of),
        name=debt.name,
        creditor_orgno=debt.creditor_orgno,
        original=_value(debt.original),
        secured=debt.secured,
        co_borrower=debt.co_borrower,
        records=debt.records,
        sources=_told(debt.balance.sources),
    )


def _asset(asset: Asset) -> AssetRow:
    value = asset.value
    return AssetRow(
        id=asset.id,
        kind=asset.kind.value,
        name=asset.name,
        value=_value(value),
        tax_value=value is not None and value.derived == "tax_value",
        as_of=value.as_of if value else None,
        share=asset.share,
        sources=_told(value.sources if value else (asset.source,)),
    )


def _months(lines: Iterable[MonthlyLine]) -> tuple[MonthRow, ...]:
    return tuple(MonthRow(line.category, line.amount, line.entries, line.months, _told(line.sources)) for line in lines)


def _told(sources: Iterable[Source]) -> tuple[Told, ...]:
    found = (Told(one.data_set, one.provider, one.fetched_at, one.legal_basis, one.institution) for one in sources)
    return tuple(dict.fromkeys(found))


def _value(figure: Sourced[Decimal] | None) -> Decimal | None:
    return None if figure is None else figure.value
