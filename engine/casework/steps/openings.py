"""Who has read a case."""

from __future__ import annotations

from engine.casework import journal, notices, openings
from engine.casework.event_kinds import CaseworkEvent
from engine.workflow.authorization.actor import Role
from engine.workflow.execution.context import Context


def open_case(ctx: Context) -> None:
    """Once a day for each reader; what they were told of the case is read."""
    case, me = ctx.opened, ctx.actor.person_id
    if not openings.seen_lately(ctx.connection, case.id, me, ctx.now):
        ctx.audit_kind = CaseworkEvent.CASE_OPENED
    notices.mark_read(ctx.connection, me, ctx.now, case.id)
    if case.responsible in (None, me):
        journal.mark_read(ctx.connection, case.id, Role.CASEWORKER, ctx.now)
