"""The owner's overview (R41): what the business earns, what it will cost in tax and VAT, and what is set aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from engine.advice.economy.enk import deadlines
from engine.advice.economy.enk.deadlines import Change, Due
from engine.advice.economy.enk.pay import PayCheck, SickPay, sick_pay
from engine.advice.economy.enk.result import (
    AccountDay,
    Movement,
    Result,
    account_days,
    movements,
    projected,
    result,
    year_share,
)
from engine.advice.economy.enk.set_aside import Cover, cover
from engine.advice.economy.enk.tagging import Tag, Tagging, numbers
from engine.advice.economy.figures import Enterprise, Figures
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.rates import UnknownYearError, rates
from engine.advice.economy.tax.estimate import TaxEstimate, of_business
from engine.advice.economy.tax.income import TaxableIncome
from engine.advice.economy.tax.vat import Period, TermEstimate, term_estimates, terms

WARN_DAYS = 21
#: Share of the registration limit at which the owner is warned that it comes nearer.
NEAR = Decimal("0.8")
#: A return this far (NOK) from what the accounts show is worth a look.
CONTRADICTION = Decimal(1000)


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What no source tells. Every one is shown beside the figure it is used for.

    advance_tax  NOK of forskuddsskatt assessed for the year;  ``advance_change`` when that was made or raised in it
    advance_paid  NOK of it paid so far; ``None`` = every term was paid when it fell due
    wages, deductions   the owner's other income and deductions in the year, NOK
    wanted_pay   NOK a year the owner needs to live on; 0 = what has been taken out, at that pace
    vat_kind     rate of the sales;  ``deductible``: share of purchases with deductible VAT
    vat_period   two_month | annual | annual_primary
    returns      term key → NOK the owner returned, to compare with
    started      the first day of business this year, when it was not running from 1 January
    carried      given for an earlier year: what is said of advance tax does not count for this one
    """

    advance_tax: Money = ZERO
    advance_change: Change | None = None
    advance_paid: Money | None = None
    wages: Money = ZERO
    deductions: Money = ZERO
    shielding_base: Money = ZERO
    wanted_pay: Money = ZERO
    vat_kind: str = "standard"
    deductible: Decimal = Decimal(1)
    vat_period: Period = Period.TWO_MONTH
    returns: Mapping[str, Money] = field(default_factory=dict)
    started: date | None = None
    age: int | None = None
    carried: bool = False

    def income(self, profit: Money) -> TaxableIncome:
        """The owner's income of the year, with this profit of the business."""
        return TaxableIncome(
            profit=profit,
            wages=self.wages,
            deductions=self.deductions,
            shielding_base=self.shielding_base,
            age=self.age,
        )


@dataclass(frozen=True, slots=True)
class EnkWarning:
    """One thing to act on. ``key`` is given once; ``kind`` names the sentence and ``act`` the one thing to do."""

    key: str
    kind: str
    act: str
    amount: Money | None = None
    due: date | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class EnkOverview:
    """Everything about the business as of a day. NOK, estimates roughly computed.

    so_far      as it passed through the accounts, VAT included
    net_so_far  profit without VAT; ``net_year`` the same at this pace for the whole year
    tax         what the business adds to the owner's tax for the year; ``None`` with ``unknown_year`` set
    tax_so_far  the part of it that the year so far has caused
    covered_from  first day the transactions reach back to; ``None`` when the business accounts cannot be seen
    sold_in_a_year  the last twelve months' sales: what the limit of VAT registration is measured against
    """

    as_of: date
    enterprises: tuple[Enterprise, ...]
    tagging: Tagging
    assumptions: Assumptions
    so_far: Result
    net_so_far: Money
    net_year: Money
    share: Decimal
    tax: TaxEstimate | None
    tax_so_far: Money
    vat: tuple[TermEstimate, ...]
    cover: Cover
    pay: PayCheck | None
    sick: SickPay | None
    warnings: tuple[EnkWarning, ...]
    covered_from: date | None
    unknown_year: UnknownYearError | None = None
    other_dues: tuple[Due, ...] = ()
    sold_in_a_year: Money = ZERO

    @property
    def tagged(self) -> bool:
        """Whether any account is tagged as the business's: without one nothing can be computed."""
        return bool(numbers(self.tagging, Tag.BUSINESS))


