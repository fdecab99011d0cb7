"""What people of an office do there and not in a case: these stand in the chain of no case."""

from __future__ import annotations

from engine.casework import members, person_lookup, views
from engine.casework.commands import (
    EndAbsence,
    EndMembership,
    LookUpPerson,
    RemoveQueueView,
    SaveQueueView,
    SetAbsence,
    StoreSearch,
)
from engine.casework.event_kinds import OfficeEvent
from engine.workflow.audit import chain
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import Forbidden, NotFound, NotPossible, Reason
from engine.workflow.execution.commands import Outcome
from engine.workflow.execution.context import Context


def require_caseworker(ctx: Context) -> None:
    """Somebody who acts for an office."""
    if ctx.actor.role is not Role.CASEWORKER or ctx.actor.office is None:
        raise Forbidden(ctx.actor.role.value)


def write_office_audit(ctx: Context) -> None:
    """One event at the end of the chain of the whole installation, where the act set one."""
    if ctx.audit_kind is not None:
        chain.append(ctx.connection, chain.SYSTEM_CHAIN, ctx.now, ctx.actor, ctx.audit_kind, ctx.audit_data)


def _office(ctx: Context) -> str:
    assert ctx.actor.office is not None
    return ctx.actor.office.orgno


def require_own_or_leader(ctx: Context) -> None:
    """About oneself, or by who leads the office about anybody who works there."""
    assert isinstance(ctx.command, SetAbsence | EndAbsence | EndMembership)
    person_id = ctx.command.person_id
    if person_id != ctx.actor.person_id and not members.leads(ctx.connection, _office(ctx), ctx.actor.person_id):
        raise Forbidden("leader")
    if not members.works_here(ctx.connection, _office(ctx), person_id):
        raise NotFound(person_id)


def set_absence(ctx: Context) -> None:
    """The substitute is a colleague, and not the one who is away."""
    assert isinstance(ctx.command, SetAbsence)
    one = ctx.command
    colleague = members.works_here(ctx.connection, _office(ctx), one.substitute) and one.substitute != one.person_id
    if not colleague or one.until < one.start:
        raise NotPossible(Reason("", "absence-wrong", "name a colleague, and a last day that is not before the first"))
    members.be_away(ctx.connection, _office(ctx), one.person_id, one.substitute, one.start, one.until)
    ctx.audit_kind = OfficeEvent.SUBSTITUTE_SET
    ctx.audit_data = {"office": _office(ctx), "person": one.person_id, "substitute": one.substitute}


def end_absence(ctx: Context) -> None:
    """Nobody stands in any more."""
    assert isinstance(ctx.command, EndAbsence)
    members.be_away(ctx.connection, _office(ctx), ctx.command.person_id, None, None, None)
    ctx.audit_kind = OfficeEvent.CAME_BACK
    ctx.audit_data = {"office": _office(ctx), "person": ctx.command.person_id, "substitute": None}


def end_membership(ctx: Context) -> None:
    """Never one's own."""
    assert isinstance(ctx.command, EndMembership)
    if ctx.command.person_id == ctx.actor.person_id:
        raise Forbidden("leader")
    members.end(ctx.connection, _office(ctx), ctx.command.person_id, ctx.now)
    ctx.audit_kind = OfficeEvent.MEMBER_ENDED
    ctx.audit_data = {"office": _office(ctx), "person": ctx.command.person_id}


def look_up_person(ctx: Context) -> None:
    """In the trail before any register is asked, and never without end."""
    assert isinstance(ctx.command, LookUpPerson)
    known = person_lookup.note(
        ctx.connection, ctx.services.vault, actor=ctx.actor, office=_office(ctx), pid=ctx.command.pid, now=ctx.now
    )
    ctx.outcome = Outcome(made=known.id if known else "")


def store_search(ctx: Context) -> None:
    """Sealed with the searcher's own key."""
    assert isinstance(ctx.command, StoreSearch)
    made = views.save_search(
        ctx.connection, ctx.services.vault, ctx.actor.person_id, ctx.command.text, ctx.now, ctx.command.purpose
    )
    ctx.outcome = Outcome(made=made)


def save_queue_view(ctx: Context) -> None:
    """The same name among the same people's replaces the one before."""
    assert isinstance(ctx.command, SaveQueueView)
    name = ctx.command.name.strip()
    if not name or len(name) > views.MAX_NAME:
        raise NotPossible(Reason("", "text-long" if name else "text-missing", "a view has a short name"))
    made = views.save(
        ctx.connection,
        office=_office(ctx),
        person_id=ctx.actor.person_id,
        name=name,
        query=ctx.command.query,
        shared=ctx.command.shared,
        now=ctx.now,
    )
    ctx.outcome = Outcome(made=made)


def remove_queue_view(ctx: Context) -> None:
    """Whoever leads the office may remove any shared one."""
    assert isinstance(ctx.command, RemoveQueueView)
    me, view_id = ctx.actor.person_id, ctx.command.view_id
    leads = members.leads(ctx.connection, _office(ctx), me)
    if not views.remove(ctx.connection, office=_office(ctx), person_id=me, view_id=view_id, leads=leads):
        raise NotFound(view_id)
