"""The citizen's side of a case file: what they are asked for, and the letters they have got."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from engine.casework import documents, information_requests, journal, letters, queries
from engine.casework.commands import AnswerQuestion, OpenDocument, ReadLetter
from engine.web.office.case_documents import as_file
from engine.web.office.case_letters import as_pdf
from engine.web.shared import access, view
from engine.web.shared.commands import send, sends
from engine.web.shared.guards import actor, guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import NotFound, Suspended

blueprint = guarded("case_replies", __name__, Role.CITIZEN.value)


@blueprint.get("/sporsmal/<question_id>")
def show(question_id: str) -> ResponseReturnValue:
    return _page(question_id)


def _page(question_id: str, text: str = "", error: str = "", status: int = 422) -> ResponseReturnValue:
    application = view.application()
    with application.db.read() as connection:
        one = information_requests.own(connection, application.vault, question_id, actor())
        case = queries.case_by_id(connection, one.case_id)
        access.require(connection, case)
        body = render_template("question_reply.html", question=one, case=case, text=text, error=error)
    return (body, status) if error else body


@blueprint.post("/sporsmal/<question_id>")
@sends(AnswerQuestion)
def answer(question_id: str) -> ResponseReturnValue:
    text = request.form.get("answer", "").strip()
    if not text or len(text) > journal.MAX_TEXT:
        return _page(question_id, text, "asked.reply_empty" if not text else "message.long")
    application = view.application()
    with application.db.read() as connection:
        one = information_requests.own(connection, application.vault, question_id, actor())
        number = queries.case_by_id(connection, one.case_id).number
    try:
        send(AnswerQuestion(one.case_id, question_id, text))
    except Suspended:
        return _page(question_id, text, "error.suspended", 409)
    return redirect(url_for("citizen.case", sak=number), 303)


@blueprint.get("/brev/<letter_id>")
@sends(ReadLetter)
def letter(letter_id: str) -> Response:
    """One of their letters, as it was sent. That it was opened is recorded: the time to complain runs from there."""
    application = view.application()
    with application.db.read() as connection:
        for case in access.letter_cases(connection):
            try:
                content = letters.document(connection, application.vault, case.id, letter_id)
            except NotFound:
                continue
            break
        else:
            raise NotFound(letter_id)
    send(ReadLetter(case.id, letter_id))
    return as_pdf(content, case.number)


@blueprint.get("/dokument/<document_id>")
@sends(OpenDocument)
def document(document_id: str) -> Response:
    """A document of one of their cases. One that is barred is not there."""
    application = view.application()
    with application.db.read() as connection:
        case_id = documents.case_of_owner(connection, document_id, actor().person_id)
        access.require(connection, queries.case_by_id(connection, case_id))
    send(OpenDocument(case_id, document_id))
    with application.db.read() as connection:
        return as_file(*documents.with_content(connection, application.vault, case_id, document_id))
