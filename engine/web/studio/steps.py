"""Changes straight from the list of steps, and the draft's history: undone, redone, discarded."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine.studio import bpmn_editor
from engine.studio.commands import DiscardDraft, EditDraft, Edited, RedoDraft, UndoDraft
from engine.studio.drafts import DraftConflict
from engine.studio.element_kinds import offered
from engine.studio.insert_element import add_step
from engine.web.shared import view
from engine.web.shared.commands import send, sends
from engine.web.studio.edits import revision, save
from engine.web.studio.process import page
from engine.web.studio.session import CAPABILITIES, blueprint, offer_of
from engine.workflow.definitions.bundle import Bundle


@blueprint.post("/prosesser/<key>/steg")
@sends(EditDraft)
def step(key: str) -> ResponseReturnValue:
    """Put a step in after another, straight from the list."""
    form = request.form
    with view.application().db.read() as connection:
        offer = offer_of(connection)
    wanted, _, called = form.get("kind", "confirmation").partition(":")
    kinds = {kind.id: kind for kind in offered(CAPABILITIES, offer.jobs, offer.user_tasks)}
    before = form.get("element", "")

    def change(bundle: Bundle) -> Edited:
        if wanted not in kinds:
            raise bpmn_editor.EditRefused("edit.kind")
        files = add_step(
            bundle.files,
            before,
            kind=kinds[wanted],
            name=form.get("name", ""),
            performer=form.get("performer", "citizen"),
            called=called,
        )
        return Edited(files, before)

    return save(key, change, "steg", lambda place: f"steg-{place}")


@blueprint.post("/prosesser/<key>/angre")
@sends(UndoDraft)
def undo(key: str) -> ResponseReturnValue:
    return _step(key, UndoDraft(key, revision()))


@blueprint.post("/prosesser/<key>/gjor-om")
@sends(RedoDraft)
def redo(key: str) -> ResponseReturnValue:
    return _step(key, RedoDraft(key, revision()))


def _step(key: str, command: UndoDraft | RedoDraft) -> ResponseReturnValue:
    """One step back or forward in the draft's history, and back to the same part of the page."""
    tab = request.form.get("fane", "")
    try:
        send(command, once=True)
    except DraftConflict as conflict:
        return page(key, "", tab, conflict=conflict)
    open_: dict[str, Any] = {name: request.form.get(name) or None for name in ("steg", "mal", "liste")}
    return redirect(url_for("studio.show", key=key, fane=tab or None, **open_), 303)


@blueprint.post("/prosesser/<key>/forkast")
@sends(DiscardDraft)
def discard(key: str) -> ResponseReturnValue:
    try:
        send(DiscardDraft(key, revision()), once=True)
    except DraftConflict as conflict:
        return page(key, "", conflict=conflict)
    return redirect(url_for("studio.index"), 303)
