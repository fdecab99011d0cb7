"""What a bundle may use here: BPMN elements, job and task types, and the processes it may call."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from engine.advice.task_types.task_type_registry import JOBS, USER_TASKS
from engine.application import Application
from engine.studio.bundle_rules import BUNDLE_RULES
from engine.workflow.bpmn.validator import Capabilities
from engine.workflow.execution.behaviours import BEHAVIOUR_BY_TYPE, EVENT_KINDS
from engine.workflow.findings import Offer

CAPABILITIES = Capabilities(frozenset(BEHAVIOUR_BY_TYPE), EVENT_KINDS)

#: Reads what may be used as it is now: a published process may be called at once.
ReadOffer = Callable[[Connection], Offer]


def offer_reader(application: Application) -> ReadOffer:
    """What reads the offer of an installation."""

    def offer(connection: Connection) -> Offer:
        processes = [deployed.key for deployed in application.library.every_newest(connection)]
        return Offer(
            CAPABILITIES, application.job_types.keys() & JOBS, USER_TASKS, processes, application.named, BUNDLE_RULES
        )

    return offer
