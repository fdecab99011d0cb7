"""What a citizen who does not log in has said, and somebody at the office writes down for them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, select

from engine.advice.commands import (
    RegisterAnswer,
    RegisterShareStop,
    RegisterSupplement,
    RegisterWithdrawal,
    RemoveRegistered,
)
from engine.advice.consent import actions as consent
from engine.advice.consent import ending
from engine.advice.consent.models import consent_record
from engine.advice.event_kinds import AdviceEvent
from engine.advice.evidence.datasets import DataSet
from engine.advice.evidence.models import supplement
from engine.advice.sharing import actions as sharing
from engine.advice.sharing.models import share
from engine.advice.steps.supplements import enter_added
from engine.casework import notices
from engine.casework.commands import AddNote
from engine.workflow.errors import NotFound
from engine.workflow.execution.commands import CompleteOnBehalf, CorrelateMessage, Outcome
from engine.workflow.execution.context import Context, Step
from engine.workflow.execution.models import user_task


def register_answer(ctx: Context) -> None:
    """The engine's own sequence of a task that is done for another, in this transaction."""
    assert isinstance(ctx.command, RegisterAnswer)
    one = ctx.command
    of_case = select(user_task.c.id).where(user_task.c.id == one.task_id, user_task.c.case_id == ctx.case_id)
    if ctx.connection.execute(of_case).first() is None:
        raise NotFound(one.task_id)
    ctx.outcome = ctx.send(CompleteOnBehalf(one.task_id, data=one.data, received=one.received))


def note_registration(ctx: Context) -> None:
    """The journal says what was written down, and the citizen is told by whom and how."""
    assert isinstance(ctx.command, RegisterAnswer | RegisterWithdrawal | RegisterShareStop)
    if ctx.audit_kind is None and not isinstance(ctx.command, RegisterAnswer):
        return  # it had ended before
    if ctx.command.note:
        ctx.send(AddNote(ctx.case_id, ctx.command.note))
    notices.give(
        ctx.connection,
        ctx.services.vault,
        case_id=ctx.case_id,
        person_id=ctx.opened.owner_id,
        key=f"registered/{ctx.now.isoformat()}",
        kind="registered",
        content={"by": ctx.actor.person_id, "received": ctx.command.received.channel},
        now=ctx.now,
    )


def register_withdrawal(data_sets: Mapping[str, DataSet]) -> Step:
    """The step that ends it with all that only it allowed of *data_sets*, as the citizen's own withdrawal does."""

    def withdraw(ctx: Context) -> None:
        assert isinstance(ctx.command, RegisterWithdrawal)
        record_id, received = ctx.command.record_id, ctx.command.received
        of_case = select(consent_record.c.id).where(
            consent_record.c.id == record_id, consent_record.c.case_id == ctx.case_id
        )
        if ctx.connection.execute(of_case).first() is None:
            raise NotFound(record_id)
        ctx.outcome = Outcome(ctx.case_id)
        registration = consent.Registration(ctx.actor, received)
        basis = consent.withdraw(
            ctx.connection, record_id=record_id, data_sets=data_sets, now=ctx.now, registration=registration
        )
        if basis is None:
            return
        ctx.wakes_workers = True
        ctx.audit_kind = AdviceEvent.WITHDRAWAL_REGISTERED
        ctx.audit_data = {"record": record_id, "basis": basis, "received": received.channel}
        if not ending.allowed(ctx.connection, ctx.case_id, ctx.now):
            ctx.send(CorrelateMessage("consent.withdrawn", ctx.case_id, "consent", record_id))

    return withdraw


def register_share_stop(ctx: Context) -> None:
    """Leaves no event where it had ended before."""
    assert isinstance(ctx.command, RegisterShareStop)
    share_id, received = ctx.command.share_id, ctx.command.received
    of_case = select(share.c.id).where(share.c.id == share_id, share.c.case_id == ctx.case_id)
    if ctx.connection.execute(of_case).first() is None:
        raise NotFound(share_id)
    ctx.outcome = Outcome(ctx.case_id)
    if sharing.stop(ctx.connection, share_id=share_id, now=ctx.now):
        ctx.audit_kind = AdviceEvent.SHARE_STOP_REGISTERED
        ctx.audit_data = {"share": share_id, "received": received.channel}


def register_supplement(ctx: Context) -> None:
    """What stands on the citizen's papers, entered beside what sources tell."""
    assert isinstance(ctx.command, RegisterSupplement)
    enter_added(ctx, registered_by=ctx.actor.person_id)
    ctx.audit_kind = AdviceEvent.SUPPLEMENT_REGISTERED
    ctx.audit_data = {"entry": ctx.outcome.made, "received": ctx.command.received.channel}


def remove_registered(ctx: Context) -> None:
    """Only what somebody at an office entered, and in this case."""
    assert isinstance(ctx.command, RemoveRegistered)
    ctx.outcome = Outcome(ctx.case_id)
    which = supplement.c.id == ctx.command.entry_id
    row = ctx.connection.execute(select(supplement.c.case_id, supplement.c.registered_by).where(which)).first()
    if row is None:
        return
    if row.case_id != ctx.case_id or row.registered_by is None:
        raise NotFound(ctx.command.entry_id)
    ctx.connection.execute(delete(supplement).where(which))
    ctx.audit_kind = AdviceEvent.REGISTERED_REMOVED
    ctx.audit_data = {"entry": ctx.command.entry_id}
