"""Finishing a task on the case page."""

from __future__ import annotations

from sqlalchemy import select

from engine.casework import decisions
from engine.casework.commands import CompleteCaseTask
from engine.workflow.errors import AlreadyDone, NotFound, NotPossible, Reason
from engine.workflow.execution.commands import CompleteTask
from engine.workflow.execution.context import Context
from engine.workflow.execution.models import user_task


def require_case_holder(ctx: Context) -> None:
    """Whoever has the case has its tasks: a colleague is told who has it, and takes it over first.

    A task that was lent to the actor is theirs all the same; one that is done says so by itself.
    """
    assert isinstance(ctx.command, CompleteCaseTask)
    task = ctx.connection.execute(
        select(user_task.c.case_id, user_task.c.assignee, user_task.c.state).where(
            user_task.c.id == ctx.command.task_id
        )
    ).first()
    if task is None or task.case_id != ctx.case_id:
        raise NotFound(ctx.command.task_id)
    me, holder = ctx.actor.person_id, ctx.opened.responsible
    if task.state in ("ready", "claimed") and task.assignee is None and holder not in (None, me):
        raise AlreadyDone(holder, None, "claimed")


def require_decision_sent(ctx: Context) -> None:
    """Nothing comes after a decision before the citizen was sent it: no advice, and no closing."""
    assert isinstance(ctx.command, CompleteCaseTask)
    step = decisions.step_of(ctx.deployed(ctx.opened.definition_id).bundle)
    element = select(user_task.c.element_id).where(user_task.c.id == ctx.command.task_id)
    if not step or ctx.connection.execute(element).scalar() == step:
        return
    if decisions.waits_to_be_sent(ctx.connection, ctx.case_id, step):
        raise NotPossible(Reason("", "decision-unsent", "the letter with the decision was not sent"))


def complete_task(ctx: Context) -> None:
    """The engine's own sequence, in this transaction."""
    assert isinstance(ctx.command, CompleteCaseTask)
    one = ctx.command
    ctx.outcome = ctx.send(CompleteTask(one.task_id, data=one.data, seen=one.seen))
