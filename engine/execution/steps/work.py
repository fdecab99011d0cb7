"""What jobs, timers, messages and incidents do to a case."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import insert, select, update

from engine.execution import advance
from engine.execution.behaviours.timer import schedule
from engine.execution.commands import (
    CancelCase,
    CorrelateMessage,
    FinishJob,
    RaiseIncident,
    ResolveIncident,
    ThrowError,
)
from engine.execution.context import Context
from engine.execution.execution import Fault
from engine.execution.lifecycle import INCIDENT
from engine.execution.models import due_work, incident, message, process_instance, subscription


def write_effect(c: Context) -> None:
    """What the job found, in the same transaction as the step it allows."""
    assert isinstance(c.command, FinishJob | ThrowError)
    if c.command.effect is not None:
        c.command.effect(c.connection)


def finish_job(c: Context) -> None:
    assert isinstance(c.command, FinishJob) and c.token is not None and c.work is not None
    c.execution.later(advance.complete, c.token, c.command.variables)
    advance.run(c.execution)
    c.audit_kind = "JobFinished"
    c.audit_data = {"element": c.work.element_id, "job": c.work.name}


def throw_error(c: Context) -> None:
    assert isinstance(c.command, ThrowError) and c.token is not None and c.work is not None
    if not advance.throw_error(c.execution, c.token, c.command.code):
        c.execution.fail(c.token, Fault("uncaught_error", c.command.code), c.work.id)
    advance.run(c.execution)
    c.audit_kind = "ErrorThrown"
    c.audit_data = {"element": c.work.element_id, "code": c.command.code}


def fire_timer(c: Context) -> None:
    """The element's own timer completes it; a boundary timer fires, and a cycle arms itself again."""
    assert c.token is not None and c.work is not None
    element = c.token.instance.process.elements[c.work.element_id]
    if not element.interrupting and element.event is not None and element.event.timer == "cycle":
        schedule(c.execution, c.token, element, fired=c.work.payload.get("fired", 0) + 1)
    advance.trigger(c.execution, c.token, element.id)
    advance.run(c.execution)
    c.audit_kind = "TimerFired"
    c.audit_data = {"element": element.id}


def raise_incident(c: Context) -> None:
    assert isinstance(c.command, RaiseIncident) and c.token is not None and c.work is not None
    if c.token.state == "activated" and c.work.kind == "job":
        c.execution.fail(c.token, Fault(c.command.code, c.command.detail), c.work.id)
    c.connection.execute(update(due_work).where(due_work.c.id == c.work.id).values(state="incident"))
    c.audit_kind = "IncidentRaised"
    c.audit_data = {"element": c.work.element_id, "code": c.command.code}


def resolve_incident(c: Context) -> None:
    """Retry runs the element again from its beginning; skip goes on as if it were done."""
    assert isinstance(c.command, ResolveIncident) and c.token is not None and c.work is not None
    state = INCIDENT.after(c.work.state, c.command.how)
    c.connection.execute(
        update(incident)
        .where(incident.c.id == c.command.incident_id)
        .values(state=state, ended_at=c.now, ended_by=c.actor.person_id, reason=c.command.reason)
    )
    c.execution.move(c.token, "recover")
    if c.command.how == "skip":
        c.execution.later(advance.leave, c.token)
    elif c.work.work_id is not None:
        c.connection.execute(
            update(due_work)
            .where(due_work.c.id == c.work.work_id)
            .values(state="due", due_at=c.now, attempts=0, reclaims=0)
        )
    else:
        c.execution.later(lambda x, token: x.palette.of(token).activate(x, token), c.token)
    advance.run(c.execution)
    c.audit_kind = "IncidentResolved"
    c.audit_data = {"element": c.work.element_id, "how": c.command.how}


def accept_message(c: Context) -> None:
    """Take a message id once, and find who waits. Nobody waiting leaves it in the buffer."""
    assert isinstance(c.command, CorrelateMessage)
    seen = c.connection.execute(
        select(message.c.id).where(message.c.source == c.command.source, message.c.message_id == c.command.message_id)
    ).first()
    if seen is not None:
        c.outcome = type(c.outcome)(state="repeated", repeated=True)
        return
    waiting = c.connection.execute(
        select(subscription, process_instance.c.case_id)
        .join(process_instance, process_instance.c.id == subscription.c.instance_id)
        .where(
            subscription.c.message == c.command.name,
            subscription.c.correlation_key == c.command.key,
        )
        .order_by(subscription.c.created_at)
    ).first()
    c.connection.execute(
        insert(message).values(
            id=str(uuid.uuid4()),
            source=c.command.source,
            message_id=c.command.message_id,
            name=c.command.name,
            correlation_key=c.command.key,
            variables=dict(c.command.variables),
            received_at=c.now,
            expires_at=c.now + max(c.command.time_to_live, timedelta(0)),
            taken_at=c.now if waiting else None,
        )
    )
    if waiting is None:
        c.outcome = type(c.outcome)(state="buffered")
        return
    c.connection.execute(
        select(process_instance.c.id).where(process_instance.c.id == waiting.case_id).with_for_update()
    )
    c.case_id = waiting.case_id
    c.token = c.execution.token(waiting.token_id)
    if c.token is None:
        return
    c.instance = c.token.instance
    c.connection.execute(subscription.delete().where(subscription.c.id == waiting.id))
    element = c.instance.process.elements[waiting.element_id]
    if element.attached_to and not element.interrupting:
        c.execution.later(lambda x, token: x.palette.arm(x, token, element), c.token)
    advance.trigger(c.execution, c.token, element.id, c.command.variables)
    advance.run(c.execution)
    c.audit_kind = "MessageReceived"
    c.audit_data = {"message": c.command.name, "element": element.id}


def cancel_case(c: Context) -> None:
    assert isinstance(c.command, CancelCase)
    c.services.enforce(c, "delete", "")
    advance.cancel(c.execution, c.live)
    c.audit_kind = "CaseCancelled"
    c.audit_data = {"reason": c.command.reason[:200]}
