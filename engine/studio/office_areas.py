"""Which office serves which municipality: data the administrators keep, by the municipality's number.

A case goes to the office of the municipality its owner lives in, whatever journey it is of. Where none is entered for
it, the office of the journey's own bundle takes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection

from engine.studio import studio_settings
from engine.studio.studio_settings import Setting

#: As stored: ``[{"municipality", "orgno", "name"}]``, by municipality.
AREAS: Setting[list[dict[str, str]]] = Setting("office_areas", [])
MAX_NAME = 100
_LINE = re.compile(r"(\d{4})\s+(\d{9})\s+(\S.*)")


class AreaError(ValueError):
    """A line that names no municipality and office. ``line`` counts from 1, ``rule`` is why."""

    def __init__(self, line: int, rule: str) -> None:
        super().__init__(f"line {line}: {rule}")
        self.line, self.rule = line, rule


@dataclass(frozen=True, slots=True)
class Area:
    """``municipality`` is a number of four digits, ``orgno`` and ``name`` are the office's."""

    municipality: str
    orgno: str
    name: str


def read(text: str) -> tuple[Area, ...]:
    """One municipality a line, ``3205 312345672 Nav Lillestrøm``. Raises ``AreaError`` for the first that is not."""
    found: dict[str, Area] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None or len(match[3]) > MAX_NAME:
            raise AreaError(number, "shape")
        if match[1] in found:
            raise AreaError(number, "twice")
        found[match[1]] = Area(*match.groups())
    return tuple(found[municipality] for municipality in sorted(found))


def written(areas: Iterable[Area]) -> str:
    """As ``read`` reads it."""
    return "\n".join(f"{area.municipality} {area.orgno} {area.name}" for area in areas)


def every(connection: Connection) -> tuple[Area, ...]:
    """What is in force, by municipality."""
    return tuple(Area(**area) for area in studio_settings.get(connection, AREAS))


def serving(connection: Connection, municipality: str) -> Area | None:
    """The office that serves a municipality, ``None`` where none is entered for it."""
    return next((area for area in every(connection) if area.municipality == municipality), None)


def save(connection: Connection, areas: Sequence[Area], by: str, now: datetime) -> None:
    """Write all of them over those before."""
    studio_settings.save(connection, AREAS, [asdict(area) for area in areas], by, now)
