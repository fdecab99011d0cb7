"""The citizen's way in: landing, start, my case, messages."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine.authorization.actor import Actor, Role
from engine.cases import queries, writing
from engine.execution.commands import StartInstance
from engine.web import view
from engine.web.guards import ANYONE, actor, guarded

blueprint = guarded("citizen", __name__, ANYONE)


@blueprint.before_request
def only_citizens() -> Response | None:
    """The landing and the two statements are open; the rest is for citizens."""
    if request.endpoint in ("citizen.landing", "citizen.statement", "citizen.privacy", "citizen.favicon"):
        return None
    if g.actor is None:
        return redirect(url_for("login.citizen", videre=request.path), 303)
    if g.actor.role is not Role.CITIZEN:
        return redirect(url_for("queue.show"), 303)
    return None


@blueprint.get("/")
def landing() -> Any:
    return render_template("landing.html")


@blueprint.get("/tilgjengelighet")
def statement() -> Any:
    return render_template("statement.html", page="accessibility")


@blueprint.get("/personvern")
def privacy() -> Any:
    return render_template("statement.html", page="privacy")


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    return redirect(view.static("logo.svg"), 301)


@blueprint.get("/hjem")
def home() -> Any:
    """Where a citizen comes after log-in: her next step, her overview, or the start."""
    house = view.house()
    with house.db.read() as connection:
        case = queries.case_of(connection, actor().person_id)
        if case is None or case.state != "open":
            return render_template("start.html", earlier=case)
        return redirect(where_next(connection, actor(), case.id), 303)


@blueprint.post("/start")
def start() -> Response:
    """One press begins the case. A second press, or a second tab, finds the first one's case."""
    house = view.house()
    with house.db.read() as connection:
        case = queries.case_of(connection, actor().person_id)
        office = house.library.newest(connection, "advice").bundle.metadata["office"]
    if case is None or case.state != "open":
        variables = {"office": office["orgno"], "officeName": office["name"], "granted": False, "pending": 0}
        command = StartInstance("advice", actor().person_id, variables)
        house.dispatch.send(command, actor(), key=request.form.get("_key", ""))
    return redirect(url_for("citizen.home"), 303)


def where_next(connection: Connection, who: Actor, case_id: str) -> str:
    """The address of the next thing to do, or of the case when there is nothing."""
    tasks = queries.open_tasks(connection, case_id, "citizen")
    if tasks:
        return url_for("tasks.show", task_id=tasks[0].id)
    return url_for("citizen.case")


@blueprint.get("/saken-min")
def case() -> Any:
    house = view.house()
    with house.db.read() as connection:
        found = queries.case_of(connection, actor().person_id)
        if found is None:
            return redirect(url_for("citizen.home"), 303)
        return render_template(
            "case.html",
            case=found,
            stages=stage_rows(found),
            tasks=queries.open_tasks(connection, found.id, "citizen"),
            done=queries.done_tasks(connection, found.id, "citizen"),
            notes=writing.notes(connection, house.vault, found.id),
            history=queries.history(connection, found.id),
            unread=writing.unread(connection, found.id, Role.CITIZEN),
            now=house.clock.now(),
        )


def stage_rows(case: Any) -> list[dict[str, Any]]:
    """The stage row: done, now or still to come, with the day each was entered."""
    from datetime import datetime

    entered = {entry["id"]: datetime.fromisoformat(entry["at"]) for entry in case.stages}
    rows, passed = [], True
    for stage_id, title in view.stage_titles(case.key):
        current = stage_id == case.stage
        if current:
            passed = False
        closed = case.state != "open"
        state = "now" if current and not closed else "done" if passed or current else "todo"
        rows.append({"title": title, "state": state, "at": entered.get(stage_id)})
    return rows


@blueprint.get("/meldinger")
def messages() -> Any:
    house = view.house()
    now = house.clock.now()
    with house.db.write() as connection:
        found = queries.case_of(connection, actor().person_id)
        written = writing.messages(connection, house.vault, found.id) if found else []
        if found:
            writing.mark_read(connection, found.id, Role.CITIZEN, now)
    return render_template("messages.html", case=found, messages=written, text="", fault="")


@blueprint.post("/meldinger")
def send() -> Any:
    house = view.house()
    text = request.form.get("text", "").strip()
    with house.db.read() as connection:
        found = queries.case_of(connection, actor().person_id)
        if found is None:
            return redirect(url_for("citizen.home"), 303)
        written = writing.messages(connection, house.vault, found.id)
    fault = "message.empty" if not text else "message.long" if len(text) > writing.LONGEST else ""
    if fault:
        return render_template("messages.html", case=found, messages=written, text=text, fault=fault), 422
    with house.db.write() as connection:
        writing.send_message(
            connection,
            house.vault,
            actor=actor(),
            case_id=found.id,
            owner_id=found.owner_id,
            text=text,
            now=house.clock.now(),
        )
    return redirect(url_for("citizen.messages"), 303)
