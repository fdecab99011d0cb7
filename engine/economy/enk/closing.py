"""Closing in order (R69): what is left to do and to pay, in the order it should be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.economy.enk import deadlines
from engine.economy.enk.overview import EnkOverview
from engine.economy.money import ZERO, Money
from engine.economy.tax.vat import term_estimate

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


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the owner says is left. NOK.

    claims  unpaid invoices out;  ``debts`` unpaid bills;  ``stock`` goods and tools at sales value without VAT
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
    """``free`` NOK is what is the owner's own when everything is paid; negative: that much is missing."""

    steps: tuple[str, ...]
    dues: tuple[LastDue, ...]
    on_accounts: Money
    free: Money


def close(overview: EnkOverview, holdings: Holdings, last_day: date, on_accounts: Money) -> Closing:
    """What remains when the business stops on *last_day*. Raises ``rates.UnknownYear``."""
    registered = any(e.vat_registered for e in overview.enterprises)
    dues = [
        LastDue(one.due.kind, one.estimate, one.due.due, one.due.source)
        for one in overview.cover.dues
        if one.estimate > 0
    ]
    if registered and holdings.stock and overview.vat:
        # goods kept or sold at the end are sales of the last term (uttak, merverdiavgiftsloven § 3-21)
        term = overview.vat[-1].term
        extra = term_estimate(term, holdings.stock * 125 / 100, ZERO, overview.assumptions.vat_kind, ZERO + 1)
        dues.append(LastDue("vat_holdings", extra.amount, term.due, extra.lines[0].source))
    last_return = deadlines.tax_return(last_day.year)
    steps = tuple(
        step
        for step in STEPS
        if not (step in ("last_vat_return", "deregister_vat") and not registered)
        and not (step == "collect_claims" and not holdings.claims)
        and not (step == "pay_suppliers" and not holdings.debts)
        and not (step == "sell_holdings" and not holdings.stock)
    )
    owed = sum((due.amount for due in dues), ZERO)
    free = on_accounts + holdings.claims + holdings.stock - holdings.debts - owed
    dues.append(LastDue("tax_return", ZERO, last_return.due, last_return.source))
    return Closing(steps, tuple(sorted(dues, key=lambda due: due.due)), on_accounts, free)
