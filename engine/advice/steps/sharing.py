"""Shares, and the log of everyone who looked."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, select

from engine.advice.commands import OpenOverview, RecordAccess, ShareAgain, StartSharing, StopSharing
from engine.advice.event_kinds import AdviceEvent
from engine.advice.evidence.models import snapshot
from engine.advice.sharing import actions as sharing
from engine.advice.sharing.models import share
from engine.workflow.authorization.actor import Office
from engine.workflow.errors import Forbidden, NotFound
from engine.workflow.execution.commands import Outcome
from engine.workflow.execution.context import Context
from engine.workflow.execution.models import process_instance
from engine.workflow.instances.models import case_file

#: What an office may look at → the event it leaves.
EVENTS = {"overview": AdviceEvent.OVERVIEW_OPENED, "plan": AdviceEvent.PLAN_OPENED}
#: A look at the plan is noted once in so long for each reader.
NOTED_AGAIN = timedelta(days=1)


def check_share_access(ctx: Context) -> None:
    """It is my own share: it is stopped whatever the journey's policy says, as a consent is withdrawn."""
    assert isinstance(ctx.command, StopSharing)
    own = select(share.c.id).where(
        share.c.id == ctx.command.share_id,
        share.c.case_id == ctx.case_id,
        share.c.person_id == ctx.actor.person_id,
    )
    if ctx.connection.execute(own).first() is None:
        raise NotFound(ctx.command.share_id)


def stop_sharing(ctx: Context) -> None:
    """Leaves no event where it had ended before."""
    assert isinstance(ctx.command, StopSharing)
    ctx.outcome = Outcome(ctx.case_id)
    if sharing.stop(ctx.connection, share_id=ctx.command.share_id, now=ctx.now):
        ctx.audit_kind = AdviceEvent.SHARE_STOPPED
        ctx.audit_data = {"share": ctx.command.share_id}


def share_again(ctx: Context) -> None:
    """The office of a share that has ended looks again. Leaves no event where it still does."""
    assert isinstance(ctx.command, ShareAgain)
    own = select(share).where(
        share.c.id == ctx.command.share_id,
        share.c.case_id == ctx.case_id,
        share.c.person_id == ctx.actor.person_id,
    )
    row = ctx.connection.execute(own).first()
    if row is None:
        raise NotFound(ctx.command.share_id)
    there = sharing.in_force(ctx.connection, ctx.case_id, row.office, ctx.now)
    office = Office(row.office, row.office_name)
    made = sharing.start(ctx.connection, actor=ctx.actor, case_id=ctx.case_id, office=office, now=ctx.now)
    ctx.outcome = Outcome(ctx.case_id, made=made)
    if there is None:
        ctx.audit_kind = AdviceEvent.SHARED_AGAIN
        ctx.audit_data = {"share": made}


def start_sharing(ctx: Context) -> None:
    """The case's office looks from now. Leaves no event where it does already."""
    assert isinstance(ctx.command, StartSharing)
    office = office_of(ctx.connection, ctx.case_id)
    if office is None:
        raise NotFound(ctx.case_id)
    there = sharing.in_force(ctx.connection, ctx.case_id, office.orgno, ctx.now)
    made = sharing.start(ctx.connection, actor=ctx.actor, case_id=ctx.case_id, office=office, now=ctx.now)
    ctx.outcome = Outcome(ctx.case_id, made=made)
    if there is None:
        ctx.audit_kind = AdviceEvent.SHARED
        ctx.audit_data = {"share": made}


def office_of(connection: Connection, case_id: str) -> Office | None:
    """The office that has the case, as its journey began with it."""
    row = connection.execute(
        select(case_file.c.office, process_instance.c.variables)
        .join(process_instance, process_instance.c.id == case_file.c.id)
        .where(case_file.c.id == case_id)
    ).first()
    return Office(row.office, str(row.variables.get("officeName", ""))) if row is not None and row.office else None


def require_share(ctx: Context) -> None:
    """The share that lets the actor's office look is in force now."""
    office = ctx.actor.office.orgno if ctx.actor.office else ""
    if sharing.in_force(ctx.connection, ctx.case_id, office, ctx.now) is None:
        raise Forbidden("share")


def record_access(ctx: Context) -> None:
    """What the citizen reads of it, and an event."""
    assert isinstance(ctx.command, RecordAccess)
    what = ctx.command.what
    if what not in EVENTS:
        raise NotFound(what)
    ctx.outcome = Outcome(ctx.case_id)
    since = ctx.now - NOTED_AGAIN
    if what == "plan" and sharing.looked_since(ctx.connection, ctx.actor, ctx.case_id, what, since):
        return
    sharing.note_access(
        ctx.connection,
        actor=ctx.actor,
        person_id=ctx.opened.owner_id,
        case_id=ctx.case_id,
        what=what,
        now=ctx.now,
    )
    ctx.audit_kind = EVENTS[what]
    ctx.audit_data = {"what": what}


def open_overview(ctx: Context) -> None:
    """Only an event: whom it is about cannot read a log."""
    assert isinstance(ctx.command, OpenOverview)
    about = select(snapshot.c.person_id).where(
        snapshot.c.case_id == ctx.case_id, snapshot.c.person_id != ctx.opened.owner_id, snapshot.c.expires_at > ctx.now
    )
    person_id = ctx.connection.execute(about.limit(1)).scalar()
    if person_id is None:
        raise NotFound("overview")
    ctx.outcome = Outcome(ctx.case_id)
    ctx.audit_kind = AdviceEvent.OVERVIEW_OPENED
    ctx.audit_data = {"about": person_id}