def build(
    figures: Figures,
    tagging: Tagging,
    assumptions: Assumptions,
    as_of: date,
    last_year: Assumptions | None = None,
    days: Sequence[AccountDay] | None = None,
) -> EnkOverview:
    """Compile the owner's overview. Pure. A year without rates leaves the tax out and says so.

    last_year  what was given for the year before, whose tax falls due in this one; as *assumptions* when not given
    days       the movements added up, where that is done already: ``figures`` then needs none
    """
    moved = movements(account_days(figures.transactions, tagging) if days is None else days, tagging)
    first = date(as_of.year, 1, 1)
    covered_from = min((m.booked for m in moved), default=None)
    since = max(first, assumptions.started or first, covered_from or first)
    so_far = result(moved, first, as_of)
    share = year_share(as_of, since)
    registered = any(enterprise.vat_registered for enterprise in figures.enterprises)
    unknown: UnknownYearError | None = None
    estimates: list[TermEstimate] = []
    for year in (as_of.year - 1, as_of.year):
        try:
            rates(year)
        except UnknownYearError as error:
            unknown = error if year == as_of.year else unknown
            continue
        if registered:
            estimates += _vat(moved, year, assumptions, as_of, covered_from)
    vat_so_far = sum((e.amount for e in estimates if e.term.start.year == as_of.year), ZERO)
    net_so_far = so_far.profit - vat_so_far
    net_year = projected(net_so_far, share)
    dues: list[Due] = list(deadlines.vat(tuple(estimates)))
    tax: TaxEstimate | None = None
    sick: SickPay | None = None
    tax_so_far = ZERO
    if unknown is None:
        tax = of_business(assumptions.income(net_year), as_of.year)
        tax_so_far = max((tax.total * share).quantize(Decimal("0.01")), ZERO)
        advance = deadlines.advance_tax(as_of.year, assumptions.advance_tax, assumptions.advance_change)
        if assumptions.advance_paid is not None:
            advance = deadlines.after_payment(advance, assumptions.advance_paid, as_of)
        dues += advance
        dues.append(deadlines.rest_tax(as_of.year, tax_so_far, assumptions.advance_tax))
        sick = sick_pay(net_year, as_of.year)
    dues += _last_year(moved, estimates, last_year or assumptions, as_of, covered_from)
    dues += deadlines.claims(figures.debts)
    ahead = [due for due in dues if due.due >= as_of or due.kind in ("claim", "advance_missed")]
    covered = cover(ahead, **_balances(figures, tagging))
    pay = _pay(net_year, tax, so_far, share, assumptions) if tax is not None else None
    others = tuple(d for d in _returns(as_of) if d.due >= as_of)
    overview = EnkOverview(
        as_of,
        figures.enterprises,
        tagging,
        assumptions,
        so_far,
        net_so_far,
        net_year,
        share,
        tax,
        tax_so_far,
        tuple(estimates),
        covered,
        pay,
        sick,
        (),
        covered_from,
        unknown,
        others,
        result(moved, as_of - timedelta(days=364), as_of).sales,
    )
    return _with_warnings(overview, registered)


def _vat(
    moved: tuple[Movement, ...], year: int, assumptions: Assumptions, as_of: date, covered_from: date | None
) -> list[TermEstimate]:
    """Terms that have begun and that the transactions reach back to."""
    parts = []
    for term in terms(year, assumptions.vat_period):
        if term.start > as_of or covered_from is None or term.end < covered_from:
            continue
        part = result(moved, term.start, min(term.end, as_of))
        parts.append((term, part.sales, part.costs))
    return list(term_estimates(parts, assumptions.vat_kind, assumptions.deductible))


def _last_year(
    moved: tuple[Movement, ...],
    estimates: list[TermEstimate],
    assumptions: Assumptions,
    as_of: date,
    covered_from: date | None,
) -> list[Due]:
    """The tax of the year before, which falls due this year: a new year forgets nothing."""
    year = as_of.year - 1
    first, last = date(year, 1, 1), date(year, 12, 31)
    if covered_from is None or covered_from > last:
        return []
    try:
        rates(year)
    except UnknownYearError:
        return []
    vat = sum((e.amount for e in estimates if e.term.start.year == year), ZERO)
    profit = result(moved, first, last).profit - vat
    whole = projected(profit, year_share(last, max(first, covered_from)))
    before = replace(assumptions, age=None if assumptions.age is None else assumptions.age - 1)
    tax = max(of_business(before.income(whole), year).total, ZERO)
    return [deadlines.rest_tax(year, tax, assumptions.advance_tax)]


