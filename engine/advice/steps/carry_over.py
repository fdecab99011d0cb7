"""From one service to another of the same person, with all that was given: nothing is asked for twice."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, insert, select

from engine.advice.commands import CarryOver
from engine.advice.consent import actions as consent
from engine.advice.consent.models import consent_record, grant
from engine.advice.event_kinds import AdviceEvent
from engine.advice.evidence import harvest, snapshots
from engine.advice.evidence.datasets import DataSet
from engine.advice.evidence.models import harvest as harvest_table
from engine.advice.evidence.models import raw_answer
from engine.advice.sharing import actions as sharing
from engine.advice.steps.own_case import refuse_unless
from engine.advice.steps.sharing import office_of
from engine.advice.task_types.user_tasks import wording_of
from engine.workflow.audit import chain
from engine.workflow.execution.commands import Outcome, StartInstance
from engine.workflow.execution.context import Context, Step


def carry_over(data_sets: Mapping[str, DataSet], receiver: Mapping[str, str]) -> Step:
    """The step that begins the other case and gives it what this one has, in one transaction: no job comes between."""

    def carry(ctx: Context) -> None:
        assert isinstance(ctx.command, CarryOver)
        standing = ctx.connection.execute(
            select(consent_record).where(
                consent_record.c.case_id == ctx.case_id,
                consent_record.c.state == "given",
                consent_record.c.valid_to > ctx.now,
            )
        ).all()
        refuse_unless(bool(standing), "carry-nothing", "nothing stands that could be carried over")
        variables = {**ctx.command.variables, "carried": True, "granted": True}
        new = ctx.send(StartInstance(ctx.command.key, ctx.actor.person_id, variables)).case_id
        for record in standing:
            _give_anew(ctx, record, new, receiver)
        _copy_answers(ctx, new)
        for _, entry in harvest.supplements(ctx.connection, ctx.services.vault, ctx.case_id):
            harvest.supplement_by_hand(
                ctx.connection,
                ctx.services.vault,
                case_id=new,
                person_id=ctx.actor.person_id,
                entry=replace(entry, id=str(uuid.uuid4())),
            )
        snapshots.build(
            ctx.connection,
            ctx.services.vault,
            case_id=new,
            person_id=ctx.actor.person_id,
            data_sets=data_sets,
            now=ctx.now,
        )
        office = office_of(ctx.connection, new)
        if office is not None:
            sharing.start(ctx.connection, actor=ctx.actor, case_id=new, office=office, now=ctx.now)
        chain.append(ctx.connection, new, ctx.now, ctx.actor, AdviceEvent.CARRIED_OVER, {"from": ctx.case_id})
        ctx.outcome = Outcome(new)
        ctx.wakes_workers = True

    return carry


def _give_anew(ctx: Context, record: Row[Any], new: str, receiver: Mapping[str, str]) -> None:
    """The same for the new purpose, and no longer than the old stands: so long its channels are open."""
    assert isinstance(ctx.command, CarryOver)
    bundle = ctx.services.library.newest(ctx.connection, record.basis).bundle
    record_id = consent.record(
        ctx.connection,
        ctx.services.vault,
        actor=ctx.actor,
        case_id=new,
        basis=record.basis,
        purpose=str(ctx.command.variables.get("purpose") or "debt_advice"),
        receiver=dict(receiver),
        data_sets=record.data_sets,
        granted=True,
        wording=wording_of(bundle, record.basis, ctx.command.language),
        now=ctx.now,
        life=min(consent.DEFAULT_LIFE, record.valid_to - ctx.now),
    )
    opened = ctx.connection.execute(
        select(grant).where(grant.c.record_id == record.id, grant.c.state == "active")
    ).all()
    for one in opened:
        by_mandate = one.channel == "mandate"
        consent.add_grant(
            ctx.connection,
            grant_id=record_id if by_mandate else str(uuid.uuid5(uuid.NAMESPACE_URL, f"{record_id}/{one.channel}")),
            record_id=record_id,
            case_id=new,
            channel=one.channel,
            data_sets=one.data_sets,
            reference=record_id if by_mandate else one.reference,
            redirect=one.redirect,
            state="active",
            now=ctx.now,
        )


def _copy_answers(ctx: Context, new: str) -> None:
    """The answers, sealed for the rows they are stored in now."""
    vault, connection = ctx.services.vault, ctx.connection
    for row in connection.execute(select(harvest_table).where(harvest_table.c.case_id == ctx.case_id)).all():
        told = connection.execute(select(raw_answer).where(raw_answer.c.id == row.id)).first()
        row_id = str(uuid.uuid4())
        content = None
        if row.content is not None:
            opened = vault.open(connection, row.person_id, f"harvest.content:{row.id}", row.content)
            content = vault.seal(connection, row.person_id, f"harvest.content:{row_id}", opened)
        connection.execute(
            insert(harvest_table).values({**row._mapping, "id": row_id, "case_id": new, "content": content})
        )
        if told is not None:
            body = vault.open(connection, told.person_id, f"raw_answer.content:{told.id}", told.content)
            sealed = vault.seal(connection, told.person_id, f"raw_answer.content:{row_id}", body)
            connection.execute(
                insert(raw_answer).values({**told._mapping, "id": row_id, "case_id": new, "content": sealed})
            )
