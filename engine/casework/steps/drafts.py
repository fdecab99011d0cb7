"""What one has begun to write: stored, and discarded when it has become what it was to be."""

from __future__ import annotations

from collections.abc import Mapping

from engine.casework import drafts
from engine.casework.commands import (
    AddMeasure,
    AddNote,
    AskCitizen,
    BeginNote,
    ChangeLetter,
    CompleteCaseTask,
    DiscardCaseDraft,
    DiscardLetter,
    SaveCaseDraft,
    SendLetter,
    SendMessage,
)
from engine.workflow.execution.context import Context


def save_case_draft(ctx: Context) -> None:
    """Leaves no event: what is not sent yet is nobody else's."""
    assert isinstance(ctx.command, SaveCaseDraft)
    drafts.save(
        ctx.connection,
        ctx.services.vault,
        case=ctx.opened,
        author=ctx.actor.person_id,
        kind=ctx.command.kind,
        content=ctx.command.content,
        now=ctx.now,
        version=ctx.command.version,
        page=ctx.command.page,
    )


def begin_note(ctx: Context) -> None:
    """The proposed text comes behind what stands there."""
    assert isinstance(ctx.command, BeginNote)
    vault, me = ctx.services.vault, ctx.actor.person_id
    there = drafts.find(ctx.connection, vault, ctx.case_id, me, "note")
    before = there.content if there is not None else {}
    text = "\n".join(part for part in (before.get("note", ""), ctx.command.text) if part)
    content = {**before, "note": text}
    drafts.save(ctx.connection, vault, case=ctx.opened, author=me, kind="note", content=content, now=ctx.now)
    if ctx.command.kind not in ("", "note"):
        drafts.throw_away(ctx.connection, ctx.case_id, me, ctx.command.kind)


def discard_case_draft(ctx: Context) -> None:
    """One's own, for good."""
    assert isinstance(ctx.command, DiscardCaseDraft)
    drafts.throw_away(ctx.connection, ctx.case_id, ctx.actor.person_id, ctx.command.kind)


def discard_note_draft(ctx: Context) -> None:
    """Unless it has words the note has not."""
    assert isinstance(ctx.command, AddNote)
    _discard(ctx, "note", {"note": ctx.command.text, "barred": ctx.command.restricted}, ctx.command.page)


def discard_message_draft(ctx: Context) -> None:
    """Unless it has words the message has not."""
    assert isinstance(ctx.command, SendMessage)
    _discard(ctx, "message", {"text": ctx.command.text}, ctx.command.page)


def discard_question_draft(ctx: Context) -> None:
    """Unless it has words the question has not."""
    assert isinstance(ctx.command, AskCitizen)
    content = {"question": ctx.command.text}
    there = drafts.find(ctx.connection, ctx.services.vault, ctx.case_id, ctx.actor.person_id, "question")
    if there is not None:
        content["due"] = there.content.get("due", "")
    _discard(ctx, "question", content, ctx.command.page)


def discard_measure_draft(ctx: Context) -> None:
    """Unless it has words the measure has not."""
    assert isinstance(ctx.command, AddMeasure)
    _discard(ctx, "measure", {"what": ctx.command.what}, ctx.command.page)


def discard_letter_draft(ctx: Context) -> None:
    """What stood aside has been decided upon."""
    assert isinstance(ctx.command, ChangeLetter | SendLetter | DiscardLetter)
    drafts.throw_away(ctx.connection, ctx.case_id, ctx.actor.person_id, f"letter.{ctx.command.letter_id}")


def discard_task_draft(ctx: Context) -> None:
    """Unless it has answers that were not handed in."""
    assert isinstance(ctx.command, CompleteCaseTask)
    content = {name: value for answers in ctx.command.data.values() for name, value in answers.items()}
    _discard(ctx, f"task.{ctx.command.task_id}", content, ctx.command.page)


def _discard(ctx: Context, kind: str, content: Mapping[str, object], page: str) -> None:
    drafts.throw_away_covered(
        ctx.connection,
        ctx.services.vault,
        case_id=ctx.case_id,
        author=ctx.actor.person_id,
        kind=kind,
        content=content,
        page=page,
    )