def _balances(figures: Figures, tagging: Tagging) -> dict[str, Money]:
    def of(tag: Tag) -> Money:
        wanted = numbers(tagging, tag)
        return sum((a.balance.value for a in figures.accounts if a.number in wanted), ZERO)

    return {"tax": of(Tag.TAX), "vat": of(Tag.VAT), "both": of(Tag.SET_ASIDE)}


def _pay(net_year: Money, tax: TaxEstimate, so_far: Result, share: Decimal, assumptions: Assumptions) -> PayCheck:
    wanted = assumptions.wanted_pay or projected(so_far.own_pay, share)
    return PayCheck(net_year - tax.total, wanted, so_far.own_pay)


def _returns(as_of: date) -> tuple[Due, ...]:
    found = []
    for year in (as_of.year - 1, as_of.year):
        try:
            found.append(deadlines.tax_return(year))
        except UnknownYearError:
            continue
    return tuple(found)


def _with_warnings(o: EnkOverview, registered: bool) -> EnkOverview:
    found: list[EnkWarning] = []
    if not o.tagged:
        return replace(o, warnings=(EnkWarning("no_tags", "no_tags", "tag"),))
    for one in o.cover.dues:
        act = "pay" if one.due.due < o.as_of else "move"
        if one.gap > 0 and one.due.due <= o.as_of + timedelta(days=WARN_DAYS):
            found.append(EnkWarning(f"gap:{one.due.key}", f"gap.{one.due.kind}", act, one.gap, one.due.due))
    for due in o.other_dues:
        if due.due <= o.as_of + timedelta(days=WARN_DAYS):
            found.append(EnkWarning(f"due:{due.key}", f"due.{due.kind}", "send_in", None, due.due))
    if o.pay is not None and o.pay.shortfall:
        found.append(EnkWarning(f"pay:{o.as_of.year}-{(o.as_of.month - 1) // 3}", "pay", "plan", o.pay.shortfall))
    if o.unknown_year is not None:
        year = str(o.unknown_year.year)
        found.append(EnkWarning(f"rates:{year}", "rates_missing", "ask_skatteetaten", about=year))
    if o.assumptions.carried:
        year = str(o.as_of.year)
        found.append(EnkWarning(f"new_year:{year}", "new_year", "assume", about=year))
    if not registered and o.unknown_year is None:
        found += _threshold(o)
    if o.assumptions.vat_period is Period.ANNUAL and o.unknown_year is None:
        if o.sold_in_a_year > rates(o.as_of.year).get("vat", "annual_limit"):
            found.append(EnkWarning(f"annual:{o.as_of.year}", "annual_limit", "check_terms", o.sold_in_a_year))
    for estimate in o.vat:
        told = o.assumptions.returns.get(estimate.term.key)
        if told is not None and abs(told - estimate.amount) > CONTRADICTION:
            key = f"contradiction:{estimate.term.key}"
            found.append(EnkWarning(key, "contradiction", "compare", told - estimate.amount, estimate.term.due))
    for enterprise in o.enterprises:
        if enterprise.bankrupt or enterprise.winding_up:
            found.append(EnkWarning(f"ended:{enterprise.orgno}", "ended", "close"))
    return replace(o, warnings=tuple(found))


def _threshold(o: EnkOverview) -> list[EnkWarning]:
    """Sales of the last twelve months against the limit of registration. Source: merverdiavgiftsloven § 2-1."""
    limit = rates(o.as_of.year).get("vat", "registration_threshold")
    sold = o.sold_in_a_year
    if sold > limit:
        return [EnkWarning("threshold:passed", "threshold.passed", "register", sold)]
    if sold >= limit * NEAR:
        return [EnkWarning("threshold:near", "threshold.near", "watch", sold)]
    return []
