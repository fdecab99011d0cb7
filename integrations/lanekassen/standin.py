"""Lånekassen of the sandbox."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, jsonify, request

from integrations.sandbox.bearer import require_consent
from integrations.sandbox.faults import failing
from integrations.sandbox.persons import person

blueprint = Blueprint("lanekassen", __name__, url_prefix="/lanekassen")


def _key() -> str:
    someone = person(request.headers.get("PSU_ID", ""))
    return someone.key if someone else ""


@blueprint.get("/saldo/v1/Accounts")
@failing("lanekassen", _key)
def accounts() -> Any:
    pid = request.headers.get("PSU_ID", "")
    require_consent("lanekassen:lan/v1/saldoopplysninger", "lanekassen-saldo", pid)
    someone = person(pid)
    loan = next((x for x in someone.loans if x.kind == "student_loan"), None) if someone else None
    if loan is None:
        return jsonify(Accounts=[], TotalAmount=0)
    interest = loan.balance // 250

    def account(name: str, amount: int) -> dict[str, Any]:
        balance = {
            "BalanceType": "closingBooked",
            "BalanceAmount": {"currency": "NOK", "amount": amount},
            "LastChangeDateTime": datetime.now(UTC).isoformat(),
        }
        return {"Name": name, "Bban": pid, "Assert": "", "Balances": [balance]}

    parts = [account("Lån", loan.balance - interest), account("Renter", interest)]
    return jsonify(Accounts=parts, TotalAmount=loan.balance)
