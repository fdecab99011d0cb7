"""A draft becomes the next version: what must hold, and what becomes of the cases that run."""

from __future__ import annotations

from engine.studio import case_migration, scenarios, studio_settings
from engine.studio.capabilities import ReadOffer
from engine.studio.commands import PublishDraft
from engine.studio.rows import DraftRow
from engine.workflow.definitions.bundle import Bundle, BundleError
from engine.workflow.errors import NotPossible, Reason
from engine.workflow.execution.commands import Outcome
from engine.workflow.execution.context import Context, Step
from engine.workflow.findings import bundle_findings


def require_faultless(read_offer: ReadOffer) -> Step:
    """The step that refuses a draft with errors, checked by what may be used here."""

    def require(ctx: Context) -> None:
        bundle = _bundle(ctx)
        found = [fault for fault in bundle_findings(bundle, read_offer(ctx.connection)) if fault.severity == "error"]
        if found:
            raise NotPossible(*(Reason(fault.element, fault.rule, fault.message) for fault in found))

    return require


def require_scenarios(ctx: Context) -> None:
    """Every scenario that must hold is among those the sender has seen hold on this revision."""
    assert isinstance(ctx.command, PublishDraft)
    stored = scenarios.of(_bundle(ctx))
    failing = [name for name, one in stored.items() if one.get("blocks") and name not in ctx.command.held]
    if failing:
        raise NotPossible(*(Reason("", "scenario-blocks", f"the scenario {name} does not hold") for name in failing))


def require_second_person(ctx: Context) -> None:
    """Where two must agree, another than the publisher has proposed it."""
    two = studio_settings.get(ctx.connection, studio_settings.TWO_PERSONS)
    if two and ctx.found(DraftRow).proposed_by in (None, "", ctx.actor.person_id):
        raise NotPossible(Reason("", "two-persons", "a colleague must have proposed it"))


def deploy(ctx: Context) -> None:
    """The draft is the next version of its process, unless it is the version in use already."""
    try:
        bundle = _bundle(ctx)
        deployed, new = ctx.services.library.deploy(ctx.connection, bundle, by=ctx.actor.person_id)
    except BundleError as error:
        raise NotPossible(*(Reason("", "bundle", text) for text in error.errors)) from None
    ctx.outcome = Outcome(made=deployed.id, detail={"version": deployed.version, "new": new, "batch": ""})
    ctx.wakes_workers = True


def move_cases(ctx: Context) -> None:
    """Where that was chosen, a batch moves the cases that run to the new version."""
    command = ctx.command
    assert isinstance(command, PublishDraft)
    detail = dict(ctx.outcome.detail or {})
    if command.move and detail["new"] and case_migration.running(ctx.connection, command.key, ctx.outcome.made):
        batch = case_migration.move(
            ctx.connection, command.key, ctx.outcome.made, command.mapping, command.reason, ctx.actor, ctx.now
        )
        ctx.outcome = ctx.outcome.with_detail({**detail, "batch": batch})


def _bundle(ctx: Context) -> Bundle:
    """The draft that is to be published."""
    draft = ctx.found(DraftRow)
    return Bundle.unpack(draft.key, draft.bundle)
