"""Folkeregisteret of the sandbox."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from integrations.domstol.standin import guardian_of, registered_dead
from integrations.sandbox.bearer import require
from integrations.sandbox.persons import Employee, Person, all_persons, employees

blueprint = Blueprint("folkeregisteret", __name__, url_prefix="/folkeregisteret")


@blueprint.get("/folkeregisteret/offentlig-med-hjemmel/api/v1/personer/<pid>")
def show(pid: str) -> ResponseReturnValue:
    require("folkeregister:deling/offentligmedhjemmel")
    everybody: list[Person | Employee] = [*all_persons(), *employees()]
    found = next((p for p in everybody if p.pid == pid), None)
    if found is None:
        abort(404)
    first, _, last = found.name.rpartition(" ")
    number = {"foedselsEllerDNummer": found.pid, "identifikatortype": "foedselsnummer", "status": "iBruk"}
    born = {"foedselsdato": found.birth_date.isoformat(), "foedselsaar": str(found.birth_date.year)}
    guardian = guardian_of(found.key)
    whole = {
        "doedsfall": {"erGjeldende": True} if found.key in registered_dead() else None,
        "vergemaalEllerFremtidsfullmakt": [_guardianship(guardian)] if guardian else [],
        "navn": [{"fornavn": first, "etternavn": last, "erGjeldende": True}],
        "foedsel": [{**born, "erGjeldende": True}],
        "identifikasjonsnummer": [{**number, "erGjeldende": True}],
    }
    homes = found.homes if isinstance(found, Person) else ()
    if homes:
        address = {"kommunenummer": homes[0].municipality}
        whole["bostedsadresse"] = [{"erGjeldende": True, "vegadresse": address, "adressegradering": "ugradert"}]
    return jsonify({part: whole[part] for part in request.args.getlist("part") if whole.get(part)})


def _guardianship(guardian: Person) -> dict[str, Any]:
    """As in the XSD: what kind, which office, and who, with what they may do."""
    first, _, last = guardian.name.rpartition(" ")
    who = {
        "navn": {"fornavn": first, "etternavn": last},
        "foedselsEllerDNummer": guardian.pid,
        "omfang": "personligeOgOekonomiskeInteresser",
    }
    return {"erGjeldende": True, "vergemaaltype": "mindreaarig", "embete": "fylkesmannenIOsloOgViken", "verge": who}
