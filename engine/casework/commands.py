"""What can be done in a case beside its steps: written by its caseworkers and by the citizen, all through one door.

Each has its list of steps in ``engine.casework.sequence``; refusals are those of the engine's own commands.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from engine.workflow.execution.commands import CaseCommand, Command


@dataclass(frozen=True, slots=True)
class AddNote(CaseCommand):
    """A journal note. ``restricted`` is why the citizen may not read it, a code of ``journal.BARS``, or ""."""

    case_id: str
    text: str = field(repr=False)
    restricted: str = ""


@dataclass(frozen=True, slots=True)
class SetNoteAccess(CaseCommand):
    """Restrict a note for a reason, or with "" let the citizen read it after all."""

    case_id: str
    note_id: str
    restricted: str = ""


@dataclass(frozen=True, slots=True)
class SendMessage(CaseCommand):
    """From the citizen to the office, or the other way. Whoever may read a case may write to the other side."""

    action: ClassVar[str] = "read"

    case_id: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReadMessages(Command):
    """The actor has read every notice given to them, and in their own cases every message, up to *until*."""

    until: datetime
