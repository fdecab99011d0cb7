"""How a case begins."""

from __future__ import annotations

from engine.workflow.audit.kinds import WorkflowEvent
from engine.workflow.authorization import pep
from engine.workflow.authorization.actor import Role
from engine.workflow.definitions import starts
from engine.workflow.definitions.library import UnknownDefinitionError, start_timers
from engine.workflow.errors import AlreadyDone, Forbidden, NotFound
from engine.workflow.execution import advance, data
from engine.workflow.execution.commands import BeginByTimer, StartInstance
from engine.workflow.execution.context import Context
from engine.workflow.jobs import outbox


def create_instance(ctx: Context) -> None:
    """A new instance of the newest version. It is its own case."""
    assert isinstance(ctx.command, StartInstance)
    try:
        deployed = ctx.services.library.newest(ctx.connection, ctx.command.key)
    except UnknownDefinitionError:
        raise NotFound(ctx.command.key) from None
    ctx.instance = ctx.execution.new_instance(
        deployed.id,
        deployed.bundle.process,
        key=deployed.key,
        owner_id=ctx.command.owner_id,
        variables=dict(ctx.command.variables),
    )
    ctx.case_id = ctx.instance.id
    ctx.audit_kind = WorkflowEvent.CASE_STARTED
    ctx.audit_data = {"process": deployed.key, "version": deployed.version}


def may_start(ctx: Context) -> None:
    """Beginning for another: a caseworker where the policy permits it, for their own office; a citizen never."""
    assert isinstance(ctx.command, StartInstance)
    if ctx.actor.person_id == ctx.live.owner_id:
        return
    if ctx.actor.role is Role.CITIZEN:
        raise Forbidden(ctx.command.key)
    if ctx.actor.role is Role.CASEWORKER:
        office = str(ctx.command.variables.get("office", ""))
        if not pep.may_begin(ctx.deployed(ctx.live.definition_id).bundle, ctx.actor, office):
            raise Forbidden(ctx.command.key)
        ctx.audit_data["for"] = ctx.live.owner_id


def save_start_data(ctx: Context) -> None:
    """Form data the case is started with."""
    assert isinstance(ctx.command, StartInstance)
    for data_type, content in ctx.command.data.items():
        data.write(
            ctx.connection,
            ctx.services.vault,
            instance_id=ctx.live.id,
            case_id=ctx.case_id,
            owner_id=ctx.live.owner_id,
            data_type=data_type,
            content=content,
            now=ctx.now,
        )


def trigger_start_event(ctx: Context) -> None:
    """Put the token on the start event and move until every token rests."""
    assert isinstance(ctx.command, StartInstance)
    if ctx.command.start_event:
        advance.start_at(ctx.execution, ctx.live, ctx.command.start_event)
    else:
        advance.start(ctx.execution, ctx.live)
    advance.run(ctx.execution)


def begin_by_timer(ctx: Context) -> None:
    """A new case, and the next firing of a cycle. A timer the newest version no longer has begins nothing."""
    assert isinstance(ctx.command, BeginByTimer)
    work = outbox.find(ctx.connection, ctx.command.work_id)
    if work is None:
        raise AlreadyDone(state="gone")
    deployed = ctx.services.library.newest(ctx.connection, work.payload["key"])
    if (work.payload["element"], work.payload["cause"]) not in start_timers(deployed.bundle.process):
        raise AlreadyDone(state="replaced")
    starts.schedule_next(ctx.connection, work, ctx.now)
    ctx.instance = ctx.execution.new_instance(
        deployed.id,
        deployed.bundle.process,
        key=deployed.key,
        owner_id=starts.owner(deployed.bundle.metadata),
        variables={},
    )
    ctx.case_id = ctx.instance.id
    advance.start_at(ctx.execution, ctx.instance, work.payload["element"])
    advance.run(ctx.execution)
    ctx.audit_kind = WorkflowEvent.CASE_STARTED
    ctx.audit_data = {"process": deployed.key, "version": deployed.version, "by": work.payload["due"]}
