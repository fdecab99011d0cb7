"""What is written down for a citizen who does not log in."""

from __future__ import annotations

from engine.casework import information_requests, registration
from engine.casework.commands import RegisterReply
from engine.casework.event_kinds import CaseworkEvent
from engine.workflow.errors import AlreadyDone
from engine.workflow.execution.commands import Outcome, Received
from engine.workflow.execution.context import Context


def require_received(ctx: Context) -> None:
    """How it came is told, and told right."""
    received = getattr(ctx.command, "received", None)
    assert isinstance(received, Received)
    registration.require(ctx.connection, ctx.case_id, received, ctx.now)


def require_holder(ctx: Context) -> None:
    """A colleague who has the case is asked first; where nobody has it, anybody at the office may."""
    holder = ctx.opened.responsible
    if holder not in (None, ctx.actor.person_id):
        raise AlreadyDone(holder, None, "claimed")


def register_reply(ctx: Context) -> None:
    """The answer is the citizen's; who wrote it down stands beside."""
    assert isinstance(ctx.command, RegisterReply)
    question_id, channel = ctx.command.question_id, ctx.command.received.channel
    information_requests.register_answer(
        ctx.connection,
        ctx.services.vault,
        case_id=ctx.case_id,
        question_id=question_id,
        text=ctx.command.text,
        by=ctx.actor.person_id,
        channel=channel,
        now=ctx.now,
    )
    ctx.audit_kind = CaseworkEvent.REPLY_REGISTERED
    ctx.audit_data = {"question": question_id, "received": channel}
    ctx.outcome = Outcome(ctx.case_id)
