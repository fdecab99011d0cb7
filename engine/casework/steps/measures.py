"""What was agreed with the citizen, and how it went."""

from __future__ import annotations

from engine.casework import measures
from engine.casework.commands import AddMeasure, JudgeMeasure
from engine.casework.event_kinds import CaseworkEvent
from engine.workflow.execution.commands import Outcome
from engine.workflow.execution.context import Context


def add_measure(ctx: Context) -> None:
    """Its looks back are due from the day it begins."""
    assert isinstance(ctx.command, AddMeasure)
    one = ctx.command
    measure_id = measures.add(
        ctx.connection,
        ctx.services.vault,
        author=ctx.actor.person_id,
        case=ctx.opened,
        kind=one.kind,
        what=one.what,
        monthly=one.monthly,
        begun=one.begun_at,
        now=ctx.now,
    )
    ctx.audit_kind, ctx.audit_data = CaseworkEvent.MEASURE_ADDED, {"measure": measure_id, "kind": one.kind}
    ctx.outcome = Outcome(ctx.case_id, made=measure_id)


def evaluate_measure(ctx: Context) -> None:
    """Once for each look back."""
    assert isinstance(ctx.command, JudgeMeasure)
    one = ctx.command
    measures.look_back(
        ctx.connection,
        ctx.services.vault,
        author=ctx.actor.person_id,
        case=ctx.opened,
        measure_id=one.measure_id,
        months=one.months,
        result=one.result,
        monthly=one.monthly,
        text=one.text,
        now=ctx.now,
    )
    ctx.audit_kind = CaseworkEvent.MEASURE_JUDGED
    ctx.audit_data = {"measure": one.measure_id, "months": one.months, "result": one.result}
