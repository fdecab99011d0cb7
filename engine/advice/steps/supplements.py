"""What citizens add to their overview and correct in it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from decimal import Decimal

from engine.advice.commands import AddSupplement, CorrectFigure, RemoveSupplement
from engine.advice.economy.supplements import Supplement, SupplementKind
from engine.advice.evidence import harvest
from engine.advice.evidence.datasets import DataSet
from engine.advice.evidence.models import supplement
from engine.advice.steps.own_case import refuse_unless, require_amount
from engine.workflow.execution.commands import Outcome
from engine.workflow.execution.context import Context, Step

#: What may be added; a correction is of what is there.
KINDS = tuple(kind for kind in SupplementKind if kind is not SupplementKind.CORRECTION)
MAX_NAME = 100


def add_supplement(ctx: Context) -> None:
    """Something no source knows (R54)."""
    assert isinstance(ctx.command, AddSupplement)
    name = ctx.command.name.strip()
    refuse_unless(ctx.command.kind in KINDS, "supplement-kind", "no such kind of entry")
    refuse_unless(0 < len(name) <= MAX_NAME, "supplement-name", f"a name has from 1 to {MAX_NAME} characters")
    _enter(ctx, SupplementKind(ctx.command.kind), name, ctx.command.amount, "")


def correct_figure(ctx: Context) -> None:
    """The citizen knows better than the source; what the source gave stays beside."""
    assert isinstance(ctx.command, CorrectFigure)
    refuse_unless(bool(ctx.command.target), "supplement-target", "a correction is of a line of the overview")
    _enter(ctx, SupplementKind.CORRECTION, "", ctx.command.amount, ctx.command.target)


def _enter(ctx: Context, kind: SupplementKind, name: str, amount: Decimal, target: str) -> None:
    require_amount(amount)
    entry = Supplement(str(uuid.uuid4()), kind, name, amount, ctx.now, target)
    harvest.supplement_by_hand(
        ctx.connection, ctx.services.vault, case_id=ctx.case_id, person_id=ctx.actor.person_id, entry=entry
    )
    ctx.outcome = Outcome(ctx.case_id, made=entry.id)


def remove_supplement(ctx: Context) -> None:
    """Take it back, whichever of the citizen's cases it was entered in."""
    assert isinstance(ctx.command, RemoveSupplement)
    own = (supplement.c.id == ctx.command.entry_id, supplement.c.person_id == ctx.actor.person_id)
    ctx.connection.execute(supplement.delete().where(*own))


def rebuild_overview(data_sets: Mapping[str, DataSet]) -> Step:
    """The step that compiles the overview anew. *data_sets* are those a whole overview has answers of."""

    def rebuild(ctx: Context) -> None:
        harvest.build_snapshot(
            ctx.connection,
            ctx.services.vault,
            case_id=ctx.case_id,
            person_id=ctx.opened.owner_id,
            data_sets=data_sets,
            now=ctx.now,
        )

    return rebuild
