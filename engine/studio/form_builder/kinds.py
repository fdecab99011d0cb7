"""The sorts of components a form is built of, as Altinn names them, and what of the data model each fills."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of component that can be put in.

    id      names its text, ``component.<id>``;  ``type`` Altinn's name
    rule    JSON Schema of the value; ``None``: it has none
    options it has choices
    """

    id: str
    type: str
    rule: Mapping[str, Any] | None = None
    options: bool = False


_TEXT = {"type": "string", "minLength": 1}
KINDS = (
    Kind("heading", "Header"),
    Kind("paragraph", "Paragraph"),
    Kind("alert", "Alert"),
    Kind("input", "Input", {**_TEXT, "maxLength": 100}),
    Kind("textarea", "TextArea", {**_TEXT, "maxLength": 4000}),
    Kind("number", "Input", {"type": "number"}),
    Kind("amount", "Input", {"type": "number", "minimum": 0, "unit": "NOK"}),
    Kind("date", "Datepicker", {"type": "string", "format": "date"}),
    Kind("yes", "Checkboxes", {"type": "boolean"}),
    Kind("radio", "RadioButtons", _TEXT, options=True),
    Kind("checks", "Checkboxes", _TEXT, options=True),
    Kind("dropdown", "Dropdown", _TEXT, options=True),
    Kind("group", "Group"),
    Kind("rows", "RepeatingGroup", {"type": "array", "maxItems": 50, "items": {"type": "object", "properties": {}}}),
    Kind("files", "FileUpload"),
    Kind("summary", "Summary2"),
    Kind("divider", "Divider"),
)
BY_ID = {kind.id: kind for kind in KINDS}
_OTHER_NAMES = {"heading": "header", "text": "paragraph", "panel": "alert", "summary": "summary2"}


def kind_of(component: Mapping[str, Any], rule: Mapping[str, Any]) -> Kind | None:
    """Which sort a component of a layout is; ``None`` for one that is kept but not edited here."""
    kind = str(component.get("type", "")).lower()
    kind = _OTHER_NAMES.get(kind, kind)
    if kind == "input":
        if rule.get("type") in ("number", "integer"):
            return BY_ID["amount" if rule.get("unit") == "NOK" else "number"]
        return BY_ID["date" if rule.get("format") == "date" else "input"]
    if kind == "checkboxes":
        return BY_ID["yes" if rule.get("type") == "boolean" else "checks"]
    return next((known for known in KINDS if known.type.lower() == kind), None)


def kind_of_rule(rule: Mapping[str, Any]) -> Kind:
    if "enum" in rule:
        return BY_ID["radio" if len(rule["enum"]) <= 5 else "dropdown"]
    if rule.get("type") == "boolean":
        return BY_ID["yes"]
    if rule.get("type") in ("number", "integer"):
        return BY_ID["amount" if rule.get("unit") == "NOK" else "number"]
    if rule.get("format") == "date":
        return BY_ID["date"]
    return BY_ID["input" if int(rule.get("maxLength", 4000)) <= 100 else "textarea"]


def bound_to(component: Mapping[str, Any] | None) -> str:
    """Where a component's value lies in the data; "" when it has none."""
    bindings = (component or {}).get("dataModelBindings", {})
    bound = bindings.get("simpleBinding") or bindings.get("group") or ""
    return str(bound.get("field", "")) if isinstance(bound, Mapping) else str(bound)
