"""What those who run an installation ask for, beside what they do to one case or incident.

Each has its list of steps in ``engine.workflow.operations.sequence``. Administrators only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.workflow.execution.commands import Command


@dataclass(frozen=True, slots=True)
class ResolveIncidents(Command):
    """Retry or skip many incidents: a batch that a worker carries out, with a result for each.

    how      "retry" or "skip"
    targets  ids of incidents
    chosen   what they were found by, for people to read
    """

    how: str
    targets: tuple[str, ...]
    chosen: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StopBatch(Command):
    """Let the runners end after the item they have in hand."""

    batch_id: str


@dataclass(frozen=True, slots=True)
class ContinueBatch(Command):
    """Go on with a batch that was stopped."""

    batch_id: str


@dataclass(frozen=True, slots=True)
class ResetBreaker(Command):
    """Let everything try a source again at once. ``name``: the breaker's, a task type or one of its sources."""

    name: str


@dataclass(frozen=True, slots=True)
class StartAuditCheck(Command):
    """Verify every chain of events, in the background. One that runs already is not begun again."""
