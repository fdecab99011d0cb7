"""A consent or mandate given again, and what its sources are then asked."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from engine.advice.commands import GiveConsentAgain, SettleGrant
from engine.advice.consent import actions as consent
from engine.advice.consent.models import consent_record, grant
from engine.advice.event_kinds import AdviceEvent
from engine.advice.evidence import harvest
from engine.advice.evidence.datasets import DataSet, Requirement
from engine.advice.steps.own_case import refuse_unless
from engine.advice.task_types.user_tasks import of_basis, wording_of
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.errors import NotFound
from engine.workflow.execution.commands import CompleteTask, Outcome
from engine.workflow.execution.context import Context, Step
from engine.workflow.execution.models import user_task
from engine.workflow.instances.rows import TaskRow
from engine.workflow.jobs import outbox

OPEN = ("ready", "claimed")


def give_again(data_sets: Mapping[str, DataSet], receiver: Mapping[str, str]) -> Step:
    """The step that gives it: on the step of the journey that asks for it, else with jobs that open and ask."""

    def give(ctx: Context) -> None:
        assert isinstance(ctx.command, GiveConsentAgain)
        own = select(consent_record).where(
            consent_record.c.id == ctx.command.record_id,
            consent_record.c.case_id == ctx.case_id,
            consent_record.c.person_id == ctx.actor.person_id,
        )
        before = ctx.connection.execute(own.with_for_update()).first()
        if before is None:
            raise NotFound(ctx.command.record_id)
        ctx.outcome = Outcome(ctx.case_id)
        newer = select(consent_record.c.id).where(
            consent_record.c.case_id == ctx.case_id,
            consent_record.c.basis == before.basis,
            consent_record.c.state == "given",
            consent_record.c.valid_to > ctx.now,
            consent_record.c.decided_at > before.decided_at,
        )
        if ctx.connection.execute(newer.limit(1)).first() is not None:
            return
        basis = Requirement(before.basis)
        wanted = of_basis(data_sets, basis, ctx.command.data_sets or before.data_sets)
        refuse_unless(bool(wanted), "consent-data-sets", "a consent is for sources that there are")
        if _answered_in_journey(ctx, basis, wanted, data_sets):
            return
        bundle = ctx.services.library.newest(ctx.connection, basis.value).bundle
        record_id = consent.record(
            ctx.connection,
            ctx.services.vault,
            actor=ctx.actor,
            case_id=ctx.case_id,
            basis=basis.value,
            purpose=before.purpose,
            receiver=dict(receiver),
            data_sets=wanted,
            granted=True,
            wording=wording_of(bundle, basis.value, ctx.command.language),
            now=ctx.now,
        )
        consent.replace_others(ctx.connection, record_id=record_id, data_sets=data_sets, now=ctx.now)
        _open(ctx, record_id, basis, wanted, data_sets)
        ctx.outcome = Outcome(ctx.case_id, made=record_id)
        ctx.audit_kind = AdviceEvent.CONSENT_GIVEN_AGAIN
        ctx.audit_data = {"record": record_id, "basis": basis.value}

    return give


def _open(
    ctx: Context, record_id: str, basis: Requirement, wanted: Sequence[str], data_sets: Mapping[str, DataSet]
) -> None:
    ctx.wakes_workers = True
    if basis is Requirement.CONSENT:
        key = str(uuid.uuid5(uuid.NAMESPACE_URL, f"open-again/{record_id}"))
        payload = {"record": record_id}
        outbox.enqueue(
            ctx.connection, name=consent.OPEN_SOURCES_AGAIN, case_id=ctx.case_id, payload=payload, key=key, now=ctx.now
        )
        return
    consent.add_grant(
        ctx.connection,
        grant_id=record_id,
        record_id=record_id,
        case_id=ctx.case_id,
        channel="mandate",
        data_sets=wanted,
        reference=record_id,
        redirect="",
        state="active",
        now=ctx.now,
    )
    harvest.ask_opened(ctx.connection, ctx.case_id, ctx.actor.person_id, wanted, data_sets, ctx.now)


def _answered_in_journey(
    ctx: Context, basis: Requirement, wanted: Sequence[str], data_sets: Mapping[str, DataSet]
) -> bool:
    """Whether a step of the journey asks for this now, or does when one presses on: then it has its answer there."""
    assert isinstance(ctx.command, GiveConsentAgain)
    asking = _asking(ctx, basis)
    if asking is None:
        before = next((task for task in _open_tasks(ctx, "confirmation") if _leads_to(ctx, task, basis)), None)
        if before is None:
            return False
        ctx.send(CompleteTask(before.id))
        asking = _asking(ctx, basis)
        if asking is None:
            return False
    answer = {
        "answer": "yes",
        "kinds": sorted({data_sets[one].kind.value for one in wanted}),
        "dataSets": list(wanted),
        "language": ctx.command.language,
    }
    ctx.outcome = ctx.send(CompleteTask(asking.id, data={f"{basis.value}-answer": answer}))
    return True


def _open_tasks(ctx: Context, task_type: str) -> list[TaskRow]:
    found = select(user_task).where(
        user_task.c.case_id == ctx.case_id,
        user_task.c.owner_id == ctx.actor.person_id,
        user_task.c.performer == "citizen",
        user_task.c.task_type == task_type,
        user_task.c.state.in_(OPEN),
    )
    return list(ctx.connection.execute(found).all())


def _asking(ctx: Context, basis: Requirement) -> TaskRow | None:
    return next(iter(_open_tasks(ctx, basis.value)), None)


def _leads_to(ctx: Context, task: TaskRow, basis: Requirement) -> bool:
    return leads_to_question(ctx.deployed(task.definition_id).bundle, task.element_id, basis)


def leads_to_question(bundle: Bundle, element_id: str, basis: Requirement) -> bool:
    """Whether what comes straight after a step is the question of *basis*: one who says yes here says it there."""
    process = bundle.process
    after = [process.elements[flow.target] for flow in process.outgoing_flows.get(element_id, ())]
    return any(one.called == basis.value for one in after)


def ask_opened(data_sets: Mapping[str, DataSet]) -> Step:
    """The step after one has come back from a source's page, where no step of the journey will ask the source."""

    def ask(ctx: Context) -> None:
        assert isinstance(ctx.command, SettleGrant)
        row = ctx.connection.execute(select(grant).where(grant.c.id == ctx.command.grant_id)).one()
        if row.state != "active" or _open_tasks(ctx, "approve"):
            return
        harvest.ask_opened(ctx.connection, ctx.case_id, ctx.actor.person_id, row.data_sets, data_sets, ctx.now)
        ctx.wakes_workers = True

    return ask
