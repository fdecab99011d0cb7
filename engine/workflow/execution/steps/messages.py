"""Messages and signals: who waits gets them, else they begin a case, else they lie in the buffer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from engine.workflow.audit.kinds import WorkflowEvent
from engine.workflow.errors import AlreadyDone
from engine.workflow.execution import advance, messages, triggers
from engine.workflow.execution.commands import (
    BroadcastSignal,
    CorrelateMessage,
    DeliverSignal,
    Outcome,
    PassOn,
)
from engine.workflow.execution.context import Context
from engine.workflow.execution.messages import Listener, Start
from engine.workflow.execution.models import process_instance
from engine.workflow.execution.steps.locks import is_suspended
from engine.workflow.execution.store import holder_of
from engine.workflow.jobs import outbox


def accept_message(ctx: Context) -> None:
    """Take a message id once, and find who waits."""
    command = ctx.command
    assert isinstance(command, CorrelateMessage)
    if messages.seen(ctx.connection, command.source, command.message_id):
        ctx.outcome = Outcome(state="repeated", repeated=True)
        return
    identity = messages.save(
        ctx.connection,
        kind="message",
        name=command.name,
        key=command.key,
        source=command.source,
        message_id=command.message_id,
        variables=command.variables,
        owner_id=command.owner_id,
        now=ctx.now,
        time_to_live=command.time_to_live,
    )
    _correlate(ctx, identity, command.name, command.key, command.variables, command.owner_id)


def _correlate(ctx: Context, identity: str, name: str, key: str, variables: Mapping[str, Any], owner_id: str) -> None:
    waiting = messages.waiting_for(ctx.connection, name, key)
    if waiting is not None and is_suspended(ctx, waiting.case_id):
        ctx.outcome = Outcome(state="buffered")  # its case takes it when it is resumed
        return
    if waiting is not None and _trigger(ctx, waiting, identity, variables, f"message:{name}"):
        ctx.audit_kind = WorkflowEvent.MESSAGE_RECEIVED
        ctx.audit_data = {"message": name, "element": waiting.element_id}
        return
    begins = messages.starts(ctx.connection, "message", name) if owner_id else []
    if begins:
        messages.take(ctx.connection, identity, ctx.now)
        _begin(ctx, begins[0], variables, owner_id)
        return
    ctx.outcome = Outcome(state="buffered")


def _trigger(ctx: Context, wait: Listener, identity: str, variables: Mapping[str, Any], cause: str) -> bool:
    """Lock the listener's case and wake the listener. False when it has gone meanwhile.

    The message is taken first: whoever listens for the same one further on must not find it again.
    """
    ctx.connection.execute(select(process_instance.c.id).where(process_instance.c.id == wait.case_id).with_for_update())
    holder = holder_of(ctx.execution, wait)
    if holder is None:
        return False
    messages.take(ctx.connection, identity, ctx.now)
    ctx.case_id = wait.case_id
    ctx.holder = holder
    ctx.instance = holder.instance
    triggers.trigger(ctx.execution, holder, wait.element_id, variables, cause)
    advance.run(ctx.execution)
    return True


def _begin(ctx: Context, start: Start, variables: Mapping[str, Any], owner_id: str) -> None:
    """A new case of its owner, begun by what came."""
    deployed = ctx.deployed(start.definition_id)
    instance = ctx.execution.new_instance(
        deployed.id, deployed.bundle.process, key=deployed.key, owner_id=owner_id, variables=dict(variables)
    )
    ctx.case_id = instance.id
    ctx.instance = instance
    advance.start_at(ctx.execution, instance, start.element_id)
    advance.run(ctx.execution)
    ctx.audit_kind = WorkflowEvent.CASE_STARTED
    ctx.audit_data = {"process": deployed.key, "version": deployed.version, "by": start.name}


def accept_signal(ctx: Context) -> None:
    """Take a signal id once; it is delivered by work of its own."""
    command = ctx.command
    assert isinstance(command, BroadcastSignal)
    if messages.seen(ctx.connection, command.source, command.message_id):
        ctx.outcome = Outcome(state="repeated", repeated=True)
        return
    identity = messages.save(
        ctx.connection,
        kind="signal",
        name=command.name,
        key="",
        source=command.source,
        message_id=command.message_id,
        variables=command.variables,
        owner_id=command.owner_id,
        now=ctx.now,
    )
    messages.send(ctx.connection, "pass_on", identity, "", ctx.now)
    ctx.wakes_workers = True
    ctx.outcome = Outcome(state="accepted")


def pass_on(ctx: Context) -> None:
    """What a case threw: a message to one, a signal to all. Each start of a process is work of its own."""
    assert isinstance(ctx.command, PassOn)
    work = outbox.find(ctx.connection, ctx.command.work_id)
    if work is None:
        raise AlreadyDone(state="gone")
    row = messages.stored(ctx.connection, work.payload["message"])
    if row.kind == "message":
        _correlate(ctx, row.id, row.name, row.correlation_key, row.variables, row.owner_id)
        return
    start = work.payload.get("start")
    begins = messages.starts(ctx.connection, "signal", row.name) if row.owner_id else []
    if start is not None:
        chosen = next((s for s in begins if [s.definition_id, s.element_id] == start), None)
        if chosen is not None:
            _begin(ctx, chosen, row.variables, row.owner_id)
        return
    messages.take(ctx.connection, row.id, ctx.now)
    messages.schedule_signals(ctx.connection, row, ctx.now)
    messages.begin_later(ctx.connection, row, begins, ctx.now)
    ctx.wakes_workers = True


def deliver_signal(ctx: Context) -> None:
    """One listener of another case hears it."""
    assert isinstance(ctx.command, DeliverSignal) and ctx.holder is not None and ctx.work is not None
    row = messages.stored(ctx.connection, ctx.work.payload["message"])
    triggers.trigger(ctx.execution, ctx.holder, ctx.work.element_id, row.variables, f"signal:{row.name}")
    advance.run(ctx.execution)
    ctx.audit_kind = WorkflowEvent.SIGNAL_RECEIVED
    ctx.audit_data = {"signal": row.name, "element": ctx.work.element_id}
