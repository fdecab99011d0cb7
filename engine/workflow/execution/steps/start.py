"""How a case begins."""

from __future__ import annotations

from sqlalchemy import select

from engine.workflow.audit.kinds import WorkflowEvent
from engine.workflow.authorization import pep
from engine.workflow.authorization.actor import Role
from engine.workflow.definitions import starts
from engine.workflow.definitions.library import UnknownDefinition, start_timers
from engine.workflow.errors import AlreadyDone, Forbidden, NotFound
from engine.workflow.execution import advance, data
from engine.workflow.execution.commands import BeginByTimer, StartInstance
from engine.workflow.execution.context import Context
from engine.workflow.jobs.models import due_work


def create_instance(c: Context) -> None:
    """A new instance of the newest version. It is its own case."""
    assert isinstance(c.command, StartInstance)
    try:
        deployed = c.services.library.newest(c.connection, c.command.key)
    except UnknownDefinition:
        raise NotFound(c.command.key) from None
    c.instance = c.execution.new_instance(
        deployed.id,
        deployed.bundle.process,
        key=deployed.key,
        owner_id=c.command.owner_id,
        variables=dict(c.command.variables),
    )
    c.case_id = c.instance.id
    c.audit_kind = WorkflowEvent.CASE_STARTED
    c.audit_data = {"process": deployed.key, "version": deployed.version}


def may_start(c: Context) -> None:
    """Beginning for another: a caseworker where the policy permits it, for their own office; a citizen never."""
    assert isinstance(c.command, StartInstance)
    if c.actor.person_id == c.live.owner_id:
        return
    if c.actor.role is Role.CITIZEN:
        raise Forbidden(c.command.key)
    if c.actor.role is Role.CASEWORKER:
        office = str(c.command.variables.get("office", ""))
        if not pep.may_begin(c.deployed(c.live.definition_id).bundle, c.actor, office):
            raise Forbidden(c.command.key)
        c.audit_data["for"] = c.live.owner_id


def keep_start_data(c: Context) -> None:
    """Form data the case is started with."""
    assert isinstance(c.command, StartInstance)
    for data_type, content in c.command.data.items():
        data.write(
            c.connection,
            c.services.vault,
            instance_id=c.live.id,
            case_id=c.case_id,
            owner_id=c.live.owner_id,
            data_type=data_type,
            content=content,
            now=c.now,
        )


def take_start_event(c: Context) -> None:
    """Put the token on the start event and move until every token rests."""
    assert isinstance(c.command, StartInstance)
    if c.command.start_event:
        advance.start_at(c.execution, c.live, c.command.start_event)
    else:
        advance.start(c.execution, c.live)
    advance.run(c.execution)


def begin_by_timer(c: Context) -> None:
    """A new case, and the next firing of a cycle. A timer the newest version no longer has begins nothing."""
    assert isinstance(c.command, BeginByTimer)
    work = c.connection.execute(select(due_work).where(due_work.c.id == c.command.work_id)).first()
    if work is None:
        raise AlreadyDone(state="gone")
    deployed = c.services.library.newest(c.connection, work.payload["key"])
    if (work.payload["element"], work.payload["cause"]) not in start_timers(deployed.bundle.process):
        raise AlreadyDone(state="replaced")
    starts.arm_next(c.connection, work, c.now)
    c.instance = c.execution.new_instance(
        deployed.id,
        deployed.bundle.process,
        key=deployed.key,
        owner_id=starts.owner(deployed.bundle.metadata),
        variables={},
    )
    c.case_id = c.instance.id
    advance.start_at(c.execution, c.instance, work.payload["element"])
    advance.run(c.execution)
    c.audit_kind = WorkflowEvent.CASE_STARTED
    c.audit_data = {"process": deployed.key, "version": deployed.version, "by": work.payload["due"]}
