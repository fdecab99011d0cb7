"""Every collector of the sandbox behind one address."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from integrations.sandbox.bearer import require
from integrations.sandbox.clock import now
from integrations.sandbox.faults import failing, fault_of
from integrations.sandbox.persons import person

blueprint = Blueprint("inkasso", __name__, url_prefix="/inkasso")


def _key() -> str:
    someone = person((request.get_json(silent=True) or {}).get("personidentifikator", ""))
    return someone.key if someone else ""


@blueprint.post("/saldo/v1/foresporsel")
@failing("inkasso", _key)
def balance() -> ResponseReturnValue:
    require("inkasso:saldo")
    body = request.get_json(force=True)
    someone = person(str(body.get("personidentifikator", "")))
    if someone is None or not (body.get("fullmakt") or {}).get("id"):
        return jsonify(feil="fullmakt mangler"), 403
    silent = fault_of("inkasso", someone.key) == "creditor_silent"
    claims = [
        {
            "saksnummer": claim.case_number,
            "inkassator": {"orgnr": "", "navn": claim.collector},
            "kreditor": {"orgnr": "", "navn": claim.creditor},
            "kravtype": claim.kind,
            "hovedstol": claim.principal * 100,
            "renter": claim.interest * 100,
            "rentesats": "12.25",
            "salaer": claim.costs * 100,
            "omkostninger": 0,
            "innbetalt": 0,
            "saldo": (claim.principal + claim.interest + claim.costs) * 100,
            "opprinneligForfall": claim.due.isoformat(),
            "status": claim.status,
            "omtvistet": False,
        }
        for claim in someone.claims
    ]
    quiet = someone.claims[-1].collector if silent and claims else None
    return jsonify(
        personidentifikator=someone.pid,
        levert=now().isoformat(),
        kravliste=claims[:-1] if quiet else claims,
        ikkeSvart=[quiet] if quiet else [],
    )
