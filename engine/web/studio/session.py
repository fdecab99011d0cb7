"""What the pages of the workshop share: the guard, what this engine offers, and finding a draft or a version."""

from __future__ import annotations

from sqlalchemy import Connection

from engine.advice.task_types.task_type_registry import JOBS, USER_TASKS
from engine.studio import drafts
from engine.studio.bundle_rules import BUNDLE_RULES
from engine.web.shared import view
from engine.web.shared.guards import guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.bpmn.elements import Finding
from engine.workflow.bpmn.validator import Capabilities
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.definitions.library import Deployed, UnknownDefinition
from engine.workflow.errors import NotFound
from engine.workflow.execution.behaviours import BEHAVIOURS, EVENT_KINDS
from engine.workflow.findings import House, faults

blueprint = guarded("studio", "engine.web", Role.ADMINISTRATOR.value)
CAPABILITIES = Capabilities(frozenset(BEHAVIOURS), EVENT_KINDS)
LANGUAGES = ("nb", "nn", "en")


def house_of(connection: Connection) -> House:
    """What a bundle may use here: elements, job and task types, and processes it may call."""
    application = view.house()
    processes = [deployed.key for deployed in application.library.every_newest(connection)]
    jobs = application.job_types.keys() & JOBS
    return House(CAPABILITIES, jobs, USER_TASKS, processes, application.named, BUNDLE_RULES)


def deployed(connection: Connection, key: str) -> Deployed:
    try:
        return view.house().library.newest(connection, key)
    except UnknownDefinition:
        raise NotFound(key) from None


def draft_of(connection: Connection, key: str) -> drafts.Draft:
    found = drafts.find(connection, key)
    if found is None:
        raise NotFound(key)
    return found


def current(connection: Connection, key: str) -> Bundle:
    """The draft, or the version in use where there is none."""
    draft = drafts.find(connection, key)
    return draft.bundle if draft else deployed(connection, key).bundle


def errors(connection: Connection, bundle: Bundle) -> list[Finding]:
    """What stands in the way of publishing and trying."""
    return [f for f in faults(bundle, house_of(connection)) if f.severity == "error"]
