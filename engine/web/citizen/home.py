"""The citizen's way in: landing, start, my case, messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, select
from werkzeug.wrappers import Response

from engine.advice.commands import OpenOverview
from engine.advice.consent import ending
from engine.advice.economy.statement import statement as statement_of
from engine.advice.evidence import snapshots
from engine.advice.evidence.models import snapshot
from engine.casework import (
    complaint_right,
    complaints,
    decisions,
    documents,
    information_requests,
    journal,
    letters,
    measures,
    notices,
    participants,
    queries,
)
from engine.casework.commands import ReadMessages, SendMessage
from engine.platform.provider_errors import SourceError
from engine.studio import office_areas
from engine.web.citizen.overview_context import OverviewContext
from engine.web.shared import access, standing, view
from engine.web.shared.commands import send, sends
from engine.web.shared.event_texts import SHOWN
from engine.web.shared.guards import ANYONE, actor, guarded
from engine.web.shared.stages import stage_rows
from engine.workflow.authorization import pip
from engine.workflow.authorization.actor import Actor, Role
from engine.workflow.definitions.library import Deployed
from engine.workflow.errors import NotFound
from engine.workflow.execution.commands import CancelCase, StartInstance
from engine.workflow.instances.rows import CaseRow, TaskRow

blueprint = guarded("citizen", __name__, ANYONE)


@blueprint.before_request
def only_citizens() -> Response | None:
    """The landing and the two statements are open; the rest is for citizens."""
    if request.endpoint in ("citizen.landing", "citizen.statement", "citizen.privacy", "citizen.favicon"):
        return None
    if g.actor is None:
        return redirect(url_for("login.citizen", videre=request.path), 303)
    if g.actor.role is not Role.CITIZEN:
        return redirect(url_for("queue.show" if g.actor.role is Role.CASEWORKER else "studio.index"), 303)
    return None


@blueprint.get("/")
def landing() -> ResponseReturnValue:
    return render_template("landing.html")


@blueprint.get("/tilgjengelighet")
def statement() -> ResponseReturnValue:
    return render_template("statement.html", page="accessibility")


@blueprint.get("/personvern")
def privacy() -> ResponseReturnValue:
    return render_template("statement.html", page="privacy")


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    return redirect(view.static("logo.svg"), 301)


@blueprint.get("/hjem")
def home() -> ResponseReturnValue:
    """Where a citizen comes after log-in: their next step, their tasks when there are several cases, or the start."""
    application = view.application()
    who = actor().person_id
    with application.db.read() as connection:
        cases = [case for case in access.known_cases(connection) if case.state == "open"]
        if not cases and standing.is_minor():
            return render_template("minor.html")
        if not cases:
            return render_template("start.html", services=services(connection), earlier=None)
        if len(cases) == 1:
            tasks = queries.open_tasks(connection, cases[0].id, "citizen", access.answers_as(connection, cases[0]))
            own = "" if tasks else home_of(connection, cases[0])
            return redirect(own or where_next(connection, actor(), cases[0]), 303)
        return render_template(
            "home.html",
            tasks=queries.tasks_of(connection, who),
            cases=[(case, home_of(connection, case)) for case in cases],
            new_notices=[n for n in notices.of_person(connection, application.vault, who) if n.read_at is None],
            now=application.clock.now(),
        )


@blueprint.post("/start")
@sends(StartInstance)
def start() -> Response:
    """One press begins debt advice. A second press, or a second tab, finds the first one's case."""
    return begin("advice")


@blueprint.get("/tjenester")
def offered() -> ResponseReturnValue:
    """Every journey a citizen may start, those an administrator has made among them."""
    application = view.application()
    if standing.is_minor():
        return render_template("minor.html")
    with application.db.read() as connection:
        running = {case.key for case in queries.cases_of(connection, actor().person_id) if case.state == "open"}
        return render_template("services.html", services=services(connection), running=running)


def services(connection: Connection) -> list[Deployed]:
    """The startable journeys, in the order their bundles ask for."""
    found = [d for d in view.application().library.every_newest(connection) if "citizen" in d.bundle.startable]
    return sorted(found, key=lambda deployed: (deployed.bundle.metadata.get("order", 500), deployed.key))


@blueprint.post("/tjenester/<key>/start")
@sends(StartInstance)
def begin(key: str) -> Response:
    """Begin a journey, or go on with the one that is open. Who is under age reads who can begin one for them."""
    application = view.application()
    if standing.is_minor():
        return redirect(url_for("citizen.offered"), 303)
    with application.db.read() as connection:
        deployed = offered_journey(connection, key)
        there = queries.open_case_of(connection, actor().person_id, key)
        carried = None if there or request.form.get("fresh") else carried_from(connection, deployed)
    if carried is not None:
        return redirect(url_for("carry_over.show", key=key), 303)
    if there is None:
        outcome = send(StartInstance(key, actor().person_id, start_variables(deployed)), once=True)
        return redirect(url_for("tasks.coming", case_id=outcome.case_id), 303)
    with application.db.read() as connection:
        return redirect(where_next(connection, actor(), there), 303)


