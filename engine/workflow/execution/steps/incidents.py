"""Incidents: what cannot go on without a person, and how a person lets it go on."""

from __future__ import annotations

import uuid

from sqlalchemy import ColumnElement, exists, insert, or_, select, update

from engine.workflow.audit import chain
from engine.workflow.audit.kinds import WorkflowEvent
from engine.workflow.authorization.policy import PolicyError, policy_of
from engine.workflow.definitions import starts
from engine.workflow.errors import AlreadyDone, Invalid, NotPossible, Reason
from engine.workflow.execution import advance
from engine.workflow.execution.behaviours.timer import firing, schedule_next
from engine.workflow.execution.commands import RaiseIncident, RaisePolicyIncident, RaiseStuck, ResolveIncident
from engine.workflow.execution.context import Context
from engine.workflow.execution.execution import ExecutionError
from engine.workflow.execution.lifecycle import INCIDENT
from engine.workflow.execution.models import (
    element_instance,
    incident,
    process_instance,
    subscription,
    user_task,
)
from engine.workflow.execution.steps.reasons import require_reason_within_limit
from engine.workflow.execution.tokens import INCIDENT as INCIDENT_ROW
from engine.workflow.jobs.models import due_work
from engine.workflow.jobs.outbox import Work, reopen

STUCK = "stuck"
POLICY = "policy_not_evaluated"


def raise_incident(ctx: Context) -> None:
    """The element of a job fails; work of another kind stands still by itself. Reported once."""
    assert isinstance(ctx.command, RaiseIncident) and ctx.work is not None
    command, work = ctx.command, ctx.work
    if work.kind == "job" and ctx.token is not None:
        if ctx.token.state != "activated":
            raise AlreadyDone(state=ctx.token.state)
        ctx.execution.fail(ctx.token, ExecutionError(command.code, command.detail), work.id)
    else:
        _write(
            ctx, work.case_id, work.instance_id, work.token_id, work.element_id, work.id, command.code, command.detail
        )
        if ctx.token is not None:
            ctx.token.waits |= INCIDENT_ROW
            ctx.token.changed = True
    if work.kind == "start":
        starts.schedule_next(ctx.connection, work, ctx.now)
    ctx.connection.execute(update(due_work).where(due_work.c.id == work.id).values(state="incident"))
    ctx.audit_kind = WorkflowEvent.INCIDENT_RAISED
    ctx.audit_data = {"element": work.element_id, "code": command.code}


def _write(
    ctx: Context,
    case_id: str,
    instance_id: str,
    token_id: str,
    element_id: str,
    work_id: str | None,
    code: str,
    detail: str,
) -> None:
    ctx.connection.execute(
        insert(incident).values(
            id=str(uuid.uuid4()),
            case_id=case_id,
            instance_id=instance_id,
            token_id=token_id,
            element_id=element_id,
            work_id=work_id,
            code=code[:100],
            detail=detail[:1000],
            state="open",
            raised_at=ctx.now,
        )
    )


def waits_for_something() -> ColumnElement[bool]:
    """SQL: whether the process instance has a task, work, a listener, an incident or a called process."""
    here = process_instance.c
    called = process_instance.alias()
    return or_(
        exists().where(
            user_task.c.case_id == here.case_id,
            user_task.c.instance_id == here.id,
            user_task.c.state.in_(("ready", "claimed")),
        ),
        exists().where(
            due_work.c.case_id == here.case_id,
            due_work.c.instance_id == here.id,
            due_work.c.state.in_(("due", "leased", "incident")),
        ),
        exists().where(subscription.c.case_id == here.case_id, subscription.c.instance_id == here.id),
        exists().where(
            incident.c.case_id == here.case_id, incident.c.instance_id == here.id, incident.c.state == "open"
        ),
        exists().where(
            called.c.case_id == here.case_id,
            called.c.state.in_(("active", "suspended")),
            called.c.parent_token == element_instance.c.id,
            element_instance.c.instance_id == here.id,
        ),
    )


def raise_stuck(ctx: Context) -> None:
    """Check again now that nobody else writes; then every element that ought to wait for something fails."""
    assert isinstance(ctx.command, RaiseStuck)
    live = ctx.live
    waits = select(process_instance.c.id).where(process_instance.c.id == live.id, waits_for_something())
    listens = bool(live.data and live.data.get("conditions"))
    if live.state != "active" or listens or ctx.connection.execute(waits).first() is not None:
        raise AlreadyDone(state=live.state)
    rows = ctx.connection.execute(
        select(element_instance.c.id).where(
            element_instance.c.instance_id == live.id,
            element_instance.c.state == "activated",
            element_instance.c.children == 0,
        )
    )
    tokens = [token for row in rows if (token := ctx.execution.token(row.id)) is not None]
    for token in tokens:
        ctx.execution.fail(token, ExecutionError(STUCK, "waits for nothing"))
    if not tokens:
        _write(ctx, live.case_id, live.id, live.id, live.process.id, None, STUCK, "no element is left")
    ctx.audit_kind = WorkflowEvent.INCIDENT_RAISED
    ctx.audit_data = {"element": tokens[0].element.id if tokens else live.process.id, "code": STUCK}


