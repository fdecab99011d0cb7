"""Letters from templates: draft, preview, send; afterwards the PDF lies in the case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine.advice.documents.letter import render_letter
from engine.advice.documents.page import missing_glyphs
from engine.casework import drafts, letters, queries, templates
from engine.casework.commands import (
    BeginLetter,
    ChangeLetter,
    DiscardCaseDraft,
    DiscardLetter,
    RecordDelivery,
    SendLetter,
)
from engine.web.office import case_drafts, merge_fields, session
from engine.web.office.case_page import case_id_of, case_of, page
from engine.web.shared import view
from engine.web.shared.commands import send, sends
from engine.web.shared.guards import actor, guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.errors import AlreadyDone, Conflict, NotPossible
from engine.workflow.instances.rows import CaseRow
from forms.formatting import clock_time

blueprint = guarded("case_letters", __name__, Role.CASEWORKER.value)
session.only_members(blueprint, case_drafts.rescue)


@blueprint.post("/saker/<number>/brev")
@sends(BeginLetter)
def begin(number: str) -> ResponseReturnValue:
    """A draft from a template, with everything the case knows filled in."""
    letter_id = send(BeginLetter(case_id_of(number), request.form.get("template", ""))).made
    return redirect(url_for("case_letters.show", number=number, letter_id=letter_id), 303)


@blueprint.post("/saker/<number>/brev/levert")
@sends(RecordDelivery)
def deliver(number: str) -> ResponseReturnValue:
    """A letter went by post or over the counter."""
    form = request.form
    case_id = case_id_of(number)
    try:
        on = date.fromisoformat(form.get("on", ""))
        send(RecordDelivery(case_id, form.get("letter", ""), form.get("channel", ""), on))
    except (ValueError, NotPossible):
        errors = [{"id": "delivered-on", "path": "delivered-on", "text": view.t("letter.deliver_day")}]
        return page(number, errors=errors, written={**form.to_dict(), "delivery_open": "1"})
    return session.done(number, "delivered")


@blueprint.get("/saker/<number>/brev/<letter_id>")
def show(number: str, letter_id: str) -> ResponseReturnValue:
    return _page(number, letter_id)


def _page(
    number: str,
    letter_id: str,
    missing: list[str] | None = None,
    message: str = "",
    mine: Mapping[str, str] | None = None,
    status: int = 422,
) -> ResponseReturnValue:
    """The letter in its form.

    mine  what the reader has written, {"title", "body"}: stands in the form, with what is stored beside where it is
          another text. Without it: what they have written aside, if anything
    """
    application = view.application()
    with application.db.read() as connection:
        case = case_of(connection, number)
        one = letters.of(connection, application.vault, case.id, letter_id)
        language = merge_fields.language_of(connection, case.owner_id)
        bundle = application.library.get(connection, case.definition_id).bundle
        aside = drafts.find(connection, application.vault, case.id, actor().person_id, f"letter.{letter_id}")
        if mine is None and aside is not None:
            mine = aside.content
        both = mine is not None and not letters.same_words((mine["title"], mine["body"]), (one.title, one.body))
        apart = both and (aside is not None or one.state == "sent")
        shown = mine if both and mine else {"title": one.title, "body": one.body}
        body = render_template(
            "case_letter.html",
            case=case,
            letter=one,
            shown=shown,
            theirs=one if apart else None,
            by_me=one.changed_by == actor().person_id,
            left=templates.blanks(shown["title"] + shown["body"]),
            missing=missing,
            message=message,
            signs=missing_glyphs(shown["title"], shown["body"], view.name_of(case.owner_id)),
            owner=view.name_of(case.owner_id),
            written_in=language,
            words=lambda name: _words(bundle, name),
            page_key=case_drafts.this_page(),
            seen=one.version if apart or case_drafts.seen() is None else case_drafts.seen(),
            kind=f"letter.{letter_id}",
            draft_version=aside.version if aside is not None and apart else None,
        )
    return (body, status) if missing is not None or message else body


def _words(bundle: Bundle, blank: str) -> str:
    """A blank as people know it: the label of the field, and how it stands in the letter."""
    key = f"field.{blank}"
    label = bundle.text(key, g.language)
    return f"{{{blank}}}" if label == key else f"{label} {{{blank}}}"


@blueprint.post("/saker/<number>/brev/<letter_id>")
@case_drafts.keeps_draft("letter.{letter_id}")
@sends(ChangeLetter, SendLetter, DiscardLetter, DiscardCaseDraft)
def change(number: str, letter_id: str) -> ResponseReturnValue:
    """Store the draft; with ``gjor`` also send it, look at it or throw it away.

    Another's text is never written over unseen: what was written then stands aside, and the page shows both.
    """
    case_id = case_id_of(number)
    mine = {name: request.form.get(name, "") for name in case_drafts.LETTER_FIELDS}
    missing: list[str] | None = None
    wish = request.form.get("gjor", "")
    if wish == "send" and _unseen_signs(case_id, mine):
        wish, unsent = "save", view.t("letter.signs_first")
    else:
        unsent = ""
    try:
        if wish == "throw":
            send(DiscardLetter(case_id, letter_id, case_drafts.seen(), case_drafts.page_key()))
            return redirect(url_for("casework.show", number=number) + "#brev", 303)
        if wish == "theirs":
            send(DiscardCaseDraft(case_id, f"letter.{letter_id}"))
            return redirect(url_for("case_letters.show", number=number, letter_id=letter_id), 303)
        missing = _store(number, case_id, letter_id, wish, mine)
    except Conflict:
        return _aside(number, letter_id, "letter.conflict", mine)
    except AlreadyDone:
        return _aside(number, letter_id, "letter.was_sent", mine)
    except NotPossible as refusal:
        return _page(number, letter_id, message=_why_not(refusal, mine), mine=mine)
    if missing is not None:
        return _page(number, letter_id, missing=missing)
    if unsent:
        return _page(number, letter_id, message=unsent)
    if request.headers.get("HX-Request"):
        return view.t("draft.saved", at=clock_time(view.application().clock.now(), g.language))
    if wish == "preview":
        return redirect(url_for("case_letters.pdf", number=number, letter_id=letter_id), 303)
    return redirect(url_for("case_letters.show", number=number, letter_id=letter_id), 303)


def _why_not(refusal: NotPossible, mine: Mapping[str, str]) -> str:
    """Why it was not stored or sent; of what is too long, how long it is and how long it may be."""
    if any(reason.rule == "text-long" for reason in refusal.reasons):
        limits = {"title": letters.MAX_TITLE, "body": letters.MAX_BODY}
        return view.t("letter.too_long", written=max(len(mine["title"]), len(mine["body"])), **limits)
    return session.why_not(refusal)


def _unseen_signs(case_id: str, mine: Mapping[str, str]) -> bool:
    """Whether the letter has signs that paper cannot show, and the writer has not said that it is to be sent so."""
    if request.form.get("signs"):
        return False
    application = view.application()
    with application.db.read() as connection:
        owner = queries.case_by_id(connection, case_id).owner_id
    return bool(missing_glyphs(mine["title"], mine["body"], view.name_of(owner)))


def _store(number: str, case_id: str, letter_id: str, wish: str, mine: Mapping[str, str]) -> list[str] | None:
    """One command: write the draft over, or write it over and send it. Returns what it lacks to be sent."""
    title, body, version = mine["title"].strip(), mine["body"], case_drafts.seen()
    application = view.application()
    with application.db.read() as connection:
        case = case_of(connection, number)
        there = letters.of(connection, application.vault, case_id, letter_id)
        if wish == "both":  # one after the other, to be put together by hand
            title, body, version = title or there.title, f"{there.body}\n\n{body}", there.version
        left: list[str] | None = None
        try:
            letters.require_complete(title, body)
        except letters.BlanksLeft as blanks:
            left = blanks.names
        document = _render(connection, case, title, body) if wish == "send" and left is None else b""
    page_key = case_drafts.page_key()
    if document:
        send(SendLetter(case_id, letter_id, title, body, document, version, page_key))
        return None
    send(ChangeLetter(case_id, letter_id, title, body, version, page_key))
    return left if wish == "send" else None


def _aside(number: str, letter_id: str, key: str, mine: Mapping[str, str]) -> ResponseReturnValue:
    """What was written is stored as the writer's own draft, and both texts are shown; a letter that was sent stays."""
    case_drafts.save_draft(number, f"letter.{letter_id}")
    application = view.application()
    with application.db.read() as connection:
        one = letters.of(connection, application.vault, case_id_of(number), letter_id)
    who = view.t("letter.you") if one.changed_by == actor().person_id else view.name_of(one.changed_by)
    text = view.t(key, who=who, when=view.moment(one.changed_at))
    if request.headers.get("HX-Request"):
        return render_template("parts/letter_aside.html", number=number, letter_id=letter_id, text=text)
    return _page(number, letter_id, message=text, mine=mine, status=409 if key == "letter.conflict" else 422)


def _render(connection: Connection, case: CaseRow, title: str, body: str) -> bytes:
    who = actor()
    return render_letter(
        title=title,
        body=body,
        to=view.name_of(case.owner_id),
        adviser=who.name,
        office=who.office.name if who.office else "",
        number=case.number,
        day=view.application().clock.now(),
        language=merge_fields.language_of(connection, case.owner_id),
    )


@blueprint.get("/saker/<number>/brev/<letter_id>/pdf")
def pdf(number: str, letter_id: str) -> Response:
    """A draft as it would be sent now; a letter as it was sent."""
    application = view.application()
    with application.db.read() as connection:
        case = case_of(connection, number)
        one = letters.of(connection, application.vault, case.id, letter_id)
        if one.state == "sent":
            content = letters.document(connection, application.vault, case.id, letter_id)
        else:
            content = _render(connection, case, one.title, one.body)
    return as_pdf(content, case.number)


def as_pdf(content: bytes, number: str) -> Response:
    """A PDF to look at in the browser."""
    answer = make_response(content)
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    return answer
