"""Everything a request, a job or a command needs, put together once by ``wsgi.py``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from engine.advice import sequence as advice
from engine.advice.consent.channels import ConsentChannel
from engine.advice.consent.reminders import remind
from engine.advice.evidence.datasets import DataSet
from engine.advice.retention import purge
from engine.advice.runtime import AdviceRuntime
from engine.casework import members
from engine.casework import sequence as casework
from engine.platform.clock import Clock
from engine.platform.settings import Settings
from engine.workflow import runtime
from engine.workflow.execution.context import Hooks
from engine.workflow.execution.sequence import SEQUENCES
from engine.workflow.operations import sequence as operations
from engine.workflow.runtime import DraftAt, no_drafts, no_hooks
from engine.workflow.workers.performer import Performer, performer_of


@dataclass
class Application(AdviceRuntime):
    """The wired product: advice at work, and what the studio offers.

    offers         what settings of a job may name, see ``task_type_registry.offers``; the data sets are told beside
    provider_urls  where each provider answers, by its name in settings
    """

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
        return performer_of(self)


def build(
    settings: Settings,
    *,
    clock: Clock,
    wakeup: Callable[[], None],
    redis_url: str = "",
    data_sets: Mapping[str, DataSet] | None = None,
    channels: Mapping[str, ConsentChannel] | None = None,
    hooks: Hooks = no_hooks,
    draft_at: DraftAt = no_drafts,
) -> Application:
    """Put the product together. Job types are added by the caller, who knows them all."""
    data_sets = data_sets or {}
    receiver = {"party_id": settings.organisation_number, "name": settings.organisation_name}
    made = runtime.build(
        settings,
        clock=clock,
        wakeup=wakeup,
        redis_url=redis_url,
        hooks=hooks,
        works_at=members.has_not_ended,
        sequences={**SEQUENCES, **casework.SEQUENCES},
    )
    application = Application(
        settings=settings,
        clock=clock,
        db=made.db,
        vault=made.vault,
        library=made.library,
        wakeup=wakeup,
        redis_url=redis_url,
        dispatch=made.dispatch,
        housekeeping=(
            partial(purge, data_sets=data_sets),
            partial(remind, vault=made.vault, before=timedelta(days=settings.consent_reminder_days)),
        ),
        draft_at=draft_at,
        data_sets=data_sets,
        channels=channels or {},
    )
    application.dispatch.add(advice.sequences(data_sets, receiver, made.db))
    application.dispatch.add(operations.sequences(application))
    return application
