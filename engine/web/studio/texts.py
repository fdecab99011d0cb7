"""Changes to the texts of a draft: one key in three languages."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from engine.studio import bpmn_editor
from engine.studio.bpmn_editor import EditRefused
from engine.studio.commands import EditDraft, Edited
from engine.web.shared.commands import sends
from engine.web.studio.edits import save
from engine.web.studio.session import LANGUAGES, blueprint
from engine.workflow.definitions.bundle import Bundle

MAX_KEY, MAX_TEXT = 120, 4000


@blueprint.post("/prosesser/<key>/tekst")
@sends(EditDraft)
def text(key: str) -> ResponseReturnValue:
    """Write a text of the draft."""
    name = request.form.get("key", "").strip()
    words = {language: request.form.get(language, "").strip() for language in LANGUAGES}

    def change(bundle: Bundle) -> Edited:
        if not name or len(name) > MAX_KEY:
            raise EditRefused("studio.text_key")
        if any(len(written) > MAX_TEXT for written in words.values()):
            raise EditRefused("edit.too_long")
        files: bpmn_editor.Files = bundle.files
        for language, written in words.items():
            files = bpmn_editor.set_text(files, name, language, written)
        return Edited(files, name)

    return save(key, change, "tekster", lambda place: f"tekst-{place}")
