"""Begin a case for a citizen who came to the office.

The number is posted and never stands in an address. Between looking them up and confirming who it is it is kept
sealed for an hour under an id, as a search is; nobody becomes known to the application by being looked up.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from engine.casework import intake, person_lookup, queries, views
from engine.casework.commands import BeginCaseForCitizen, LookUpPerson, StoreSearch
from engine.casework.person_lookup import plain_number
from engine.platform.provider_errors import SourceError
from engine.platform.vault import Person
from engine.web.office import session
from engine.web.shared import view
from engine.web.shared.commands import send, sends
from engine.web.shared.former_numbers import former_numbers
from engine.web.shared.guards import actor, guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.definitions.library import Deployed
from engine.workflow.errors import AlreadyDone

blueprint = guarded("opening", __name__, Role.CASEWORKER.value)
session.only_members(blueprint)
MAX_REASON = 1000
log = logging.getLogger(__name__)


@blueprint.get("/arbeidsko/ny-sak")
def show() -> ResponseReturnValue:
    return _form({}, {})


def _form(written: Mapping[str, str], error_keys: dict[str, str], status: int = 422) -> ResponseReturnValue:
    """The first page. *error_keys*: field → text key; everything written stands."""
    with view.application().db.read() as connection:
        offered = intake.journeys(connection, view.application().library, actor())
    errors = [{"id": at, "path": at, "text": view.t(key)} for at, key in error_keys.items()]
    body = render_template("opening.html", journeys=offered, channels=intake.CHANNELS, written=written, errors=errors)
    return (body, status) if errors else body


def _journey(connection: Connection) -> Deployed | None:
    wanted = request.form.get("journey", "")
    return next((d for d in intake.journeys(connection, view.application().library, actor()) if d.key == wanted), None)


def _missing() -> dict[str, str]:
    """What the form lacks, by field."""
    form = request.form
    error_keys = {}
    with view.application().db.read() as connection:
        if _journey(connection) is None:
            error_keys["journey"] = "opening.no_journey"
    if form.get("way") not in intake.CHANNELS:
        error_keys["way"] = "opening.no_way"
    if not form.get("reason", "").strip() or len(form.get("reason", "")) > MAX_REASON:
        error_keys["reason"] = "opening.no_reason"
    return error_keys


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is in the population register. ``former``: numbers of theirs, where we know them by none."""

    name: str
    born: date
    former: tuple[str, ...]


def identify(pid: str) -> tuple[Identity | None, str]:
    """Who they are in the population register, or the text key of what is wrong."""
    try:
        name, born = current_app.extensions["identify"](pid)
        return Identity(name, born, former_numbers(pid)), ""
    except SourceError as error:
        log.warning("%s population register: %s", g.reference, error.code)
        return None, "opening.unknown" if error.code == "http_404" else "opening.register_down"


@dataclass(frozen=True, slots=True)
class Found:
    """Whom the register gave. ``search`` stands for their number for an hour; ``known`` when they are known here."""

    search: str
    name: str
    born: date
    known: Person | None


def find(pid: str) -> tuple[Found | None, str]:
    """Ask the register for a number, once it is written down who asks for whom; or the text key of what is wrong."""
    try:
        send(LookUpPerson(pid))
    except person_lookup.TooManyLookupsError:
        log.warning("%s too many look-ups by %s", g.reference, actor().person_id)
        return None, "opening.too_many"
    identity, error = identify(pid)
    if identity is None:
        return None, error
    known = _known(pid, identity)
    return Found(send(StoreSearch(pid, views.LOOKUP)).made, identity.name, identity.born, known), ""


def _known(pid: str, identity: Identity) -> Person | None:
    """The person we know by this number, or by one they had before."""
    application = view.application()
    with application.db.read() as connection:
        found = (application.vault.person_by_pid(connection, number) for number in (pid, *identity.former))
        return next((person for person in found if person is not None), None)


def looked_up(connection: Connection, search: str) -> str:
    """The number that was looked up under this id within the hour, else ""."""
    application = view.application()
    return views.search(connection, application.vault, actor().person_id, search, application.clock.now(), views.LOOKUP)


@blueprint.post("/arbeidsko/ny-sak")
@sends(LookUpPerson, StoreSearch)
def look_up() -> ResponseReturnValue:
    """Find the person and ask whether it is the right one. The look-up is written down, found or not."""
    error_keys = _missing()
    pid = plain_number(request.form.get("pid", ""))
    if not pid:
        error_keys["pid"] = "opening.pid_wrong"
    if error_keys:
        return _form(request.form, dict(sorted(error_keys.items(), key=lambda pair: _ORDER.index(pair[0]))))
    found, error = find(pid)
    if found is None:
        return _form(request.form, {"pid": error})
    return _confirm(found.search, found, found.known)


_ORDER = ("journey", "pid", "way", "reason")


def _confirm(search: str, found: Found | Identity, known: Person | None) -> str:
    with view.application().db.read() as connection:
        deployed = _journey(connection)
        assert deployed is not None
        there = queries.open_case_of(connection, known.id, deployed.key) if known else None
    here = there is not None and there.office == session.office()
    return render_template(
        "opening_confirm.html",
        search=search,
        name=found.name,
        year=found.born.year,
        journey=deployed,
        written=request.form,
        elsewhere=there is not None and not here,
        there=there if here else None,
        oneself=known is not None and known.id == actor().person_id,
    )


@blueprint.post("/arbeidsko/ny-sak/bekreft")
@sends(BeginCaseForCitizen)
def begin() -> ResponseReturnValue:
    """It is who was meant: the case begins, and the citizen is told."""
    application = view.application()
    errors = _missing()
    with application.db.read() as connection:
        pid = looked_up(connection, request.form.get("person", ""))
    if not pid:
        errors["pid"] = "opening.expired"
    if errors:
        return _form(request.form, errors)
    found, error = identify(pid)
    if found is None:
        return _form(request.form, {"pid": error})
    try:
        outcome = send(_beginning(pid, found), once=True)
    except AlreadyDone:
        return _confirm(request.form["person"], found, _known(pid, found)), 409
    with application.db.read() as connection:
        number = queries.case_by_id(connection, outcome.case_id).number
    return session.done(number, "opened")


def _beginning(pid: str, found: Identity) -> BeginCaseForCitizen:
    form = request.form
    reason, take = form["reason"].strip(), form.get("take") == "ja"
    return BeginCaseForCitizen(form["journey"], pid, found.name, found.born, form["way"], reason, take, found.former)
