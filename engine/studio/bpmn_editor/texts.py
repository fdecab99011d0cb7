"""Texts of a bundle: one key in one language."""

from __future__ import annotations

import json

from engine.studio.bpmn_editor.document import Files


def set_text(files: Files, key: str, language: str, value: str) -> dict[str, bytes]:
    """One text in one language; an empty one takes the text away."""
    name = f"texts/resource.{language}.json"
    resource = json.loads(files.get(name, b'{"resources": []}'))
    resource["language"] = language
    rows = [row for row in resource.get("resources", ()) if row["id"] != key]
    there = next((n for n, row in enumerate(resource.get("resources", ())) if row["id"] == key), len(rows))
    if value:
        rows.insert(there, {"id": key, "value": value})
    resource["resources"] = rows
    return {**files, name: json.dumps(resource, ensure_ascii=False, indent=2).encode()}
