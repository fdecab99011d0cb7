"""Whoever works at several offices chooses which one they act for, at log-in and whenever they like."""

from __future__ import annotations

from flask import abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from engine.web.shared import login, session_store, view
from engine.web.shared.guards import ANYONE, guarded
from engine.workflow.authorization.actor import Role

blueprint = guarded("offices", __name__, ANYONE)


@blueprint.before_request
def only_who_has_several() -> Response | None:
    if g.actor is None:
        return redirect(url_for("login.staff"), 303)
    return None if g.offices else redirect(login.home(g.actor.role), 303)


def _back(text: str) -> str:
    return text if login.PATH.fullmatch(text) else ""


@blueprint.get("/ansatt/kontor")
def show() -> ResponseReturnValue:
    token = request.cookies[login.COOKIE]
    with view.application().db.read() as connection:
        ended = {p["orgno"] for p in g.offices if session_store.part_ended(connection, token, p["orgno"])}
    return render_template("offices.html", ended=ended, back=_back(request.args.get("videre", "")))


@blueprint.post("/ansatt/kontor")
def choose() -> ResponseReturnValue:
    """Act for another of one's offices from now on. Written down, from which to which."""
    part = next((one for one in g.offices if one["orgno"] == request.form.get("kontor")), None)
    if part is None:
        abort(403)
    token = session_store.choose_office(request.cookies[login.COOKIE], part)
    if token is None:
        return redirect(url_for("offices.show"), 303)
    answer = redirect(_back(request.form.get("videre", "")) or login.home(Role(part["role"])), 303)
    login.save(answer, token)
    answer.delete_cookie("queue_page")  # the page of the queue one came from was the other office's
    return answer
