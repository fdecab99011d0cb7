"""Closing in order (R69): what is left to do and to pay, in the order it should be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.advice.economy.enk import deadlines
from engine.advice.economy.enk.overview import EnkOverview
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.rates import rates
from engine.advice.economy.tax.estimate import of_business
from engine.advice.economy.tax.vat import Term, part_of, rate_of, terms

#: In order; each is a text key. What does not fit a business is left out by ``steps``.
STEPS = (
    "tell_customers",
    "collect_claims",
    "pay_suppliers",
    "sell_holdings",
    "last_vat_return",
    "deregister_vat",
    "deregister_business",
    "change_advance_tax",
    "close_accounts",
    "tax_return",
    "keep_documents",
)
#: What cannot be done until long after the last day; the journey reminds of it, and does not wait for a tick.
LATER = frozenset({"close_accounts", "tax_return", "keep_documents"})


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the owner says is left. NOK.

    claims  unpaid invoices out;  ``debts`` unpaid bills;  both with VAT in them where there is any
    stock   goods and tools at sales value without VAT
    """

    claims: Money = ZERO
    debts: Money = ZERO
    stock: Money = ZERO


@dataclass(frozen=True, slots=True)
class LastDue:
    """NOK, estimated. ``due`` is the last day."""

    kind: str
    amount: Money
    due: date
    source: str


@dataclass(frozen=True, slots=True)
class Closing:
    """``free`` NOK is what is the owner's own when everything is paid; negative: that much is missing.

    profit  NOK of the last year, without VAT, to the last day and with what is left sold and settled;
            ``None`` when that year is over: its tax stands among the dues as it was computed then
    """

    steps: tuple[str, ...]
    dues: tuple[LastDue, ...]
    on_accounts: Money
    free: Money
    profit: Money | None


def close(overview: EnkOverview, holdings: Holdings, last_day: date, on_accounts: Money) -> Closing:
    """What remains when the business stops on *last_day*. Raises ``rates.UnknownYearError``."""
    registered = any(e.vat_registered for e in overview.enterprises)
    last_return = deadlines.tax_return(last_day.year)
    found = [LastDue(one.due.kind, one.estimate, one.due.due, one.due.source) for one in overview.cover.dues]
    on_stock, last_vat = _last_vat(overview, holdings, last_day) if registered else (ZERO, None)
    if last_vat is not None:
        found.append(last_vat)
    this_year = last_day.year == overview.as_of.year
    profit = _profit(overview, holdings, last_day, registered) if this_year else None
    if overview.tax is not None and profit is not None:
        tax = max(of_business(overview.assumptions.income(profit), last_day.year).total, ZERO)
        rest = deadlines.rest_tax(last_day.year, tax, overview.assumptions.advance_tax)
        found = [due for due in found if due.kind != "rest_tax" or due.due != rest.due]
        found.append(LastDue(rest.kind, rest.amount or ZERO, rest.due, rest.source))
    dues = [due for due in found if due.amount > 0]
    owed = sum((due.amount for due in dues), ZERO)
    free = on_accounts + holdings.claims + holdings.stock + on_stock - holdings.debts - owed
    dues.append(LastDue("tax_return", ZERO, last_return.due, last_return.source))
    ordered = tuple(sorted(dues, key=lambda due: due.due))
    return Closing(_steps(holdings, registered), ordered, on_accounts, free, profit)


def _steps(holdings: Holdings, registered: bool) -> tuple[str, ...]:
    left_out = {
        "last_vat_return": not registered,
        "deregister_vat": not registered,
        "collect_claims": not holdings.claims,
        "pay_suppliers": not holdings.debts,
        "sell_holdings": not holdings.stock,
    }
    return tuple(step for step in STEPS if not left_out.get(step))


def _ahead(overview: EnkOverview, last_day: date) -> Decimal:
    """How much more there is to come until the last day, as a share of what has been so far this year."""
    days = max((last_day - overview.as_of).days, 0)
    passed = overview.share * (365 + (overview.as_of.year % 4 == 0))
    return days / passed


def _profit(overview: EnkOverview, holdings: Holdings, last_day: date, registered: bool) -> Money:
    """The last year's profit without VAT: so far, at the same pace to the last day, and what is left turned to money.

    Not the pace for a whole year: who stops in March is taxed of three months' profit.
    """
    table = rates(overview.as_of.year) if registered and overview.unknown_year is None else None
    claims, debts = holdings.claims, holdings.debts
    if table is not None:
        claims -= part_of(claims, rate_of(table, overview.assumptions.vat_kind))
        debts -= part_of(debts * overview.assumptions.deductible, rate_of(table, "standard"))
    more = overview.net_so_far * (1 + _ahead(overview, last_day))
    return (more + claims - debts + holdings.stock).quantize(Decimal("0.01"))


def _last_vat(overview: EnkOverview, holdings: Holdings, last_day: date) -> tuple[Money, LastDue | None]:
    """VAT that is not among the dues yet: of stock sold or kept (uttak, merverdiavgiftsloven § 3-21), of unpaid
    invoices and bills, and of the sales until the last day. Also NOK of it that is of the stock."""
    term = _term(last_day, overview)
    table = rates(term.start.year)
    rate = rate_of(table, overview.assumptions.vat_kind)
    on_stock = (holdings.stock * rate / 100).quantize(Decimal("0.01"))
    bills = part_of(holdings.debts * overview.assumptions.deductible, rate_of(table, "standard"))
    this_year = sum((e.amount for e in overview.vat if e.term.start.year == overview.as_of.year), ZERO)
    coming = (this_year * _ahead(overview, last_day)).quantize(Decimal("0.01"))
    amount = on_stock + part_of(holdings.claims, rate) - bills + max(coming, ZERO)
    if amount <= 0:
        return on_stock, None
    return on_stock, LastDue("vat_last", amount, term.due, table.reference("vat"))


def _term(day: date, overview: EnkOverview) -> Term:
    return next(t for t in terms(day.year, overview.assumptions.vat_period) if t.start <= day <= t.end)
