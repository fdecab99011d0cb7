"""Who may, and what the trail says: the same for every command of the studio."""

from __future__ import annotations

from engine.workflow.audit import chain
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import Forbidden
from engine.workflow.execution.context import Context


def check_access(ctx: Context) -> None:
    """Processes are made by administrators and nobody else."""
    if ctx.actor.role is not Role.ADMINISTRATOR:
        raise Forbidden(type(ctx.command).__name__)


def write_audit(ctx: Context) -> None:
    """One event in the system's chain, where the step before it has left one."""
    if ctx.audit_kind is not None:
        chain.append(ctx.connection, chain.SYSTEM_CHAIN, ctx.now, ctx.actor, ctx.audit_kind, ctx.audit_data)
    ctx.audit_kind, ctx.audit_data = None, {}
