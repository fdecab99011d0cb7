"""The stages of a case in a draft: what they are called, their order, and what must hold to enter each."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from engine.studio.bpmn_editor import EditRefused, Files, set_text
from engine.studio.bpmn_editor.values import expression, within
from engine.workflow.definitions.bundle import Bundle

LANGUAGES = ("nb", "nn", "en")
MAX_STAGES = 30
MAX_TITLE = 80
MAX_REFUSAL = 400


def stages(files: Files) -> list[dict[str, Any]]:
    """As the bundle declares them, in order."""
    return list(json.loads(files.get("metadata.json", b"{}")).get("stages", ()))


def guard_of(stage: Mapping[str, Any]) -> str:
    """What must hold to enter it, as an expression; "" for nothing."""
    guard = stage.get("guard")
    return "" if guard is None else json.dumps(guard, ensure_ascii=False)


def add_stage(files: Files, title: str) -> dict[str, bytes]:
    """One more stage, last. Its other languages begin as the same text."""
    title = _titled(title)
    there = stages(files)
    if len(there) >= MAX_STAGES:
        raise EditRefused("edit.many_stages", "title")
    base = re.sub(r"[^a-z0-9]+", "_", title.lower().translate(str.maketrans("æøå", "eoa"))).strip("_")[:40] or "stage"
    taken, identity, number = {stage["id"] for stage in there}, base, 1
    while identity in taken:
        number += 1
        identity = f"{base}_{number}"
    return _with(files, [*there, {"id": identity, "title": dict.fromkeys(LANGUAGES, title)}])


def change_stage(
    files: Files, identity: str, titles: Mapping[str, str], guard: str, refusal: Mapping[str, str]
) -> dict[str, bytes]:
    """Its names, the condition of entering it, and the message to whoever it stops.

    Raises ``EditRefused``: a condition needs a sentence in bokmål that names what is lacking.
    """
    there = stages(files)
    stage = _find(there, identity)
    title = _titled(titles.get("nb", ""))
    written = {n: within(titles.get(n, "").strip(), MAX_TITLE, f"title-{n}") for n in LANGUAGES}
    stage["title"] = {language: text or title for language, text in written.items()}
    changed: Files = files
    if guard:
        stage["guard"] = json.loads(expression(guard, "guard"))
        if not refusal.get("nb", "").strip():
            raise EditRefused("edit.refusal_missing", "refusal-nb")
        key = stage.setdefault("refusal", f"stage.{identity}.refusal")
        sentences = {n: within(refusal.get(n, "").strip(), MAX_REFUSAL, f"refusal-{n}") for n in LANGUAGES}
        for language, text in sentences.items():
            changed = set_text(changed, key, language, text or sentences["nb"])
    else:
        stage.pop("guard", None)
        key = stage.pop("refusal", "")
        for language in LANGUAGES if key else ():
            changed = set_text(changed, key, language, "")
    return _with(changed, there)


def remove_stage(files: Files, identity: str) -> dict[str, bytes]:
    """Take a stage out; one that steps lead into stays."""
    there = stages(files)
    _find(there, identity)
    if used := steps_into(files, identity):
        raise EditRefused("edit.stage_used", "", steps=", ".join(used))
    return _with(files, [stage for stage in there if stage["id"] != identity])


def earlier(files: Files, identity: str) -> dict[str, bytes]:
    """One place up."""
    there = stages(files)
    place = there.index(_find(there, identity))
    if place:
        there[place - 1], there[place] = there[place], there[place - 1]
    return _with(files, there)


def steps_into(files: Files, identity: str) -> list[str]:
    """Names of the steps by which a case comes into the stage."""
    elements = Bundle("", files).process.elements.values()
    return [e.name or e.id for e in elements if e.extension.stage == identity]


def _titled(title: str) -> str:
    title = within(title.strip(), MAX_TITLE, "title-nb")
    if not title:
        raise EditRefused("edit.stage_title", "title-nb")
    return title


def _find(there: list[dict[str, Any]], identity: str) -> dict[str, Any]:
    found = next((stage for stage in there if stage["id"] == identity), None)
    if found is None:
        raise EditRefused("edit.gone")
    return found


def _with(files: Files, there: list[dict[str, Any]]) -> dict[str, bytes]:
    metadata = json.loads(files.get("metadata.json", b"{}")) | {"stages": there}
    return {**files, "metadata.json": json.dumps(metadata, ensure_ascii=False, indent=2).encode()}
