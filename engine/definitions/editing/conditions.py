"""Conditions built by choosing what is asked, how it is compared and with what: Altinn expressions, and read back.

An expression of any other shape, written by hand, is kept as it is and shown as it stands.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.bpmn.conditions import ConditionSyntaxError, read_json
from engine.definitions.editing.document import EditRefused

COMPARING = ("equals", "notEquals", "greaterThan", "greaterThanEq", "lessThan", "lessThanEq", "contains")
#: Kind of answer → the ways it can be compared.
OPERATORS: Mapping[str, tuple[str, ...]] = {
    "text": ("equals", "notEquals", "contains", "filled", "empty"),
    "choice": ("equals", "notEquals", "filled", "empty"),
    "flag": ("equals", "notEquals"),
    "number": ("equals", "notEquals", "greaterThan", "greaterThanEq", "lessThan", "lessThanEq", "filled", "empty"),
}
ALL_OPERATORS = (*COMPARING, "filled", "empty")
BUTTON = "action"


@dataclass(frozen=True, slots=True)
class Field:
    """Something that can be asked about.

    source  the data type of a form, "variables", or ``action``: the button that was pressed
    kind    text | choice | flag | number;  ``options`` value and label of what can be chosen
    """

    source: str
    name: str
    label: str
    kind: str = "text"
    options: tuple[tuple[str, str], ...] = ()

    @property
    def id(self) -> str:
        return f"{self.source}:{self.name}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """*field* is a ``Field.id``; *value* is text, "true" or "false" for a flag, not used by *filled* and *empty*."""

    field: str
    operator: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Comparisons of which all (*and*) or one (*or*) must hold."""

    comparisons: tuple[Comparison, ...]
    join: str = "and"


def write(choice: Choice, fields: Sequence[Field]) -> str:
    """The expression as JSON, "" for no comparison. Raises ``EditRefused`` with the number of the line at fault."""
    known = {field.id: field for field in fields}
    parts = [_write(c, known.get(c.field), number) for number, c in enumerate(choice.comparisons)]
    if not parts:
        return ""
    whole = parts[0] if len(parts) == 1 else [choice.join if choice.join in ("and", "or") else "and", *parts]
    return json.dumps(whole, ensure_ascii=False)


def _write(comparison: Comparison, field: Field | None, number: int) -> list[Any]:
    if field is None:
        raise EditRefused("edit.cond_field", f"field-{number}")
    if comparison.operator not in OPERATORS[field.kind]:
        raise EditRefused("edit.cond_operator", f"operator-{number}")
    asked: list[Any] = ["gatewayAction"] if field.source == BUTTON else ["dataModel", field.name, field.source]
    if comparison.operator in ("filled", "empty"):
        return ["notEquals" if comparison.operator == "filled" else "equals", asked, None]
    return [comparison.operator, asked, _value(comparison.value.strip(), field, number)]


def _value(text: str, field: Field, number: int) -> Any:
    if field.kind == "flag":
        if text not in ("true", "false"):
            raise EditRefused("edit.cond_value", f"value-{number}")
        return text == "true"
    if field.kind == "number":
        try:
            found = float(text.replace(" ", "").replace(",", "."))
        except ValueError:
            raise EditRefused("edit.cond_number", f"value-{number}") from None
        return int(found) if found == int(found) else found
    if not text or (field.kind == "choice" and text not in dict(field.options)):
        raise EditRefused("edit.cond_value", f"value-{number}")
    return text


def read(text: str, fields: Sequence[Field]) -> Choice | None:
    """The choice an expression stands for, or ``None`` when it was not built by choosing."""
    try:
        expression = read_json(text)
    except ConditionSyntaxError:
        return None
    if not isinstance(expression, list) or not expression:
        return None
    known = {field.id: field for field in fields}
    join, parts = ("and", [expression]) if expression[0] not in ("and", "or") else (expression[0], expression[1:])
    found = [_read(part, known) for part in parts]
    return Choice(tuple(c for c in found if c), join) if found and all(found) else None


def _read(expression: Any, known: Mapping[str, Field]) -> Comparison | None:
    if not isinstance(expression, list) or len(expression) != 3 or expression[0] not in COMPARING:
        return None
    operator, asked, value = expression
    if asked == ["gatewayAction"]:
        field = known.get(f"{BUTTON}:")
    elif isinstance(asked, list) and len(asked) == 3 and asked[0] == "dataModel":
        field = known.get(f"{asked[2]}:{asked[1]}")
    else:
        field = None
    if field is None or isinstance(value, list | dict):
        return None
    if value is None:
        return Comparison(field.id, "filled" if operator == "notEquals" else "empty") if "quals" in operator else None
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
    found = Comparison(field.id, operator, text)
    try:
        same: bool = _write(found, field, 0) == expression
    except EditRefused:
        return None
    return found if same else None
