"""Conditions built by choosing what is asked, how it is compared and with what: Altinn expressions, and read back.

Conditions of a process name the form they ask about (``write``, ``read``); rules of a form ask about the fields of
that form alone (``write_rule``, ``read_rule``). A value may be chosen in the same way (``value_of``, ``field_of``).
An expression of any other shape, written by hand, is kept as it is and shown as it stands.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.studio.bpmn_editor.document import EditRefused
from engine.workflow.bpmn.conditions import ConditionSyntaxError, read_json
from forms.amounts import AmountError, read_number
from forms.values import Value

COMPARING = ("equals", "notEquals", "greaterThan", "greaterThanEq", "lessThan", "lessThanEq", "contains")
#: Kind of answer → the ways it can be compared.
OPERATORS: Mapping[str, tuple[str, ...]] = {
    "text": ("equals", "notEquals", "contains", "filled", "empty"),
    "choice": ("equals", "notEquals", "filled", "empty"),
    "flag": ("equals", "notEquals"),
    "number": ("equals", "notEquals", "greaterThan", "greaterThanEq", "lessThan", "lessThanEq", "filled", "empty"),
}
ALL_OPERATORS = (*COMPARING, "filled", "empty")
#: The same, and what is offered before it is known what is asked.
OFFERED: Mapping[str, tuple[str, ...]] = {**OPERATORS, "any": ALL_OPERATORS}
JOINS = ("and", "or")
BUTTON = "action"


@dataclass(frozen=True, slots=True)
class Field:
    """Something that can be asked about.

    source  the data type of a form, "variables", ``action``: the button that was pressed, or "" in the form itself
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
    """*field* is a ``Field.id``, in a form's rule its path.

    *value* is text, "true" or "false" for a flag, not used by *filled* and *empty*.
    """

    field: str
    operator: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Comparisons of which all (*and*) or one (*or*) must hold."""

    comparisons: tuple[Comparison, ...]
    join: str = "and"


def write(choice: Choice, fields: Sequence[Field]) -> str:
    """The expression as JSON, "" for no comparison. Raises ``EditRefused`` with the number of the wrong line."""
    known = {field.id: field for field in fields}
    parts = [_write(c, known.get(c.field), number) for number, c in enumerate(choice.comparisons)]
    if not parts:
        return ""
    whole = parts[0] if len(parts) == 1 else [choice.join if choice.join in JOINS else "and", *parts]
    return json.dumps(whole, ensure_ascii=False)


def write_rule(choice: Choice, kinds: Mapping[str, str]) -> list[Value]:
    """The expression of a form's rule about its own fields. *kinds*: field → kind of answer, text where unknown.

    Raises ``EditRefused`` with the number of the wrong line. What is written may be no choice of the field any
    more: it is kept, since lists change.
    """
    fields = [Field("", c.field, "", kinds.get(c.field, "text")) for c in choice.comparisons]
    parts = []
    for number, (comparison, field) in enumerate(zip(choice.comparisons, fields, strict=True)):
        value: Any = comparison.value
        if field.kind in ("flag", "number") and comparison.operator in COMPARING and value:
            value = _value(value, field, number)
        parts.append(_compared(comparison.operator, _operand(field), value))
    return parts[0] if len(parts) == 1 else [choice.join, *parts]


def chosen(fields: Sequence[str], operators: Sequence[str], values: Sequence[str], join: str) -> Choice | None:
    """What a page's rows of choices give; rows without a field are left out. ``None``: nothing at all."""
    rows = zip(fields, operators, values, strict=False)
    found = tuple(Comparison(f, o, v.strip()) for f, o, v in rows if f and o in ALL_OPERATORS)
    return Choice(found, join if join in JOINS else "and") if found else None


