"""Collection claims → debts with principal, interest and costs told apart (R9)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine.advice.economy.figures import Debt, DebtKind, DebtStatus, Figures
from engine.advice.economy.money import from_ore
from engine.advice.economy.sourced import Source
from integrations.answer import sourced
from integrations.inkasso.metadata import CLAIMS

STATUS = {
    "inkassovarsel": DebtStatus.OVERDUE,
    "betalingsoppfordring": DebtStatus.COLLECTION,
    "tungt_salaer": DebtStatus.COLLECTION,
    "forliksraad": DebtStatus.COURT,
    "utlegg": DebtStatus.ATTACHMENT,
    "overvaak": DebtStatus.MONITORED,
}


def figures(answer: dict[str, Any], at: datetime) -> Figures:
    return Figures(debts=tuple(_debt(claim, at) for claim in answer["kravliste"]))


def _debt(claim: dict[str, Any], at: datetime) -> Debt:
    source = Source(CLAIMS.id, claim["inkassator"]["navn"], at, CLAIMS.requirement.value, claim["saksnummer"])
    return Debt(
        id=f"{CLAIMS.id}:{claim['saksnummer']}",
        kind=DebtKind.COLLECTION,
        creditor=claim["kreditor"]["navn"],
        collector=claim["inkassator"]["navn"],
        balance=sourced(from_ore(claim["saldo"]), source, at),
        principal=sourced(from_ore(claim["hovedstol"] - claim["innbetalt"]), source, at),
        interest=sourced(from_ore(claim["renter"]), source, at),
        costs=sourced(from_ore(claim["salaer"] + claim["omkostninger"]), source, at),
        rate=sourced(claim["rentesats"], source, at) if claim["rentesats"] is not None else None,
        status=DebtStatus.DISPUTED if claim["omtvistet"] else STATUS[claim["status"]],
        due=claim["opprinneligForfall"],
        case_number=claim["saksnummer"],
    )
