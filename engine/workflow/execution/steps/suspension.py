"""Let a case stand still, and let it go on with everything that came in meanwhile.

While it stands, its due work is ``held`` (a worker that is at it loses its lease, and
the job is done again), tasks are refused, messages lie in the buffer for their time
to live, and signals wait as held work. Deadlines are dates and do not move.
"""

from __future__ import annotations

from sqlalchemy import Row, delete, select, update

from engine.platform.lifecycle import TransitionError
from engine.workflow.audit.kinds import WorkflowEvent
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import NotPossible, Reason
from engine.workflow.execution import advance, messages, triggers
from engine.workflow.execution.commands import MigrateInstance, ModifyInstance, ResumeCase, SuspendCase
from engine.workflow.execution.context import Context
from engine.workflow.execution.lifecycle import PROCESS_INSTANCE
from engine.workflow.execution.models import message, process_instance, subscription
from engine.workflow.execution.steps.locks import HELD
from engine.workflow.execution.steps.reasons import require_reason_within_limit
from engine.workflow.execution.store import holder_of
from engine.workflow.jobs.models import due_work

#: Work that has left the case already: what it sent to others goes on its way.
LEFT = ("pass_on", "outbox")
_ACTION = {SuspendCase: "suspend", ResumeCase: "resume", ModifyInstance: "modify", MigrateInstance: "migrate"}


def check_operator(ctx: Context) -> None:
    """Operations are for administrators and the system, and for whom the journey's policy permits the action."""
    if ctx.actor.role not in (Role.SYSTEM, Role.ADMINISTRATOR):
        ctx.services.enforce(ctx, _ACTION.get(type(ctx.command), "migrate"), "")


def suspend_case(ctx: Context) -> None:
    assert isinstance(ctx.command, SuspendCase)
    _move(ctx, "suspend")
    ctx.connection.execute(
        update(due_work)
        .where(due_work.c.case_id == ctx.case_id, due_work.c.kind.not_in(LEFT), due_work.c.state.in_(("due", "leased")))
        .values(state=HELD, fence=due_work.c.fence + 1, lease_until=None)
    )
    ctx.audit_kind = WorkflowEvent.CASE_SUSPENDED
    ctx.audit_data = {"reason": require_reason_within_limit(ctx.command.reason)}


def resume_case(ctx: Context) -> None:
    assert isinstance(ctx.command, ResumeCase)
    _move(ctx, "resume")
    ctx.connection.execute(
        update(due_work).where(due_work.c.case_id == ctx.case_id, due_work.c.state == HELD).values(state="due")
    )
    called = select(process_instance.c.id).where(
        process_instance.c.case_id == ctx.case_id, process_instance.c.state == "active"
    )
    for identity in ctx.connection.execute(called).scalars().all():
        ctx.execution.reevaluate_conditions_of(ctx.execution.instance(identity))
    ctx.execution.reevaluate_conditions_of(ctx.live)  # conditions a migration began to listen for while it stood still
    ctx.wakes_workers = True
    ctx.audit_kind = WorkflowEvent.CASE_RESUMED
    ctx.audit_data = {"reason": require_reason_within_limit(ctx.command.reason)} if ctx.command.reason else {}


def _move(ctx: Context, trigger: str) -> None:
    """The case and everything it has called."""
    try:
        state = PROCESS_INSTANCE.after(ctx.live.state, trigger)
    except TransitionError:
        raise NotPossible(Reason("", "wrong-state", f"the case is {ctx.live.state}")) from None
    ctx.connection.execute(
        update(process_instance)
        .where(
            process_instance.c.case_id == ctx.case_id,
            process_instance.c.id != ctx.case_id,
            process_instance.c.state == ctx.live.state,
        )
        .values(state=state, version=process_instance.c.version + 1)
    )
    ctx.live.state = state
    ctx.live.changed = True


def deliver_buffered(ctx: Context) -> None:
    """Messages that came while nobody could take them, in the order they came."""
    advance.run(ctx.execution)
    dead: list[str] = []
    taken: list[str] = []
    while True:
        found = _next_buffered(ctx, dead)
        if found is None:
            break
        holder = holder_of(ctx.execution, found)
        if holder is None or (holder.id, found.element_id) in ctx.execution.unsubscribed:
            dead.append(found.id)
            continue
        messages.take(ctx.connection, found.message_row, ctx.now)
        taken.append(found.message)
        triggers.trigger(ctx.execution, holder, found.element_id, found.variables, f"message:{found.message}")
        advance.run(ctx.execution)
    if taken:
        ctx.audit_data["messages"] = taken


def _next_buffered(ctx: Context, dead: list[str]) -> Row[tuple[object, ...]] | None:
    """The oldest untaken message somebody in the case listens for, with who does."""
    wanted = (
        select(subscription, message.c.id.label("message_row"), message.c.variables)
        .join(
            message,
            (message.c.name == subscription.c.message) & (message.c.correlation_key == subscription.c.correlation_key),
        )
        .where(
            subscription.c.case_id == ctx.case_id,
            subscription.c.kind == "message",
            subscription.c.id.not_in(dead),
            message.c.kind == "message",
            message.c.taken_at.is_(None),
            message.c.expires_at > ctx.now,
        )
        .order_by(message.c.received_at, message.c.id, subscription.c.created_at, subscription.c.id)
        .limit(1)
    )
    return ctx.connection.execute(wanted).first()


def drop_held(ctx: Context) -> None:
    """What waited for a case that has ended waits for nothing."""
    ctx.connection.execute(delete(due_work).where(due_work.c.case_id == ctx.case_id, due_work.c.state == HELD))
