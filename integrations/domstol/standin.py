"""The court of the sandbox: one estate, with pages where a person plays the judge."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, current_app, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from integrations.sandbox import files
from integrations.sandbox.bearer import require
from integrations.sandbox.clock import today
from integrations.sandbox.faults import failing
from integrations.sandbox.persons import Person
from integrations.sandbox.persons.estate import DECEASED, HEIDI, HEIRS, HENRIK

blueprint = Blueprint("domstol", __name__, url_prefix="/domstol")
CASE = "TOSLO-2026-0117"
SCOPE = "domstol:dodsbo"


def _state() -> dict[str, Any]:
    nothing_yet: dict[str, Any] = {"status": "MOTTATT", "dead": [], "annulled": False, "declarations": {}}
    found: dict[str, Any] = files.read("domstol").get(CASE, nothing_yet)
    return found


def _keep(**changed: object) -> None:
    files.put("domstol", CASE, {**_state(), **changed})


def registered_dead() -> list[str]:
    """The keys of those who have died: the population register knows it, the court's case does not say it."""
    return [DECEASED.key, *_state()["dead"]]


def guardian_of(key: str) -> Person | None:
    return next((guardian for heir, _, guardian in HEIRS if heir.key == key), None)


def _heirs() -> list[tuple[Person, str, Person | None]]:
    dead = _state()["dead"]
    return [*HEIRS, *([(HENRIK, "BARNEBARN", None)] if HEIDI.key in dead else [])]


def _party(heir: Person, role: str) -> dict[str, Any]:
    """A party as the court's published cases have them: the number, and neither name nor day of birth."""
    return {
        "type": "Person",
        "nin": heir.pid,
        "role": role,
        "formuesfullmakt": False,
        "signertDato": None,
        "mottakerOriginalSkifteattest": False,
    }


@blueprint.post("/api/v1/estates/search")
@failing("domstol", lambda: "")
def search() -> ResponseReturnValue:
    require(SCOPE)
    asked = request.get_json(force=True).get("heirSsn", "")
    heirs = _heirs()
    acting = {(guardian or heir).pid for heir, _, guardian in heirs if heir.key not in registered_dead()}
    if asked not in acting:
        abort(404)
    state = _state()
    return jsonify(
        sakId=CASE,
        saksnummer="26-117420DFA-TOSL/15",
        avdode=DECEASED.pid,
        embete="Oslo tingrett",
        status=state["status"],
        parter=[_party(heir, role) for heir, role, _ in heirs],
        receivedDate=today().isoformat(),
        deadlineDate=f"{today() + timedelta(days=60)}T12:00:00+00:00",
        skifteattest=None,
        resultatType=state.get("result"),
        erAnnullert=state["annulled"] or None,
        tilgangsdatoDigitaltDodsbo=None,
    )


@blueprint.post("/api/v1/estates/<case_id>/declarations")
@failing("domstol", lambda: "")
def declare(case_id: str) -> ResponseReturnValue:
    require(SCOPE)
    key = request.headers.get("Idempotency-Key", "")
    if case_id != CASE or not key:
        abort(400)
    declarations = _state()["declarations"]
    if key not in declarations:
        declarations[key] = {"reference": f"ERK-{len(declarations) + 1}", "body": request.get_json(force=True)}
        _keep(declarations=declarations, status="REGISTRERT")
    return jsonify(referanse=declarations[key]["reference"]), 201


@blueprint.get("/api/v1/estates/<case_id>/certificate")
@failing("domstol", lambda: "")
def certificate(case_id: str) -> ResponseReturnValue:
    require(SCOPE)
    state = _state()
    if case_id != CASE or "issued" not in state:
        abort(404)
    return jsonify(utstedt=state["issued"], resultatType=state["result"])


@blueprint.get("/")
def desk() -> ResponseReturnValue:
    """The judge's desk."""
    return render_template(
        "court.html", state=_state(), heirs=_heirs(), dead=registered_dead(), deceased=DECEASED, case=CASE
    )


@blueprint.post("/handling")
def act() -> ResponseReturnValue:
    chosen = request.form.get("act", "")
    state = _state()
    if chosen == "issue" and state["declarations"]:
        newest = list(state["declarations"].values())[-1]["body"]
        private = newest.get("everybodySigned") is True
        result = "PRIVAT_SKIFTE_IHT_ARVELOVEN_PARAGRAF_99" if private else "OFFENTLIG_SKIFTE"
        _keep(issued=today().isoformat(), result=result, status="FERDIGBEHANDLET")
    elif chosen == "died":
        _keep(dead=[*state["dead"], HEIDI.key])
    elif chosen == "annul":
        _keep(annulled=True)
    return redirect(f"{current_app.config['SANDBOX_URL']}/domstol/", 303)
