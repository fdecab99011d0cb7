"""What a condition of a process can ask about: the answers of its forms, its variables, and the button pressed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from engine.advice.task_types.job_settings import left_by_jobs
from engine.studio.bpmn_editor.conditions import BUTTON, Field
from engine.workflow.bpmn.elements import Element
from engine.workflow.definitions.bundle import Bundle

_KINDS = {"boolean": "flag", "integer": "number", "number": "number"}
_VARIABLE = re.compile(r'\[\s*"dataModel"\s*,\s*"([^"]+)"\s*,\s*"variables"\s*\]')
#: Variables whose names and kinds the product's own steps leave behind.
_KNOWN = {
    "granted": "flag",
    "pending": "number",
    "partiesChanged": "flag",
    "annulled": "flag",
    "partiesOutside": "number",
    "ready": "flag",
}


def fields(bundle: Bundle, language: str) -> tuple[Field, ...]:
    """Every field, forms first, in the order of the steps they belong to."""
    found = [field for kind in bundle.data_types for field in _form(bundle, kind, language)]
    found += _variables(bundle)
    actions = dict.fromkeys(
        name for element in bundle.process.elements.values() for name, _ in element.extension.actions
    )
    if actions:
        found.append(Field(BUTTON, "", "", "choice", tuple((name, name) for name in actions)))
    return tuple(found)


def counters(element: Element) -> tuple[Field, ...]:
    """What the engine itself gives a condition of this element, as variables."""
    names = []
    if element.type == "complexGateway":
        names = ["activationCount"]
    elif element.multi_instance is not None:
        names = ["numberOfInstances", "numberOfCompletedInstances", "numberOfActiveInstances"]
    elif element.loop is not None:
        names = ["loopCounter"]
    return tuple(Field("variables", name, name, "number") for name in names)


def items(bundle: Bundle) -> tuple[Field, ...]:
    """The variable each turn of a loop has its own value in; for the parties of a case, also the person who acts."""
    found: dict[str, Field] = {}
    for element in bundle.process.elements.values():
        many = element.multi_instance
        if many is not None and many.collection is not None:
            acts = (f"{many.item}.actsBy",) if many.collection == ["dataModel", "parties", "variables"] else ()
            for name in (many.item, *acts):
                found[name] = Field("variables", name, name)
    return tuple(found.values())


def lists(bundle: Bundle, language: str) -> tuple[Field, ...]:
    """What may hold a list: repeated rows of the forms, the parties of the case, and the variables of the process."""
    found = []
    for kind in bundle.data_types:
        schema = bundle.schema(kind) or {}
        for name, about in schema.get("properties", {}).items():
            if isinstance(about, dict) and about.get("type") == "array":
                label = _text(bundle, (f"field.{kind}.{name}",), language) or name
                found.append(Field(kind, name, label))
    known = [field for field in _variables(bundle) if field.kind == "text"]
    if "parties" not in {field.name for field in known}:
        known.append(Field("variables", "parties", "parties"))
    return (*found, *known)


def _form(bundle: Bundle, kind: str, language: str) -> Iterator[Field]:
    schema = bundle.schema(kind) or {}
    labels = _labels(bundle, bundle.data_types[kind].task_id)
    for name, about in schema.get("properties", {}).items():
        if not isinstance(about, dict) or about.get("type") in ("array", "object"):
            continue
        label = _text(bundle, (labels.get(name, ""), f"field.{kind}.{name}"), language) or name
        options = tuple((str(value), bundle.option(kind, name, value, language)) for value in about.get("enum", ()))
        yield Field(kind, name, label, "choice" if options else _KINDS.get(str(about.get("type")), "text"), options)


def _text(bundle: Bundle, keys: tuple[str, ...], language: str) -> str:
    return next((bundle.text(key, language) for key in keys if key and bundle.text(key, language) != key), "")


def _labels(bundle: Bundle, task: str) -> dict[str, str]:
    """Field → text key of its label, as the layouts of a step have it."""
    found: dict[str, str] = {}
    for data in bundle.layout_files(task).values():
        try:
            layout = json.loads(data).get("data", {}).get("layout", ())
        except (ValueError, AttributeError):
            continue
        for component in layout:
            bound = component.get("dataModelBindings", {}).get("simpleBinding")
            field = bound.get("field") if isinstance(bound, dict) else bound
            title = component.get("textResourceBindings", {}).get("title")
            if isinstance(field, str) and isinstance(title, str):
                found[field] = title
    return found


def _variables(bundle: Bundle) -> Iterator[Field]:
    """The process variables that the process starts with, writes or asks about."""
    names: dict[str, Any] = dict(bundle.metadata.get("startVariables", {}))
    for element in bundle.process.elements.values():
        names.update(dict.fromkeys(target for target, _ in element.extension.outputs))
        if element.multi_instance is not None and element.multi_instance.output:
            names.setdefault(element.multi_instance.output, None)
    left = dict(left_by_jobs(bundle))
    names.update(dict.fromkeys((*bundle.process.data, *left)))
    names.update(dict.fromkeys(_VARIABLE.findall(bundle.files["process.bpmn"].decode(errors="replace"))))
    for name, value in names.items():
        kind = "flag" if isinstance(value, bool) else "number" if _number(value) else "text"
        kind = left.get(name) or _KNOWN.get(name) or kind
        if name:
            yield Field("variables", name, name, kind)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
