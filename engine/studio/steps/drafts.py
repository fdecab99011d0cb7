"""Drafts: begun, changed, undone and redone, proposed and discarded."""

from __future__ import annotations

from dataclasses import replace

from engine.studio import drafts
from engine.studio.bpmn_editor import EditRefused
from engine.studio.commands import BeginDraft, DraftCommand, DraftEdit, Edited, RedoDraft
from engine.studio.event_kinds import StudioEvent
from engine.studio.rows import DraftRow
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.definitions.library import UnknownDefinitionError
from engine.workflow.errors import AlreadyDone, NotFound
from engine.workflow.execution.commands import Outcome
from engine.workflow.execution.context import Context


def lock_draft(ctx: Context) -> None:
    """One writer per draft; ``ctx.locked`` is the draft as it stands under the lock."""
    assert isinstance(ctx.command, DraftCommand)
    ctx.locked = drafts.locked(ctx.connection, ctx.command.key)
    if ctx.locked is None:
        raise NotFound(ctx.command.key)


def require_seen(ctx: Context) -> None:
    """Nobody undoes, discards or publishes what they have not seen."""
    assert isinstance(ctx.command, DraftCommand)
    row = ctx.found(DraftRow)
    if row.revision != ctx.command.revision:
        raise drafts.DraftConflict(row, seen=drafts.seen_at(ctx.connection, row.key, ctx.command.revision))


def edit(ctx: Context) -> None:
    """Make the change on the draft as it stands: what a colleague has changed besides stays, the same is a conflict.

    A change that changes nothing, or that was made by the same press before, is no step in the history.
    """
    command = ctx.command
    assert isinstance(command, DraftEdit)
    row = ctx.found(DraftRow)
    before = Bundle.unpack(row.key, row.bundle)
    if row.revision != command.revision and (found := _made_before(ctx, command, before)) is not None:
        ctx.outcome = replace(_outcome(found, row.revision), repeated=True)
        return
    made = command.edited(before)
    beside = row.revision != command.revision
    if dict(made.files) == dict(before.files):
        ctx.outcome = _outcome(made, row.revision, beside)
        return
    revision = drafts.save(ctx.connection, row, made.files, command.revision, ctx.actor.person_id, ctx.now)
    ctx.outcome = _outcome(made, revision, beside)
    _audit(ctx, StudioEvent.DRAFT_CHANGED, row.key)


def _made_before(ctx: Context, command: DraftEdit, now: Bundle) -> Edited | None:
    """What the change made, where the draft is what it makes of the revision it was made on: a second press."""
    seen = drafts.seen_at(ctx.connection, command.key, command.revision)
    if seen is None or ctx.found(DraftRow).changed_by != ctx.actor.person_id:
        return None
    try:
        made = command.edited(seen)
    except EditRefused:
        return None
    return made if dict(made.files) == dict(now.files) else None


def _outcome(made: Edited, revision: int, beside: bool = False) -> Outcome:
    """*beside*: a colleague has changed other things since, which the sender has not seen yet."""
    return Outcome(made=made.place, detail={"revision": revision, "beside": beside})


def begin(ctx: Context) -> None:
    """A draft from a bundle. One that has just been begun with the same content is not begun again."""
    command = ctx.command
    assert isinstance(command, BeginDraft)
    bundle = command.bundle
    try:
        base = ctx.services.library.newest(ctx.connection, bundle.key).version
    except UnknownDefinitionError:
        base = 0
    there = drafts.locked(ctx.connection, bundle.key)
    if there is not None and there.bundle == bundle.pack() and there.changed_by == ctx.actor.person_id:
        ctx.outcome = Outcome(made=bundle.key, detail={"revision": there.revision}, repeated=True)
        return
    if command.new and base:
        raise AlreadyDone(state="published")
    if there is not None and not command.replace:
        raise drafts.DraftConflict(there)
    revision = drafts.begin(ctx.connection, bundle, base, ctx.actor.person_id, ctx.now)
    ctx.outcome = Outcome(made=bundle.key, detail={"revision": revision})
    _audit(ctx, StudioEvent.DRAFT_BEGUN, bundle.key)


def undo(ctx: Context) -> None:
    """One step back in the draft's history, or forward again."""
    row, forward = ctx.found(DraftRow), isinstance(ctx.command, RedoDraft)
    revision = drafts.undo(ctx.connection, row, ctx.actor.person_id, ctx.now, 1 if forward else -1)
    ctx.outcome = Outcome(detail={"revision": revision})
    _audit(ctx, StudioEvent.DRAFT_REDONE if forward else StudioEvent.DRAFT_UNDONE, row.key)


def propose(ctx: Context) -> None:
    """Remember who asks a colleague to publish it; asked again by another it stays with the first."""
    row = ctx.found(DraftRow)
    if row.proposed_by:
        return
    drafts.propose(ctx.connection, row.key, ctx.actor.person_id, ctx.now)
    _audit(ctx, StudioEvent.DRAFT_PROPOSED, row.key)


def discard(ctx: Context) -> None:
    """The draft and its history are gone."""
    key = ctx.found(DraftRow).key
    drafts.discard(ctx.connection, key)
    _audit(ctx, StudioEvent.DRAFT_DISCARDED, key)


def _audit(ctx: Context, kind: StudioEvent, key: str) -> None:
    ctx.audit_kind, ctx.audit_data = kind, {"process": key}
