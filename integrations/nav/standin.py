"""Nav of the sandbox: fields and nulls as in the test data of Nav's own service. The address is own design."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from integrations.sandbox.bearer import require
from integrations.sandbox.clock import today
from integrations.sandbox.faults import failing
from integrations.sandbox.persons import person
from integrations.sandbox.persons.person import Benefit, Person

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
        if day.isoformat() < body["periode"]["tom"]:  # the first day left out
            paid += [_payment(someone, benefit, day) for benefit in someone.benefits]
        day = (day.replace(day=1) - timedelta(days=1)).replace(day=20)
    return jsonify(paid)


def _payment(someone: Person, benefit: Benefit, day: date) -> dict[str, Any]:
    """One payment of one benefit, with the fields of Nav's own test data. Withheld is below zero."""
    who = {"aktoertype": "PERSON", "ident": someone.pid, "navn": someone.name}
    net = benefit.gross - benefit.tax - benefit.attached
    withheld = [{"trekktype": "Utleggstrekk", "trekkbeloep": -benefit.attached, "kreditor": benefit.creditor}]
    last = day.replace(day=1) - timedelta(days=1)
    return {
        "posteringsdato": day.isoformat(),
        "utbetaltTil": who,
        "utbetalingNettobeloep": net,
        "utbetalingsmelding": None,
        "utbetalingsdato": day.isoformat(),
        "forfallsdato": day.isoformat(),
        "utbetaltTilKonto": None,
        "utbetalingsmetode": "Norsk bankkonto",
        "utbetalingsstatus": "Utbetalt",
        "ytelseListe": [
            {
                "ytelsestype": benefit.kind,
                "ytelsesperiode": {"fom": last.replace(day=1).isoformat(), "tom": last.isoformat()},
                "ytelseskomponentListe": None,
                "ytelseskomponentersum": benefit.gross,
                "trekkListe": withheld if benefit.attached else None,
                "trekksum": -benefit.attached,
                "skattListe": [{"skattebeloep": -benefit.tax}] if benefit.tax else None,
                "skattsum": -benefit.tax,
                "ytelseNettobeloep": net,
                "bilagsnummer": None,
                "rettighetshaver": who,
            }
        ],
    }
