"""Incidents: what cannot go on without a person, and how a person lets it go on."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, insert, or_, select, update

from engine.workflow.audit import chain
from engine.workflow.audit.kinds import WorkflowEvent
from engine.workflow.authorization.policy import PolicyError, policy_of
from engine.workflow.definitions import starts
from engine.workflow.errors import AlreadyDone, Invalid, NotPossible, Reason
from engine.workflow.execution import advance
from engine.workflow.execution.behaviours.timer import arm_again, firing
from engine.workflow.execution.commands import RaiseIncident, RaisePolicyIncident, RaiseStuck, ResolveIncident
from engine.workflow.execution.context import Context
from engine.workflow.execution.execution import Fault
from engine.workflow.execution.lifecycle import INCIDENT
from engine.workflow.execution.models import (
    element_instance,
    incident,
    process_instance,
    subscription,
    user_task,
)
from engine.workflow.execution.tokens import INCIDENT as INCIDENT_ROW
from engine.workflow.jobs.models import due_work
from engine.workflow.jobs.outbox import release

STUCK = "stuck"
POLICY = "policy_not_evaluated"


def raise_incident(c: Context) -> None:
    """The element of a job fails; work of another kind stands still by itself. Reported once."""
    assert isinstance(c.command, RaiseIncident) and c.work is not None
    command, work = c.command, c.work
    if work.kind == "job" and c.token is not None:
        if c.token.state != "activated":
            raise AlreadyDone(state=c.token.state)
        c.execution.fail(c.token, Fault(command.code, command.detail), work.id)
    else:
        _write(c, work.case_id, work.instance_id, work.token_id, work.element_id, work.id, command.code, command.detail)
        if c.token is not None:
            c.token.waits |= INCIDENT_ROW
            c.token.changed = True
    if work.kind == "start":
        starts.arm_next(c.connection, work, c.now)
    c.connection.execute(update(due_work).where(due_work.c.id == work.id).values(state="incident"))
    c.audit_kind = WorkflowEvent.INCIDENT_RAISED
    c.audit_data = {"element": work.element_id, "code": command.code}


def _write(
    c: Context,
    case_id: str,
    instance_id: str,
    token_id: str,
    element_id: str,
    work_id: str | None,
    code: str,
    detail: str,
) -> None:
    c.connection.execute(
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
            raised_at=c.now,
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


def raise_stuck(c: Context) -> None:
    """Check again now that nobody else writes; then every element that ought to wait for something fails."""
    assert isinstance(c.command, RaiseStuck)
    live = c.live
    waits = select(process_instance.c.id).where(process_instance.c.id == live.id, waits_for_something())
    listens = bool(live.data and live.data.get("conditions"))
    if live.state != "active" or listens or c.connection.execute(waits).first() is not None:
        raise AlreadyDone(state=live.state)
    rows = c.connection.execute(
        select(element_instance.c.id).where(
            element_instance.c.instance_id == live.id,
            element_instance.c.state == "activated",
            element_instance.c.children == 0,
        )
    )
    tokens = [token for row in rows if (token := c.execution.token(row.id)) is not None]
    for token in tokens:
        c.execution.fail(token, Fault(STUCK, "waits for nothing"))
    if not tokens:
        _write(c, live.case_id, live.id, live.id, live.process.id, None, STUCK, "no element is left")
    c.audit_kind = WorkflowEvent.INCIDENT_RAISED
    c.audit_data = {"element": tokens[0].element.id if tokens else live.process.id, "code": STUCK}


def raise_policy_incident(c: Context) -> None:
    """One open incident for a case and definition, however often somebody is refused. Nothing of the case moves."""
    assert isinstance(c.command, RaisePolicyIncident)
    live = c.live
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
    if c.connection.execute(there).first() is not None:
        raise AlreadyDone(state="open")
    _write(c, live.case_id, live.id, live.id, live.process.id, None, POLICY, c.command.detail)
    c.audit_kind = WorkflowEvent.INCIDENT_RAISED
    c.audit_data = {"element": live.process.id, "code": POLICY}


def drop_policy_incidents(c: Context) -> None:
    """A case that ends needs no policy any more."""
    c.connection.execute(
        update(incident)
        .where(incident.c.case_id == c.case_id, incident.c.code == POLICY, incident.c.state == "open")
        .values(state=INCIDENT.after("open", "cancel"), ended_at=c.now, ended_by=c.actor.person_id)
    )


def _reread_policy(c: Context) -> None:
    """Whether all of the policy is evaluated now, by another version of the engine. Raises ``NotPossible``."""
    try:
        policy_of(c.deployed(c.live.definition_id).bundle.files)
    except PolicyError as error:
        raise NotPossible(*(Reason("", POLICY, str(violation)) for violation in error.violations)) from error


def resolve_incident(c: Context) -> None:
    """Retry does it again from its beginning; skip goes on as if it were done.

    The policy of a definition is read again; a skip says that it is known, and the next who is refused raises it anew.
    """
    assert isinstance(c.command, ResolveIncident) and c.incident is not None
    how, reason = c.command.how, c.command.reason.strip()
    if how == "skip" and not reason:
        raise Invalid(())
    if c.incident.code == POLICY and how == "retry":
        _reread_policy(c)
    state = INCIDENT.after(c.incident.state, how)
    c.connection.execute(
        update(incident)
        .where(incident.c.id == c.command.incident_id)
        .values(state=state, ended_at=c.now, ended_by=c.actor.person_id, reason=reason[:500])
    )
    if c.token is not None and (c.work is None or c.work.kind == "job"):
        _element(c)
    elif c.work is not None:
        _work(c, c.work)
    elif c.incident.code != POLICY:
        assert c.instance is not None
        if how == "skip":
            c.instance.children = 0
        c.execution.later(advance.scope_done, c.instance)
    advance.run(c.execution)
    c.audit_kind = WorkflowEvent.INCIDENT_RESOLVED
    c.audit_data = {"element": c.incident.element_id, "how": how, "code": c.incident.code}
    if not c.case_id:
        chain.append(c.connection, chain.SYSTEM_CHAIN, c.now, c.actor, c.audit_kind, c.audit_data)


def _element(c: Context) -> None:
    """The element that failed begins again, its job is tried again, or it is left behind."""
    assert isinstance(c.command, ResolveIncident) and c.token is not None
    c.execution.move(c.token, "recover")
    if c.command.how == "skip":
        if c.work is not None:
            c.connection.execute(update(due_work).where(due_work.c.id == c.work.id).values(state="done"))
        c.execution.later(advance.leave, c.token)
    elif c.work is not None and release(c.connection, c.work.id, c.now):
        c.rings = True
    else:
        c.execution.later(lambda x, token: x.palette.of(token).activate(x, token), c.token)


def _work(c: Context, work: Row[Any]) -> None:
    """Work that is no job's is due again, or done without."""
    assert isinstance(c.command, ResolveIncident)
    if c.command.how == "retry":
        release(c.connection, work.id, c.now)
        c.rings = True
        return
    c.connection.execute(update(due_work).where(due_work.c.id == work.id).values(state="done"))
    if work.kind == "timer" and c.holder is not None:
        element = c.holder.instance.process.elements[work.element_id]
        arm_again(c.execution, c.holder, element, work.payload.get("cause", ""), *firing(work))
