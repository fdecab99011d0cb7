"""Rules built by choosing field, operator and value, joined by *and* or *or*: written as Altinn expressions, read back.

An expression of any other shape, written by hand, is kept as it is and shown as it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

#: Operator → the function of the expression language that carries it, where the two are one.
COMPARING = ("equals", "notEquals", "greaterThan", "greaterThanEq", "lessThan", "lessThanEq", "contains")
OPERATORS = (*COMPARING, "filled", "empty")
JOINS = ("and", "or")


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison. ``value`` is what was chosen or written; not used by *filled* and *empty*."""

    field: str
    operator: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """``join`` is *and* or *or*; at least one condition."""

    conditions: tuple[Condition, ...]
    join: str = "and"


def write(rule: Rule) -> list[Any]:
    """The expression of a rule."""
    written = [_write(condition) for condition in rule.conditions]
    return written[0] if len(written) == 1 else [rule.join, *written]


def _write(condition: Condition) -> list[Any]:
    field = ["dataModel", condition.field]
    if condition.operator == "filled":
        return ["notEquals", field, None]
    if condition.operator == "empty":
        return ["equals", field, None]
    return [condition.operator, field, condition.value]


def read(expression: Any) -> Rule | None:
    """The rule an expression stands for, or ``None`` when it was not built by choosing."""
    if not isinstance(expression, list) or not expression:
        return None
    join, parts = "and", [expression]
    if expression[0] in JOINS:
        join, parts = expression[0], expression[1:]
    conditions = [_read(part) for part in parts]
    if not conditions or any(condition is None for condition in conditions):
        return None
    return Rule(tuple(c for c in conditions if c is not None), join)


def _read(part: Any) -> Condition | None:
    if not (isinstance(part, list) and len(part) == 3 and part[0] in COMPARING):
        return None
    operator, field, value = part
    if not (isinstance(field, list) and len(field) == 2 and field[0] == "dataModel" and isinstance(field[1], str)):
        return None
    if value is None:
        named = {"equals": "empty", "notEquals": "filled"}.get(operator)
        return Condition(field[1], named) if named else None
    if isinstance(value, bool):
        return Condition(field[1], operator, "true" if value else "false")
    if isinstance(value, str | int | float):
        return Condition(field[1], operator, str(value))
    return None


def chosen(fields: Sequence[str], operators: Sequence[str], values: Sequence[str], join: str) -> Rule | None:
    """The rule a page's rows of choices give; rows without a field are left out. ``None``: no rule at all."""
    rows = zip(fields, operators, values, strict=False)
    found = tuple(Condition(f, o, v.strip()) for f, o, v in rows if f and o in OPERATORS)
    return Rule(found, join if join in JOINS else "and") if found else None