def offered_journey(connection: Connection, key: str) -> Deployed:
    """A journey a citizen may start. Raises ``NotFound`` for every other."""
    deployed = next((d for d in services(connection) if d.key == key), None)
    if deployed is None:
        raise NotFound(key)
    return deployed


def carried_from(connection: Connection, deployed: Deployed) -> CaseRow | None:
    """The citizen's open case of a journey this one takes over from, where something stands to carry along.

    ``None`` where this one is begun already.
    """
    now = view.application().clock.now()
    if queries.open_case_of(connection, actor().person_id, deployed.key) is not None:
        return None
    for key in deployed.bundle.metadata.get("carriesFrom", ()):
        case = queries.open_case_of(connection, actor().person_id, key)
        if case is not None and ending.allowed(connection, case.id, now):
            return case
    return None


def start_variables(deployed: Deployed) -> dict[str, Any]:
    """What a case begins with: the office that gets it, and what its journey says."""
    metadata = deployed.bundle.metadata
    office = _office(metadata)
    if office and not request.form.get("office"):
        office = _office_of_residence() or office
    return {
        "office": office.get("orgno", ""),
        "officeName": office.get("name", ""),
        "granted": False,
        "pending": 0,
        **metadata.get("startVariables", {}),
    }


def _office(metadata: Mapping[str, Any]) -> dict[str, str]:
    """The office that gets the case: the chosen one of several, or the only one."""
    offices: list[dict[str, str]] = metadata.get("offices") or ([metadata["office"]] if "office" in metadata else [])
    chosen = request.form.get("office", "")
    return next((office for office in offices if office["orgno"] == chosen), offices[0] if offices else {})


def _office_of_residence() -> dict[str, str] | None:
    """The office of the municipality the citizen lives in, as the population register says today.

    ``None`` where no office is entered for it, and where the register does not answer: the case begins all the same.
    """
    app = view.application()
    with app.db.read() as connection:
        if not office_areas.every(connection):
            return None
        pid = app.vault.person(connection, actor().person_id).pid
    try:
        municipality = current_app.extensions["residence"](pid)
    except SourceError:
        return None
    with app.db.read() as connection:
        area = office_areas.serving(connection, municipality)
    return {"orgno": area.orgno, "name": area.name} if area else None


def where_next(connection: Connection, who: Actor, case: CaseRow) -> str:
    """The address of the next thing to do in a case, or of the case when there is nothing."""
    whose = case.owner_id if pip.represents(connection, who, case.owner_id, case.id) else who.person_id
    tasks = queries.open_tasks(connection, case.id, "citizen", whose)
    if tasks:
        return url_for("tasks.show", task_id=tasks[0].id)
    return url_for("citizen.case", sak=case.number)


def home_of(connection: Connection, case: CaseRow) -> str:
    """The page its journey calls home, when there is such a page here and the case is their own; else ""."""
    path = view.application().library.get(connection, case.definition_id).bundle.home
    there = bool(path) and current_app.url_map.bind("").test(path, "GET")
    return path if there and case.owner_id == actor().person_id else ""


def own_case(connection: Connection, number: str = "") -> CaseRow | None:
    """One of the citizen's cases: by number, else the one they most likely mean. ``None`` when they have none.

    Raises ``NotFound`` for one that is not theirs to read, ``NotReadable`` for their own.
    """
    cases = access.known_cases(connection)
    if number:
        found = next((case for case in cases if case.number == number), None)
        if found is None:
            raise NotFound(number)
    else:
        found = cases[0] if cases else None
    if found is not None:
        access.require(connection, found)
    return found


def required_case(connection: Connection, number: str) -> CaseRow:
    """The same, for a page there is nothing of without a case. Raises ``NotFound`` when they have none."""
    found = own_case(connection, number)
    if found is None:
        raise NotFound(number)
    return found


