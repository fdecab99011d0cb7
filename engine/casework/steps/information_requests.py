"""What the citizen is asked for."""

from __future__ import annotations

from engine.casework import information_requests, notices
from engine.casework.commands import AnswerQuestion, AskCitizen, PauseCase, RegisterReply, UnpauseCase, WithdrawQuestion
from engine.casework.event_kinds import CaseworkEvent
from engine.workflow.authorization.actor import SYSTEM
from engine.workflow.errors import NotPossible, Reason
from engine.workflow.execution.commands import Outcome
from engine.workflow.execution.context import Context

#: As much of a question stands as the reason of the pause it makes.
MAX_REASON = 200


def require_coming_day(ctx: Context) -> None:
    """The citizen is given until a day that has not passed."""
    assert isinstance(ctx.command, AskCitizen)
    if ctx.command.due_at < ctx.now:
        raise NotPossible(Reason("", "in-the-past", "the day has passed"))


def ask_citizen(ctx: Context) -> None:
    """Where there is nothing to pause, the question stands all the same."""
    assert isinstance(ctx.command, AskCitizen)
    pauses = ctx.command.pauses
    if pauses:
        try:
            ctx.send(PauseCase(ctx.case_id, "citizen", ctx.command.text[:MAX_REASON], ctx.command.due_at))
        except NotPossible:
            pauses = False
    question_id = information_requests.ask(
        ctx.connection,
        ctx.services.vault,
        author=ctx.actor.person_id,
        case=ctx.opened,
        text=ctx.command.text,
        due=ctx.command.due_at,
        pauses=pauses,
        now=ctx.now,
    )
    ctx.audit_kind, ctx.audit_data = CaseworkEvent.QUESTION_ASKED, {"question": question_id}
    ctx.outcome = Outcome(ctx.case_id, made=question_id)


def answer_question(ctx: Context) -> None:
    """Only who was asked may answer."""
    assert isinstance(ctx.command, AnswerQuestion)
    question_id = ctx.command.question_id
    information_requests.answer(
        ctx.connection,
        ctx.services.vault,
        case_id=ctx.case_id,
        question_id=question_id,
        who=ctx.actor,
        text=ctx.command.text,
        now=ctx.now,
    )
    ctx.audit_kind, ctx.audit_data = CaseworkEvent.QUESTION_ANSWERED, {"question": question_id}


def withdraw_question(ctx: Context) -> None:
    """Once: what was answered stays so."""
    assert isinstance(ctx.command, WithdrawQuestion)
    information_requests.withdraw(ctx.connection, ctx.case_id, ctx.command.question_id, ctx.now)
    ctx.audit_kind, ctx.audit_data = CaseworkEvent.QUESTION_WITHDRAWN, {"question": ctx.command.question_id}


def continue_case(ctx: Context) -> None:
    """What the question held up goes on, once nothing else is asked of the citizen."""
    assert isinstance(ctx.command, AnswerQuestion | RegisterReply | WithdrawQuestion)
    if information_requests.held_up(ctx.connection, ctx.opened, ctx.command.question_id):
        ctx.send(UnpauseCase(ctx.case_id), SYSTEM)


def notify_asker(ctx: Context) -> None:
    """Whoever has the case is told, or who asked while nobody has it."""
    assert isinstance(ctx.command, AnswerQuestion)
    row = information_requests.find(ctx.connection, ctx.command.question_id)
    notices.give_to_colleague(
        ctx.connection,
        ctx.services.vault,
        case=ctx.opened,
        person_id=ctx.opened.responsible or row.author,
        kind="answered",
        content={"by": row.person_id},
        now=ctx.now,
    )
