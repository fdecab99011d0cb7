"""What citizens add to their overview and correct in it."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from engine.advice.commands import (
    AddSupplement,
    CategorizePayee,
    CorrectFigure,
    DecideSameDebt,
    RegisterSupplement,
    RemoveSupplement,
)
from engine.advice.consent import ending
from engine.advice.economy.figures import DebtKind
from engine.advice.economy.money import ZERO
from engine.advice.economy.overview import Overview
from engine.advice.economy.payees import categories, payee_key
from engine.advice.economy.supplements import Supplement, SupplementKind
from engine.advice.evidence import harvest, snapshots
from engine.advice.evidence.datasets import DataSet
from engine.advice.evidence.models import supplement
from engine.advice.steps.own_case import refuse_unless, require_amount
from engine.platform.db import Database, after_commit
from engine.workflow.execution.commands import Outcome
from engine.workflow.execution.context import Context, Step

#: What may be added; a correction and a decision are of what is there.
KINDS = (SupplementKind.DEBT, SupplementKind.ASSET, SupplementKind.INCOME, SupplementKind.SPENDING)
MAX_NAME = 100
#: A bank's name of a payee is as long as it is; longer than this is none.
MAX_PAYEE = 500
MAX_RATE = 100
#: So long after an entry a job sees to it that it is in the overview.
LEFT_TO_JOB = timedelta(minutes=1)
log = logging.getLogger(__name__)


def add_supplement(ctx: Context) -> None:
    """Something no source knows (R54)."""
    enter_added(ctx)


def enter_added(ctx: Context, registered_by: str = "") -> None:
    """Check and store what is added. *registered_by*: who enters it for a citizen who does not log in."""
    assert isinstance(ctx.command, AddSupplement | RegisterSupplement)
    name = ctx.command.name.strip()
    refuse_unless(ctx.command.kind in KINDS, "supplement-kind", "no such kind of entry")
    refuse_unless(0 < len(name) <= MAX_NAME, "supplement-name", f"a name has from 1 to {MAX_NAME} characters")
    rate = ctx.command.rate
    refuse_unless(rate is None or 0 <= rate <= MAX_RATE, "supplement-rate", f"a rate is from 0 to {MAX_RATE} per cent")
    debt = DebtKind.PRIVATE if ctx.command.private and ctx.command.kind == SupplementKind.DEBT else None
    _enter(
        ctx,
        SupplementKind(ctx.command.kind),
        name,
        ctx.command.amount,
        "",
        debt=debt,
        rate=rate,
        registered_by=registered_by,
    )


def correct_figure(ctx: Context) -> None:
    """The citizen knows better than the source; what the source gave stays beside."""
    assert isinstance(ctx.command, CorrectFigure)
    refuse_unless(bool(ctx.command.target), "supplement-target", "a correction is of a line of the overview")
    known = _overview(ctx)
    debt = known.debt(ctx.command.target) if known else None
    _enter(ctx, SupplementKind.CORRECTION, "", ctx.command.amount, ctx.command.target, debt.records if debt else ())


def decide_same_debt(ctx: Context) -> None:
    """Two debts are one, or one is two: kept by all they are known by, so that it holds when sources come and go."""
    assert isinstance(ctx.command, DecideSameDebt)
    one, other = ctx.command.one, ctx.command.other
    refuse_unless(bool(one and other) and one != other, "supplement-target", "a decision is of two debts")
    known = _overview(ctx)
    first, second = (known.debt(one), known.debt(other)) if known else (None, None)
    kind = SupplementKind.SAME_DEBT if ctx.command.same else SupplementKind.OTHER_DEBT
    names = dict.fromkeys(debt.creditor for debt in (first, second) if debt)
    of_one_debt = first is second
    _enter(
        ctx,
        kind,
        " – ".join(names),
        ZERO,
        one,
        (first.id, *first.records) if first and not of_one_debt else (),
        (other, second.id, *second.records) if second and not of_one_debt else (other,),
    )


def categorize_payee(ctx: Context) -> None:
    """The citizen's own word on a payee, in place of what they said before of the same one."""
    assert isinstance(ctx.command, CategorizePayee)
    payee, key = " ".join(ctx.command.payee.split()), payee_key(ctx.command.payee, "")
    refuse_unless(bool(key) and len(payee) <= MAX_PAYEE, "supplement-name", "no payee that can be known again")
    refuse_unless(ctx.command.category in categories(), "supplement-category", "no such category")
    for row_id, entry in harvest.supplements(ctx.connection, ctx.services.vault, ctx.case_id):
        if entry.kind is SupplementKind.CATEGORY and entry.target == key:
            ctx.connection.execute(supplement.delete().where(supplement.c.id == row_id))
    _enter(ctx, SupplementKind.CATEGORY, payee, ZERO, key, category=ctx.command.category)


def _overview(ctx: Context) -> Overview | None:
    found = snapshots.newest(ctx.connection, ctx.services.vault, ctx.case_id, ctx.now)
    return found[0] if found else None


def _enter(
    ctx: Context,
    kind: SupplementKind,
    name: str,
    amount: Decimal,
    target: str,
    targets: tuple[str, ...] = (),
    others: tuple[str, ...] = (),
    debt: DebtKind | None = None,
    rate: Decimal | None = None,
    category: str = "",
    registered_by: str = "",
) -> None:
    require_amount(amount)
    entry = Supplement(
        str(uuid.uuid4()), kind, name, amount, ctx.now, target, targets, others, debt, rate, category=category
    )
    harvest.supplement_by_hand(
        ctx.connection,
        ctx.services.vault,
        case_id=ctx.case_id,
        person_id=ctx.opened.owner_id,
        entry=entry,
        registered_by=registered_by,
    )
    ctx.outcome = Outcome(ctx.case_id, made=entry.id)


def remove_supplement(ctx: Context) -> None:
    """Take it back, whichever of the citizen's cases it was entered in."""
    assert isinstance(ctx.command, RemoveSupplement)
    own = (supplement.c.id == ctx.command.entry_id, supplement.c.person_id == ctx.actor.person_id)
    ctx.connection.execute(supplement.delete().where(*own))


def rebuild_overview(data_sets: Mapping[str, DataSet], database: Database) -> Step:
    """The step that has the overview compiled anew when the entry stands, before whoever made it sees a page.

    A job does it where this process ends before it has. *data_sets* are those a whole overview has answers of.
    """

    def rebuild(ctx: Context) -> None:
        vault, case_id, person_id, now = ctx.services.vault, ctx.case_id, ctx.opened.owner_id, ctx.now
        ending.rebuild(ctx.connection, case_id, now, due_at=now + LEFT_TO_JOB)

        def compile_now() -> None:
            try:
                snapshots.compile_now(
                    database, vault, case_id=case_id, person_id=person_id, data_sets=data_sets, now=now
                )
            except Exception:
                log.exception("the overview of %s is left to its job", case_id)

        after_commit(ctx.connection, compile_now)

    return rebuild


def ask_sources_again(data_sets: Mapping[str, DataSet]) -> Step:
    """The step that leaves due work for the sources whose answer is old or failed."""

    def ask(ctx: Context) -> None:
        harvest.ask_again(ctx.connection, ctx.case_id, data_sets, ctx.now)

    return ask
