"""Files in a case: put there, opened, shared with the citizen, taken away."""

from __future__ import annotations

from engine.casework import documents, notices
from engine.casework.commands import (
    AddDocument,
    AddNote,
    OpenAttachment,
    OpenDocument,
    RemoveDocument,
    ShareDocument,
)
from engine.casework.event_kinds import CaseworkEvent
from engine.casework.uploads import Upload
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import NotFound, NotPossible, Reason
from engine.workflow.execution.commands import Outcome
from engine.workflow.execution.context import Context

MAX_TITLE = 120
MAX_WHY = 500


def add_document(ctx: Context) -> None:
    """Refuses a kind nobody knows, and words that are too many."""
    assert isinstance(ctx.command, AddDocument)
    one = ctx.command
    if one.kind not in documents.KINDS:
        raise NotFound(one.kind)
    if not one.title.strip():
        raise NotPossible(Reason("", "text-missing", "the document needs a title"))
    if len(one.title) > MAX_TITLE or len(one.why) > MAX_WHY:
        raise NotPossible(Reason("", "text-long", "the title or the reason is too long"))
    document_id, digest = documents.add(
        ctx.connection,
        ctx.services.vault,
        author=ctx.actor.person_id,
        case=ctx.opened,
        upload=Upload(one.name, one.content_type, one.content),
        title=one.title,
        kind=one.kind,
        barred=one.restricted,
        why=one.why,
        now=ctx.now,
    )
    ctx.audit_kind = CaseworkEvent.DOCUMENT_ADDED
    ctx.audit_data = {"document": document_id, "kind": one.kind, "digest": digest}
    if one.restricted:
        ctx.audit_data["barred"] = one.restricted
    ctx.outcome = Outcome(ctx.case_id, made=document_id)


def share_document(ctx: Context) -> None:
    """Leaves no event where the citizen could read it already."""
    assert isinstance(ctx.command, ShareDocument)
    before = documents.share(ctx.connection, ctx.case_id, ctx.command.document_id, ctx.now)
    if before is not None:
        ctx.audit_kind = CaseworkEvent.DOCUMENT_SHARED
        ctx.audit_data = {"document": ctx.command.document_id, "from": before, "to": None}
        ctx.outcome = Outcome(ctx.case_id, made=ctx.command.document_id)


def notify_of_document(ctx: Context) -> None:
    """The citizen is told of a document they may read from now on."""
    if not ctx.outcome.made:
        return
    one = documents.of(ctx.connection, ctx.services.vault, ctx.case_id, ctx.outcome.made)
    if one.barred:
        return
    notices.give(
        ctx.connection,
        ctx.services.vault,
        case_id=ctx.case_id,
        person_id=ctx.opened.owner_id,
        key=f"document/{one.id}",
        kind="document",
        content={"about": one.title},
        now=ctx.now,
    )


def remove_document(ctx: Context) -> None:
    """Not once it is shared, or was read by another."""
    assert isinstance(ctx.command, RemoveDocument)
    kind = documents.remove(ctx.connection, ctx.case_id, ctx.command.document_id)
    ctx.audit_kind = CaseworkEvent.DOCUMENT_REMOVED
    ctx.audit_data = {"document": ctx.command.document_id, "kind": kind, "said_why": True}


def note_removal(ctx: Context) -> None:
    """Why it was taken away stands in the journal, for the office."""
    assert isinstance(ctx.command, RemoveDocument)
    ctx.send(AddNote(ctx.case_id, ctx.command.note, "internal"))


def open_document(ctx: Context) -> None:
    """Written down every time, before the file is read."""
    assert isinstance(ctx.command, OpenDocument)
    if ctx.actor.role is Role.CITIZEN and ctx.actor.person_id != ctx.opened.owner_id:
        raise NotFound(ctx.command.document_id)
    documents.mark_opened(ctx.connection, ctx.actor, ctx.case_id, ctx.command.document_id, ctx.now)
    ctx.audit_kind, ctx.audit_data = CaseworkEvent.DOCUMENT_OPENED, {"document": ctx.command.document_id}


def open_attachment(ctx: Context) -> None:
    """Written down every time."""
    assert isinstance(ctx.command, OpenAttachment)
    ctx.audit_kind, ctx.audit_data = CaseworkEvent.FILE_OPENED, {"attachment": ctx.command.attachment_id}