@blueprint.get("/saken-min")
def case() -> ResponseReturnValue:
    application = view.application()
    number = request.args.get("sak", "")
    with application.db.read() as connection:
        cases = access.known_cases(connection)
        if not cases:
            return redirect(url_for("citizen.home"), 303)
        if not number and len(cases) > 1:
            return render_template(
                "cases.html",
                cases=cases,
                tasks=queries.tasks_of(connection, actor().person_id),
                now=application.clock.now(),
            )
        found = required_case(connection, number)
        sent = notices.of_person(connection, application.vault, actor().person_id)
        for_owner = access.represents(connection, found)
        owns = found.owner_id == actor().person_id or for_owner  # what comes to the owner comes to who acts for them
        mine = access.answers_as(connection, found)
        return render_template(
            "case.html",
            case=found,
            several=len(cases) > 1,
            owns=owns and not for_owner,
            for_owner=for_owner,
            stages=stage_rows(found),
            tasks=queries.open_tasks(connection, found.id, "citizen", mine),
            parties=participants.of_case(connection, application.vault, found),
            waiting=others_wait(connection, found.id),
            notes=journal.notes(connection, application.vault, found.id, Role.CITIZEN),
            questions=[
                q
                for q in information_requests.open_of(connection, application.vault, actor().person_id)
                if q.case_id == found.id
            ],
            letters=letters.of_case(connection, application.vault, found.id, sent=True) if owns else (),
            documents=documents.of_case(connection, application.vault, found.id) if owns and not for_owner else (),
            decision=decisions.sent_to_citizen(
                connection, application.vault, found, application.library.get(connection, found.definition_id).bundle
            )
            if owns
            else None,
            right=complaint_right.newest_right(connection, found.id) if owns else None,
            complaints=complaints.of_case(connection, application.vault, found.id) if owns else (),
            measures=measures.of_case(connection, application.vault, found.id) if owns else (),
            history=queries.history(connection, found.id, SHOWN, actor().person_id),
            unread=journal.unread(connection, found.id, Role.CITIZEN),
            new_notices=[n for n in sent if n.case_id == found.id and n.read_at is None],
            asks=queries.asks_now(connection, found.id, application.clock.now()),
            about=about_other(connection, found),
            begins_again=any(one.key == found.key for one in services(connection)),
            now=application.clock.now(),
        )


def others_wait(connection: Connection, case_id: str) -> list[TaskRow]:
    """Open tasks of the other citizens in the case: whom one waits for."""
    found = queries.open_tasks(connection, case_id, "citizen")
    whose = access.answers_as(connection, queries.case_by_id(connection, case_id))
    return [task for task in found if task.owner_id not in (actor().person_id, whose)]


def about_other(connection: Connection, case: CaseRow) -> bool:
    """Whether the case has an overview of somebody else than its owner: an estate."""
    return (
        connection.execute(
            select(snapshot.c.id).where(snapshot.c.case_id == case.id, snapshot.c.person_id != case.owner_id).limit(1)
        ).first()
        is not None
    )


@blueprint.get("/saken-min/<number>/oversikt")
@sends(OpenOverview)
def other_overview(number: str) -> ResponseReturnValue:
    """The overview of the one a case is about, for those who take part in it. Every look is logged."""
    application = view.application()
    now = application.clock.now()
    with application.db.read() as connection:
        found = required_case(connection, number)
        newest = snapshots.newest(connection, application.vault, found.id, now)
        if newest is None or not about_other(connection, found):
            raise NotFound("overview")
        person = connection.execute(
            select(snapshot.c.person_id).where(snapshot.c.case_id == found.id).limit(1)
        ).scalar_one()
    send(OpenOverview(found.id))
    shown, built_at, version = newest
    page = OverviewContext(found, statement_of(shown), built_at, version, by_party=True, owner=view.name_of(person))
    return page.drawn()


@blueprint.post("/saken-min/<number>/stopp")
@sends(CancelCase)
def stop(number: str) -> Response:
    """The owner ends the case before its time. The policy of the journey decides whether they may."""
    application = view.application()
    with application.db.read() as connection:
        found = required_case(connection, number)
    send(CancelCase(found.id, "stopped by the citizen"), once=True)
    return redirect(url_for("sharing.case_stopped", number=number), 303)


@blueprint.get("/meldinger")
@sends(ReadMessages)
def messages() -> ResponseReturnValue:
    return _messages("", "")


def _messages(text: str, error: str) -> ResponseReturnValue:
    """Everything written to or by the citizen in all their cases, and the notices given to them, newest first."""
    application = view.application()
    now = application.clock.now()
    who = actor().person_id
    with application.db.read() as connection:
        every = queries.cases_of(connection, who)
        cases = {case.id: case for case in access.own_readable_cases(connection)}
        written = [
            (cases[case_id], message)
            for case_id in cases
            for message in journal.messages(connection, application.vault, case_id)
        ]
        sent = notices.of_person(connection, application.vault, who)
    send(ReadMessages(now))
    body = render_template(
        "messages.html",
        cases=[case for case in cases.values() if case.state == "open" and case.office],
        messages=sorted(written, key=lambda pair: pair[1].at, reverse=True),
        notices=sent,
        takes_part=bool(every),
        text=text,
        error=error,
        chosen=request.form.get("sak", ""),
    )
    return (body, 422) if error else body


@blueprint.post("/meldinger")
@sends(SendMessage, ReadMessages)
def write_message() -> ResponseReturnValue:
    application = view.application()
    text = request.form.get("text", "").strip()
    with application.db.read() as connection:
        found = own_case(connection, request.form.get("sak", ""))
    if found is None or found.owner_id != actor().person_id:
        return redirect(url_for("citizen.home"), 303)
    error = "message.empty" if not text else "message.long" if len(text) > journal.MAX_TEXT else ""
    if error:
        return _messages(text, error)
    send(SendMessage(found.id, text))
    return redirect(url_for("citizen.messages"), 303)
