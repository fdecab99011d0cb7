"""Kartverket of the sandbox."""

from __future__ import annotations

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from integrations.sandbox.bearer import require
from integrations.sandbox.faults import failing
from integrations.sandbox.persons import person

blueprint = Blueprint("kartverket", __name__, url_prefix="/kartverket")


def _key() -> str:
    someone = person((request.view_args or {}).get("pid", ""))
    return someone.key if someone else ""


@blueprint.get("/registerenhetsrettsandeler/for/person/<pid>")
@failing("kartverket", _key)
def shares(pid: str) -> ResponseReturnValue:
    require("kartverk:oed")
    if not request.headers.get("X-Fullmakt") and not request.headers.get("X-Hjemmel"):
        abort(403)
    someone = person(pid) or abort(404)
    return jsonify(
        registerenhetsrettsandeler=[
            {
                "teller": home.share[0],
                "nevner": home.share[1],
                "registerenhetsrett": {
                    "registerenhetsrettstype": {"kodeverdi": "E", "navn": "Eiendomsrett"},
                    "registerenhet": {
                        "type": "Matrikkelenhet",
                        "kommune": {"kommunenummer": home.municipality, "navn": home.municipality_name},
                        "gaardsnummer": home.holding,
                        "bruksnummer": home.sub_holding,
                        "festenummer": 0,
                        "seksjonsnummer": 0,
                    },
                },
            }
            for home in someone.homes
        ]
    )
