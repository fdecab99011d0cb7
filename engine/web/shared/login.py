"""Log in and out. Citizens by ID-porten, caseworkers, leaders and administrators by Ansattporten.

Every way a log-in can fail ends on a plain page with what happened, what is
kept, what to do and a reference; the event is in the audit trail.
"""

from __future__ import annotations

import logging
import re
from datetime import date
from typing import Any

from flask import current_app, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from engine.casework.commands import FollowGuardianship
from engine.platform.provider_errors import SourceError
from engine.web.shared import session_store, standing, unsent, view
from engine.web.shared.commands import send, sends
from engine.web.shared.former_numbers import former_numbers
from engine.web.shared.guards import ANYONE, guarded
from engine.web.shared.texts import LANGUAGES
from engine.workflow.authorization.actor import SYSTEM, Office, Role
from engine.workflow.authorization.login import Identity, Login, LoginStart

COOKIE = session_store.COOKIE
STARTED = "ibalanse_login"
#: What an office may give an employee: to work in its cases, and to see its figures.
STAFF, LEADER = "urn:altinn:resource:ibalanse-ansatt", "urn:altinn:resource:ibalanse-leder"
DETAILS = [{"type": "ansattporten:altinn:resource", "resource": resource} for resource in (STAFF, LEADER)]
PATH = re.compile(r"/(?!/)[\w\-./?=&%]*")

blueprint = guarded("login", __name__, ANYONE)
log = logging.getLogger(__name__)


@blueprint.get("/logg-inn")
def citizen() -> Response:
    return _begin("idporten")


@blueprint.get("/ansatt/logg-inn")
def staff() -> Response:
    return _begin("ansattporten")


def _begin(which: str) -> Response:
    client = _client(which)
    back = request.args.get("videre", "")
    back = back if PATH.fullmatch(back) else ""
    try:
        start = client.begin(
            redirect_uri=_redirect_uri(which),
            locale=g.language,
            details=DETAILS if which == "ansattporten" else None,
        )
    except Exception as error:
        return _failed(which, getattr(error, "code", "unreachable"))
    state = {
        "which": which,
        "url": start.url,
        "state": start.state,
        "nonce": start.nonce,
        "verifier": start.verifier,
        "back": back,
    }
    token = session_store.begin_log_in(state, client.settings.issuer)
    answer = redirect(start.url, 303)
    _set(answer, STARTED, token, seconds=900)
    return answer


def _client(which: str) -> Login:
    client: Login = current_app.extensions["logins"][which]
    return client


def _redirect_uri(which: str) -> str:
    return f"{view.application().settings.base_url}/logg-inn/{which}/svar"


@blueprint.get("/logg-inn/<which>/svar")
@sends(FollowGuardianship)
def answered(which: str) -> Response:
    """The issuer sends the person back here."""
    state = session_store.take_log_in(request.cookies.get(STARTED, ""))
    if state is None or which not in current_app.extensions["logins"] or state["which"] != which:
        if g.actor is not None:
            return redirect(home(g.actor.role), 303)  # the back button after a log-in that went well
        return _failed(which, "unknown_login")
    client = _client(which)
    start = LoginStart(state["url"], state["state"], state["nonce"], state["verifier"])
    try:
        identity = client.finish(start, _redirect_uri(which), request.args.to_dict())
        name, born = _identified(which, identity.pid)
        former = former_numbers(identity.pid)
    except SourceError as error:
        return _failed(which, f"name_{error.code}")
    except Exception as error:
        return _failed(which, getattr(error, "code", type(error).__name__))
    found = parts(identity) if which == "ansattporten" else []
    if which == "ansattporten" and not found:
        return _failed(which, "no_office")
    if which == "idporten":
        for told in standing.guardianships_of(identity.pid):
            send(told, as_actor=SYSTEM)
    several = len(found) > 1
    office = None if several or not found else Office(found[0]["orgno"], found[0]["name"], found[0]["leads"])
    role = Role(found[0]["role"]) if found else Role.CITIZEN
    token = session_store.log_in(identity, name, born, role, office, found if several else (), former)
    answer = redirect(url_for("offices.show", videre=state["back"]) if several else state["back"] or home(role), 303)
    save(answer, token)
    answer.delete_cookie(STARTED)
    return answer


