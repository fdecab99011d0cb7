"""A case the office begins for a citizen."""

from __future__ import annotations

from engine.casework import intake, notices, queries
from engine.casework.commands import AddNote, BeginCaseForCitizen, TakeCase
from engine.workflow.errors import AlreadyDone, NotFound, NotPossible, Reason
from engine.workflow.execution.commands import Outcome, StartInstance
from engine.workflow.execution.context import Context


def begin_case(ctx: Context) -> None:
    """Once for each journey and citizen, and never for oneself. The citizen becomes known to the vault by it."""
    assert isinstance(ctx.command, BeginCaseForCitizen)
    one, office_no = ctx.command, ctx.actor.office.orgno if ctx.actor.office else ""
    offered = intake.journeys(ctx.connection, ctx.services.library, ctx.actor)
    deployed = next((found for found in offered if found.key == one.key), None)
    if deployed is None or one.way not in intake.CHANNELS:
        raise NotFound(one.key)
    owner = ctx.services.vault.register(
        ctx.connection, pid=one.pid, name=one.name, birth_date=one.birth_date, former=one.former
    )
    if owner.id == ctx.actor.person_id:
        raise NotPossible(Reason("", "own-case", "nobody begins their own case at the office"))
    there = queries.open_case_of(ctx.connection, owner.id, deployed.key)
    if there is not None:
        raise AlreadyDone(owner.id, there.opened_at, "open")
    office = intake.office_of(deployed.bundle, office_no) or {}
    variables = {
        "office": office.get("orgno", ""),
        "officeName": office.get("name", ""),
        "granted": False,
        "pending": 0,
        **deployed.bundle.metadata.get("startVariables", {}),
    }
    started = ctx.send(StartInstance(deployed.key, owner.id, variables))
    ctx.outcome = Outcome(started.case_id)


def note_reason(ctx: Context) -> None:
    """Why the case was begun is its first note, for the citizen to read."""
    assert isinstance(ctx.command, BeginCaseForCitizen)
    ctx.send(AddNote(ctx.outcome.case_id, ctx.command.reason))


def notify_owner(ctx: Context) -> None:
    """The citizen is told which office began a case for them, and how they had come."""
    assert isinstance(ctx.command, BeginCaseForCitizen)
    case = queries.case_by_id(ctx.connection, ctx.outcome.case_id)
    bundle = ctx.deployed(case.definition_id).bundle
    office = intake.office_of(bundle, case.office or "") or {}
    notices.give(
        ctx.connection,
        ctx.services.vault,
        case_id=case.id,
        person_id=case.owner_id,
        key="opened",
        kind="opened",
        content={"about": office.get("name", ""), "way": ctx.command.way},
        now=ctx.now,
    )


def take_new_case(ctx: Context) -> None:
    """Where the caseworker wants it, it is theirs at once."""
    assert isinstance(ctx.command, BeginCaseForCitizen)
    if ctx.command.take:
        ctx.send(TakeCase(ctx.outcome.case_id))
