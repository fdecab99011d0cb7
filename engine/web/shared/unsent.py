"""Nothing typed is lost: a form that came when the session was over waits for its writer, who logs in and goes on.

The form is stored sealed (``unsent_forms``), the person logs in, and the page the form stood on is drawn again with
what they typed. They look it over and press. A form is stored only when its token is one of ours, so no other site
can leave one behind, and only its writer gets it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Response, abort, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import escape
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect, Rule
from werkzeug.wrappers import Response as AnyResponse

from engine.platform.vault import ErasedError
from engine.web.shared import form_refill, session_store, view
from engine.web.shared.guards import ANYONE, guarded
from engine.web.shared.session_store import COOKIE
from engine.workflow.authorization.actor import Role
from engine.workflow.authorization.sessions import Session
from engine.workflow.authorization.unsent_forms import UnsentForm

#: The parameter of a page that is to be drawn with what was typed, and the field of the form that was filled.
TYPED, MARK = "skrevet", "_unsent"
#: Fields that belong to the page and not to what was typed.
_OF_THE_PAGE = frozenset({"csrf_token", "_key", "_page", "_seen", "_draft", "_unsent", "revision"})
#: Pages of forms whose address has no page above it: endpoint → page.
_PAGES = {
    "sharing.withdraw": "sharing.show",
    "sharing.stop": "sharing.show",
    "sharing.again": "sharing.show",
    "citizen.begin": "citizen.offered",
    "citizen.start": "citizen.home",
    "operations.verify": "operations.index",
}
#: Answers of a page that shows again what was sent; one that went well has no more use of it.
REFUSED = frozenset({409, 422})
#: The field of the language's form that takes along what is typed, as a page has it.
NOTHING_TYPED = 'name="typed" value=""'
blueprint = guarded("unsent", __name__, ANYONE)


def store_and_log_in(session: Session | None) -> AnyResponse:
    """Store what came with a form of this session, and lead to the log-in and from there back to the form.

    session  the one the form's page was drawn in; without one that is known there is nobody to store it for
    """
    if session is None:
        abort(403)
    if g.actor is not None and (g.actor.person_id, g.actor.role.value) != (session.person_id, session.role):
        abort(403)
    try:
        identity = session_store.store_unsent(session.person_id, _sent())
    except ErasedError:
        abort(403)
    target = url_for("unsent.resume", identity=identity)
    if g.actor is None:
        target = url_for(_log_in(session), videre=target)
    if request.headers.get("HX-Request"):
        answer = AnyResponse("", 204)
        answer.headers["HX-Redirect"] = target
        return answer
    return redirect(target, 303)


def _log_in(session: Session) -> str:
    return "login.citizen" if session.role == Role.CITIZEN.value else "login.staff"


def too_long(limit: int) -> AnyResponse:
    """Back to the form, with all that was typed and how many characters it may have at most."""
    identity = session_store.store_unsent(g.actor.person_id, replace(_sent(), reason="long", limit=limit))
    return redirect(url_for("unsent.resume", identity=identity), 303)


def _sent() -> UnsentForm:
    files = [file.filename for file in request.files.values() if file.filename]
    return UnsentForm(request.path, _page_of_form(), _typed(list(request.form.items(multi=True))), files)


def _typed(fields: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in fields if name not in _OF_THE_PAGE)


def _page_of_form() -> str:
    """The page the form stood on, as the browser says; else the page its address belongs to."""
    found = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "")
    ours = (urlsplit(request.host_url).netloc, urlsplit(current_app.config["BASE_URL"]).netloc)
    if found.netloc not in ours or not found.path:
        return page_of(request.path)
    page = page_of(found.path)
    return f"{page}?{found.query}" if found.query and page == found.path else page


def page_of(path: str) -> str:
    """The address of the page that *path* belongs to: itself where it has a page, else the nearest above it."""
    own = _endpoint(path, "POST")
    if own in _PAGES:
        return url_for(_PAGES[own])
    if own and _rule(path, "GET") != _rule(path, "POST"):
        path = path.rpartition("/")[0]  # what answers a GET here means something else by the last part
    while path.strip("/"):
        if _endpoint(path, "GET"):
            return path
        path = path.rpartition("/")[0]
    return "/"


def _endpoint(path: str, method: str) -> str:
    """What answers there, "" for nothing."""
    found = _match(path, method)
    return "" if found is None or found.endpoint == "static" else str(found.endpoint)


def _rule(path: str, method: str) -> str:
    found = _match(path, method)
    return "" if found is None else found.rule


def _match(path: str, method: str) -> Rule | None:
    try:
        rule, _ = current_app.url_map.bind("").match(path, method=method, return_rule=True)
    except (HTTPException, RequestRedirect):
        return None
    return rule


def page_instead() -> AnyResponse | None:
    """Where a GET leads whose address only takes forms: to the page of them. ``None`` for any other request."""
    if request.method not in ("GET", "HEAD") or not _endpoint(request.path, "POST"):
        return None
    page = page_of(request.path)
    return None if page == request.path else redirect(page, 303)


@blueprint.get("/gjenoppta/<identity>")
def resume(identity: str) -> AnyResponse:
    """Back to the page of the form that was not received."""
    if g.actor is None:
        return redirect(url_for("login.citizen", videre=request.path), 303)
    form = session_store.unsent(g.actor.person_id, identity)
    if form is None:
        return redirect("/", 303)
    if g.choosing:
        return redirect(url_for("offices.show", videre=request.path), 303)
    return redirect(_address(form.page, identity), 303)


def _address(page: str, identity: str) -> str:
    path, _, query = page.partition("#")[0].partition("?")
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != TYPED]
    return f"{path}?{urlencode([*kept, (TYPED, identity)])}"


@blueprint.get("/okt")
def remaining() -> ResponseReturnValue:
    """Seconds until the session is over, 403 when it is: asked by the page, and no use of the session."""
    if g.actor is None:
        abort(403)
    return {"seconds": session_seconds()}


@blueprint.get("/okt/forleng")
def extend() -> ResponseReturnValue:
    """As any page does: the session was used now."""
    if g.actor is None:
        abort(403)
    session_store.renew(request.cookies[COOKIE])
    return {"seconds": session_seconds()}


def session_seconds() -> int:
    """Seconds until the session is over; 0 for somebody who is not logged in."""
    if g.get("actor") is None:
        return 0
    return max(0, int((g.session_ends - view.application().clock.now()).total_seconds()))


def language_change() -> str | None:
    """Where a change of language leads with what was typed on the page; ``None`` when nothing was.

    The form of the language carries, in ``typed``, what stands in the other forms of the page:
    ``{"action": path, "fields": [[name, value]]}``.
    """
    sent = request.form.get("typed", "")
    if not sent or g.actor is None:
        return None
    try:
        found = json.loads(sent)
        fields = _typed([(str(name), str(value)) for name, value in found["fields"]])
        action = urlsplit(str(found["action"])).path
    except (ValueError, KeyError, TypeError):
        return None
    back = request.form.get("back", "/")
    page = page_of(back.partition("?")[0]) if back.startswith("/") else "/"
    identity = session_store.store_unsent(g.actor.person_id, UnsentForm(action, page, fields, (), "language"))
    return url_for("unsent.resume", identity=identity)


def _carried(page: str) -> str:
    """A page that refuses a form, whose form of the language takes along what was sent."""
    fields = _typed(list(request.form.items(multi=True)))
    sent = json.dumps({"action": request.path, "fields": fields}, ensure_ascii=False)
    return page.replace(NOTHING_TYPED, f'name="typed" value="{escape(sent)}"', 1) if fields else page


def fill(response: Response) -> Response:
    """Draw the page with what was typed, and let go of it when it has been sent."""
    if g.get("actor") is None:
        return response
    if request.method == "POST" and response.status_code < 400 and (sent := request.form.get(MARK, "")):
        session_store.remove_unsent(g.actor.person_id, sent)
    if request.method == "POST" and response.status_code in REFUSED and response.mimetype == "text/html":
        response.set_data(_carried(response.get_data(as_text=True)))
    identity = request.args.get(TYPED, "")
    if request.method != "GET" or not identity or response.mimetype != "text/html":
        return response
    if response.location:
        response.location = _address(response.location, identity)
        return response
    form = session_store.unsent(g.actor.person_id, identity)
    if form is not None:
        response.set_data(_filled(response.get_data(as_text=True), form, identity))
    return response


def _filled(page: str, form: UnsentForm, identity: str) -> str:
    mark = f'<input type="hidden" name="{MARK}" value="{escape(identity)}">'
    done = form_refill.refill(page, request.path, form.action, form.fields, mark)
    note = render_template("parts/unsent.html", form=form, found=done.found, left=[value for _, value in done.left])
    return form_refill.after_main(done.page, note)
