"""The citizen's side of a case file: what she is asked for, and the letters she has got."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.casework import documents, information_requests, letters, queries
from engine.web.office import session
from engine.web.office.case_documents import as_file
from engine.web.office.case_letters import as_pdf
from engine.web.shared import view
from engine.web.shared.guards import actor, guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import NotFound

blueprint = guarded("case_replies", __name__, Role.CITIZEN.value)


@blueprint.get("/sporsmal/<question_id>")
def show(question_id: str) -> Any:
    return _page(question_id)


def _page(question_id: str, text: str = "", fault: str = "") -> Any:
    house = view.house()
    with house.db.read() as connection:
        one = information_requests.own(connection, house.vault, question_id, actor())
        case = queries.case_by_id(connection, one.case_id)
        body = render_template("question_reply.html", question=one, case=case, text=text, fault=fault)
    return (body, 422) if fault else body


@blueprint.post("/sporsmal/<question_id>")
def answer(question_id: str) -> Any:
    text = request.form.get("answer", "").strip()
    if not text or len(text) > information_requests.LONGEST:
        return _page(question_id, text, "asked.reply_empty" if not text else "message.long")
    with view.house().db.write() as connection:
        case_id = information_requests.answer(session.desk(connection), question_id, text)
        number = queries.case_by_id(connection, case_id).number
    return redirect(url_for("citizen.case", sak=number), 303)


@blueprint.get("/brev/<letter_id>")
def letter(letter_id: str) -> Response:
    """One of her letters, as it was sent. That she has opened it is kept: the time to complain runs from there."""
    house = view.house()
    with house.db.read() as connection:
        for case in queries.cases_of(connection, actor().person_id):
            if case.owner_id != actor().person_id:
                continue
            try:
                content = letters.document(connection, house.vault, case.id, letter_id)
            except NotFound:
                continue
            break
        else:
            raise NotFound(letter_id)
    with house.db.write() as connection:
        letters.mark_read(connection, case.id, letter_id, house.clock.now())
    return as_pdf(content, case.number)


@blueprint.get("/dokument/<document_id>")
def document(document_id: str) -> Response:
    """A document of one of her cases. One that is barred is not there."""
    house = view.house()
    case_id = ""
    with house.db.write() as connection:
        for case in queries.cases_of(connection, actor().person_id):
            if case.owner_id != actor().person_id:
                continue
            with suppress(NotFound):
                documents.note_opened(
                    connection, actor=actor(), case=case, document_id=document_id, now=house.clock.now(), citizen=True
                )
                case_id = case.id
                break
    with house.db.read() as connection:
        return as_file(*documents.with_content(connection, house.vault, case_id, document_id))
