"""Lånekassen of the sandbox: parts as in the documented sample, whose total is 0."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, jsonify
from flask.typing import ResponseReturnValue

from integrations.sandbox.bearer import require, require_consent
from integrations.sandbox.clock import now
from integrations.sandbox.faults import failing
from integrations.sandbox.persons import person

blueprint = Blueprint("lanekassen", __name__, url_prefix="/lanekassen")


def _giver() -> str:
    """Whose consent the token carries. ``PSU_ID`` says the same, but WSGI servers drop names with underscores."""
    claims = require("lanekassen:lan/v1/saldoopplysninger")
    details = claims.get("authorization_details") or [{"from": ""}]
    return str(details[0]["from"]).rpartition(":")[2]


def _key() -> str:
    someone = person(_giver())
    return someone.key if someone else ""


@blueprint.get("/saldo/v1/Accounts")
@failing("lanekassen", _key)
def accounts() -> ResponseReturnValue:
    pid = _giver()
    require_consent("lanekassen:lan/v1/saldoopplysninger", "lanekassen-saldo", pid)
    someone = person(pid)
    loan = next((x for x in someone.loans if x.kind == "student_loan"), None) if someone else None
    if loan is None:
        abort(404)  # Lånekassen does not know the person
    interest = loan.balance // 250

    def account(name: str, amount: int) -> dict[str, Any]:
        balance = {
            "BalanceType": "closingBooked",
            "BalanceAmount": {"currency": "NOK", "amount": amount},
            "LastChangeDateTime": now().isoformat(),
        }
        return {"Name": name, "Bban": pid, "Assert": "", "Balances": [balance]}

    parts = [account("Lån", loan.balance - interest), account("Renter", interest)]
    return jsonify(Accounts=parts, TotalAmount=0)  # as the documented sample: the parts are what is owed
