"""What every answer carries and every change must bring: headers, tokens, the same origin."""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from flask import Response, abort, current_app, g, request
from werkzeug.wrappers import Response as AnyResponse

from engine.web.shared import session_store, unsent

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: Bytes of a request with files in it, from somebody logged in. Above what one file may be, so that one too large is
#: shown at its field with the rest of the form as it was written. Large files are read to disk, not to memory.
MAX_REQUEST_BYTES = 32 * 1024 * 1024
#: Where forms with files are sent.
WITH_FILES = frozenset({"tasks.answer", "casework.complete", "case_documents.add"})
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
#: Forms on the pages of those who are not logged in too, with nothing typed in them.
OF_ANYONE = frozenset({"login.out", "login.language"})


def make_room() -> None:
    """Let a form with files be read though it is larger than other requests may be."""
    if request.endpoint in WITH_FILES and g.actor is not None:
        request.max_content_length = MAX_REQUEST_BYTES


def check_change() -> AnyResponse | None:
    """A change must come from our own page, by the person whose session it is.

    What comes when the session is over is not done, and not lost: see ``unsent``.
    """
    if request.method not in CHANGING or (request.endpoint == "login.language" and not g.csrf):
        return None  # somebody not logged in may choose a language
    origin = request.headers.get("Origin")
    wanted = urlsplit(current_app.config["BASE_URL"])
    if origin and origin != "null" and urlsplit(origin)[:2] != wanted[:2]:
        abort(403)
    submitted = request.headers.get("X-CSRFToken") or request.form.get("csrf_token", "")
    if g.csrf and hmac.compare_digest(submitted, g.csrf) and (g.actor is not None or request.endpoint in OF_ANYONE):
        return None
    if request.endpoint is None or request.endpoint in OF_ANYONE:
        abort(403)
    return unsent.store_and_log_in(session_store.session_of_form(submitted))


def secure(response: Response) -> Response:
    """Headers of every answer, errors too."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CSP)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if current_app.config["BASE_URL"].startswith("https"):
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    if request.endpoint != "static":
        headers["Cache-Control"] = "no-store"
        headers["Vary"] = "Cookie, HX-Request"
    return response
