"""Cases that belong together."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from engine.casework import links
from engine.casework.commands import LinkCases, UnlinkCases
from engine.casework.event_kinds import CaseworkEvent
from engine.workflow.audit import chain
from engine.workflow.authorization import pep
from engine.workflow.errors import NotFound
from engine.workflow.execution.context import Context
from engine.workflow.instances.models import case_file


def link_cases(ctx: Context) -> None:
    """Both cases are of the actor's office; each gets an event. Nothing happens where they are linked already."""
    assert isinstance(ctx.command, LinkCases)
    if ctx.command.why not in links.REASONS:
        raise NotFound(ctx.command.why)
    other = _other(ctx, ctx.command.other_id)
    if links.link(
        ctx.connection, by=ctx.actor.person_id, case=ctx.opened, other=other, why=ctx.command.why, now=ctx.now
    ):
        ctx.audit_kind = CaseworkEvent.CASE_LINKED
        ctx.audit_data = {"to": other.number, "why": ctx.command.why}
        data = {"to": ctx.opened.number, "why": ctx.command.why}
        chain.append(ctx.connection, other.id, ctx.now, ctx.actor, ctx.audit_kind, data)


def unlink_cases(ctx: Context) -> None:
    """Each case gets an event. Nothing happens where they were not linked."""
    assert isinstance(ctx.command, UnlinkCases)
    other = _other(ctx, ctx.command.other_id)
    if links.unlink(ctx.connection, ctx.opened, other):
        ctx.audit_kind, ctx.audit_data = CaseworkEvent.CASE_UNLINKED, {"from": other.number}
        data = {"from": ctx.opened.number}
        chain.append(ctx.connection, other.id, ctx.now, ctx.actor, ctx.audit_kind, data)


def _other(ctx: Context, case_id: str) -> Row[Any]:
    """The other case, where the actor may write in it too. Raises ``NotFound``."""
    row = ctx.connection.execute(select(case_file).where(case_file.c.id == case_id)).first()
    if row is None or row.id == ctx.case_id:
        raise NotFound(case_id)
    pep.enforce_case(ctx.connection, ctx.services.library, ctx.actor, row, "write")
    return row
