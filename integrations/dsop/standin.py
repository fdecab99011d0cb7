"""A bank's DSOP interface in the sandbox, made from the same persons as the other stand-ins."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, jsonify, request

from integrations.bank.standin import movements
from integrations.sandbox.bearer import require
from integrations.sandbox.clock import today
from integrations.sandbox.faults import failing
from integrations.sandbox.persons import Person, all_persons, person
from integrations.sandbox.persons.catalogue import deposit_account, loan_account

blueprint = Blueprint("dsop", __name__, url_prefix="/dsop")
TYPES = {"Lønnskonto": "salaryAccount", "Sparekonto": "savingsAccount", "Bedriftskonto": "businessAccount"}
PAGE = 100


def _check() -> None:
    require("bits:kontoinformasjon")
    if not all(request.headers.get(name) for name in ("AccountInfoRequestID", "CorrelationID", "Legal-Mandate")):
        abort(400)


def _rows(someone: Person) -> list[dict[str, Any]]:
    found = [
        {
            "status": "enabled",
            "accountIdentifier": deposit_account(someone, index),
            "accountReference": f"{someone.key}-d{index}",
            "type": TYPES.get(product, "otherAccount"),
            "currency": "NOK",
            "name": name,
            "balances": _balance(balance),
        }
        for index, (name, product, balance) in enumerate(someone.deposits)
    ]
    return found + [
        {
            "status": "enabled",
            "accountIdentifier": loan_account(someone, loan),
            "accountReference": f"{someone.key}-l{index}",
            "type": "loanAccount",
            "currency": "NOK",
            "name": loan.lender,
            "balances": _balance(-loan.balance),
        }
        for index, loan in enumerate(someone.loans)
        if loan.account
    ]


def _balance(amount: int) -> list[dict[str, Any]]:
    side = "credit" if amount >= 0 else "debit"
    return [{"type": "bookedBalance", "amount": abs(amount), "creditDebitIndicator": side, "currency": "NOK"}]


@blueprint.get("/v2/accounts")
@failing("dsop", lambda: "")
def accounts() -> Any:
    _check()
    someone = person(request.headers.get("PartyID", "")) or abort(404)
    rows = [{k: v for k, v in row.items() if k != "balances"} for row in _rows(someone)]
    return jsonify(responseDetails={"status": "complete", "message": ""}, accounts=rows, links=[])


def _find(reference: str) -> tuple[Person, dict[str, Any]]:
    for someone in all_persons():
        for row in _rows(someone):
            if row["accountReference"] == reference:
                return someone, row
    return abort(404)


@blueprint.get("/v2/accounts/<reference>")
@failing("dsop", lambda: "")
def account(reference: str) -> Any:
    _check()
    return jsonify(responseDetails={"status": "complete", "message": ""}, account=_find(reference)[1])


@blueprint.get("/v2/accounts/<reference>/transactions")
@failing("dsop", lambda: "")
def transactions(reference: str) -> Any:
    _check()
    someone, _ = _find(reference)
    since, page = request.args.get("fromDate", ""), int(request.args.get("page", 0))
    entries = [e for e in movements(someone, int(reference.rpartition("d")[2]), today()) if e["bookingDate"] >= since]
    part = entries[page * PAGE : (page + 1) * PAGE]
    links = []
    if (page + 1) * PAGE < len(entries):
        links = [{"rel": "next", "href": f"/v2/accounts/{reference}/transactions?fromDate={since}&page={page + 1}"}]
    return jsonify(
        responseDetails={"status": "complete", "message": ""},
        transactions=[
            {
                "transactionIdentifier": e["transactionId"],
                "creditDebitIndicator": "debit" if e["transactionAmount"]["amount"].startswith("-") else "credit",
                "bookingDate": e["bookingDate"],
                "amount": e["transactionAmount"]["amount"].lstrip("-"),
                "counterParties": [{"name": e.get("creditorName") or e.get("debtorName", ""), "type": "creditor"}],
                "additionalInfo": e["remittanceInformationUnstructured"],
                "status": "booked",
                "currency": "NOK",
            }
            for e in part
        ],
        links=links,
    )
