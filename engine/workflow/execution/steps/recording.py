"""The end of every command: stages, rows, the case file, the audit trail."""

from __future__ import annotations

from itertools import islice
from typing import Any

from sqlalchemy import select

from engine.workflow.audit import chain
from engine.workflow.errors import StageRefused
from engine.workflow.execution import messages, task_query
from engine.workflow.execution.commands import Outcome
from engine.workflow.execution.context import Context
from engine.workflow.execution.execution import Fault
from engine.workflow.execution.flush import flush
from engine.workflow.instances import case_projection, stages
from engine.workflow.jobs.models import due_work

#: As many moves of one command are listed one by one in the audit trail.
NAMED = 500


def enter_stages(c: Context) -> None:
    """Move the case through the stages its elements named. A guard that says no refuses the whole command."""
    if not c.execution.stages:
        return
    case = c.execution.instance(c.case_id)
    bundle = c.deployed(case.definition_id).bundle
    current = None if case.new else case_projection.stage_of(c.connection, c.case_id)
    entered: list[str] = []

    def holds(guard: Any) -> bool:
        return c.execution.evaluate(guard, case) is True

    for stage in c.execution.stages:
        try:
            after = stages.enter(bundle, current, stage, holds)
        except stages.GuardRefused as refused:
            raise StageRefused(refused.stage, refused.key) from None
        except Fault as fault:
            raise StageRefused(stage, fault.code) from fault
        if after != current:
            entered.append(after)
        current = after
    c.audit_data["stages"] = entered


def update_case(c: Context) -> None:
    """Number, stage, who waits for whom and since when."""
    if not c.case_id:
        return
    case = c.execution.instance(c.case_id)
    if case.new:
        case_projection.open_case(c.connection, case, c.now)
    if c.case_before is None:
        c.case_before = case_projection.read(c.connection, c.case_id)
    tasks = task_query.open_tasks(c.connection, c.execution, c.case_id, [] if case.new else c.open_tasks)
    entered = c.audit_data.get("stages", [])
    case_projection.refresh(c.batch, case, c.case_before, entered, tasks, lambda: _working(c), c.now)


def _working(c: Context) -> str | None:
    """An element of the case whose work is not done."""
    for work in c.execution.work:
        if not work.gone and not work.holder.ended:
            return work.element_id
    found = c.connection.execute(
        select(due_work.c.element_id, due_work.c.token_id)
        .where(due_work.c.case_id == c.case_id, due_work.c.state.in_(("due", "leased")))
        .limit(len(c.execution.gone) + 1)
    )
    return next((row.element_id for row in found if row.token_id not in c.execution.gone), None)


def write_audit(c: Context) -> None:
    """One event per command: who, what, and which elements moved. Ids and codes only.

    A command that moves very many tells the first by name and how many more there were.
    """
    if c.audit_kind is None or not c.case_id:
        return
    trace = c.execution.trace
    moved = [f"{token.element.id}:{state}" for token, state in islice(trace, NAMED)]
    data = {**c.audit_data, "moved": moved} if moved else dict(c.audit_data)
    if len(trace) > NAMED:
        data["moved_besides"] = len(trace) - NAMED
    chain.append(c.connection, c.case_id, c.now, c.actor, c.audit_kind, data, c.batch)


def tell_outcome(c: Context) -> None:
    """What the sender wants to know: where the case stands and which tasks this command opened."""
    if not c.case_id:
        return
    state = c.execution.instance(c.case_id).state
    tasks = tuple(task.token.id for task in c.execution.tasks if not task.token.ended)
    c.outcome = Outcome(c.case_id, c.instance.id if c.instance else "", state, tasks)


def write_rows(c: Context) -> None:
    """Everything that changed, sent together."""
    if c.execution.thrown:
        messages.post(c.connection, c.execution.thrown, c.now)
    flush(c.connection, c.execution, c.now, c.actor.person_id, c.batch)
