"""Who may enter a blueprint. Named where the blueprint is made, checked before every one of its views."""

from __future__ import annotations

from flask import Blueprint, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response

from engine.workflow.authorization.actor import Actor, Role

ANYONE = "anyone"


def guarded(name: str, import_name: str, guard: str) -> Blueprint:
    """A blueprint that only actors of role *guard* enter; others are sent to log in, or refused.

    What is for leaders is open to an adviser who leads their office too.
    """
    blueprint = Blueprint(name, import_name)
    blueprint.guard = guard  # type: ignore[attr-defined]
    if guard == ANYONE:
        return blueprint

    @blueprint.before_request
    def check() -> Response | None:
        if g.actor is None:
            way = "login.staff" if guard != Role.CITIZEN.value else "login.citizen"
            back = request.full_path.rstrip("?") if request.method == "GET" else "/"
            target = url_for(way, videre=back)
            if request.headers.get("HX-Request"):
                answer = Response("", 204)
                answer.headers["HX-Redirect"] = target
                return answer
            return redirect(target, 303)
        if g.choosing:
            target = url_for("offices.show", videre=request.full_path.rstrip("?") if request.method == "GET" else "")
            return redirect(target, 303)
        if g.actor.role.value != guard and not (guard == Role.LEADER.value and _leads(g.actor)):
            abort(403)
        return None

    return blueprint


def _leads(someone: Actor) -> bool:
    return someone.role is Role.CASEWORKER and someone.office is not None and someone.office.leads


def actor() -> Actor:
    """Whoever passed the guard."""
    found: Actor = g.actor
    return found
