"""Messages and signals: who waits gets them, else they begin a case, else they lie in the buffer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, select

from engine.workflow.audit.kinds import WorkflowEvent
from engine.workflow.errors import AlreadyDone
from engine.workflow.execution import advance, messages, triggers
from engine.workflow.execution.commands import (
    BroadcastSignal,
    CorrelateMessage,
    Outcome,
    PassOn,
    TellSignal,
)
from engine.workflow.execution.context import Context
from engine.workflow.execution.models import process_instance
from engine.workflow.execution.steps.locks import is_suspended
from engine.workflow.execution.store import holder_of
from engine.workflow.jobs.models import due_work


def accept_message(c: Context) -> None:
    """Take a message id once, and find who waits."""
    command = c.command
    assert isinstance(command, CorrelateMessage)
    if messages.seen(c.connection, command.source, command.message_id):
        c.outcome = Outcome(state="repeated", repeated=True)
        return
    identity = messages.keep(
        c.connection,
        kind="message",
        name=command.name,
        key=command.key,
        source=command.source,
        message_id=command.message_id,
        variables=command.variables,
        owner_id=command.owner_id,
        now=c.now,
        time_to_live=command.time_to_live,
    )
    _correlate(c, identity, command.name, command.key, command.variables, command.owner_id)


def _correlate(c: Context, identity: str, name: str, key: str, variables: Mapping[str, Any], owner_id: str) -> None:
    waiting = messages.waiting_for(c.connection, name, key)
    if waiting is not None and is_suspended(c, waiting.case_id):
        c.outcome = Outcome(state="buffered")  # its case takes it when it is resumed
        return
    if waiting is not None and _trigger(c, waiting, identity, variables, f"message:{name}"):
        c.audit_kind = WorkflowEvent.MESSAGE_RECEIVED
        c.audit_data = {"message": name, "element": waiting.element_id}
        return
    begins = messages.starts(c.connection, "message", name) if owner_id else []
    if begins:
        messages.take(c.connection, identity, c.now)
        _begin(c, begins[0], variables, owner_id)
        return
    c.outcome = Outcome(state="buffered")


def _trigger(c: Context, wait: Row[Any], identity: str, variables: Mapping[str, Any], cause: str) -> bool:
    """Lock the listener's case and wake the listener. False when it has gone meanwhile.

    The message is taken first: whoever listens for the same one further on must not find it again.
    """
    c.connection.execute(select(process_instance.c.id).where(process_instance.c.id == wait.case_id).with_for_update())
    holder = holder_of(c.execution, wait)
    if holder is None:
        return False
    messages.take(c.connection, identity, c.now)
    c.case_id = wait.case_id
    c.holder = holder
    c.instance = holder.instance
    triggers.trigger(c.execution, holder, wait.element_id, variables, cause)
    advance.run(c.execution)
    return True


def _begin(c: Context, start: Row[Any], variables: Mapping[str, Any], owner_id: str) -> None:
    """A new case of its owner, begun by what came."""
    deployed = c.deployed(start.definition_id)
    instance = c.execution.new_instance(
        deployed.id, deployed.bundle.process, key=deployed.key, owner_id=owner_id, variables=dict(variables)
    )
    c.case_id = instance.id
    c.instance = instance
    advance.start_at(c.execution, instance, start.element_id)
    advance.run(c.execution)
    c.audit_kind = WorkflowEvent.CASE_STARTED
    c.audit_data = {"process": deployed.key, "version": deployed.version, "by": start.name}


def accept_signal(c: Context) -> None:
    """Take a signal id once; it is delivered by work of its own."""
    command = c.command
    assert isinstance(command, BroadcastSignal)
    if messages.seen(c.connection, command.source, command.message_id):
        c.outcome = Outcome(state="repeated", repeated=True)
        return
    identity = messages.keep(
        c.connection,
        kind="signal",
        name=command.name,
        key="",
        source=command.source,
        message_id=command.message_id,
        variables=command.variables,
        owner_id=command.owner_id,
        now=c.now,
    )
    messages.send(c.connection, "pass_on", identity, "", c.now)
    c.rings = True
    c.outcome = Outcome(state="accepted")


def pass_on(c: Context) -> None:
    """What a case threw: a message to one, a signal to all. Each start of a process is work of its own."""
    assert isinstance(c.command, PassOn)
    work = c.connection.execute(select(due_work).where(due_work.c.id == c.command.work_id)).first()
    if work is None:
        raise AlreadyDone(state="gone")
    row = messages.stored(c.connection, work.payload["message"])
    if row.kind == "message":
        _correlate(c, row.id, row.name, row.correlation_key, row.variables, row.owner_id)
        return
    start = work.payload.get("start")
    begins = messages.starts(c.connection, "signal", row.name) if row.owner_id else []
    if start is not None:
        chosen = next((s for s in begins if [s.definition_id, s.element_id] == start), None)
        if chosen is not None:
            _begin(c, chosen, row.variables, row.owner_id)
        return
    messages.take(c.connection, row.id, c.now)
    messages.tell_listeners(c.connection, row, c.now)
    messages.begin_later(c.connection, row, begins, c.now)
    c.rings = True


def tell_signal(c: Context) -> None:
    """One listener of another case hears it."""
    assert isinstance(c.command, TellSignal) and c.holder is not None and c.work is not None
    row = messages.stored(c.connection, c.work.payload["message"])
    triggers.trigger(c.execution, c.holder, c.work.element_id, row.variables, f"signal:{row.name}")
    advance.run(c.execution)
    c.audit_kind = WorkflowEvent.SIGNAL_RECEIVED
    c.audit_data = {"signal": row.name, "element": c.work.element_id}
