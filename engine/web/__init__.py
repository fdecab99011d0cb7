"""The outermost ring: a request becomes a command, an outcome becomes a page. Nothing more.

Every blueprint names its guard where it is made; a test walks the routes.

A page more is a view in its audience's folder: ``citizen/plan.py`` is a small one that reads, sends commands and draws
its template. A new blueprint has its line in ``BLUEPRINTS``; what people read is in ``texts/``, in every language.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from engine.application import Application
from engine.casework import queries
from engine.platform import trace
from engine.platform.db import trouble
from engine.platform.provider_errors import SourceError
from engine.platform.vault import ErasedError
from engine.studio import sequence as studio_sequence
from engine.web import operations, studio
from engine.web.citizen import (
    benefit,
    budget,
    carry_over,
    complaints,
    enk,
    home,
    household,
    overview,
    plan,
    renewal,
    sharing,
    spending,
    tasks,
)
from engine.web.leaders import statistics
from engine.web.office import (
    case_actions,
    case_attachments,
    case_complaints,
    case_documents,
    case_drafts,
    case_letters,
    case_page,
    case_parties,
    case_replies,
    colleagues,
    intake,
    offices,
    on_behalf,
    queue,
)
from engine.web.shared import health, login, security, session_store, template_globals, unsent, view
from engine.web.shared.line_endings import LineFeedRequest
from engine.web.shared.notice_links import notice_link
from engine.web.shared.standing import Registered
from engine.web.shared.texts import LANGUAGES
from engine.workflow.authorization import sessions
from engine.workflow.authorization.login import Login
from engine.workflow.errors import (
    AlreadyDone,
    Conflict,
    Forbidden,
    NotFound,
    NotPossible,
    NotReadable,
    Refusal,
    StageRefused,
    Suspended,
)

log = logging.getLogger(__name__)
BLUEPRINTS = (
    health.blueprint,
    login.blueprint,
    unsent.blueprint,
    home.blueprint,
    complaints.blueprint,
    tasks.blueprint,
    overview.blueprint,
    sharing.blueprint,
    renewal.blueprint,
    carry_over.blueprint,
    household.blueprint,
    spending.blueprint,
    budget.blueprint,
    plan.blueprint,
    enk.blueprint,
    studio.blueprint,
    benefit.blueprint,
    queue.blueprint,
    case_page.blueprint,
    statistics.blueprint,
    operations.blueprint,
    case_actions.blueprint,
    case_drafts.blueprint,
    case_attachments.blueprint,
    case_letters.blueprint,
    case_replies.blueprint,
    case_documents.blueprint,
    case_complaints.blueprint,
    case_parties.blueprint,
    on_behalf.blueprint,
    intake.blueprint,
    offices.blueprint,
    colleagues.blueprint,
)
_STATUS: Mapping[type[Refusal], int] = {
    NotFound: 404,
    Forbidden: 403,
    AlreadyDone: 409,
    Conflict: 409,
    StageRefused: 409,
}


def create_app(
    application: Application,
    *,
    logins: Mapping[str, Login],
    identify: Callable[[str], tuple[str, date]],
    former_numbers: Callable[[str], Sequence[str]] = lambda pid: (),
    residence: Callable[[str], str] = lambda pid: "",
    registered: Callable[[str], Registered] | None = None,
) -> Flask:
    """The Flask application around a wired *application*.

    identify        name and day of birth in the population register, by identity number
    residence       number of the municipality the register says a person lives in, "" where it says none
    former_numbers  numbers the register says a person had before, by the one they have now
    registered      what it says of a citizen who logs in, whether they live too; ``None``: *identify* is asked
    """
    app = Flask(__name__, static_url_path="/static")
    app.request_class = LineFeedRequest
    settings = application.settings
    app.config.update(
        BASE_URL=settings.base_url,
        MAX_CONTENT_LENGTH=8 * 1024 * 1024,
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,
    )
    studio_sequence.connect(application)
    app.extensions.update(ibalanse=application, logins=logins, identify=identify, former_numbers=former_numbers)
    app.extensions.update(registered=registered, residence=residence)
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies)  # type: ignore[method-assign]
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.before_request(_who)
    app.before_request(security.make_room)
    app.before_request(security.check_change)
    app.after_request(security.secure)
    app.after_request(unsent.fill)
    app.teardown_request(lambda _: trace.leave())
    template_globals.install(app)
    app.jinja_env.globals.update(
        notice_link=notice_link,
        session_seconds=unsent.session_seconds,
        offers_again=renewal.offers,
        approvals=renewal.approvals,
        may_share=sharing.may_share,
    )
    _errors(app, application)
    return app


def _who() -> None:
    """Find the session. Everything after this knows the actor, the language and the token of the form."""
    application = view.application()
    trace.begin(request.headers.get("traceparent"))
    g.reference = secrets.token_hex(4)
    g.actor = None
    g.offices, g.choosing = [], False
    g.csrf = ""
    wanted = request.cookies.get("language", "nb")
    g.language = wanted if wanted in LANGUAGES else "nb"
    if request.endpoint in (None, "static") or request.endpoint.startswith("health."):
        return
    token = request.cookies.get(login.COOKIE, "")
    if not token:
        return
    g.csrf = sessions.csrf_token(token, application.settings.secret_keys[0])
    now = application.clock.now()
    with application.db.read() as connection:
        row = sessions.find(connection, token, now)
        if row is None:
            return
        try:
            person = application.vault.person(connection, row.person_id)
        except (ErasedError, KeyError):
            return
        g.actor = sessions.actor(row, person.name)
        g.offices = row.offices or []
        g.choosing = bool(g.offices) and row.office is None
        g.language = row.language
        watched = request.endpoint == "unsent.remaining"
        g.session_ends = min((row.seen_at if watched else now) + sessions.IDLE, row.created_at + sessions.MAX_AGE)
    if not watched and (now - row.seen_at).total_seconds() > 60:
        session_store.renew(token)


def _errors(app: Flask, application: Application) -> None:
    def page(status: int, key: str, **values: object) -> tuple[str, int]:
        if request.headers.get("HX-Request"):
            return render_template("parts/problem.html", key=key, status=status, values=values), status
        return render_template("error.html", key=key, status=status, values=values), status

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue | HTTPException:
        status = error.code or 500
        if status < 400:
            return error
        if status in (404, 405) and (instead := unsent.page_instead()):
            return instead
        if status == 403:
            session_store.record_refusal("http_403")
        known = status if status in (400, 403, 404, 405, 409, 413, 429, 500, 503) else (400 if status < 500 else 500)
        return page(status, f"error.{known}")

    @app.errorhandler(StageRefused)
    def stage(error: StageRefused) -> tuple[str, int]:
        return page(409, "error.stage", rule=view.journey_text(error.key))

    @app.errorhandler(AlreadyDone)
    def done(error: AlreadyDone) -> tuple[str, int]:
        if error.state == "claimed":
            return page(409, "error.taken", who=view.name_of(error.by))
        return page(409, "error.already_done", who=view.name_of(error.by), when=view.moment(error.at))

    @app.errorhandler(Suspended)
    def stands_still(_: Suspended) -> tuple[str, int]:
        return page(409, "error.suspended")

    @app.errorhandler(NotPossible)
    def not_possible(error: NotPossible) -> tuple[str, int]:
        paused = any(reason.rule == "task-paused" for reason in error.reasons)
        return page(409, "error.paused" if paused else "error.409")

    @app.errorhandler(NotReadable)
    def not_readable(error: NotReadable) -> tuple[str, int]:
        """To the owner alone: the case is there, and what the law gives them in it is a press away."""
        with application.db.read() as connection:
            case = queries.case_by_id(connection, error.case_id)
        return render_template("case_unreadable.html", case=case), 403

    @app.errorhandler(Refusal)
    def refused(error: Refusal) -> ResponseReturnValue:
        if isinstance(error, NotFound) and (instead := unsent.page_instead()):
            return instead
        session_store.record_refusal(error.code)
        status = next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 409)
        return page(status, f"error.{status}")

    @app.errorhandler(SourceError)
    def source(error: SourceError) -> tuple[str, int]:
        log.warning("%s source error %s", g.reference, error.code)
        return page(503, "error.503")

    @app.errorhandler(DBAPIError)
    def storage(error: DBAPIError) -> tuple[str, int]:
        """The database is away or full: nothing was changed, and what was sent can be sent again from the page."""
        if not trouble(error):
            return crash(error)
        log.error("%s database trouble: %s", g.get("reference", ""), trouble(error))
        whole = request.method == "POST" and not any(file.filename for file in request.files.values())
        unsaved = list(request.form.items(multi=True)) if whole else []
        if unsaved and not request.headers.get("HX-Request"):
            return render_template("unsaved.html", unsaved=unsaved), 503
        return page(503, "error.503")

    @app.errorhandler(Exception)
    def crash(error: Exception) -> tuple[str, int]:
        log.error("%s %s at %s", g.get("reference", ""), type(error).__name__, request.endpoint, exc_info=error)
        return page(500, "error.500")
