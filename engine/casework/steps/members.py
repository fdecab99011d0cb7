"""Who acts for an office."""

from __future__ import annotations

from engine.casework import members
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import Forbidden
from engine.workflow.execution.context import Context


def require_member(ctx: Context) -> None:
    """A caseworker whose part at the office has ended does nothing more there. Others are not asked."""
    if ctx.actor.role is not Role.CASEWORKER or ctx.actor.office is None:
        return
    row = members.find(ctx.connection, ctx.actor.office.orgno, ctx.actor.person_id)
    if row is not None and row.ended_at is not None:
        raise Forbidden(ctx.case_id)
