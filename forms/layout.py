"""Altinn layouts as fields a page can draw: one ``Field`` per component that is shown, in order.

Without a layout the fields come from the data type's JSON Schema, so that a
bundle works before anybody has laid out its form. Source of the format:
Altinn 3, ``ui/<set>/layouts/<Page>.json``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from forms.files import PREFIX, Attached, Taking, taking
from forms.values import Value

#: Rows an expression stands in: (path of the group, index), outermost first.
Row = tuple[tuple[str, int], ...]
#: The text of a key; the key itself when there is none.
Text = Callable[[str], str]
#: Rows of a repeating group that can be drawn and read, whatever is asked for.
MAX_ROWS = 50


class Evaluate(Protocol):
    """Evaluates an expression or gives a literal back."""

    def __call__(self, expression: Value, row: Row = ()) -> Value: ...


_FORM = {
    "input": "text",
    "textarea": "textarea",
    "radiobuttons": "radio",
    "dropdown": "select",
    "datepicker": "date",
    "checkboxes": "checks",
    "multipleselect": "checks",
}
_SHOWN = {
    "header": "heading",
    "heading": "heading",
    "paragraph": "paragraph",
    "text": "paragraph",
    "alert": "alert",
    "panel": "alert",
    "divider": "divider",
}
_GROUPS = {"group": "group", "repeatinggroup": "rows"}
_SUMMARIES = ("summary", "summary2")


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One thing on a form.

    kind   text | textarea | number | date | radio | select | checks | yes | heading | paragraph | alert | divider |
           page (the form has several, here one begins) | group | rows (a group that repeats) | summary | files |
           navigationbuttons (next in ``title``, back in ``description``, ``value``: whether there is one back)
    path   where the value lies in the data, with dots and ``[n]``; "" for what only says something, ``file:<id>`` for
           files, which are no part of the data
    value  what stands in it now; of ``rows`` how many there are
    rows   the fields of each row; a group has one row, a summary the fields it sums up
    more   another row may be added
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
    value: Value = None
    rows: tuple[tuple[Field, ...], ...] = ()
    more: bool = False
    takes: Taking | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """What is needed to draw the form of one task.

    asked     how many rows of the group at a path the browser shows; ``None`` = as many as the data has
    attached  the files that have been put in under a component
    """

    files: Mapping[str, bytes]
    schema: Mapping[str, Any] | None
    options: Callable[[str], Sequence[Mapping[str, Any]]]
    data_type: str
    requested_rows: Callable[[str], int | None] = lambda _path: None
    attached: Callable[[str], Sequence[Attached]] = lambda _component: ()


def fields(form: Form, data: Mapping[str, Any], evaluate: Evaluate, text: Text) -> tuple[Field, ...]:
    """The fields that are shown for *data*. A hidden component is not there."""
    pages = _pages(form.files)
    if not pages:
        return _from_schema(form, data, text)
    found: list[Field] = []
    shown = [(name, page) for name, page in pages if evaluate(page.get("hidden", False)) is not True]
    for name, page in shown:
        if len(shown) > 1:
            found.append(Field(f"page-{name}", "page", title=text(name)))
        found += _Page(form, page, data, evaluate, text).drawn()
    return tuple(_summed(found))


def every(found: Sequence[Field]) -> Iterator[Field]:
    """Every field, those inside groups and rows too, in the order they stand. What a summary repeats is not one."""
    for field in found:
        yield field
        if field.kind in ("group", "rows"):
            for row in field.rows:
                yield from every(row)


def _summed(found: Sequence[Field]) -> Iterator[Field]:
    """A summary repeats what stands before it: all of it, or the page or the component it names."""
    before: list[tuple[str, Field]] = []
    page = ""
    for field in found:
        page = field.id if field.kind == "page" else page
        if field.kind == "summary":
            wanted = str(field.value or "")
            shown_fields = (f for on, f in before if wanted in ("", f.id, on.removeprefix("page-")))
            field = replace(
                field, value=None, rows=(tuple(f for f in every(tuple(shown_fields)) if f.path and not f.rows),)
            )
        else:
            before.append((page, field))
        yield field


def _pages(files: Mapping[str, bytes]) -> list[tuple[str, Mapping[str, Any]]]:
    """Layout pages by name, in the order of ``Settings.json``, else by name."""
    names = sorted(name for name in files if name.startswith("layouts/") or "/" not in name)
    names = [name for name in names if name.endswith(".json") and name != "Settings.json"]
    order = json.loads(files.get("Settings.json", b"{}")).get("pages", {}).get("order", [])
    rank = {page: number for number, page in enumerate(order)}
    called = {name: name.rsplit("/", 1)[-1].removesuffix(".json") for name in names}
    names.sort(key=lambda name: (rank.get(called[name], len(rank)), name))
    return [(called[name], json.loads(files[name]).get("data", {})) for name in names]


@dataclass(frozen=True, slots=True)
class _Page:
    """One page being drawn."""

    form: Form
    page: Mapping[str, Any]
    data: Mapping[str, Any]
    evaluate: Evaluate
    text: Text

    def drawn(self) -> Iterator[Field]:
        components = {component["id"]: component for component in self.page.get("layout", ())}
        inside = {child for component in components.values() for child in _children(component)}
        for identity, component in components.items():
            if identity not in inside:
                yield from self._drawn(component, components, ())

    def _drawn(self, component: Mapping[str, Any], components: Mapping[str, Any], row: Row) -> Iterator[Field]:
        kind = str(component.get("type", "")).lower()
        if kind not in _GROUPS:
            field = self._field(component, row)
            if field is not None:
                yield field
            return
        if self.evaluate(component.get("hidden", False), row) is True:
            return
        bound = component.get("dataModelBindings", {}).get("group", "")
        path = str(bound.get("field", "")) if isinstance(bound, Mapping) else str(bound)
        repeats = bool(path) and (kind == "repeatinggroup" or int(component.get("maxCount", 1)) > 1)
        inner = [components[child] for child in _children(component) if child in components]
        count = self._count(component, path) if repeats else 1
        rows = tuple(
            tuple(
                field
                for child in inner
                for field in self._drawn(child, components, (*row, (path, index)) if repeats else row)
            )
            for index in range(count)
        )
        title, described = self._words(component, row)
        max_rows = min(int(component.get("maxCount", MAX_ROWS)), MAX_ROWS)
        yield Field(
            f"{component['id']}{_ending(row)}",
            "rows" if repeats else "group",
            path if repeats else "",
            title,
            described,
            value=count if repeats else None,
            rows=rows,
            more=repeats and count < max_rows,
        )

    def _count(self, component: Mapping[str, Any], path: str) -> int:
        """How many rows are drawn: what the browser shows, else what the data has, at least the fewest."""
        found = value_at(self.data, path)
        requested_rows = self.form.requested_rows(path)
        count = requested_rows if requested_rows is not None else len(found) if isinstance(found, list) else 0
        min_rows = max(1, int(component.get("minCount", 0)))
        return min(max(count, min_rows), int(component.get("maxCount", MAX_ROWS)), MAX_ROWS)

    def _words(self, component: Mapping[str, Any], row: Row) -> tuple[str, str]:
        bound = component.get("textResourceBindings", {})
        return self._text(bound.get("title"), row), self._text(bound.get("description"), row)

    def _text(self, bound: Value, row: Row) -> str:
        if not bound:
            return ""
        found = self.evaluate(bound, row)
        return self.text(found) if isinstance(found, str) else ""

    def _field(self, component: Mapping[str, Any], row: Row) -> Field | None:
        if self.evaluate(component.get("hidden", False), row) is True:
            return None
        kind = str(component.get("type", "")).lower()
        bound = component.get("textResourceBindings", {})
        title, description = self._words(component, row)
        identity = f"{component['id']}{_ending(row)}"
        if kind in _SHOWN:
            return Field(identity, _SHOWN[kind], title=title, description=self._text(bound.get("body"), row))
        if kind in _SUMMARIES:
            target = component.get("target") or {}
            wanted = target.get("id", "") if isinstance(target, Mapping) else component.get("componentRef", "")
            return Field(identity, "summary", title=title, value=wanted)
        if kind == "navigationbuttons":
            on, back = self._text(bound.get("next"), row), self._text(bound.get("back"), row)
            return Field(identity, kind, "", on, back, value=component.get("showBackButton", True))
        if kind == "fileupload" and not row:
            takes = taking(component, tuple(self.form.attached(component["id"])))
            path = f"{PREFIX}{component['id']}"
            return Field(identity, "files", path, title, description, takes.min_count > 0, takes=takes)
        if kind not in _FORM:
            return None
        path = _in_row(_binding(component), row)
        rule = rule_of(self.form.schema, path)
        needed = self.evaluate(component.get("required", False), row) is True or _needed(self.form.schema, path)
        return Field(
            identity,
            _drawn_as(kind, rule),
            path,
            title,
            description,
            needed,
            self.evaluate(component.get("readOnly", False), row) is True,
            _options(self.form, component, self.text),
            self._text(bound.get("suffix"), row) or _unit(rule),
            value_at(self.data, path),
        )


def _drawn_as(kind: str, rule: Mapping[str, Any]) -> str:
    """What a component looks like: a text field whose value is a number or a day is drawn as one."""
    drawn = _FORM[kind]
    if drawn == "text" and rule.get("type") in ("number", "integer"):
        return "number"
    if drawn == "text" and rule.get("format") == "date":
        return "date"
    return "yes" if drawn == "checks" and rule.get("type") == "boolean" else drawn


def _children(component: Mapping[str, Any]) -> list[str]:
    """Ids of what stands in a group; the page of a row that is filled in page by page is left out."""
    return [str(child).rpartition(":")[2] for child in component.get("children", ())]


def _ending(row: Row) -> str:
    """Rows are told apart by their numbers, as Altinn does."""
    return "".join(f"-{index}" for _, index in row)


def _in_row(path: str, row: Row) -> str:
    for group, index in row:
        if path.startswith(f"{group}."):
            path = f"{group}[{index}]{path[len(group) :]}"
    return path


def _unit(rule: Mapping[str, Any]) -> str:
    return "kr" if rule.get("unit") == "NOK" else str(rule.get("unit", ""))


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
                _unit(rule),
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


def parts_of(path: str) -> list[str | int]:
    """``debts[0].amount`` → debts, 0, amount."""
    found: list[str | int] = []
    for part in path.split("."):
        name, *indices = part.replace("]", "").split("[")
        found.append(name)
        found += [int(index) for index in indices if index.isdigit()]
    return found


def rule_of(schema: Mapping[str, Any] | None, path: str) -> Mapping[str, Any]:
    """The schema of one property; empty when it is not declared."""
    rule: Mapping[str, Any] = schema or {}
    for part in parts_of(path):
        rule = rule.get("items", {}) if isinstance(part, int) else rule.get("properties", {}).get(part, {})
    return rule


def _needed(schema: Mapping[str, Any] | None, path: str) -> bool:
    parent, _, name = path.rpartition(".")
    rule: Mapping[str, Any] = rule_of(schema, parent) if parent else (schema or {})
    return name in rule.get("required", ())


def value_at(data: Mapping[str, Value], path: str) -> Value:
    """The value at a path, or ``None``."""
    found: Value = data
    for part in parts_of(path):
        if isinstance(part, int):
            found = found[part] if isinstance(found, list) and part < len(found) else None
        else:
            found = found.get(part) if isinstance(found, Mapping) else None
    return found
