"""The workflow engine put together: what a job, an operation or a page of it needs. Usable without the product.

::

    runtime = build(Settings.from_env(), clock=SystemClock(), wakeup=no_wakeup)
    runtime.job_types["greet"] = Greet()
    with runtime.db.write() as connection:
        runtime.library.deploy(connection, Bundle.read(folder), by=SYSTEM.person_id)
    runtime.dispatch.send(StartInstance("greeting", owner), SYSTEM)
    performer_of(runtime).run_until_idle()

It imports no advice, no case work, no page and no Flask, and rq only where a ``Wakeup`` notifies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from engine.platform.clock import Clock
from engine.platform.db import Database
from engine.platform.settings import Settings
from engine.platform.vault import Vault
from engine.workflow.authorization.pep import enforce
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.definitions.library import Library
from engine.workflow.execution.commands import Command
from engine.workflow.execution.context import Hooks, Services, Step, WorksAt
from engine.workflow.execution.dispatch import Dispatch
from engine.workflow.execution.expressions import evaluate
from engine.workflow.execution.measured_dispatch import MeasuredDispatch
from engine.workflow.execution.sequence import SEQUENCES
from engine.workflow.execution.validation import validate
from engine.workflow.jobs.job_types import JobType

#: Deletes what has had its time at a moment; returns how many of each.
Housekeeping = Callable[[Connection, datetime], Mapping[str, int]]
#: (process key, revision) → the draft as it was then; ``None`` when it is gone.
DraftAt = Callable[[Connection, str, int], Bundle | None]


def no_hooks(_key: str, _element_id: str, _task_type: str) -> None:
    """A journey that does nothing of its own."""


def no_drafts(_connection: Connection, _key: str, _revision: int) -> None:
    """Nobody writes drafts here."""


def everybody(_connection: Connection, _office: str, _person_id: str) -> bool:
    """No list of who works where."""
    return True


@dataclass
class Runtime:
    """The engine at work.

    wakeup        called after a commit that may have left work
    job_types     what service tasks may be, by task type; added by the caller, who knows them all
    housekeeping  what is tidied now and then, besides the engine's own rows
    draft_at      finds a draft that a move is tried with
    """

    settings: Settings
    clock: Clock
    db: Database
    vault: Vault
    library: Library
    wakeup: Callable[[], None]
    redis_url: str
    dispatch: Dispatch
    job_types: dict[str, JobType] = field(default_factory=dict)
    housekeeping: tuple[Housekeeping, ...] = ()
    draft_at: DraftAt = no_drafts


def build(
    settings: Settings,
    *,
    clock: Clock,
    wakeup: Callable[[], None],
    redis_url: str = "",
    hooks: Hooks = no_hooks,
    works_at: WorksAt = everybody,
    sequences: Mapping[type[Command], tuple[Step, ...]] = SEQUENCES,
) -> Runtime:
    """Put the engine together. It needs a database with the tables (``engine.platform.schema.upgrade``).

    works_at   who still works at an office, where that is known
    sequences  the engine's own commands, and those of the rooms above
    """
    db = Database(settings.database_url)
    vault = Vault(settings, clock)
    library = Library(clock)
    services = Services(clock, library, vault, evaluate, enforce, validate, hooks, works_at)
    dispatch = MeasuredDispatch(db, services, wakeup, sequences)
    return Runtime(settings, clock, db, vault, library, wakeup, redis_url, dispatch)
