"""The rows of the studio, read."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import select

from engine.studio.models import draft


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft: ``bundle`` packed, ``base_version`` 0 for a new process, ``position`` in its history of steps."""

    key: str
    bundle: bytes
    base_version: int
    revision: int
    position: int
    changed_at: datetime
    changed_by: str
    proposed_by: str | None
    proposed_at: datetime | None


#: Reads what makes a ``DraftRow``, in its order.
DRAFT = select(*(draft.c[field.name] for field in fields(DraftRow)))
