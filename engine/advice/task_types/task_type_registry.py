"""Every task type there is: what an administrator may use in a diagram, and what comes with the product."""

from __future__ import annotations

from collections.abc import Mapping

from engine.advice.evidence.datasets import DataSet, Requirement
from engine.advice.runtime import AdviceRuntime
from engine.advice.task_types.call_out import CallOut, Target
from engine.advice.task_types.checks import EnkCheck, HouseholdCheck
from engine.advice.task_types.collection import (
    BuildOverview,
    OpenSources,
    OpenSourcesAgain,
    PlanHarvest,
    RebuildOverview,
    RevokeGrant,
)
from engine.advice.task_types.documents import Document
from engine.advice.task_types.exchange import (
    AwaitReply,
    ChangeRoles,
    Notify,
    Parties,
    PartyRegister,
    Receiver,
    Submit,
)
from engine.advice.task_types.fetch import Fetch, FetchAgain
from engine.advice.task_types.milestones import MILESTONES
from engine.advice.task_types.user_tasks import Hook, answer_hook, share_hook
from engine.casework.letter_notices import NobodyReached, Notifier, NotifyOfLetter
from engine.casework.statistics.job import ReadTimelines
from engine.workflow.execution.signatures import sign_hook
from engine.workflow.jobs.event_publisher import Publisher, SendEvent
from engine.workflow.jobs.job_types import JobType
from engine.workflow.operations.jobs import RunBatch, VerifyAudit


def hooks(data_sets: Mapping[str, DataSet], receiver: dict[str, str]) -> dict[str, Hook]:
    """User task types that mean more than a form, by name."""
    return {
        "consent": answer_hook(data_sets, receiver, Requirement.CONSENT, "consent-answer"),
        "mandate": answer_hook(data_sets, receiver, Requirement.MANDATE, "mandate-answer"),
        "share": share_hook,
        "signing": sign_hook,
    }


_JOBS: tuple[type[JobType], ...] = (
    OpenSources,
    PlanHarvest,
    Fetch,
    BuildOverview,
    Parties,
    Submit,
    AwaitReply,
    ChangeRoles,
    Notify,
    Document,
    CallOut,
    EnkCheck,
    HouseholdCheck,
)
#: What a service task may be, known without a database.
JOBS = frozenset(job.name for job in _JOBS)


def jobs(
    app: AdviceRuntime,
    registers: Mapping[str, PartyRegister],
    receivers: Mapping[str, Receiver],
    publisher: Publisher,
    targets: Mapping[str, Target] | None = None,
    notifier: Notifier | None = None,
) -> dict[str, JobType]:
    """Task types that workers perform, by name. *targets*: what ``call_out`` may call; *notifier*: of letters."""
    found: tuple[JobType, ...] = (
        OpenSources(app.db, app.vault, app.data_sets, app.channels, app.settings.base_url),
        OpenSourcesAgain(app.db, app.vault, app.data_sets, app.channels, app.settings.base_url),
        PlanHarvest(app.db, app.data_sets),
        Fetch(app.db, app.vault, app.data_sets),
        FetchAgain(app.db, app.vault, app.data_sets),
        BuildOverview(app.db, app.vault, app.data_sets),
        RebuildOverview(app.db, app.vault, app.data_sets),
        RevokeGrant(app.db, app.channels),
        Parties(app.db, app.vault, registers),
        Submit(app.db, app.vault, receivers),
        AwaitReply(receivers, often=not app.settings.production),
        ChangeRoles(),
        Notify(app.db, app.vault, app.library),
        Document(app.db, app.vault, app.library, app.settings.organisation_name),
        CallOut(app.db, app.vault, app.library, app.clock, {} if targets is None else targets),
        EnkCheck(app.db, app.vault, app.data_sets),
        HouseholdCheck(app.db, app.vault, app.data_sets),
        SendEvent(publisher, app.settings.base_url),
        NotifyOfLetter(app.db, app.vault, notifier or NobodyReached()),
        RunBatch(app),
        VerifyAudit(app),
        ReadTimelines(app.db, app.library, MILESTONES),
    )
    return {job.name: job for job in found}


def offers(
    registers: Mapping[str, PartyRegister], receivers: Mapping[str, Receiver], targets: Mapping[str, Target]
) -> dict[str, dict[str, str]]:
    """What settings of a job may name: kind of setting → name → title, "" where pages have a text for it."""
    return {
        "register": dict.fromkeys(registers, ""),
        "receiver": dict.fromkeys(receivers, ""),
        "target": {name: target.title for name, target in targets.items()},
    }


#: What a user task may be. The first three are for every bundle; the others have pages of their own.
USER_TASKS = frozenset(
    {
        "data",
        "confirmation",
        "signing",
        "consent",
        "mandate",
        "share",
        "approve",
        "supplement",
        "assessment",
        "tag_accounts",
        "enk_review",
        "startup_review",
        "checklist",
        "closing_review",
        "household",
        "measures",
        "plan",
    }
)
