"""A case that was closed is decided anew."""

from __future__ import annotations

from engine.casework import notices
from engine.casework.commands import AddNote, ReopenCase
from engine.casework.complaint_right import DECISION
from engine.casework.event_kinds import CaseworkEvent
from engine.workflow.errors import NotPossible, Reason
from engine.workflow.execution.context import Context
from engine.workflow.execution.steps.reopening import reopen_at


def reopen_case(ctx: Context) -> None:
    """Where the decision is written; the decision that was sent stays, and so does its letter."""
    assert isinstance(ctx.command, ReopenCase)
    kind = ctx.deployed(ctx.opened.definition_id).bundle.data_types.get(DECISION)
    if kind is None or not kind.task_id:
        raise NotPossible(Reason("", "no-decision", "the journey has no decision"))
    ctx.audit_kind, ctx.audit_data = CaseworkEvent.CASE_REOPENED, {"said_why": True}
    reopen_at(ctx, kind.task_id)


def note_reopening(ctx: Context) -> None:
    """Why stands in its journal, and the citizen is told."""
    assert isinstance(ctx.command, ReopenCase)
    ctx.send(AddNote(ctx.case_id, ctx.command.reason))
    notices.give(
        ctx.connection,
        ctx.services.vault,
        case_id=ctx.case_id,
        person_id=ctx.opened.owner_id,
        key=f"reopened/{ctx.now.isoformat()}",
        kind="reopened",
        content={"number": ctx.opened.number},
        now=ctx.now,
    )