def _identified(which: str, pid: str) -> tuple[str, date]:
    """Name and day of birth; a citizen is also asked about as somebody who lives."""
    if which == "idporten":
        return standing.identified(pid)
    found: tuple[str, date] = current_app.extensions["identify"](pid)
    return found


def parts(identity: Identity) -> list[dict[str, Any]]:
    """What an employee may be, and where: one part for each of their offices.

    Whoever was given the figures and not the cases is a leader and nothing else there; one person may be given both.
    """
    own = view.application().settings.organisation_number
    found = []
    for orgno, name in identity.offices:
        granted = identity.granted.get(orgno, frozenset())
        if LEADER in granted and STAFF not in granted:
            role = Role.LEADER
        else:
            role = Role.ADMINISTRATOR if orgno == own else Role.CASEWORKER
        found.append({"orgno": orgno, "name": name, "leads": orgno in identity.leads, "role": role.value})
    return found


def home(role: Role) -> str:
    return {
        Role.CITIZEN: url_for("citizen.home"),
        Role.CASEWORKER: url_for("queue.show"),
        Role.LEADER: url_for("leaders.show"),
    }.get(role, url_for("studio.index"))


def _failed(which: str, code: str) -> Response:
    log.warning("%s log-in by %s failed: %s", g.reference, which, code)
    session_store.record_failed_log_in(which, code)
    key = code if code in ("cancelled", "acr", "no_office", "dead") else "other"
    way = "login.staff" if which == "ansattporten" else "login.citizen"
    page = render_template("login_failed.html", key=key, again=url_for(way))
    return make_response(page, 200 if code == "cancelled" else 400)


@blueprint.post("/logg-ut")
def out() -> Response:
    """End our session, then the issuer's."""
    application = view.application()
    token = request.cookies.get(COOKIE, "")
    target = url_for("citizen.landing")
    row = session_store.log_out(token)
    if row is not None and row.id_token:
        which = "idporten" if row.role == Role.CITIZEN.value else "ansattporten"
        try:
            target = current_app.extensions["logins"][which].logout_url(
                row.id_token.decode(), f"{application.settings.base_url}/"
            )
        except Exception as error:
            log.warning("%s could not log out at the issuer: %s", g.reference, type(error).__name__)
    # A redirect to the issuer would be stopped by form-action, so the way there is a page of its own.
    answer = make_response(render_template("logged_out.html", target=target))
    answer.delete_cookie(COOKIE)
    return answer


@blueprint.get("/frontkanal")
def front_channel() -> ResponseReturnValue:
    """The issuer's frame: end every session of this ``sid``. Cookies do not reach us here, so the sid decides."""
    issuers = {client.settings.issuer for client in current_app.extensions["logins"].values()}
    issuer, sid = request.args.get("iss", ""), request.args.get("sid", "")
    if issuer in issuers and sid:
        session_store.log_out_everywhere(issuer, sid)
    answer = make_response("", 200)
    origins = " ".join(sorted({issuer.rpartition("/")[0] for issuer in issuers}))
    answer.headers["Content-Security-Policy"] = f"default-src 'none'; frame-ancestors {origins}"
    return answer


@blueprint.post("/sprak")
def language() -> Response:
    """The language is chosen by the person and kept."""
    chosen = request.form.get("language", "nb")
    back = request.form.get("back", "/")
    answer = redirect(unsent.language_change() or (back if PATH.fullmatch(back) else "/"), 303)
    if chosen in LANGUAGES:
        answer.set_cookie("language", chosen, max_age=31_536_000, samesite="Lax", httponly=True)
        if g.actor is not None:
            session_store.set_language(request.cookies[COOKIE], chosen)
    return answer


def save(answer: Response, token: str) -> None:
    """Let the browser hold the session from now on."""
    _set(answer, COOKIE, token)


def _set(answer: Response, name: str, token: str, seconds: int | None = None) -> None:
    secure = view.application().settings.base_url.startswith("https")
    answer.set_cookie(name, token, max_age=seconds, httponly=True, samesite="Lax", secure=secure, path="/")
