"""A bank's DSOP interface in the sandbox, made from Bits' ``Bank_v2.yaml`` and the same persons as the other stand-ins.

Dates are moments, amounts are numbers that are never below zero, and what an estate may not be asked is refused.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from engine.platform.clock import OSLO
from integrations.bank.standin import NAME, PRODUCTS
from integrations.sandbox.bearer import require
from integrations.sandbox.clock import today
from integrations.sandbox.faults import failing
from integrations.sandbox.movements import movements
from integrations.sandbox.persons import Person, all_persons, person
from integrations.sandbox.persons.catalogue import deposit_account, loan_account

blueprint = Blueprint("dsop", __name__, url_prefix="/dsop")
TYPES = {"Lønnskonto": "salaryAccount", "Sparekonto": "savingsAccount", "Bedriftskonto": "businessAccount"}
PAGE = 1000
HEADERS = ("AccountInfoRequestID", "CorrelationID", "Legal-Mandate")
ORGNO = "937889275"


def _check() -> None:
    require("bits:kontoinformasjon")
    if not all(request.headers.get(name) for name in HEADERS):
        abort(400)


def _at(day: date) -> str:
    return datetime.combine(day, time(23, 0), OSLO).isoformat()


def _account(someone: Person, number: str, reference: str, kind: str, name: str, balance: int) -> dict[str, Any]:
    return {
        "status": "enabled",
        "servicer": {
            "identifier": {"countryOfResidence": "NO", "value": ORGNO, "type": "countryIdentificationCode"},
            "name": NAME,
        },
        "accountIdentifier": number,
        "accountReference": reference,
        "type": kind,
        "currency": "NOK",
        "name": name,
        "primaryOwner": {
            "permission": "rightToUseAlone",
            "identifier": {"countryOfResidence": "NO", "value": someone.pid, "type": "nationalIdentityNumber"},
            "name": someone.name,
            "startDate": "2015-01-01",
        },
        "balances": _balances(balance),
    }


def _rows(someone: Person) -> list[dict[str, Any]]:
    found = [
        _account(
            someone,
            deposit_account(someone, index),
            f"{someone.key}-d{index}",
            TYPES.get(product, "otherAccount"),
            name,
            balance,
        )
        for index, (name, product, balance) in enumerate(someone.deposits)
    ]
    return found + [
        _account(
            someone,
            loan_account(someone, loan),
            f"{someone.key}-l{index}",
            "loanAccount",
            PRODUCTS[loan.kind],
            -loan.balance,
        )
        for index, loan in enumerate(someone.loans)
        if loan.account
    ]


def _balances(amount: int) -> list[dict[str, Any]]:
    side = "credit" if amount >= 0 else "debit"
    common = {
        "creditLineIncluded": False,
        "amount": abs(amount),
        "creditDebitIndicator": side,
        "registered": _at(today()),
        "currency": "NOK",
    }
    return [{"type": "availableBalance", **common}, {"type": "bookedBalance", **common}]


@blueprint.get("/v2/accounts")
@failing("dsop", lambda: "")
def accounts() -> ResponseReturnValue:
    _check()
    if request.args.get("OnlyPrimaryOwner", "").lower() != "true":
        return jsonify(code="ACC-001", message="OnlyPrimaryOwner is required"), 400
    someone = person(request.headers.get("PartyID", ""))
    rows = [{k: v for k, v in row.items() if k != "balances"} for row in _rows(someone)] if someone else []
    return jsonify(responseDetails={"status": "complete"}, accounts=rows)


@blueprint.get("/v2/accounts/<reference>/cards")
@blueprint.get("/v2/accounts/<reference>/roles")
@failing("dsop", lambda: "")
def forbidden(reference: str) -> ResponseReturnValue:
    """Of an estate neither may be asked."""
    _check()
    return jsonify(code="ACC-013", message="Not allowed for this mandate"), 403


def _find(reference: str) -> tuple[Person, dict[str, Any]]:
    for someone in all_persons():
        for row in _rows(someone):
            if row["accountReference"] == reference:
                return someone, row
    return abort(404)


@blueprint.get("/v2/accounts/<reference>")
@failing("dsop", lambda: "")
def account(reference: str) -> ResponseReturnValue:
    _check()
    return jsonify(responseDetails={"status": "complete"}, account=_find(reference)[1])


@blueprint.get("/v2/accounts/<reference>/transactions")
@failing("dsop", lambda: "")
def transactions(reference: str) -> ResponseReturnValue:
    """Without dates: those of today, as the contract says."""
    _check()
    someone, _ = _find(reference)
    since, until = request.args.get("fromDate", today().isoformat()), request.args.get("toDate", today().isoformat())
    page = int(request.args.get("page", 0))
    entries = [
        entry
        for entry in movements(someone, int(reference.rpartition("d")[2]), today())
        if since <= entry["bookingDate"] <= until
    ]
    answer: dict[str, Any] = {
        "responseDetails": {"status": "complete"},
        "transactions": [_transaction(entry) for entry in entries[page * PAGE : (page + 1) * PAGE]],
    }
    if (page + 1) * PAGE < len(entries):
        href = f"/v2/accounts/{reference}/transactions?fromDate={since}&page={page + 1}"
        answer["links"] = [{"rel": "next", "href": href}]
    return jsonify(answer)


def _transaction(entry: dict[str, Any]) -> dict[str, Any]:
    outgoing = entry["transactionAmount"]["amount"].startswith("-")
    side = "creditor" if outgoing else "debtor"
    party = {"name": entry[f"{side}Name"], "type": side}
    number = entry.get(f"{side}Account", {}).get("iban", "")[4:]
    return {
        "transactionIdentifier": entry["transactionId"],
        "creditDebitIndicator": "debit" if outgoing else "credit",
        "status": "booked",
        "bookingDate": _at(date.fromisoformat(entry["bookingDate"])),
        "counterParties": [{**party, "accountIdentifier": number} if number else party],
        "additionalInfo": entry["remittanceInformationUnstructured"],
        "amount": int(float(entry["transactionAmount"]["amount"].lstrip("-"))),
        "currency": "NOK",
    }