def _write(comparison: Comparison, field: Field | None, number: int) -> list[Value]:
    if field is None:
        raise EditRefused("edit.cond_field", f"field-{number}")
    if comparison.operator not in OPERATORS[field.kind]:
        raise EditRefused("edit.cond_operator", f"operator-{number}")
    value = None if comparison.operator in ("filled", "empty") else _value(comparison.value.strip(), field, number)
    return _compared(comparison.operator, _operand(field), value)


def _compared(operator: str, left: list[Value], value: Value) -> list[Value]:
    if operator in ("filled", "empty"):
        return ["notEquals" if operator == "filled" else "equals", left, None]
    return [operator, left, value]


def _operand(field: Field) -> list[Value]:
    if field.source == BUTTON:
        return ["gatewayAction"]
    return ["dataModel", field.name, field.source] if field.source else ["dataModel", field.name]


def value_of(field: Field) -> str:
    """The expression that gives the value of a field, as JSON."""
    return json.dumps(_operand(field), ensure_ascii=False)


def field_of(text: str, fields: Sequence[Field]) -> Field | None:
    """The field whose value an expression gives, or ``None`` when it says something else."""
    try:
        expression = read_json(text)
    except ConditionSyntaxError:
        return None
    return next((field for field in fields if isinstance(expression, list) and _operand(field) == expression), None)


def _value(text: str, field: Field, number: int) -> Value:
    if field.kind == "flag":
        if text not in ("true", "false"):
            raise EditRefused("edit.cond_value", f"value-{number}")
        return text == "true"
    if field.kind == "number":
        try:
            found = read_number(text)
        except AmountError:
            raise EditRefused("edit.cond_number", f"value-{number}") from None
        return int(found) if found == found.to_integral_value() else float(found)
    if not text or (field.kind == "choice" and text not in dict(field.options)):
        raise EditRefused("edit.cond_value", f"value-{number}")
    return text


def read(text: str, fields: Sequence[Field]) -> Choice | None:
    """The choice an expression stands for, or ``None`` when it was not built by choosing."""
    try:
        expression = read_json(text)
    except ConditionSyntaxError:
        return None
    known = {field.id: field for field in fields}

    def taken(operator: str, left: Value, value: Value) -> Comparison | None:
        if left == ["gatewayAction"]:
            field = known.get(f"{BUTTON}:")
        elif isinstance(left, list) and len(left) == 3 and left[0] == "dataModel":
            field = known.get(f"{left[2]}:{left[1]}")
        else:
            field = None
        if field is None:
            return None
        found = _comparison(field.id, operator, value)
        try:
            same = found is not None and _write(found, field, 0) == [operator, left, value]
        except EditRefused:
            return None
        return found if same else None

    return _apart(expression, taken)


def read_rule(expression: Value) -> Choice | None:
    """The choice a form's rule stands for, or ``None`` when it was not built by choosing."""

    def taken(operator: str, left: Value, value: Value) -> Comparison | None:
        if isinstance(left, list) and len(left) == 2 and left[0] == "dataModel" and isinstance(left[1], str):
            return _comparison(left[1], operator, value)
        return None

    return _apart(expression, taken)


def _apart(expression: Value, taken: Callable[[str, Value, Value], Comparison | None]) -> Choice | None:
    """Comparisons joined by *and* or *or*, each as *taken* has it; ``None`` when any is of another shape."""
    if not isinstance(expression, list) or not expression:
        return None
    join, parts = ("and", [expression]) if expression[0] not in JOINS else (expression[0], expression[1:])
    found = [
        taken(*part) if isinstance(part, list) and len(part) == 3 and part[0] in COMPARING else None for part in parts
    ]
    return Choice(tuple(c for c in found if c), join) if found and all(found) else None


def _comparison(field: str, operator: str, value: Value) -> Comparison | None:
    if isinstance(value, list | dict):
        return None
    if value is None:
        named = {"equals": "empty", "notEquals": "filled"}.get(operator)
        return Comparison(field, named) if named else None
    return Comparison(field, operator, {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value))
