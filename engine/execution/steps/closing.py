"""The end of every command: stages, rows, the case file, the audit trail."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from engine.audit import chain
from engine.cases import file, stages
from engine.execution import messages
from engine.execution.commands import Outcome, StageRefused
from engine.execution.context import Context
from engine.execution.execution import Fault
from engine.execution.flush import flush
from engine.execution.models import process_instance, user_task


def enter_stages(c: Context) -> None:
    """Move the case through the stages its elements named. A guard that says no refuses the whole command."""
    if not c.execution.stages:
        return
    case = c.execution.instance(c.case_id)
    bundle = c.deployed(case.definition_id).bundle
    current = None if case.new else file.stage_of(c.connection, c.case_id)
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


def write_rows(c: Context) -> None:
    """Everything the execution changed, in bulk."""
    if c.execution.instances:
        flush(c.connection, c.execution, c.now, c.actor.person_id)
        messages.post(c.connection, c.execution.thrown, c.now)


def update_case(c: Context) -> None:
    """Number, stage, who waits for whom and since when."""
    if not c.case_id:
        return
    case = c.execution.instance(c.case_id)
    if case.new:
        file.open_case(c.connection, case, c.now)
    file.refresh(c.connection, case, c.audit_data.get("stages", []), c.now)


def write_audit(c: Context) -> None:
    """One event per command: who, what, and which elements moved. Ids and codes only."""
    if not c.audit_kind or not c.case_id:
        return
    moved = [f"{token.element.id}:{state}" for token, state in c.execution.trace[:500]]
    data = {**c.audit_data, "moved": moved} if moved else c.audit_data
    chain.append(c.connection, c.case_id, c.now, c.actor, c.audit_kind, data)


def tell_outcome(c: Context) -> None:
    """What the sender wants to know: where the case stands and which tasks are open."""
    if not c.case_id:
        return
    state = c.connection.execute(
        select(process_instance.c.state).where(process_instance.c.id == c.case_id)
    ).scalar_one()
    tasks = c.connection.execute(
        select(user_task.c.id)
        .where(user_task.c.case_id == c.case_id, user_task.c.state.in_(("ready", "claimed")))
        .order_by(user_task.c.created_at)
    ).scalars()
    c.outcome = Outcome(c.case_id, c.instance.id if c.instance else "", state, tuple(tasks))
