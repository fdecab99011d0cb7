"""What every action on a case as a whole begins and ends with, whoever acts and whatever it writes."""

from __future__ import annotations

from sqlalchemy import select

from engine.workflow.authorization import pep
from engine.workflow.errors import NotFound, Suspended
from engine.workflow.execution.commands import CaseCommand
from engine.workflow.execution.context import Context
from engine.workflow.execution.models import process_instance
from engine.workflow.instances.models import case_file


def lock_case_file(ctx: Context) -> None:
    """One writer per case, also when it is closed; ``ctx.case`` is the case file as it stands under the lock."""
    assert isinstance(ctx.command, CaseCommand)
    case_id = ctx.command.case_id
    ctx.connection.execute(select(process_instance.c.id).where(process_instance.c.id == case_id).with_for_update())
    ctx.case = ctx.connection.execute(select(case_file).where(case_file.c.id == case_id)).first()
    if ctx.case is None:
        raise NotFound(case_id)
    ctx.case_id = case_id


def check_case_access(ctx: Context) -> None:
    """May this actor do this in this case? The journey's policy decides, on any of its steps."""
    assert isinstance(ctx.command, CaseCommand)
    pep.enforce_case(ctx.connection, ctx.services.library, ctx.actor, ctx.opened, ctx.command.action)


def require_case_not_suspended(ctx: Context) -> None:
    """In a suspended case nothing is done."""
    state = select(process_instance.c.state).where(process_instance.c.id == ctx.case_id)
    if ctx.connection.execute(state).scalar() == "suspended":
        raise Suspended(ctx.case_id)
