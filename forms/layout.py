"""Altinn layouts as fields a page can draw: one ``Field`` per component that is shown, in order.

Without a layout the fields come from the data type's JSON Schema, so that a
bundle works before anybody has laid out its form. Source of the format:
Altinn 3, ``ui/<set>/layouts/<Page>.json``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: Evaluates an expression or gives a literal back.
Evaluate = Callable[[Any], Any]
#: The text of a key; the key itself when there is none.
Text = Callable[[str], str]

_FORM = {
    "input": "text",
    "textarea": "textarea",
    "radiobuttons": "radio",
    "dropdown": "select",
    "datepicker": "date",
    "checkboxes": "checks",
    "multipleselect": "checks",
}
_SHOWN = {"header": "heading", "heading": "heading", "paragraph": "paragraph", "alert": "alert", "panel": "alert"}


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One thing on a form.

    kind   text | textarea | number | date | radio | select | checks | yes | heading | paragraph | alert
    path   where the value lies in the data, with dots; "" for what only says something
    value  what stands in it now
    """

    id: str
    kind: str
    path: str = ""
    title: str = ""
    description: str = ""
    required: bool = False
    read_only: bool = False
    options: tuple[Option, ...] = ()
    suffix: str = ""
    value: Any = None


@dataclass(frozen=True, slots=True)
class Form:
    """What is needed to draw the form of one task."""

    files: Mapping[str, bytes]
    schema: Mapping[str, Any] | None
    options: Callable[[str], Sequence[Mapping[str, Any]]]
    data_type: str


def fields(form: Form, data: Mapping[str, Any], evaluate: Evaluate, text: Text) -> tuple[Field, ...]:
    """The fields that are shown for *data*. A hidden component is not there."""
    pages = _pages(form.files)
    if not pages:
        return _from_schema(form, data, text)
    found: list[Field] = []
    for page in pages:
        if evaluate(page.get("hidden", False)) is True:
            continue
        for component in page.get("layout", ()):
            field = _field(form, component, data, evaluate, text)
            if field is not None:
                found.append(field)
    return tuple(found)


def _pages(files: Mapping[str, bytes]) -> list[Mapping[str, Any]]:
    """Layout pages in the order of ``Settings.json``, else by name."""
    names = sorted(name for name in files if name.startswith("layouts/") or "/" not in name)
    names = [name for name in names if name.endswith(".json") and name != "Settings.json"]
    order = json.loads(files.get("Settings.json", b"{}")).get("pages", {}).get("order", [])
    rank = {page: number for number, page in enumerate(order)}
    names.sort(key=lambda name: (rank.get(name.rsplit("/", 1)[-1].removesuffix(".json"), len(rank)), name))
    return [json.loads(files[name]).get("data", {}) for name in names]


def _field(
    form: Form, component: Mapping[str, Any], data: Mapping[str, Any], evaluate: Evaluate, text: Text
) -> Field | None:
    if evaluate(component.get("hidden", False)) is True:
        return None
    kind = str(component.get("type", "")).lower()
    bound = component.get("textResourceBindings", {})
    title, description = (_text(bound.get(name), evaluate, text) for name in ("title", "description"))
    if kind in _SHOWN:
        return Field(component["id"], _SHOWN[kind], title=title, description=_text(bound.get("body"), evaluate, text))
    if kind not in _FORM:
        return None
    path = _binding(component)
    rule = rule_of(form.schema, path)
    drawn = _FORM[kind]
    if drawn == "text" and rule.get("type") in ("number", "integer"):
        drawn = "number"
    if drawn == "text" and rule.get("format") == "date":
        drawn = "date"
    options = _options(form, component, text)
    if drawn == "checks" and rule.get("type") == "boolean":
        drawn = "yes"
    return Field(
        component["id"],
        drawn,
        path,
        title,
        description,
        evaluate(component.get("required", False)) is True or _needed(form.schema, path),
        evaluate(component.get("readOnly", False)) is True,
        options,
        _text(bound.get("suffix"), evaluate, text),
        value_at(data, path),
    )


