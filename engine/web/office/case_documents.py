"""Files in a case: put there, opened, shown to the citizen, taken away."""

from __future__ import annotations

from flask import make_response, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from engine.casework import documents, journal, uploads
from engine.casework.commands import AddDocument, OpenDocument, RemoveDocument, ShareDocument
from engine.casework.documents import Document
from engine.web.office import session
from engine.web.office.case_page import case_id_of, case_of, page
from engine.web.shared import view
from engine.web.shared.commands import send, sends
from engine.web.shared.guards import guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import NotPossible

blueprint = guarded("case_documents", __name__, Role.CASEWORKER.value)
session.only_members(blueprint)


@blueprint.post("/saker/<number>/dokumenter")
@sends(AddDocument)
def add(number: str) -> ResponseReturnValue:
    """Put a file in the case. Whatever is wrong is said at its field, with the rest as it was written."""
    form, sent = request.form, request.files.get("file")
    title, kind = form.get("title", "").strip(), form.get("kind", "")
    visible, barred = form.get("access") == "open", form.get("why_barred", "")
    error_keys = {}
    if not title:
        error_keys["document-title"] = "document.no_title"
    if kind not in documents.KINDS:
        error_keys["document-kind"] = "document.no_kind"
    if not visible and barred not in journal.BARS:
        error_keys["document-barred"] = "document.no_reason"
    upload = None
    try:
        content = sent.stream.read(uploads.MAX_BYTES + 1) if sent else b""
        upload = uploads.check(sent.filename or "" if sent else "", content)
    except uploads.FileRefusedError as bad:
        error_keys["document-file"] = bad.key
    application = view.application()
    if error_keys or upload is None:
        with application.db.read() as connection:
            case_of(connection, number)
        errors = [{"id": at, "path": at, "text": view.t(key)} for at, key in error_keys.items()]
        return page(number, errors=errors, written=_written())
    command = AddDocument(
        case_id_of(number),
        upload.name,
        upload.type,
        upload.content,
        title,
        kind,
        "" if visible else barred,
        form.get("why", "").strip(),
    )
    try:
        send(command, once=True)
    except NotPossible as refusal:
        return page(number, message=session.why_not(refusal), written=_written(), status=409)
    return session.done(number, "document_shared" if visible else "document_added")


def _written() -> dict[str, str]:
    return {"document_open": "1", **{f"document_{name}": value for name, value in request.form.items()}}


@blueprint.get("/saker/<number>/dokumenter/<document_id>")
@sends(OpenDocument)
def fetch(number: str, document_id: str) -> Response:
    """The file. Each time it is opened stands in the history."""
    application = view.application()
    case_id = case_id_of(number)
    send(OpenDocument(case_id, document_id))
    with application.db.read() as connection:
        found = documents.with_content(connection, application.vault, case_id, document_id)
    return as_file(*found)


def as_file(document: Document, content: bytes) -> Response:
    """A file to keep: never shown as part of a page of ours."""
    answer = make_response(content)
    answer.headers["Content-Type"] = document.type
    answer.headers.set("Content-Disposition", "attachment", filename=document.name)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@blueprint.post("/saker/<number>/dokumenter/<document_id>/vis")
@sends(ShareDocument)
def share(number: str, document_id: str) -> Response:
    send(ShareDocument(case_id_of(number), document_id))
    return session.done(number, "document_shared")


@blueprint.post("/saker/<number>/dokumenter/<document_id>/fjern")
@sends(RemoveDocument)
def remove(number: str, document_id: str) -> ResponseReturnValue:
    """Take it away, with a reason that is kept as an internal note."""
    application = view.application()
    reason = request.form.get("reason", "").strip()
    case_id = case_id_of(number)
    with application.db.read() as connection:
        title = documents.of(connection, application.vault, case_id, document_id).title
    note = view.t("document.removed_note", title=title, why=reason)
    try:
        send(RemoveDocument(case_id, document_id, reason, note))
    except NotPossible as refusal:
        return page(number, message=session.why_not(refusal), written={f"reason-{document_id}": reason}, status=409)
    return session.done(number, "document_removed")
