"""Who takes part in a case: put there by number or by name, given another role, ended."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from engine.casework import participants
from engine.casework.commands import AddParty, ChangePartyRole, EndParty, FollowGuardianship, LookUpPerson, StoreSearch
from engine.casework.person_lookup import plain_number
from engine.platform.provider_errors import SourceError
from engine.web.office import session
from engine.web.office.case_page import case_id_of, case_of, page
from engine.web.office.intake import find, identify, looked_up
from engine.web.shared import standing, view
from engine.web.shared.commands import send, sends
from engine.web.shared.guards import guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.errors import NotPossible
from engine.workflow.instances.rows import CaseRow

blueprint = guarded("case_parties", __name__, Role.CASEWORKER.value)
session.only_members(blueprint)


def _bundle(connection: Connection, case: CaseRow) -> Bundle:
    return view.application().library.get(connection, case.definition_id).bundle


def _error(number: str, at: str, key: str) -> ResponseReturnValue:
    return page(number, errors=[{"id": at, "path": at, "text": view.t(key)}], written=_written())


def _written() -> dict[str, str]:
    form = request.form
    return {"party_open": "1", **{f"party_{name}": form.get(name, "") for name in ("pid", "name", "role")}}


@blueprint.post("/saker/<number>/parter")
@sends(AddParty, LookUpPerson, StoreSearch)
def add(number: str) -> ResponseReturnValue:
    """By name at once; by number the register is asked, and who puts the person there says that it is right."""
    application = view.application()
    role, name = request.form.get("role", ""), request.form.get("name", "").strip()
    pid = request.form.get("pid", "").strip()
    with application.db.read() as connection:
        case = case_of(connection, number)
        bundle = _bundle(connection, case)
    if case.state != "open":  # nobody is looked up for a case that is over
        return page(number, message=view.t("desk.no.case-closed"), written=_written(), status=409)
    if role not in participants.roles(bundle):
        return _error(number, "party-role", "party.no_role")
    if bool(pid) == bool(name):
        return _error(number, "party-pid", "party.one_of")
    if not pid:
        return _put(AddParty(case.id, role, name), number)
    plain = plain_number(pid)
    if not plain:
        return _error(number, "party-pid", "opening.pid_wrong")
    found, error = find(plain)
    if found is None:
        return _error(number, "party-pid", error)
    return render_template(
        "party_confirm.html",
        case=case,
        name=found.name,
        year=found.born.year,
        role=role,
        search=found.search,
        access=role in participants.journey_roles(bundle),
    )


@blueprint.post("/saker/<number>/parter/bekreft")
@sends(AddParty)
def confirm(number: str) -> ResponseReturnValue:
    application = view.application()
    with application.db.read() as connection:
        case_of(connection, number)
        pid = looked_up(connection, request.form.get("person", ""))
    if not pid:
        return _error(number, "party-pid", "opening.expired")
    found, error = identify(pid)
    if found is None:
        return _error(number, "party-pid", error)
    role = request.form.get("role", "")
    return _put(AddParty(case_id_of(number), role, found.name, pid, found.born, found.former), number)


def _put(party: AddParty, number: str) -> ResponseReturnValue:
    try:
        send(party)
    except NotPossible as refusal:
        return page(number, message=session.why_not(refusal), written=_written(), status=409)
    return session.done(number, "party_added")


@blueprint.post("/saker/<number>/parter/<party_id>/rolle")
@sends(ChangePartyRole)
def change(number: str, party_id: str) -> ResponseReturnValue:
    try:
        send(ChangePartyRole(case_id_of(number), party_id, request.form.get("role", "")))
    except NotPossible as refusal:
        return page(number, message=session.why_not(refusal), status=409)
    return session.done(number, "party_changed")


@blueprint.post("/saker/<number>/parter/<party_id>/avslutt")
@sends(EndParty)
def end(number: str, party_id: str) -> ResponseReturnValue:
    try:
        send(EndParty(case_id_of(number), party_id, request.form.get("reason", "").strip()))
    except NotPossible as refusal:
        return page(number, message=session.why_not(refusal), status=409)
    return session.done(number, "party_ended")


@blueprint.post("/saker/<number>/parter/verge")
@sends(FollowGuardianship)
def ask_register(number: str) -> ResponseReturnValue:
    """Ask the population register who acts for the citizen now: a guardian comes in, or goes."""
    with view.application().db.read() as connection:
        case = case_of(connection, number)
        try:
            told = standing.guardianship(connection, case)
        except SourceError:
            return page(number, message=view.t("opening.register_down"), status=409)
    if told is None:
        return page(number, message=view.t("opening.register_down"), status=409)
    return session.sent(told, number, "guardian_asked", page)