def _from_schema(form: Form, data: Mapping[str, Any], text: Text) -> tuple[Field, ...]:
    """One field per property, titled ``field.<data type>.<name>``."""
    found = []
    for name, rule in (form.schema or {}).get("properties", {}).items():
        key = f"{form.data_type}.{name}"
        options = tuple(Option(str(v), text(f"option.{key}.{v}")) for v in rule.get("enum", ()))
        described = text(f"help.{key}")
        found.append(
            Field(
                f"f-{name}",
                _kind(rule),
                name,
                text(f"field.{key}"),
                "" if described == f"help.{key}" else described,
                _needed(form.schema, name),
                False,
                options,
                "kr" if rule.get("unit") == "NOK" else str(rule.get("unit", "")),
                value_at(data, name),
            )
        )
    return tuple(found)


def _kind(rule: Mapping[str, Any]) -> str:
    if "enum" in rule:
        return "radio" if len(rule["enum"]) <= 5 else "select"
    if rule.get("format") == "date":
        return "date"
    if rule.get("type") == "boolean":
        return "yes"
    if rule.get("type") in ("number", "integer"):
        return "number"
    return "text" if int(rule.get("maxLength", 4000)) <= 100 else "textarea"


def _binding(component: Mapping[str, Any]) -> str:
    bound = component.get("dataModelBindings", {}).get("simpleBinding", "")
    return str(bound.get("field", "")) if isinstance(bound, Mapping) else str(bound)


def _options(form: Form, component: Mapping[str, Any], text: Text) -> tuple[Option, ...]:
    rows = component.get("options") or ()
    if not rows and component.get("optionsId"):
        rows = form.options(component["optionsId"])
    return tuple(Option(str(row["value"]), text(str(row["label"]))) for row in rows)


def _text(bound: Any, evaluate: Evaluate, text: Text) -> str:
    if not bound:
        return ""
    found = evaluate(bound)
    return text(found) if isinstance(found, str) else ""


def rule_of(schema: Mapping[str, Any] | None, path: str) -> Mapping[str, Any]:
    """The schema of one property; empty when it is not declared."""
    rule: Mapping[str, Any] = schema or {}
    for part in path.split("."):
        rule = rule.get("properties", {}).get(part, {})
    return rule


def _needed(schema: Mapping[str, Any] | None, path: str) -> bool:
    *parents, name = path.split(".")
    rule: Mapping[str, Any] = rule_of(schema, ".".join(parents)) if parents else (schema or {})
    return name in rule.get("required", ())


def value_at(data: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path, or ``None``."""
    found: Any = data
    for part in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(part)
    return found


def read(
    found: Sequence[Field], schema: Mapping[str, Any] | None, posted: Callable[[str], list[str]]
) -> dict[str, Any]:
    """The data of what was posted. What cannot be read as its type stays as it was written, for the check to name."""
    data: dict[str, Any] = {}
    for field in found:
        if not field.path or field.read_only:
            if field.path and field.value is not None:
                _put(data, field.path, field.value)
            continue
        given = [value.strip() for value in posted(field.path) if value.strip()]
        rule = rule_of(schema, field.path)
        if field.kind == "yes":
            _put(data, field.path, bool(given))
        elif rule.get("type") == "array":
            _put(data, field.path, given)
        elif field.kind == "checks" and given:
            _put(data, field.path, ",".join(given))
        elif given:
            _put(data, field.path, _typed(given[0], rule))
    return data


def _put(data: dict[str, Any], path: str, value: Any) -> None:
    *parents, name = path.split(".")
    for part in parents:
        data = data.setdefault(part, {})
    data[name] = value


def _typed(text: str, rule: Mapping[str, Any]) -> Any:
    if rule.get("type") not in ("number", "integer"):
        return text
    plain = text.lower().removesuffix("kr").replace("\u00a0", "").replace(" ", "").replace(",", ".")
    try:
        value = float(plain)
    except ValueError:
        return text
    if value != value or value in (float("inf"), float("-inf")):
        return text
    return int(value) if value == int(value) else round(value, 2)
