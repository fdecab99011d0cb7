"""The diagram, drawn by hand in the browser: bpmn-js with only what this engine executes, saved as one draws.

The page holds no process: it fetches the BPMN with its revision, and sends it back as it changes. What a colleague
has changed meanwhile is never written over, and what was drawn is never thrown away.
"""

from __future__ import annotations

from typing import Any

from flask import g, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from engine.studio.bpmn_editor import EditRefused
from engine.studio.bpmn_editor.diagram_interchange import with_picture
from engine.studio.bpmn_editor.document import open_process, written
from engine.studio.commands import MergeDraft, RedoDraft, UndoDraft
from engine.studio.diagram_merge import dropped
from engine.studio.drafts import DraftConflict
from engine.web.shared import view
from engine.web.shared.commands import send, sends
from engine.web.shared.texts import texts as page_texts
from engine.web.studio import conflicts
from engine.web.studio.edits import refusal, revision
from engine.web.studio.finding_sentences import finding_text
from engine.web.studio.flow import task_type
from engine.web.studio.session import CAPABILITIES, blueprint, draft_of, offer_of
from engine.workflow.bpmn.parser import read_definitions
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.findings import Offer, bundle_findings
from forms.formatting import clock_time


@blueprint.get("/prosesser/<key>/tegn")
def modeller(key: str) -> ResponseReturnValue:
    with view.application().db.read() as connection:
        draft = draft_of(connection, key)
        process = draft.bundle.process
    return render_template("studio_modeller.html", key=key, bundle=draft.bundle, draft=draft, process=process)


@blueprint.get("/prosesser/<key>/tegn/prosess")
def modeller_process(key: str) -> ResponseReturnValue:
    """The BPMN of the draft with a picture, its revision, its findings, and what may be drawn, as JSON."""
    with view.application().db.read() as connection:
        draft = draft_of(connection, key)
        offer = offer_of(connection)
    answer = _state(draft.bundle, offer, draft.revision, draft.can_undo, draft.can_redo)
    answer["xml"] = written(with_picture(open_process(draft.bundle.files))).decode()
    answer["elements"] = sorted(CAPABILITIES.elements)
    answer["events"] = {element: sorted(kinds) for element, kinds in CAPABILITIES.events.items()}
    answer["texts"] = {
        name.partition(".")[2]: view.t(name) for name in page_texts("nb") if name.startswith(("bpmnjs.", "modeller."))
    }
    answer["confirm"] = task_type("confirmation")
    return jsonify(answer)


@blueprint.post("/prosesser/<key>/tegn/prosess")
@sends(MergeDraft)
def modeller_save(key: str) -> ResponseReturnValue:
    """Save what was drawn on *revision*. 409 with who was faster, 422 with why it cannot be read."""
    with view.application().db.read() as connection:
        before = draft_of(connection, key).bundle
    try:
        made = send(MergeDraft(key, revision(), request.form.get("xml", "").encode()))
    except EditRefused as refused:
        return {"text": refusal(refused)}, 422
    except DraftConflict as conflict:
        return {"text": conflicts.sentence(conflict), "conflict": True}, 409
    with view.application().db.read() as connection:
        draft = draft_of(connection, key)
        offer = offer_of(connection)
    number = (made.detail or {})["revision"]
    answer = _state(draft.bundle, offer, number, draft.can_undo, draft.can_redo)
    for name, lost in dropped(before.files, draft.bundle.files):
        words = view.listed(view.t(f"flow.s.{setting}") for setting in lost)
        answer["text"] += f" {view.t('modeller.dropped', step=name, settings=words)}"
    return jsonify(answer)


@blueprint.post("/prosesser/<key>/tegn/angre")
@sends(UndoDraft, RedoDraft)
def modeller_undo(key: str) -> ResponseReturnValue:
    """One step back in the draft's history, or with ``by=1`` forward again."""
    command = RedoDraft if request.form.get("by") == "1" else UndoDraft
    try:
        send(command(key, revision()))
    except DraftConflict as conflict:
        return {"text": conflicts.sentence(conflict), "conflict": True}, 409
    return {"text": ""}


def _state(bundle: Bundle, offer: Offer, number: int, can_undo: bool, can_redo: bool) -> dict[str, Any]:
    application = view.application()
    process = read_definitions(open_process(bundle.files)).processes.get(bundle.process.id)
    return {
        "revision": number,
        "canUndo": can_undo,
        "canRedo": can_redo,
        "text": view.t("modeller.saved", time=clock_time(application.clock.now(), g.language)),
        "findings": [
            {k: row[k] for k in ("element", "step", "name", "severity", "text", "suggest")}
            for row in (finding_text(finding, process) for finding in bundle_findings(bundle, offer))
        ],
    }