def raise_policy_incident(ctx: Context) -> None:
    """One open incident for a case and definition, however often somebody is refused. Nothing of the case moves."""
    assert isinstance(ctx.command, RaisePolicyIncident)
    live = ctx.live
    there = (
        select(incident.c.id)
        .join(process_instance, process_instance.c.id == incident.c.instance_id)
        .where(
            incident.c.case_id == live.case_id,
            incident.c.code == POLICY,
            incident.c.state == "open",
            process_instance.c.definition_id == live.definition_id,
        )
    )
    if ctx.connection.execute(there).first() is not None:
        raise AlreadyDone(state="open")
    _write(ctx, live.case_id, live.id, live.id, live.process.id, None, POLICY, ctx.command.detail)
    ctx.audit_kind = WorkflowEvent.INCIDENT_RAISED
    ctx.audit_data = {"element": live.process.id, "code": POLICY}


def drop_policy_incidents(ctx: Context) -> None:
    """A case that ends needs no policy any more."""
    ctx.connection.execute(
        update(incident)
        .where(incident.c.case_id == ctx.case_id, incident.c.code == POLICY, incident.c.state == "open")
        .values(state=INCIDENT.after("open", "cancel"), ended_at=ctx.now, ended_by=ctx.actor.person_id)
    )


def _reread_policy(ctx: Context) -> None:
    """Whether all of the policy is evaluated now, by another version of the engine. Raises ``NotPossible``."""
    try:
        policy_of(ctx.deployed(ctx.live.definition_id).bundle.files)
    except PolicyError as error:
        raise NotPossible(*(Reason("", POLICY, str(violation)) for violation in error.violations)) from error


def resolve_incident(ctx: Context) -> None:
    """Retry does it again from its beginning; skip goes on as if it were done.

    The policy of a definition is read again; a skip says that it is known, and the next who is refused raises it anew.
    """
    assert isinstance(ctx.command, ResolveIncident) and ctx.incident is not None
    how, reason = ctx.command.how, ctx.command.reason.strip()
    if how == "skip" and not reason:
        raise Invalid(())
    require_reason_within_limit(reason)
    if ctx.incident.code == POLICY and how == "retry":
        _reread_policy(ctx)
    state = INCIDENT.after(ctx.incident.state, how)
    ctx.connection.execute(
        update(incident)
        .where(incident.c.id == ctx.command.incident_id)
        .values(state=state, ended_at=ctx.now, ended_by=ctx.actor.person_id, reason=reason)
    )
    if ctx.token is not None and (ctx.work is None or ctx.work.kind == "job"):
        _element(ctx)
    elif ctx.work is not None:
        _work(ctx, ctx.work)
    elif ctx.incident.code != POLICY:
        assert ctx.instance is not None
        if how == "skip":
            ctx.instance.children = 0
        ctx.execution.enqueue(advance.scope_done, ctx.instance)
    advance.run(ctx.execution)
    ctx.audit_kind = WorkflowEvent.INCIDENT_RESOLVED
    ctx.audit_data = {"element": ctx.incident.element_id, "how": how, "code": ctx.incident.code}
    if not ctx.case_id:
        chain.append(ctx.connection, chain.SYSTEM_CHAIN, ctx.now, ctx.actor, ctx.audit_kind, ctx.audit_data)


def _element(ctx: Context) -> None:
    """The element that failed begins again, its job is tried again, or it is left behind."""
    assert isinstance(ctx.command, ResolveIncident) and ctx.token is not None
    ctx.execution.move(ctx.token, "recover")
    if ctx.command.how == "skip":
        if ctx.work is not None:
            ctx.connection.execute(update(due_work).where(due_work.c.id == ctx.work.id).values(state="done"))
        ctx.execution.enqueue(advance.leave, ctx.token)
    elif ctx.work is not None and reopen(ctx.connection, ctx.work.id, ctx.now):
        ctx.wakes_workers = True
    else:
        ctx.execution.enqueue(
            lambda execution, token: execution.behaviours.of(token).activate(execution, token), ctx.token
        )


def _work(ctx: Context, work: Work) -> None:
    """Work that is no job's is due again, or done without."""
    assert isinstance(ctx.command, ResolveIncident)
    if ctx.command.how == "retry":
        reopen(ctx.connection, work.id, ctx.now)
        ctx.wakes_workers = True
        return
    ctx.connection.execute(update(due_work).where(due_work.c.id == work.id).values(state="done"))
    if work.kind == "timer" and ctx.holder is not None:
        element = ctx.holder.instance.process.elements[work.element_id]
        schedule_next(ctx.execution, ctx.holder, element, work.payload.get("cause", ""), *firing(work))
