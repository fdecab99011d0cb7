"""The task types: what a task is for. Each type is one module and one line in ``wsgi.py``.

A job ends in one of these ways, and says so by what it returns:

    Done      go on; ``effect`` is written in the same transaction
    Deferred  not yet; waiting is not failing
    Retry     a passing failure: again later, with growing pauses
    Error     a BPMN error: the diagram says what happens then
    GiveUp    a person must look: an incident
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection

from engine.workflow.jobs.outbox import Work
from engine.workflow.jobs.retry import DEFAULT, RetryPolicy


@dataclass(frozen=True, slots=True)
class Done:
    """``failed``: the other side failed, though the diagram goes on and asks again in its own time."""

    variables: Mapping[str, Any] = field(default_factory=dict)
    effect: Callable[[Connection], None] | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Deferred:
    until: timedelta
    reason: str


@dataclass(frozen=True, slots=True)
class Retry:
    code: str
    after: float | None = None


@dataclass(frozen=True, slots=True)
class Error:
    """``detail`` says more where nobody catches the error; it is impersonal."""

    code: str
    effect: Callable[[Connection], None] | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class GiveUp:
    code: str
    detail: str = ""


Result = Done | Deferred | Retry | Error | GiveUp


class JobType(Protocol):
    """A task type that a worker performs. ``name`` is the task type in the diagram.

    ``perform`` runs with no transaction open; it may run twice, and must stand it.
    A type that waits long for somebody else says by ``concurrency`` how many of its jobs a worker may have open at once
    with each other side (``engine.workflow.workers.concurrency``); ``other_side(payload)`` names that side.
    A type whose tries differ from ``engine.workflow.jobs.retry.DEFAULT`` has a ``retry`` of its own.
    """

    name: str

    def perform(self, work: Work, now: datetime) -> Result: ...


def policy_of(job_type: JobType) -> RetryPolicy:
    """When its jobs are tried again."""
    declared: RetryPolicy = getattr(job_type, "retry", DEFAULT)
    return declared
