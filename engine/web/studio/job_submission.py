"""What was written in the fields of a job, as the lines a diagram keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import count, takewhile

from flask import g

from engine.advice.task_types.descriptions import DESCRIBED, TYPES, JobSetting, named
from engine.studio.bpmn_editor import EditRefused
from engine.studio.bpmn_editor.conditions import BUTTON
from engine.web.studio.process_sentences import ProcessWording
from engine.workflow.bpmn.conditions import ConditionSyntaxError, read_json
from engine.workflow.definitions.bundle import Bundle

PREFIX = "s-job-"
#: Kinds of settings that are a field of the case or something written.
VALUE_KINDS = ("expression", "text")


def posted(
    bundle: Bundle, element: str, config: str, form: Mapping[str, str]
) -> tuple[str, list[tuple[str, str, str]]]:
    """The settings as lines, from the fields and the lines beside; and new texts: key, language, words.

    The fields of a task type that was changed in the same form are not those of the new one, and fall away.
    *config* is what the step says now. Raises ``EditRefused`` with the field that cannot be read.
    """
    described = DESCRIBED.get(form.get("job", ""))
    if described is None:
        return form.get("s-config", ""), []
    pairs: dict[str, str] = {}
    texts: list[tuple[str, str, str]] = []
    if form.get("s-task_type", form["job"]) == form["job"]:
        setting, key, words = _new_text(element, bundle, form)
        texts = [(key, language, text) for language, text in words.items()]
        drawn = [one for one in described.settings if not one.by_hand]
        pairs = filled(drawn, {**form, setting: key}, ProcessWording(bundle, g.language), strict=True)
        before = pairs_of(config)
        pairs = {name: before[name] if _same(before.get(name), text) else text for name, text in pairs.items()}
    whole = pairs | pairs_of(form.get("s-config", ""), strict=True)
    return (config if whole == pairs_of(config) else lines_from(whole)), texts


def _same(before: str | None, text: str) -> bool:
    """Whether it is what stood there, written in another way: spaces in an expression, the order of names."""
    if before is None:
        return False
    try:
        if before.startswith("["):
            return bool(read_json(before) == read_json(text))
    except ConditionSyntaxError:
        return False
    return ", " in text and set(named(before)) == set(named(text))


def _new_text(element: str, bundle: Bundle, form: Mapping[str, str]) -> tuple[str, str, dict[str, str]]:
    """The setting, the key and the words of a text that was written in the form; nothing when none was."""
    name = next((name for name in form if name.startswith(PREFIX) and name.endswith("-new-nb")), "")
    base = name.removesuffix("nb")
    words = {language: form.get(f"{base}{language}", "").strip() for language in ("nb", "nn", "en")}
    if not name or not words["nb"]:
        return "", "", {}
    key, number = f"notice.{element}", 1
    while key in bundle.texts.get("nb", {}):
        number += 1
        key = f"notice.{element}.{number}"
    return base.removesuffix("-new-"), key, {language: text or words["nb"] for language, text in words.items()}


def filled(
    drawn: list[JobSetting], form: Mapping[str, str], wording: ProcessWording, *, strict: bool = False
) -> dict[str, str]:
    """Name → value of everything that was filled in. *strict*: what cannot be read is refused, else stored as it is."""
    found: dict[str, str] = {}
    for one in drawn:
        base = f"{PREFIX}{one.name.removesuffix('.')}"
        if one.many:
            found |= dict(_lines_of(one, base, form, wording, strict))
            continue
        if one.kind == "data_sets":
            ticked = [name.removeprefix(f"{base}-") for name in form if name.startswith(f"{base}-") and form[name]]
            value = ", ".join(ticked) or form.get(base, "")
        elif one.kind in VALUE_KINDS:
            value = _value(base, form, wording)
        else:
            value = form.get(base, "").strip()
        if value:
            found[one.name] = _readable(value, base) if strict else value
    return found


def lines_in(form: Mapping[str, str], base: str) -> Iterator[str]:
    """The names of the lines of a setting that may be given several times, as far as the form has them."""
    return takewhile(lambda line: f"{line}-name" in form, (f"{base}-{number}" for number in count()))


def _lines_of(
    one: JobSetting, base: str, form: Mapping[str, str], wording: ProcessWording, strict: bool
) -> Iterator[tuple[str, str]]:
    for line in lines_in(form, base):
        name = form.get(f"{line}-name", "").strip()
        value = _value(line, form, wording)
        if one.kind == "reply" and value and form.get(f"{line}-type") in TYPES:
            value = f"{value}:{form[f'{line}-type']}"
        if strict and (value and not _plain(name) or name and not value):
            raise EditRefused("job.line_name" if value else "job.line_value", f"{line}-name".removeprefix("s-"))
        if name and value:
            yield f"{one.name}{name}", _readable(value, f"{line}-own") if strict else value


def _plain(name: str) -> bool:
    parts = name.split(".")
    return len(name) <= 80 and all(part.replace("_", "").replace("-", "").isalnum() for part in parts)


def _value(base: str, form: Mapping[str, str], wording: ProcessWording) -> str:
    """A field of the case that was chosen, as the expression that reads it; else what was written."""
    wanted = form.get(f"{base}-field", "")
    found = next((one for one in wording.fields if one.id == wanted and one.source != BUTTON), None)
    if found is not None:
        return json.dumps(["dataModel", found.name, found.source], ensure_ascii=False)
    return " ".join(form.get(f"{base}-own", "").split())


def _readable(value: str, base: str) -> str:
    try:
        read_json(value)
    except ConditionSyntaxError:
        raise EditRefused("edit.expression", base.removeprefix("s-")) from None
    return value


def pairs_of(config: str, *, strict: bool = False) -> dict[str, str]:
    found = {}
    for line in filter(None, (line.strip() for line in config.splitlines())):
        name, colon, value = line.partition(":")
        if strict and (not colon or not name.strip()):
            raise EditRefused("edit.lines", "config")
        found[name.strip()] = value.strip()
    return found


def lines_from(pairs: Mapping[str, str]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in pairs.items())
