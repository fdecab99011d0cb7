"""Everything a request, a job or a command needs, put together once by ``wsgi.py``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from engine.advice.consent.channels import ConsentChannel
from engine.advice.evidence.datasets import DataSet
from engine.casework import sequence as casework
from engine.platform.clock import Clock
from engine.platform.db import Database
from engine.platform.failpoints import FailPoints
from engine.platform.settings import Settings
from engine.platform.vault import Vault
from engine.workflow.definitions.library import Library
from engine.workflow.execution.context import Hooks, Services
from engine.workflow.execution.dispatch import Dispatch
from engine.workflow.execution.expressions import evaluate
from engine.workflow.execution.measured_dispatch import MeasuredDispatch
from engine.workflow.execution.sequence import SEQUENCES
from engine.workflow.jobs.job_types import JobType
from engine.workflow.jobs.models import QUEUES
from engine.workflow.workers.performer import Performer


@dataclass
class Application:
    """The wired house. ``data_sets`` and ``channels`` come from integrations, ``hooks`` from processes.

    offers  what settings of a job may name, see ``task_types.palette.offers``; the data sets are told beside
    provider_urls  where each provider answers, by its name in settings
    """

    settings: Settings
    clock: Clock
    db: Database
    vault: Vault
    library: Library
    bell: Callable[[], None]
    redis_url: str
    dispatch: Dispatch
    data_sets: Mapping[str, DataSet] = field(default_factory=dict)
    channels: Mapping[str, ConsentChannel] = field(default_factory=dict)
    job_types: dict[str, JobType] = field(default_factory=dict)
    offers: dict[str, Mapping[str, str]] = field(default_factory=dict)
    provider_urls: dict[str, str] = field(default_factory=dict)

    @property
    def named(self) -> dict[str, Mapping[str, str]]:
        """What settings of a job may name: kind → name → title.

        A ``data_set`` has the role of whom it is about instead, and under ``basis`` the legal basis it needs.
        """
        about = {name: found.subject_role for name, found in self.data_sets.items()}
        basis = {name: found.requirement.value for name, found in self.data_sets.items()}
        return {**self.offers, "data_set": about, "basis": basis}

    @property
    def performer(self) -> Performer:
        """Takes due work of every queue."""
        return self.performing()

    def performing(self, queues: Sequence[str] = QUEUES, stopping: Callable[[], bool] = lambda: False) -> Performer:
        """Takes due work of *queues* until *stopping* says so. One for each process: it remembers who answered."""
        points = FailPoints(self.settings.fail_point)
        return Performer(self.db, self.clock, self.dispatch, self.job_types, points, queues, stopping)


def no_hooks(_key: str, _element_id: str, _task_type: str) -> None:
    """A journey that does nothing of its own."""


def build(
    settings: Settings,
    *,
    clock: Clock,
    bell: Callable[[], None],
    redis_url: str = "",
    data_sets: Mapping[str, DataSet] | None = None,
    channels: Mapping[str, ConsentChannel] | None = None,
    hooks: Hooks = no_hooks,
) -> Application:
    """Put the house together. Job types are added by the caller, who knows them all."""
    from engine.workflow.authorization.pep import enforce
    from engine.workflow.execution.validation import validate

    db = Database(settings.database_url)
    vault = Vault(settings, clock)
    library = Library(clock)
    services = Services(clock, library, vault, evaluate, enforce, validate, hooks)
    return Application(
        settings=settings,
        clock=clock,
        db=db,
        vault=vault,
        library=library,
        bell=bell,
        redis_url=redis_url,
        dispatch=MeasuredDispatch(db, services, bell, {**SEQUENCES, **casework.SEQUENCES}),
        data_sets=data_sets or {},
        channels=channels or {},
    )
