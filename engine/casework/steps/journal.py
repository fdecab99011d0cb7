"""Notes and messages."""

from __future__ import annotations

from engine.casework import journal, notices, queries
from engine.casework.commands import AddNote, ReadMessages, SendMessage, SetNoteAccess
from engine.casework.event_kinds import CaseworkEvent
from engine.workflow.authorization.actor import Role
from engine.workflow.execution.commands import Outcome
from engine.workflow.execution.context import Context


def add_note(ctx: Context) -> None:
    """The citizen reads it at once, unless it is restricted (D16)."""
    assert isinstance(ctx.command, AddNote)
    note_id = journal.add_note(
        ctx.connection,
        ctx.services.vault,
        author=ctx.actor.person_id,
        case_id=ctx.case_id,
        owner_id=ctx.opened.owner_id,
        text=ctx.command.text,
        now=ctx.now,
        restricted=ctx.command.restricted,
    )
    ctx.audit_kind = CaseworkEvent.NOTE_WRITTEN
    ctx.audit_data = {"note": note_id, **({"barred": ctx.command.restricted} if ctx.command.restricted else {})}
    ctx.outcome = Outcome(ctx.case_id, made=note_id)


def set_note_access(ctx: Context) -> None:
    """Leaves no event where nothing changes."""
    assert isinstance(ctx.command, SetNoteAccess)
    note_id, after = ctx.command.note_id, ctx.command.restricted
    before = journal.set_access(ctx.connection, ctx.case_id, note_id, after)
    if before != after:
        ctx.audit_kind = CaseworkEvent.NOTE_BARRED if after else CaseworkEvent.NOTE_OPENED
        ctx.audit_data = {"note": note_id, "from": before or None, "to": after or None}


def send_message(ctx: Context) -> None:
    assert isinstance(ctx.command, SendMessage)
    message_id = journal.send_message(
        ctx.connection,
        ctx.services.vault,
        author=ctx.actor.person_id,
        role=ctx.actor.role,
        case_id=ctx.case_id,
        owner_id=ctx.opened.owner_id,
        text=ctx.command.text,
        now=ctx.now,
    )
    ctx.audit_kind = CaseworkEvent.MESSAGE_SENT
    ctx.audit_data = {"message": message_id}
    ctx.outcome = Outcome(ctx.case_id, made=message_id)


def read_messages(ctx: Context) -> None:
    """What comes while the page is drawn stays unread."""
    assert isinstance(ctx.command, ReadMessages)
    for case in queries.cases_of(ctx.connection, ctx.actor.person_id):
        if case.owner_id == ctx.actor.person_id:
            journal.mark_read(ctx.connection, case.id, Role.CITIZEN, ctx.command.until)
    notices.mark_read(ctx.connection, ctx.actor.person_id, ctx.command.until)
