"""Complaints about the decision."""

from __future__ import annotations

from engine.casework import complaint_right, complaints, notices
from engine.casework.commands import (
    AssessTimeliness,
    DecideComplaint,
    MakeComplaint,
    RecordAppeal,
    RegisterComplaint,
)
from engine.casework.event_kinds import CaseworkEvent
from engine.platform.calendar import norwegian_day
from engine.workflow.authorization import pip
from engine.workflow.errors import NotFound
from engine.workflow.execution.commands import Outcome
from engine.workflow.execution.context import Context


def register_complaint(ctx: Context) -> None:
    """As it came to the office. Whether it came late is computed, what follows from it a person says."""
    assert isinstance(ctx.command, RegisterComplaint)
    one = complaints.register(
        ctx.connection,
        ctx.services.vault,
        author=ctx.actor.person_id,
        case=ctx.opened,
        received_on=ctx.command.received_on,
        text=ctx.command.text,
        way=ctx.command.way,
        now=ctx.now,
    )
    ctx.audit_kind = CaseworkEvent.COMPLAINT_REGISTERED
    ctx.audit_data = {"complaint": one.id, "way": one.way, "late": one.late}
    ctx.outcome = Outcome(ctx.case_id, made=one.id)


def make_complaint(ctx: Context) -> None:
    """By the owner of the case or who acts for them, now, of a decision that was sent."""
    assert isinstance(ctx.command, MakeComplaint)
    owner_id = ctx.opened.owner_id
    theirs = owner_id == ctx.actor.person_id or pip.represents(ctx.connection, ctx.actor, owner_id, ctx.case_id)
    if not theirs or complaint_right.newest_right(ctx.connection, ctx.case_id) is None:
        raise NotFound(ctx.case_id)
    one = complaints.register(
        ctx.connection,
        ctx.services.vault,
        author=ctx.actor.person_id,
        case=ctx.opened,
        received_on=norwegian_day(ctx.now),
        text=ctx.command.text,
        way="page",
        now=ctx.now,
    )
    ctx.audit_kind = CaseworkEvent.COMPLAINT_REGISTERED
    ctx.audit_data = {"complaint": one.id, "way": one.way, "late": one.late}
    ctx.outcome = Outcome(ctx.case_id, made=one.id)


def notify_case_holder(ctx: Context) -> None:
    """Whoever has or had the case is told that a complaint came."""
    if ctx.opened.responsible:
        notices.give_to_colleague(
            ctx.connection,
            ctx.services.vault,
            case=ctx.opened,
            person_id=ctx.opened.responsible,
            kind="complaint",
            content={},
            now=ctx.now,
        )


def assess_timeliness(ctx: Context) -> None:
    """Once, by a person, with the reason."""
    assert isinstance(ctx.command, AssessTimeliness)
    one = ctx.command
    complaints.assess(
        ctx.connection,
        ctx.services.vault,
        author=ctx.actor.person_id,
        case=ctx.opened,
        complaint_id=one.complaint_id,
        timeliness=one.timeliness,
        reason=one.reason,
        now=ctx.now,
    )
    ctx.audit_kind = CaseworkEvent.COMPLAINT_ASSESSED
    ctx.audit_data = {"complaint": one.complaint_id, "timeliness": one.timeliness}
    ctx.outcome = Outcome(ctx.case_id, made=one.complaint_id)


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


def record_appeal(ctx: Context) -> None:
    """Once."""
    assert isinstance(ctx.command, RecordAppeal)
    complaints.record_appeal(
        ctx.connection,
        ctx.services.vault,
        author=ctx.actor.person_id,
        case=ctx.opened,
        complaint_id=ctx.command.complaint_id,
        outcome=ctx.command.outcome,
        answer=ctx.command.answer,
        now=ctx.now,
    )
    ctx.audit_kind = CaseworkEvent.APPEAL_ANSWERED
    ctx.audit_data = {"complaint": ctx.command.complaint_id, "outcome": ctx.command.outcome}
    ctx.outcome = Outcome(ctx.case_id, made=ctx.command.complaint_id)


def notify_complainant(ctx: Context) -> None:
    """The citizen is told that it came in, what became of it, or what the appeal body answered."""
    kind, key = "complaint_decided", "complaint_decided"
    if isinstance(ctx.command, RegisterComplaint | MakeComplaint):
        kind = key = "complaint"
    elif isinstance(ctx.command, AssessTimeliness):
        if ctx.command.timeliness != "dismissed":
            return
    elif isinstance(ctx.command, RecordAppeal):
        key = "appeal_answered"
    notices.give(
        ctx.connection,
        ctx.services.vault,
        case_id=ctx.case_id,
        person_id=ctx.opened.owner_id,
        key=f"{key}/{ctx.outcome.made}",
        kind=kind,
        content={"number": ctx.opened.number},
        now=ctx.now,
    )
