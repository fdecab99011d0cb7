"""What a browser sent for a form, as the data it stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from forms.layout import Field, every, parts_of, rule_of, value_at


def read(
    found: Sequence[Field], schema: Mapping[str, Any] | None, posted: Callable[[str], list[str]]
) -> dict[str, Any]:
    """The data of what was posted. What cannot be read as its type stays as it was written, for the check to name."""
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
    return _without_empty_rows(data, found)


def _put(data: dict[str, Any], path: str, value: Any) -> None:
    *parents, name = parts_of(path)
    here: Any = data
    for part in parents:
        here = here[part] if isinstance(part, int) else here.setdefault(part, {})
    here[name] = value


def _without_empty_rows(data: dict[str, Any], found: Sequence[Field]) -> dict[str, Any]:
    """Rows at the end that nothing was written in are not there."""
    for field in found:
        rows = value_at(data, field.path) if field.kind == "rows" else None
        while rows and rows[-1] == {}:
            rows.pop()
    return data


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
