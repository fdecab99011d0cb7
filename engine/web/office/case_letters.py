"""Letters from templates: draft, preview, send; afterwards the PDF lies in the case."""

from __future__ import annotations

from typing import Any

from flask import g, make_response, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine.advice.documents.letter import render_letter
from engine.casework import letters, templates
from engine.casework.letters import Letter
from engine.web.office import merge_fields, session
from engine.web.office.case_page import case_of
from engine.web.shared import view
from engine.web.shared.guards import actor, guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.errors import AlreadyDone, NotFound
from forms.formatting import clock_time

blueprint = guarded("case_letters", __name__, Role.CASEWORKER.value)


def _rescue() -> None:
    """A letter that was posted is kept as the draft it is."""
    values = request.view_args or {}
    if "letter_id" in values and "body" in request.form:
        try:
            _keep(str(values["number"]), str(values["letter_id"]))
        except (AlreadyDone, NotFound):
            return


session.only_members(blueprint, _rescue)


@blueprint.post("/saker/<number>/brev")
def begin(number: str) -> Any:
    """A draft from a template, with everything the case knows filled in."""
    house = view.house()
    with house.db.write() as connection:
        case = case_of(connection, number)
        bundle = house.library.get(connection, case.definition_id).bundle
        wanted = request.form.get("template", "")
        template = next((one for one in templates.of(bundle, "letters") if one.id == wanted), None)
        if template is None:
            raise NotFound("template")
        language = merge_fields.language_of(connection, case.owner_id)
        known = merge_fields.values(connection, case, bundle, language)
        letter_id = letters.draft(
            connection, house.vault, actor=actor(), case=case, template=template.id,
            title=templates.fill(template.named(language), known), body=templates.fill(template.text(language), known),
            now=house.clock.now(),
        )  # fmt: skip
    return redirect(url_for("case_letters.show", number=number, letter_id=letter_id), 303)


@blueprint.get("/saker/<number>/brev/<letter_id>")
def show(number: str, letter_id: str) -> Any:
    return _page(number, letter_id)


def _page(number: str, letter_id: str, missing: list[str] | None = None, said: str = "") -> Any:
    house = view.house()
    with house.db.read() as connection:
        case = case_of(connection, number)
        one = letters.of(connection, house.vault, case.id, letter_id)
        language = merge_fields.language_of(connection, case.owner_id)
        bundle = house.library.get(connection, case.definition_id).bundle
        body = render_template(
            "case_letter.html", case=case, letter=one, left=templates.blanks(one.title + one.body), missing=missing,
            said=said, owner=view.name_of(case.owner_id), written_in=language,
            words=lambda name: _words(bundle, name),
        )  # fmt: skip
    return (body, 422) if missing is not None or said else body


def _words(bundle: Bundle, blank: str) -> str:
    """A blank as people know it: the label of the field, and how it stands in the letter."""
    key = f"field.{blank}"
    label = bundle.text(key, g.language)
    return f"{{{blank}}}" if label == key else f"{label} {{{blank}}}"


def _keep(number: str, letter_id: str) -> None:
    house = view.house()
    with house.db.write() as connection:
        letters.change(
            connection, house.vault, case=case_of(connection, number), letter_id=letter_id,
            title=request.form.get("title", "").strip(), body=request.form.get("body", ""), now=house.clock.now(),
        )  # fmt: skip


@blueprint.post("/saker/<number>/brev/<letter_id>")
def change(number: str, letter_id: str) -> Any:
    """Keep the draft; with ``gjor`` also send it, look at it or throw it away."""
    house = view.house()
    wish = request.form.get("gjor", "")
    if wish == "throw":
        with house.db.write() as connection:
            letters.throw_away(connection, case_of(connection, number), letter_id)
        return redirect(url_for("casework.show", number=number) + "#brev", 303)
    try:
        _keep(number, letter_id)
        if wish == "send":
            _send(number, letter_id)
    except letters.BlanksLeft as left:
        return _page(number, letter_id, missing=left.names)
    except AlreadyDone:
        return _page(number, letter_id, said=view.t("letter.was_sent"))
    if request.headers.get("HX-Request"):
        return view.t("draft.saved", at=clock_time(house.clock.now(), g.language))
    if wish == "preview":
        return redirect(url_for("case_letters.pdf", number=number, letter_id=letter_id), 303)
    return redirect(url_for("case_letters.show", number=number, letter_id=letter_id), 303)


def _send(number: str, letter_id: str) -> None:
    house = view.house()
    with house.db.write() as connection:
        case = case_of(connection, number)
        letters.send(
            connection, house.vault, actor=actor(), case=case, letter_id=letter_id,
            render=lambda one: _render(connection, case, one), now=house.clock.now(),
        )  # fmt: skip


def _render(connection: Connection, case: Any, one: Letter) -> bytes:
    who = actor()
    return render_letter(
        title=one.title, body=one.body, to=view.name_of(case.owner_id), adviser=who.name,
        office=who.office.name if who.office else "", number=case.number, day=view.house().clock.now(),
        language=merge_fields.language_of(connection, case.owner_id),
    )  # fmt: skip


@blueprint.get("/saker/<number>/brev/<letter_id>/pdf")
def pdf(number: str, letter_id: str) -> Response:
    """A draft as it would be sent now; a letter as it was sent."""
    house = view.house()
    with house.db.read() as connection:
        case = case_of(connection, number)
        one = letters.of(connection, house.vault, case.id, letter_id)
        if one.state == "sent":
            content = letters.document(connection, house.vault, case.id, letter_id)
        else:
            content = _render(connection, case, one)
    return as_pdf(content, case.number)


def as_pdf(content: bytes, number: str) -> Response:
    """A PDF to look at in the browser."""
    answer = make_response(content)
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    return answer
