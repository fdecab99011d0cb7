"""Whoever works at several offices chooses which one she acts for, at log-in and whenever she likes."""

from __future__ import annotations

from typing import Any

from flask import abort, g, redirect, render_template, request, url_for
from sqlalchemy import Connection

from engine.casework import members
from engine.casework.event_kinds import OfficeEvent
from engine.web.shared import login, view
from engine.web.shared.guards import ANYONE, guarded
from engine.workflow.audit import chain
from engine.workflow.authorization import sessions
from engine.workflow.authorization.actor import Role

blueprint = guarded("offices", __name__, ANYONE)


@blueprint.before_request
def only_who_has_several() -> Any:
    if g.actor is None:
        return redirect(url_for("login.staff"), 303)
    return None if g.offices else redirect(login.home(g.actor.role), 303)


def _back(text: str) -> str:
    return text if login.PATH.fullmatch(text) else ""


@blueprint.get("/ansatt/kontor")
def show() -> Any:
    with view.house().db.read() as connection:
        ended = {part["orgno"] for part in g.offices if _ended(connection, part["orgno"])}
    return render_template("offices.html", ended=ended, back=_back(request.args.get("videre", "")))


def _ended(connection: Connection, orgno: str) -> bool:
    """Whether her part at an office ended after this log-in: the log-in before that does not give it again."""
    member = members.find(connection, orgno, g.actor.person_id)
    row = sessions.find(connection, request.cookies[login.COOKIE], view.house().clock.now())
    return bool(row and member and member.ended_at and member.ended_at >= row.created_at)


@blueprint.post("/ansatt/kontor")
def choose() -> Any:
    """Act for another of one's offices from now on. Written down, from which to which."""
    house = view.house()
    now = house.clock.now()
    part = next((one for one in g.offices if one["orgno"] == request.form.get("kontor")), None)
    if part is None:
        abort(403)
    with house.db.write() as connection:
        if _ended(connection, part["orgno"]):
            return redirect(url_for("offices.show"), 303)
        token = sessions.choose(connection, request.cookies[login.COOKIE], part)
        if part["role"] == Role.CASEWORKER.value:
            members.note_login(connection, part["orgno"], g.actor.person_id, part["leads"], now)
        was = g.actor.office.orgno if g.actor.office else None
        data = {"person": g.actor.person_id, "from": was, "to": part["orgno"], "role": part["role"]}
        chain.append(connection, chain.SYSTEM_CHAIN, now, g.actor, OfficeEvent.OFFICE_CHOSEN, data)
    answer = redirect(_back(request.form.get("videre", "")) or login.home(Role(part["role"])), 303)
    login.keep(answer, token)
    answer.delete_cookie("queue_page")  # the page of the queue one came from was the other office's
    return answer
