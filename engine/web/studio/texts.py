"""Changes to the texts of a draft: one key in three languages."""

from __future__ import annotations

from typing import Any

from flask import request

from engine.studio import bpmn_editor
from engine.web.shared import view
from engine.web.studio.process import page
from engine.web.studio.session import LANGUAGES, blueprint, draft_of
from engine.web.studio.steps import keep


@blueprint.post("/prosesser/<key>/tekst")
def text(key: str) -> Any:
    name = request.form.get("key", "").strip()
    if not name or len(name) > 120:
        return page(key, view.t("studio.text_key"), "tekster")
    with view.house().db.read() as connection:
        files: bpmn_editor.Files = draft_of(connection, key).bundle.files
    for language in LANGUAGES:
        files = bpmn_editor.set_text(files, name, language, request.form.get(language, "").strip()[:4000])
    return keep(key, files, "tekster", f"tekst-{name}")
