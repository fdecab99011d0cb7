"""What the owner of a business says of it."""

from __future__ import annotations

import uuid
from datetime import timedelta

from engine.advice.commands import SaveAssumptions, SaveChecklist, SaveClosingSteps, TagAccounts
from engine.advice.economy.enk.closing import STEPS as CLOSING_STEPS
from engine.advice.economy.enk.startup import SETUP_STEPS
from engine.advice.economy.enk.tagging import Tag
from engine.advice.evidence import business
from engine.advice.steps.own_case import refuse_unless, require_amount, store, stored
from engine.casework import queries
from engine.workflow.execution.commands import CorrelateMessage
from engine.workflow.execution.context import Context

#: The journeys that watch over what falls due.
WATCHING = ("enk_run", "enk_close")
MESSAGE_LIFE = timedelta(hours=1)


def tag_accounts(ctx: Context) -> None:
    """Which account is for what (R60)."""
    assert isinstance(ctx.command, TagAccounts)
    tags = ctx.command.tags
    refuse_unless(set(tags.values()) <= set(Tag), "account-tag", "no such tag")
    store(ctx, business.TAGS, {"tags": {number: str(tag) for number, tag in tags.items()}})


def save_assumptions(ctx: Context) -> None:
    """Returns of other terms stand, and so does what was stated for the year before."""
    command = ctx.command
    assert isinstance(command, SaveAssumptions)
    for amount in command.returned.values():
        require_amount(abs(amount))
    before = stored(ctx, business.ASSUMPTIONS)
    returns = {**business.read_assumptions(before).returns, **command.returned}
    stated = {**command.stated, "returns": {term: str(amount) for term, amount in returns.items()}}
    store(ctx, business.ASSUMPTIONS, business.next_assumptions(before, stated, command.today))


def save_checklist(ctx: Context) -> None:
    """The steps of setting up (R67)."""
    assert isinstance(ctx.command, SaveChecklist)
    done, later = ctx.command.done, ctx.command.later
    refuse_unless({*done, *later} <= set(SETUP_STEPS), "checklist-step", "no such step")
    store(ctx, "checklist", {"done": list(done), "later": list(later)})


def save_closing_steps(ctx: Context) -> None:
    """The steps of closing (R69)."""
    assert isinstance(ctx.command, SaveClosingSteps)
    refuse_unless(set(ctx.command.done) <= set(CLOSING_STEPS), "closing-step", "no such step")
    store(ctx, "closing-steps", {"done": list(ctx.command.done)})


def notify_watching_journeys(ctx: Context) -> None:
    """What the owner says may change what falls due: the journeys that watch over it look at once."""
    for case in queries.cases_of(ctx.connection, ctx.actor.person_id):
        if case.state == "open" and case.owner_id == ctx.actor.person_id and case.key in WATCHING:
            ctx.send(CorrelateMessage("enk.changed", case.id, "owner", str(uuid.uuid4()), time_to_live=MESSAGE_LIFE))
