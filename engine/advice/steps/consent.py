"""Consents, mandates, and what sources say of their grants."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from engine.advice.commands import SettleGrant, WithdrawConsent
from engine.advice.consent import actions as consent
from engine.advice.consent import ending
from engine.advice.consent.models import consent_record, grant
from engine.advice.event_kinds import AdviceEvent
from engine.advice.evidence.datasets import DataSet
from engine.advice.task_types.collection import settle
from engine.workflow.audit import chain
from engine.workflow.errors import NotFound
from engine.workflow.execution.commands import CompleteTask, CorrelateMessage, Outcome
from engine.workflow.execution.context import Context, Step
from engine.workflow.execution.models import user_task


def check_consent_access(ctx: Context) -> None:
    """It is my own record. That is all that is asked, and a suspended case does not stand in the way.

    GDPR article 7(3): withdrawing is as easy as giving and can be done at any time, so no policy of a journey, which
    an author may change, can take it away.
    """
    assert isinstance(ctx.command, WithdrawConsent)
    own = select(consent_record.c.id).where(
        consent_record.c.id == ctx.command.record_id,
        consent_record.c.case_id == ctx.case_id,
        consent_record.c.person_id == ctx.actor.person_id,
    )
    if ctx.connection.execute(own).first() is None:
        raise NotFound(ctx.command.record_id)


def withdraw_consent(data_sets: Mapping[str, DataSet]) -> Step:
    """The step that ends it with all that only it allowed of *data_sets*.

    The channels are notified and what is left is compiled by jobs. The journey is notified by a message when nothing is
    left to ask with; while something is, it goes on with that.
    """

    def withdraw(ctx: Context) -> None:
        assert isinstance(ctx.command, WithdrawConsent)
        record_id = ctx.command.record_id
        ctx.outcome = Outcome(ctx.case_id)
        basis = consent.withdraw(ctx.connection, record_id=record_id, data_sets=data_sets, now=ctx.now)
        if basis is None:
            return
        ctx.wakes_workers = True
        ctx.audit_kind = AdviceEvent.CONSENT_WITHDRAWN
        ctx.audit_data = {"record": record_id, "basis": basis}
        if not ending.allowed(ctx.connection, ctx.case_id, ctx.now):
            ctx.send(CorrelateMessage("consent.withdrawn", ctx.case_id, "consent", record_id))

    return withdraw


def end_consents(data_sets: Mapping[str, DataSet]) -> Step:
    """The step that ends every consent and mandate of a case that is cancelled: they were given for its purpose."""

    def end(ctx: Context) -> None:
        given = select(consent_record.c.id).where(
            consent_record.c.case_id == ctx.case_id, consent_record.c.state == "given"
        )
        for record_id in ctx.connection.execute(given.order_by(consent_record.c.decided_at)).scalars().all():
            basis = consent.withdraw(ctx.connection, record_id=record_id, data_sets=data_sets, now=ctx.now)
            chain.append(
                ctx.connection,
                ctx.case_id,
                ctx.now,
                ctx.actor,
                AdviceEvent.CONSENT_WITHDRAWN,
                {"record": record_id, "basis": basis},
            )
            ctx.wakes_workers = True

    return end


def settle_grant(ctx: Context) -> None:
    """One that is settled stays as it is."""
    assert isinstance(ctx.command, SettleGrant)
    of_case = select(grant.c.id).where(grant.c.id == ctx.command.grant_id, grant.c.case_id == ctx.case_id)
    if ctx.connection.execute(of_case).first() is None:
        raise NotFound(ctx.command.grant_id)
    settle(ctx.connection, ctx.command.grant_id, ctx.command.state)


def complete_approval(ctx: Context) -> None:
    """When no source waits for the citizen any more, the task of approving at the sources is done."""
    pending = select(grant.c.id).where(grant.c.case_id == ctx.case_id, grant.c.state == "pending").limit(1)
    if ctx.connection.execute(pending).first() is not None:
        return
    waiting = select(user_task.c.id).where(
        user_task.c.case_id == ctx.case_id,
        user_task.c.task_type == "approve",
        user_task.c.state.in_(("ready", "claimed")),
    )
    task_id = ctx.connection.execute(waiting.limit(1)).scalar()
    if task_id is not None:
        ctx.outcome = ctx.send(CompleteTask(task_id))
