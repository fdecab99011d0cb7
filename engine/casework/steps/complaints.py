"""Complaints about the decision."""

from __future__ import annotations

from engine.casework import complaints, notices
from engine.casework.commands import DecideComplaint, RegisterComplaint
from engine.casework.event_kinds import CaseworkEvent
from engine.workflow.execution.commands import Outcome
from engine.workflow.execution.context import Context


def register_complaint(ctx: Context) -> None:
    """Whether it was in time is decided by the limit as it stands now."""
    assert isinstance(ctx.command, RegisterComplaint)
    one = complaints.register(
        ctx.connection,
        ctx.services.vault,
        author=ctx.actor.person_id,
        case=ctx.opened,
        received_on=ctx.command.received_on,
        text=ctx.command.text,
        now=ctx.now,
    )
    ctx.audit_kind = CaseworkEvent.COMPLAINT_REGISTERED
    ctx.audit_data = {"complaint": one.id, "in_time": one.in_time}
    ctx.outcome = Outcome(ctx.case_id, made=one.id)


def decide_complaint(ctx: Context) -> None:
    """Once."""
    assert isinstance(ctx.command, DecideComplaint)
    complaints.decide(
        ctx.connection,
        ctx.services.vault,
        author=ctx.actor.person_id,
        case=ctx.opened,
        complaint_id=ctx.command.complaint_id,
        outcome=ctx.command.outcome,
        answer=ctx.command.answer,
        now=ctx.now,
    )
    ctx.audit_kind = CaseworkEvent.COMPLAINT_DECIDED
    ctx.audit_data = {"complaint": ctx.command.complaint_id, "outcome": ctx.command.outcome}
    ctx.outcome = Outcome(ctx.case_id, made=ctx.command.complaint_id)


def notify_complainant(ctx: Context) -> None:
    """The citizen is told that it came in, or what became of it."""
    kind = "complaint" if isinstance(ctx.command, RegisterComplaint) else "complaint_decided"
    notices.give(
        ctx.connection,
        ctx.services.vault,
        case_id=ctx.case_id,
        person_id=ctx.opened.owner_id,
        key=f"{kind}/{ctx.outcome.made}",
        kind=kind,
        content={"number": ctx.opened.number},
        now=ctx.now,
    )
