"""What somebody is shown who was not the first: who changed the draft and when, what they changed, and both texts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import g, request

from engine.studio import option_lists
from engine.studio.bpmn_editor import EditRefused
from engine.studio.bpmn_editor.settings import read_settings
from engine.studio.difference import differences
from engine.studio.drafts import DraftConflict
from engine.studio.merge_conflicts import Overlap
from engine.web.shared import view
from engine.web.shared.texts import NAMES
from engine.web.studio.access_sentences import changed
from engine.workflow.bpmn.xml import BpmnSyntaxError
from engine.workflow.definitions.bundle import Bundle

#: Sentences shown of what a colleague has changed; the draft's page lists them all.
MAX_CHANGES = 5


@dataclass(frozen=True, slots=True)
class Both:
    """One thing two have written: what it is, what is in the form, and what the colleague has saved."""

    label: str
    mine: str
    theirs: str


def sentence(conflict: DraftConflict) -> str:
    """Who was faster and when, and what is different now from what this page was drawn on."""
    text = view.t("studio.conflict")
    try:
        changes = differences(conflict.seen, conflict.now) if conflict.seen else []
    except (BpmnSyntaxError, StopIteration, ValueError, KeyError):
        changes = []
    if not changes:
        return text
    who = view.name_of(conflict.by)
    listed = " ".join(f"{changed(conflict.now, *change)}." for change in changes[:MAX_CHANGES])
    return f"{text} {view.t('studio.conflict_what', who=who, changes=listed)}"


def written(conflict: DraftConflict) -> str:
    """The same for one line under a form that saves as one goes: with what the colleague wrote."""
    theirs = " ".join(f"{row.label}: «{row.theirs}»" for row in both(conflict))
    return f"{sentence(conflict)} {theirs}".strip()


def both(conflict: DraftConflict, element: str = "") -> list[Both]:
    """What is in the form and what the colleague has saved, side by side. *element*: the step the form is about."""
    rows = [row for overlap in conflict.overlaps for row in _texts(conflict, overlap)]
    if element and conflict.seen is not None:
        rows += _settings(conflict.seen, conflict.now, element)
    return rows


def _texts(conflict: DraftConflict, overlap: Overlap) -> Iterator[Both]:
    if overlap.file.startswith("texts/"):
        language = overlap.file.split(".")[1]
        yield Both(f"{overlap.part} ({NAMES.get(language, language)})", overlap.mine, overlap.theirs)
    elif overlap.part:
        yield from _templates(overlap)
    elif overlap.file.startswith("options/"):
        identity = overlap.file.removeprefix("options/").removesuffix(".json")
        yield Both(view.t("studio.tab.lister"), _lines_sent(), _lines(conflict.now, identity))


def _templates(overlap: Overlap) -> Iterator[Both]:
    """The words of a template that are not the same in both, by part and language."""
    mine, theirs = (dict(_words(text)) for text in (overlap.mine, overlap.theirs))
    for name in dict.fromkeys([*mine, *theirs]):
        if mine.get(name) != theirs.get(name):
            part, _, language = name.partition(".")
            label = f"{view.t(f'template.part.{part}')} ({NAMES.get(language, language)})"
            yield Both(label, mine.get(name, ""), theirs.get(name, ""))


def _words(entry: str) -> Iterator[tuple[str, str]]:
    try:
        read = json.loads(entry or "{}")
    except ValueError:
        return
    for part in ("title", "body"):
        words = read.get(part) or (read.get("text") if part == "body" else None) or {}
        for language, text in words.items() if isinstance(words, dict) else ():
            yield f"{part}.{language}", str(text)


def _lines_sent() -> str:
    values, labels = request.form.getlist("value"), request.form.getlist(f"label-{g.language}")
    return "\n".join(f"{value}: {label}" for value, label in zip(values, labels, strict=False) if value or label)


def _lines(bundle: Bundle, identity: str) -> str:
    try:
        rows = option_lists.rows(bundle.files, identity)
    except EditRefused:
        return ""
    return "\n".join(f"{row['value']}: {bundle.text(str(row.get('label', '')), g.language)}" for row in rows)


def _settings(seen: Bundle, now: Bundle, element: str) -> list[Both]:
    """The settings of a step a colleague has changed, beside what the form says of them."""
    if element not in seen.process.elements or element not in now.process.elements:
        return []
    before, after = read_settings(seen.files, element), read_settings(now.files, element)
    form: Mapping[str, Any] = request.form
    return [
        Both(view.t(f"flow.s.{name}"), form.get(f"s-{name}", ""), value)
        for name, value in after.items()
        if before.get(name) != value and f"s-{name}" in form
    ]
