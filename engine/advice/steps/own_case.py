"""What every entry of a citizen's own begins and ends with."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.advice.commands import SaveChecklist, SaveClosingSteps, SavePlan, TagAccounts
from engine.workflow.errors import Conflict, NotFound, NotPossible, Reason
from engine.workflow.execution import data
from engine.workflow.execution.commands import CompleteTask, Outcome
from engine.workflow.execution.context import Context

MAX_AMOUNT = 100_000_000


def require_own_case(ctx: Context) -> None:
    """Nobody enters anything for another: the case is the actor's own."""
    if ctx.opened.owner_id != ctx.actor.person_id:
        raise NotFound(ctx.case_id)
    ctx.outcome = Outcome(ctx.case_id)


def complete_own_task(ctx: Context) -> None:
    """The same press ends the task the page belongs to, if there is one."""
    assert isinstance(ctx.command, SavePlan | TagAccounts | SaveChecklist | SaveClosingSteps)
    if ctx.command.task_id:
        ctx.outcome = ctx.send(CompleteTask(ctx.command.task_id))


def store(ctx: Context, data_type: str, content: Mapping[str, Any]) -> None:
    """Store what the citizen says, sealed; it counts in all their cases. Raises ``Conflict`` where it is locked."""
    try:
        data.write(
            ctx.connection,
            ctx.services.vault,
            instance_id=ctx.case_id,
            case_id=ctx.case_id,
            owner_id=ctx.actor.person_id,
            data_type=data_type,
            content=content,
            now=ctx.now,
        )
    except data.DataLockedError:
        raise Conflict(data_type) from None


def stored(ctx: Context, data_type: str) -> Mapping[str, Any]:
    """What the citizen said last in any of their cases; empty when nothing."""
    return data.read_of_person(ctx.connection, ctx.services.vault, ctx.actor.person_id, data_type) or {}


def refuse_unless(holds: bool, rule: str, detail: str) -> None:
    """Raise ``NotPossible`` with this reason where it does not hold."""
    if not holds:
        raise NotPossible(Reason("", rule, detail))


def require_amount(amount: Decimal) -> None:
    """Raise ``NotPossible`` for what is no amount from 0 to 100 million NOK."""
    possible = amount.is_finite() and 0 <= amount <= MAX_AMOUNT
    refuse_unless(possible, "amount", f"an amount is from 0 to {MAX_AMOUNT} NOK")
