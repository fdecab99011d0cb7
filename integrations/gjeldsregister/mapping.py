"""Øre → NOK, per cent x 100 → per cent, and the creditors that did not answer."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from engine.advice.economy.figures import Debt, DebtKind, Figures
from engine.advice.economy.money import from_ore
from engine.advice.economy.sourced import Source
from integrations.answer import sourced
from integrations.gjeldsregister.metadata import DEBTS

KINDS = {
    "creditFacility": DebtKind.CREDIT_CARD,
    "repaymentLoan": DebtKind.CONSUMER_LOAN,
    "chargeCard": DebtKind.CHARGE_CARD,
}


def figures(answer: dict[str, Any], at: datetime) -> tuple[Figures, tuple[str, ...]]:
    """The debts, and the names of creditors without an answer."""
    missing = tuple(entry["creditorName"] for entry in answer["loans"] if entry["loan"] is None)
    debts = tuple(
        _debt(number, entry["creditorName"], entry["loan"], at)
        for number, entry in enumerate(answer["loans"])
        if entry["loan"] is not None
    )
    return Figures(debts=debts), missing


def _debt(number: int, creditor: str, loan: dict[str, Any], at: datetime) -> Debt:
    reference = loan["id"] or str(number)
    source = Source(DEBTS.id, "Gjeldsregisteret", at, DEBTS.requirement.value, reference)
    ore = loan["balance"] or loan["interestBearingBalance"] + loan["nonInterestBearingBalance"]
    return Debt(
        id=f"{DEBTS.id}:{reference}",
        kind=KINDS[loan["type"]],
        creditor=creditor,
        balance=sourced(from_ore(ore), source, at),
        rate=sourced(Decimal(loan["nominalInterestRate"]) / 100, source, at) if loan["nominalInterestRate"] else None,
        monthly=sourced(from_ore(loan["installmentCharges"]), source, at) if loan["installmentCharges"] else None,
        limit=sourced(from_ore(loan["creditLimit"]), source, at) if loan["creditLimit"] else None,
        terms_left=loan["terms"] or None,
        co_borrower=loan["coBorrower"] > 0,
    )
