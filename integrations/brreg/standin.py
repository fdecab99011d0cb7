"""Enhetsregisteret of the sandbox."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from integrations.sandbox.faults import failing
from integrations.sandbox.persons import all_persons
from integrations.sandbox.persons.person import Person

#: Organisation number and name of who pays benefits.
NAV = ("889640782", "Arbeids- og velferdsetaten")
blueprint = Blueprint("brreg", __name__, url_prefix="/brreg")


def _everyone() -> str:
    return "*"


@blueprint.get("/enhetsregisteret/api/enheter")
@failing("brreg", _everyone)
def search() -> ResponseReturnValue:
    name = request.args.get("navn", "").lower()
    found = [_entity(p) for p in all_persons() if p.business and name in p.business.name.lower()]
    page = {"size": 100, "totalElements": len(found), "totalPages": 1, "number": 0}
    return jsonify({"_embedded": {"enheter": found}, "page": page} if found else {"page": page})


@blueprint.get("/enhetsregisteret/api/underenheter/<orgno>")
@failing("brreg", _everyone)
def establishment(orgno: str) -> ResponseReturnValue:
    """One of the employers of the sandbox's people. Nav is told of as an entity of its own."""
    names = {p.employer_orgno: p.employer for p in all_persons() if p.employer}
    return jsonify(organisasjonsnummer=orgno, navn=names[orgno]) if orgno in names else abort(404)


@blueprint.get("/enhetsregisteret/api/enheter/<orgno>")
@failing("brreg", _everyone)
def entity(orgno: str) -> ResponseReturnValue:
    owner = next((p for p in all_persons() if p.business and p.business.orgno == orgno), None)
    if owner is not None:
        return jsonify(_entity(owner))
    return jsonify(organisasjonsnummer=orgno, navn=NAV[1]) if orgno == NAV[0] else abort(404)


@blueprint.get("/enhetsregisteret/api/enheter/<orgno>/roller")
@failing("brreg", _everyone)
def roles(orgno: str) -> ResponseReturnValue:
    owner = next((p for p in all_persons() if p.business and p.business.orgno == orgno), None) or abort(404)
    first, _, last = owner.name.rpartition(" ")
    person = {
        "fodselsdato": owner.birth_date.isoformat(),
        "navn": {"fornavn": first, "etternavn": last},
        "erDoed": False,
    }
    role = {"type": {"kode": "INNH", "beskrivelse": "Innehaver"}, "person": person, "fratraadt": False}
    return jsonify(rollegrupper=[{"type": {"kode": "INNH", "beskrivelse": "Innehaver"}, "roller": [role]}])


def _entity(owner: Person) -> dict[str, Any]:
    business = owner.business
    assert business is not None
    return {
        "organisasjonsnummer": business.orgno,
        "navn": business.name,
        "organisasjonsform": {"kode": "ENK", "beskrivelse": "Enkeltpersonforetak"},
        "registreringsdatoEnhetsregisteret": business.registered.isoformat(),
        "registrertIMvaregisteret": business.vat,
        "naeringskode1": {"kode": business.industry_code, "beskrivelse": business.industry},
        "konkurs": False,
        "underAvvikling": False,
    }
