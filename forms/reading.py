"""What a browser sent for a form, as the data it stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from forms.amounts import AmountError, read_number, read_rate
from forms.layout import Field, every, parts_of, rule_of, value_at
from forms.values import Value


def read(
    found: Sequence[Field], schema: Mapping[str, Any] | None, posted: Callable[[str], list[str]]
) -> dict[str, Any]:
    """The data of what was posted. What cannot be read as its type stays as written, for the validation to name."""
    data: dict[str, Any] = {}
    for field in every(found):
        if field.kind == "rows":
            _put(data, field.path, [{} for _ in field.rows])
            continue
        if field.kind == "files":
            continue
        if not field.path or field.read_only:
            if field.path and field.value is not None:
                _put(data, field.path, field.value)
            continue
        submitted = [value.strip() for value in posted(field.path) if value.strip()]
        rule = rule_of(schema, field.path)
        if field.kind == "yes":
            _put(data, field.path, bool(submitted))
        elif rule.get("type") == "array":
            _put(data, field.path, submitted)
        elif field.kind == "checks" and submitted:
            _put(data, field.path, ",".join(submitted))
        elif submitted:
            _put(data, field.path, _typed(submitted[0], field, rule))
    return _without_empty_rows(data, found)


def _put(data: dict[str, Any], path: str, value: Value) -> None:
    *parents, name = parts_of(path)
    here: Any = data
    for part in parents:
        here = here[part] if isinstance(part, int) else here.setdefault(part, {})
    here[name] = value


def _without_empty_rows(data: dict[str, Any], found: Sequence[Field]) -> dict[str, Any]:
    """Rows at the end that nothing was written in are not there."""
    for field in found:
        rows = value_at(data, field.path) if field.kind == "rows" else None
        while isinstance(rows, list) and rows and rows[-1] == {}:
            rows.pop()
    return data


def _typed(text: str, field: Field, rule: Mapping[str, Any]) -> Value:
    """The number that is written, as JSON has it; the text itself where it is none, for the validation to name."""
    if rule.get("type") not in ("number", "integer"):
        return text
    try:
        value = number_of(text, field, rule)
    except AmountError:
        return text
    if value == value.to_integral_value():
        return int(value)
    return float(value) if Decimal(repr(float(value))) == value else text


def number_of(text: str, field: Field, rule: Mapping[str, Any]) -> Decimal:
    """The number a person wrote in *field*. Raises ``AmountError``.

    A comma before three digits is asked about, unless the largest value of the schema leaves one meaning only.
    """
    if field.suffix.strip() == "%":
        return read_rate(text, negative=True)
    try:
        return read_number(text)
    except AmountError as error:
        largest = rule.get("maximum")
        if error.code == "ambiguous" and largest is not None and error.values["thousands"] > Decimal(str(largest)):
            return error.values["decimals"]
        raise
