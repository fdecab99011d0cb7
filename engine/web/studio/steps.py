"""Changes to the steps of a draft, and the way every change is kept: nobody overwrites what she has not seen."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, request, url_for
from werkzeug.wrappers import Response

from engine.studio import bpmn_editor, drafts
from engine.studio.difference import differences
from engine.studio.element_kinds import offered
from engine.studio.insert_element import add_step
from engine.web.shared import view
from engine.web.shared.guards import actor
from engine.web.studio.process import page
from engine.web.studio.session import CAPABILITIES, blueprint, draft_of, house_of
from engine.workflow.bpmn.xml import BpmnSyntaxError
from engine.workflow.errors import Conflict
from forms.formatting import clock_time


def revision() -> int:
    """The revision the form was drawn on."""
    given = request.form.get("revision", "")
    return int(given) if given.isdigit() and len(given) < 10 else 0


def keep(key: str, files: bpmn_editor.Files, tab: str, anchor: str = "", **where: Any) -> Any:
    """Keep changed files, unless a colleague has changed the same: then she is told what, and what she wrote stands.

    A page that saves as one goes asks for JSON and gets the new revision, or why nothing was kept.
    """
    house = view.house()
    try:
        with house.db.write() as connection:
            made = drafts.save(connection, key, files, revision(), actor(), house.clock.now())
    except Conflict:
        return (conflict_text(key), 409) if by_script() else page(key, conflict_text(key), tab)
    if by_script():
        at = clock_time(house.clock.now(), g.language)
        return {"revision": made, "text": view.t("studio.kept_at", at=at)}
    return redirect(url_for("studio.show", key=key, fane=tab, lagret=1, _anchor=anchor or None, **where), 303)


def by_script() -> bool:
    return request.headers.get("Accept", "") == "application/json"


def conflict_text(key: str) -> str:
    """Who was faster, and what is different now from what this page was drawn on."""
    with view.house().db.read() as connection:
        draft = draft_of(connection, key)
        seen = drafts.seen_at(connection, key, revision())
    told = view.t("studio.conflict")
    try:
        changes = differences(seen, draft.bundle) if seen else []
    except (BpmnSyntaxError, StopIteration, ValueError, KeyError):
        changes = []
    if not changes:
        return told
    from engine.web.studio.access import changed  # which keeps its changes by this module

    said = " ".join(f"{changed(draft.bundle, *change)}." for change in changes[:5])
    return f"{told} {view.t('studio.conflict_what', who=view.name_of(draft.changed_by), changes=said)}"


@blueprint.post("/prosesser/<key>/steg")
def step(key: str) -> Any:
    """Put a step in after another, straight from the list."""
    form = request.form
    with view.house().db.read() as connection:
        files = draft_of(connection, key).bundle.files
        house = house_of(connection)
    wanted, _, called = form.get("kind", "confirmation").partition(":")
    kinds = {kind.id: kind for kind in offered(CAPABILITIES, house.jobs, house.user_tasks)}
    try:
        if wanted not in kinds:
            raise bpmn_editor.EditRefused("edit.kind")
        changed = add_step(
            files, form.get("element", ""), kind=kinds[wanted], name=form.get("name", ""),
            performer=form.get("performer", "citizen"), called=called,
        )  # fmt: skip
    except bpmn_editor.EditRefused as refused:
        return page(key, view.t(refused.key), "steg")
    return keep(key, changed, "steg", f"steg-{form.get('element', '')}")


@blueprint.post("/prosesser/<key>/angre")
def undo(key: str) -> Any:
    return _step(key, -1)


@blueprint.post("/prosesser/<key>/gjor-om")
def redo(key: str) -> Any:
    return _step(key, 1)


def _step(key: str, by: int) -> Any:
    """One step back or forward in the draft's history, and back to the same part of the page."""
    house = view.house()
    tab = request.form.get("fane", "")
    try:
        with house.db.write() as connection:
            drafts.undo(connection, key, revision(), actor(), house.clock.now(), by)
    except Conflict:
        return page(key, conflict_text(key), tab)
    open_: dict[str, Any] = {name: request.form.get(name) or None for name in ("steg", "mal", "liste")}
    return redirect(url_for("studio.show", key=key, fane=tab or None, **open_), 303)


@blueprint.post("/prosesser/<key>/forkast")
def discard(key: str) -> Any | Response:
    house = view.house()
    try:
        with house.db.write() as connection:
            drafts.discard(connection, key, revision(), actor(), house.clock.now())
    except Conflict:
        return page(key, conflict_text(key))
    return redirect(url_for("studio.index"), 303)
