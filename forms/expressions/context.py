"""The world an expression sees."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from forms.expressions.errors import ExpressionError
from forms.values import Value

_SEGMENT = re.compile(r"([^.\[\]]+)((?:\[\d+\])*)")


@dataclass(frozen=True)
class ExpressionContext:
    """Data models by type, and what surrounds them.

    models        data type → content; ``default`` names the one meant when none is named
    row           indices of the repeating rows around the expression: (group path, index), outermost first
    component     value of a component by id; raises for an unknown one; ``None`` when hidden
    text          text resource by key
    instance      instanceId, appId, instanceOwnerPartyId, instanceOwnerPartyType, instanceOwnerName
    """

    models: Mapping[str, Value] = field(default_factory=dict)
    default: str = "variables"
    row: Sequence[tuple[str, int]] = ()
    component: Callable[[str], Value] | None = None
    text: Callable[[str], str] | None = None
    language: str = "nb"
    instance: Mapping[str, Value] = field(default_factory=dict)
    settings: Mapping[str, Value] = field(default_factory=dict)
    arguments: Sequence[Value] = ()
    gateway_action: str | None = None
    count_data_elements: Callable[[str], int] | None = None

    def look_up(self, path: str, data_type: str | None = None) -> Value:
        """The value at *path*, ``None`` when nothing is there. Rows around the expression are filled in."""
        name = data_type or self.default
        try:
            value = self.models[name]
        except KeyError:
            raise ExpressionError(f"Data model with type {name} not found") from None
        return _walk(value, _parts(self._with_rows(path)))

    def _with_rows(self, path: str) -> str:
        for group, index in self.row:
            if path == group or path.startswith(f"{group}."):
                path = f"{group}[{index}]{path[len(group) :]}" if path != group else path
        return path


def _parts(path: str) -> list[str | int]:
    parts: list[str | int] = []
    for piece in path.split("."):
        match = _SEGMENT.fullmatch(piece)
        if match is None:
            parts.append(piece)
            continue
        parts.append(match[1])
        parts.extend(int(index) for index in re.findall(r"\d+", match[2]))
    return parts


def _walk(value: Value, parts: list[str | int]) -> Value:
    for part in parts:
        if isinstance(part, int):
            if not isinstance(value, list) or part >= len(value):
                return None
            value = value[part]
        elif isinstance(value, Mapping):
            value = value.get(part)
        else:
            return None
        if value is None:
            return None
    return value
