"""Nav of the sandbox."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from integrations.sandbox.bearer import require
from integrations.sandbox.clock import today
from integrations.sandbox.faults import failing
from integrations.sandbox.persons import person

blueprint = Blueprint("nav", __name__, url_prefix="/nav")


def _key() -> str:
    someone = person((request.get_json(silent=True) or {}).get("ident", ""))
    return someone.key if someone else ""


@blueprint.post("/utbetaldata/api/v2/hent-utbetalingsinformasjon/ekstern")
@failing("nav", _key)
def payments() -> ResponseReturnValue:
    require("nav:utbetaldata")
    if not request.headers.get("X-Fullmakt"):
        abort(403)
    body = request.get_json(force=True)
    someone = person(str(body.get("ident", ""))) or abort(404)
    paid: list[dict[str, Any]] = []
    day = today().replace(day=20)
    if day > today():
        day = (day.replace(day=1) - timedelta(days=1)).replace(day=20)
    while day.isoformat() >= body["periode"]["fom"]:
        for benefit in someone.benefits:
            withheld = [{"trekktype": "Utleggstrekk", "trekkbeloep": -benefit.attached, "kreditor": benefit.creditor}]
            paid.append(
                {
                    "posteringsdato": day.isoformat(),
                    "utbetalingsdato": day.isoformat(),
                    "utbetaltTil": {"aktoertype": "PERSON", "ident": someone.pid, "navn": someone.name},
                    "ytelseListe": [
                        {
                            "ytelsestype": benefit.kind,
                            "ytelseNettobeloep": benefit.gross - benefit.tax - benefit.attached,
                            "ytelseskomponentersum": benefit.gross,
                            "skattsum": -benefit.tax,
                            "trekkListe": withheld if benefit.attached else [],
                            "rettighetshaver": {"aktoertype": "PERSON", "ident": someone.pid},
                        }
                    ],
                }
            )
        day = (day.replace(day=1) - timedelta(days=1)).replace(day=20)
    return jsonify(paid)
