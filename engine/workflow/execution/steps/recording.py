"""The end of every command: stages, rows, the case file, the audit trail."""

from __future__ import annotations

from itertools import islice

from sqlalchemy import or_, select

from engine.workflow.audit import chain
from engine.workflow.errors import StageRefused
from engine.workflow.execution import messages, task_query
from engine.workflow.execution.commands import Outcome
from engine.workflow.execution.context import Context
from engine.workflow.execution.execution import ExecutionError
from engine.workflow.execution.flush import flush
from engine.workflow.instances import case_projection, stages
from engine.workflow.jobs.models import due_work
from forms.values import Value

#: As many moves of one command are listed one by one in the audit trail.
NAMED = 500


def enter_stages(ctx: Context) -> None:
    """Move the case through the stages its elements named. A guard that says no refuses the whole command."""
    if not ctx.execution.stages:
        return
    case = ctx.execution.instance(ctx.case_id)
    bundle = ctx.deployed(case.definition_id).bundle
    current = None if case.new else case_projection.stage_of(ctx.connection, ctx.case_id)
    entered: list[str] = []

    def holds(guard: Value) -> bool:
        return ctx.execution.evaluate(guard, case) is True

    for stage in ctx.execution.stages:
        try:
            after = stages.enter(bundle, current, stage, holds)
        except stages.GuardError as refused:
            raise StageRefused(refused.stage, refused.key) from None
        except ExecutionError as error:
            raise StageRefused(stage, error.code) from error
        if after != current:
            entered.append(after)
        current = after
    ctx.audit_data["stages"] = entered


def update_case(ctx: Context) -> None:
    """Number, stage, who waits for whom and since when."""
    if not ctx.case_id:
        return
    case = ctx.execution.instance(ctx.case_id)
    if case.new:
        case_projection.open_case(ctx.connection, case, ctx.now)
    if ctx.case_before is None:
        ctx.case_before = case_projection.read(ctx.connection, ctx.case_id)
    tasks = task_query.open_tasks(ctx.connection, ctx.execution, ctx.case_id, [] if case.new else ctx.open_tasks)
    entered = ctx.audit_data.get("stages", [])
    case_projection.refresh(ctx.batch, case, ctx.case_before, entered, tasks, lambda: _working(ctx), ctx.now)


def _working(ctx: Context) -> str | None:
    """An element of the case whose work is not done. What no element waits for counts when it is due, not before."""
    for work in ctx.execution.work:
        if not work.gone and not work.holder.ended:
            return work.element_id
    found = ctx.connection.execute(
        select(due_work.c.element_id, due_work.c.token_id)
        .where(due_work.c.case_id == ctx.case_id, due_work.c.state.in_(("due", "leased")))
        .where(or_(due_work.c.element_id != "", due_work.c.due_at <= ctx.now))
        .limit(len(ctx.execution.gone) + 1)
    )
    return next((row.element_id for row in found if row.token_id not in ctx.execution.gone), None)


def write_audit(ctx: Context) -> None:
    """One event per command: who, what, and which elements moved. Ids and codes only.

    A command that moves very many tells the first by name and how many more there were.
    """
    if ctx.audit_kind is None or not ctx.case_id:
        return
    trace = ctx.execution.trace
    moved = [f"{token.element.id}:{state}" for token, state in islice(trace, NAMED)]
    data = {**ctx.audit_data, "moved": moved} if moved else dict(ctx.audit_data)
    if len(trace) > NAMED:
        data["moved_besides"] = len(trace) - NAMED
    chain.append(ctx.connection, ctx.case_id, ctx.now, ctx.actor, ctx.audit_kind, data, ctx.batch)


def build_outcome(ctx: Context) -> None:
    """What the sender wants to know: where the case stands and which tasks this command opened."""
    if not ctx.case_id:
        return
    state = ctx.execution.instance(ctx.case_id).state
    tasks = tuple(task.token.id for task in ctx.execution.tasks if not task.token.ended)
    ctx.outcome = Outcome(ctx.case_id, ctx.instance.id if ctx.instance else "", state, tasks)


def write_rows(ctx: Context) -> None:
    """Everything that changed, sent together."""
    if ctx.execution.thrown:
        messages.post(ctx.connection, ctx.execution.thrown, ctx.now)
    flush(ctx.connection, ctx.execution, ctx.now, ctx.actor.person_id, ctx.batch)
