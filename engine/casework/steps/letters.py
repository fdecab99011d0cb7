"""Letters: begun from a template, changed, sent, thrown away, opened by the citizen."""

from __future__ import annotations

from engine.casework import letter_notices, letters, merge_fields, templates
from engine.casework.commands import BeginLetter, ChangeLetter, DiscardLetter, ReadLetter, RecordDelivery, SendLetter
from engine.casework.complaint_time import Channel
from engine.casework.event_kinds import CaseworkEvent
from engine.workflow.authorization import pip
from engine.workflow.errors import NotFound
from engine.workflow.execution.commands import Outcome
from engine.workflow.execution.context import Context


def begin_letter(ctx: Context) -> None:
    """In the language the citizen chose, with everything the case knows filled in."""
    assert isinstance(ctx.command, BeginLetter)
    case, wanted = ctx.opened, ctx.command.template
    bundle = ctx.deployed(case.definition_id).bundle
    template = next((one for one in templates.of(bundle, "letters") if one.id == wanted), None)
    if template is None:
        raise NotFound(wanted)
    language = merge_fields.language_of(ctx.connection, case.owner_id)
    known = merge_fields.values(
        ctx.connection,
        ctx.services.vault,
        case=case,
        bundle=bundle,
        language=language,
        now=ctx.now,
        adviser=ctx.actor.name,
        office=ctx.actor.office.name if ctx.actor.office else "",
    )
    letter_id = letters.draft(
        ctx.connection,
        ctx.services.vault,
        author=ctx.actor.person_id,
        case=case,
        template=template.id,
        title=templates.fill(template.named(language), known),
        body=templates.fill(template.text(language), known),
        now=ctx.now,
    )
    ctx.outcome = Outcome(ctx.case_id, made=letter_id)


def change_letter(ctx: Context) -> None:
    """Writes over what the writer has seen, and nothing else."""
    assert isinstance(ctx.command, ChangeLetter | SendLetter)
    letters.change(
        ctx.connection,
        ctx.services.vault,
        author=ctx.actor.person_id,
        case=ctx.opened,
        letter_id=ctx.command.letter_id,
        title=ctx.command.title,
        body=ctx.command.body,
        now=ctx.now,
        version=ctx.command.version,
        page=ctx.command.page,
    )


def send_letter(ctx: Context) -> None:
    """Nothing with a blank left in it is sent."""
    assert isinstance(ctx.command, SendLetter)
    ctx.audit_data = letters.send(
        ctx.connection,
        ctx.services.vault,
        author=ctx.actor.person_id,
        case=ctx.opened,
        letter_id=ctx.command.letter_id,
        document=ctx.command.document,
        now=ctx.now,
    )
    ctx.audit_kind = CaseworkEvent.LETTER_SENT


def notify_of_letter(ctx: Context) -> None:
    """The citizen is told here, and by a notice to the address in the contact register."""
    assert isinstance(ctx.command, SendLetter)
    letters.notify(ctx.connection, ctx.services.vault, ctx.opened, ctx.command.letter_id, ctx.now)
    letter_notices.enqueue(ctx.connection, ctx.case_id, ctx.command.letter_id, ctx.now)


def record_delivery(ctx: Context) -> None:
    """By post or over the counter, instead."""
    assert isinstance(ctx.command, RecordDelivery)
    if ctx.command.channel not in (Channel.POST, Channel.HANDED):
        raise NotFound(ctx.command.channel)
    ctx.audit_data = letters.deliver(
        ctx.connection,
        case_id=ctx.case_id,
        letter_id=ctx.command.letter_id,
        channel=Channel(ctx.command.channel),
        on=ctx.command.on,
        now=ctx.now,
    )
    ctx.audit_kind = CaseworkEvent.LETTER_DELIVERED
    ctx.outcome = Outcome(ctx.case_id, made=ctx.command.letter_id)


def discard_letter(ctx: Context) -> None:
    """Only what the writer has seen; one that is gone already is no trouble."""
    assert isinstance(ctx.command, DiscardLetter)
    one = ctx.command
    try:
        letters.require_current(ctx.connection, ctx.services.vault, ctx.case_id, one.letter_id, one.version, one.page)
    except NotFound:
        return
    letters.throw_away(ctx.connection, ctx.case_id, one.letter_id)


def read_letter(ctx: Context) -> None:
    """Only the owner of the case gets its letters, and who acts for them. Only the first time counts."""
    assert isinstance(ctx.command, ReadLetter)
    one = letters.of(ctx.connection, ctx.services.vault, ctx.case_id, ctx.command.letter_id)
    owner_id = ctx.opened.owner_id
    theirs = owner_id == ctx.actor.person_id or pip.represents(ctx.connection, ctx.actor, owner_id, ctx.case_id)
    if not theirs or one.state != "sent":
        raise NotFound(ctx.command.letter_id)
    if letters.mark_read(ctx.connection, ctx.case_id, ctx.command.letter_id, ctx.now):
        ctx.audit_kind, ctx.audit_data = CaseworkEvent.LETTER_OPENED, {"letter": ctx.command.letter_id}
