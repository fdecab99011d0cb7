"""The stages of a process: names, order, and what must hold to enter each, built by choosing."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engine.studio import stage_editor
from engine.studio.bpmn_editor import EditRefused, Files
from engine.studio.bpmn_editor.conditions import OFFERED
from engine.studio.commands import EditDraft, Edited
from engine.studio.drafts import DraftConflict
from engine.web.shared import view
from engine.web.shared.commands import sends
from engine.web.studio import conflicts, step_choices
from engine.web.studio.edits import send_edit
from engine.web.studio.flow import posted
from engine.web.studio.process_sentences import ProcessWording
from engine.web.studio.session import LANGUAGES, blueprint, draft_of
from engine.workflow.definitions.bundle import Bundle


@blueprint.get("/prosesser/<key>/faser")
def stages_page(key: str) -> ResponseReturnValue:
    return drawn_stages(key)


def drawn_stages(
    key: str, refused: EditRefused | None = None, conflict: DraftConflict | None = None
) -> ResponseReturnValue:
    with view.application().db.read() as connection:
        draft = draft_of(connection, key)
    bundle = draft.bundle
    wording = ProcessWording(bundle, g.language)
    submitted = posted() if refused or conflict else {}
    error = view.t(refused.key, **refused.values) if refused else conflicts.sentence(conflict) if conflict else ""
    body = render_template(
        "studio_stages.html",
        key=key,
        bundle=bundle,
        draft=draft,
        wording=wording,
        error=error,
        both=conflicts.both(conflict) if conflict else (),
        submitted=submitted,
        languages_=LANGUAGES,
        error_field=_field(refused, submitted),
        fields=step_choices.askable(bundle, None),
        operators=OFFERED,
        stages=[_stage(bundle, wording, stage, submitted) for stage in stage_editor.stages(bundle.files)],
    )
    return (body, 422 if refused else 409) if error else body


def _field(refused: EditRefused | None, submitted: dict[str, str]) -> str:
    if refused is None or not refused.field:
        return "innhold"
    return f"{refused.field}-{submitted['stage']}" if submitted.get("stage") else refused.field


def _stage(bundle: Bundle, wording: ProcessWording, stage: dict[str, Any], submitted: dict[str, str]) -> dict[str, Any]:
    typed = submitted if submitted.get("stage") == stage["id"] else {}
    guard, refusal = stage_editor.guard_of(stage), stage.get("refusal", "")
    texts = {language: bundle.texts.get(language, {}).get(refusal, "") for language in LANGUAGES}
    return {
        "id": stage["id"],
        "name": stage["title"].get(g.language) or stage["title"].get("nb", stage["id"]),
        "titles": {la: typed.get(f"title-{la}", stage["title"].get(la, "")) for la in LANGUAGES},
        "refusal": {la: typed.get(f"refusal-{la}", texts[la]) for la in LANGUAGES},
        "guard": step_choices.drawn_condition(guard, wording.fields, typed, "guard"),
        "sentence": wording.condition(guard) if guard else "",
        "steps": stage_editor.steps_into(bundle.files, stage["id"]),
        "open": bool(typed),
    }


@blueprint.post("/prosesser/<key>/faser")
@sends(EditDraft)
def stages_change(key: str) -> ResponseReturnValue:
    """Add a stage, or change, move or take out one."""
    form = posted()
    try:
        send_edit(key, lambda bundle: Edited(_changed(bundle, form), form.get("stage", "")))
    except EditRefused as refused:
        return drawn_stages(key, refused)
    except DraftConflict as conflict:
        return drawn_stages(key, conflict=conflict)
    return redirect(url_for("studio.stages_page", key=key, lagret=1, _anchor=f"fase-{form.get('stage', '')}"), 303)


def _changed(bundle: Bundle, form: dict[str, str]) -> Files:
    act, stage = form.get("act", ""), form.get("stage", "")
    if act == "add":
        return stage_editor.add_stage(bundle.files, form.get("title-nb", ""))
    if act == "remove":
        return stage_editor.remove_stage(bundle.files, stage)
    if act == "earlier":
        return stage_editor.earlier(bundle.files, stage)
    if act != "change":
        raise EditRefused("edit.gone")
    there = next((s for s in stage_editor.stages(bundle.files) if s["id"] == stage), {})
    guard, before = form.get("s-guard", "").strip(), stage_editor.guard_of(there)
    has_rows = any(form.get(f"guard-field-{n}") for n in range(step_choices.MAX_ROWS))
    if not guard or (has_rows and guard == before):
        guard = step_choices.condition(form, step_choices.askable(bundle, None), "guard-")
    titles = {language: form.get(f"title-{language}", "") for language in LANGUAGES}
    return stage_editor.change_stage(
        bundle.files, stage, titles, guard, {language: form.get(f"refusal-{language}", "") for language in LANGUAGES}
    )
