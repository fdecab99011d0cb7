"""What the page of a step offers to choose from, and what was chosen: conditions, values and variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import g

from engine.studio.bpmn_editor import EditRefused, conditions
from engine.studio.bpmn_editor.conditions import Choice, Comparison, Field
from engine.studio.condition_fields import counters, fields, items, lists
from engine.workflow.bpmn.elements import Element
from engine.workflow.definitions.bundle import Bundle

MAX_ROWS = 6
#: Settings that are conditions, settings that give a value, and settings of variables, one a line.
CONDITIONS = ("condition", "completion", "activation", "loop_until")
VALUES = ("party", "key", "loop_over", "loop_output")
VARIABLES = ("inputs", "outputs")
BY_HAND = "hand"
Form = Mapping[str, str]


def askable(bundle: Bundle, element: Element | None) -> tuple[Field, ...]:
    """What a condition of the element may ask about."""
    own = counters(element) if element is not None else ()
    counted = {field.id for field in own}
    return (*(field for field in fields(bundle, g.language) if field.id not in counted), *own)


def giving(bundle: Bundle, name: str) -> tuple[Field, ...]:
    """What may give the value of a setting."""
    if name == "loop_over":
        return lists(bundle, g.language)
    known = [field for field in fields(bundle, g.language) if field.source != conditions.BUTTON]
    return (*known, *(field for field in items(bundle) if field.id not in {k.id for k in known}))


def rows(choice: Choice | None, typed: Form, use: bool, before: str = "") -> list[dict[str, str]]:
    """The lines of a condition, and one more to write in. *before* stands before the names of its inputs."""
    if use and f"{before}field-0" in typed:
        written = [
            {part: typed.get(f"{before}{part}-{n}", "") for part in ("field", "operator", "value")}
            for n in range(MAX_ROWS)
        ]
        found = [row for row in written if row["field"]]
    else:
        found = [
            {"field": c.field, "operator": c.operator, "value": c.value} for c in (choice.comparisons if choice else ())
        ]
    return [*found, {"field": "", "operator": "equals", "value": ""}][:MAX_ROWS]


def condition(form: Form, known: Sequence[Field], before: str = "") -> str:
    """The expression the chosen lines come to, "" for none. Raises ``EditRefused`` with the wrong line."""
    chosen = [
        Comparison(*(form.get(f"{before}{part}-{n}", "") for part in ("field", "operator", "value")))
        for n in range(MAX_ROWS)
        if form.get(f"{before}field-{n}")
    ]
    return conditions.write(Choice(tuple(chosen), form.get(f"{before}join", "and")), known)


def drawn_condition(text: str, known: Sequence[Field], typed: Form, name: str) -> dict[str, Any]:
    """A setting that is a condition, as its lines; *raw* is what was written by hand."""
    choice = conditions.read(text, known) if text else Choice(())
    before = f"{name}-"
    use = f"{before}field-0" in typed
    by_hand = text if choice is None else ""
    return {
        "rows": rows(choice, typed, use, before),
        "join": typed.get(f"{before}join", choice.join if choice else "and"),
        "raw": typed.get(f"s-{name}", by_hand) if typed else by_hand,
        "by_hand": choice is None,
    }


def drawn_value(text: str, known: Sequence[Field], typed: Form, name: str) -> dict[str, Any]:
    """A setting that gives a value: which field it is of, or what was written by hand."""
    field = conditions.field_of(text, known) if text else None
    picked = conditions.value_of(field) if field else BY_HAND if text else ""
    return {
        "picked": typed.get(f"pick-{name}", picked),
        "raw": typed.get(f"s-{name}", "" if field else text),
        "options": [(f, conditions.value_of(f)) for f in known],
    }


def submitted(bundle: Bundle, element: Element, form: Form, shown: Sequence[str], now: Form) -> dict[str, str]:
    """What was chosen and written for the settings that were shown.

    A condition that was written by hand stays until another is written or chosen.
    """
    found = {name: form.get(f"s-{name}", "") for name in shown}
    for name in shown:
        has_rows = any(form.get(f"{name}-field-{n}") for n in range(MAX_ROWS))
        raw, before = found[name].strip(), now.get(name, "").strip()
        if name in CONDITIONS and f"{name}-field-0" in form and (not raw or (has_rows and raw == before)):
            try:
                found[name] = condition(form, askable(bundle, element), f"{name}-")
            except EditRefused as refused:
                raise EditRefused(refused.key, f"{refused.field}-s-{name}", **refused.values) from None
        elif name in VALUES and f"pick-{name}" in form:
            found[name] = _value(form[f"pick-{name}"], found[name], now.get(name, ""), giving(bundle, name))
        elif name in VARIABLES and form.get(f"more-{name}", "").strip():
            value = form.get(f"more-{name}-value", "")
            if not value:
                raise EditRefused("edit.variable_value", f"more-{name}-value")
            found[name] = f"{found[name].rstrip()}\n{form[f'more-{name}'].strip()}: {value}".strip()
    return found


def _value(picked: str, raw: str, now: str, known: Sequence[Field]) -> str:
    """A choice counts before what stands in the field for hand-written ones; that counts when it was just written."""
    if picked == BY_HAND:
        return raw
    by_hand = now and conditions.field_of(now, known) is None
    if not picked:
        return "" if by_hand and raw.strip() == now else raw
    return picked
