"""The forms of the page where things are written down for a citizen, each read into the command it sends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from flask import g, request
from sqlalchemy import Connection, select

from engine.advice.commands import (
    RegisterAnswer,
    RegisterShareStop,
    RegisterSupplement,
    RegisterWithdrawal,
    RemoveRegistered,
)
from engine.advice.consent.models import consent_record
from engine.advice.economy.supplements import SupplementKind
from engine.advice.steps.supplements import KINDS, MAX_NAME
from engine.casework import documents, journal, queries
from engine.casework.commands import RegisterReply
from engine.casework.registration import CHANNELS
from engine.platform.calendar import norwegian_day
from engine.web.citizen.tasks import ASKS_FOR, YES_NO
from engine.web.shared import forms, view
from engine.web.shared.amounts import FieldErrors, amount_field, rate_field
from engine.workflow.errors import NotFound
from engine.workflow.execution.commands import Command, Received
from engine.workflow.execution.models import user_task
from engine.workflow.instances.rows import CaseRow, TaskRow
from forms.formatting import long_date

FAMILY_LOAN = "private"


def citizen_tasks(connection: Connection, case_id: str) -> Sequence[TaskRow]:
    """What waits for the citizen, oldest first."""
    return connection.execute(
        select(user_task)
        .where(
            user_task.c.case_id == case_id,
            user_task.c.performer == "citizen",
            user_task.c.state.in_(queries.OPEN),
        )
        .order_by(user_task.c.created_at)
    ).all()


def read_received(connection: Connection, case: CaseRow, errors: FieldErrors) -> Received | None:
    """How it came, as the form says; what is missing is an error."""
    channel, written = request.form.get("channel", ""), request.form.get("received_on", "")
    if channel not in CHANNELS:
        errors.append({"id": "channel-phone", "path": "channel", "text": view.t("on_behalf.no_channel")})
    try:
        on = date.fromisoformat(written)
    except ValueError:
        on = None
    if on is None or on > norwegian_day(view.application().clock.now()):
        errors.append({"id": "received_on", "path": "received_on", "text": view.t("on_behalf.no_day")})
    document_id = request.form.get("document", "")
    if document_id:
        documents.of(connection, view.application().vault, case.id, document_id)
    return None if errors or on is None else Received(channel, on, document_id)


#: From a form to a command: case, what it is about, how it came; ``None`` and an error where something is missing.
Reader = Callable[[Connection, CaseRow, str, "Received | None", FieldErrors], Command | None]


def _note(title: str, received: Received) -> str:
    """What the journal says: what was written down, how it came, and what the caseworker adds."""
    how, day = view.t(f"received.{received.channel}"), long_date(received.on, g.language)
    words = request.form.get("words", "").strip()
    head = view.t("on_behalf.note", what=title, how=how, day=day)
    return f"{head}\n{words}".strip()[: journal.MAX_TEXT]


def _task(
    connection: Connection, case: CaseRow, about: str, received: Received | None, errors: FieldErrors
) -> Command | None:
    task = next((one for one in citizen_tasks(connection, case.id) if one.id == about), None)
    if task is None:
        raise NotFound(about)
    data: dict[str, Mapping[str, Any]] = {}
    if task.task_type in YES_NO:
        data[YES_NO[task.task_type]] = _answer(task, errors)
    else:
        form = forms.of_task(connection, task)
        if form is not None:
            filled = forms.posted(form)
            errors += forms.errors(form, filled)
            data[form.stored] = filled
    if received is None or errors:
        return None
    return RegisterAnswer(case.id, task.id, received, data, _note(view.task_title(task), received))


def _answer(task: TaskRow, errors: FieldErrors) -> dict[str, Any]:
    """A yes or a no; of a yes to sources which, and until when."""
    said, asks = request.form.get("answer", ""), task.task_type in ASKS_FOR
    if said not in ("yes", "no"):
        errors.append({"id": "answer-yes", "path": "answer", "text": view.t("on_behalf.no_answer")})
    answer: dict[str, Any] = {"answer": said, "kinds": [], "language": g.language}
    if said != "yes" or not asks:
        return answer
    known = view.application().data_sets
    ticked = [known[one] for one in request.form.getlist("data_sets") if one in known and known[one].opened_on_paper]
    if not ticked:
        errors.append({"id": "data-set-1", "path": "data_sets", "text": view.t("on_behalf.no_sources")})
    answer["kinds"] = sorted({one.kind.value for one in ticked})
    answer["dataSets"] = [one.id for one in ticked]
    until = request.form.get("until", "")
    try:
        passed = date.fromisoformat(until) < norwegian_day(view.application().clock.now())
    except ValueError:
        passed = True
    if passed:
        errors.append({"id": "until", "path": "until", "text": view.t("on_behalf.no_until")})
    answer["until"] = until
    return answer


def _reply(_: Connection, case: CaseRow, about: str, received: Received | None, errors: FieldErrors) -> Command | None:
    text = request.form.get("text", "").strip()
    if not text or len(text) > journal.MAX_TEXT:
        key = "asked.reply_empty" if not text else "message.long"
        errors.append({"id": f"text-{about}", "path": "text", "text": view.t(key)})
    return RegisterReply(case.id, about, text, received) if received is not None and not errors else None


def _amount(
    _: Connection, case: CaseRow, _about: str, received: Received | None, errors: FieldErrors
) -> Command | None:
    form = request.form
    kind, name = form.get("kind", ""), form.get("name", "").strip()
    private = kind == FAMILY_LOAN
    kind = SupplementKind.DEBT if private else kind
    if kind not in KINDS:
        errors.append({"id": "kind", "path": "kind", "text": view.t("supplement.kind")})
    if not name or len(name) > MAX_NAME:
        errors.append({"id": "name", "path": "name", "text": view.t("supplement.name")})
    amount = amount_field(form.get("amount", ""), view.t("supplement.amount_label"), errors, "amount")
    written = form.get("rate", "").strip() if kind == SupplementKind.DEBT else ""
    rate = rate_field(written, view.t("supplement.rate_label"), errors, "rate") if written else None
    if received is None or errors or amount is None:
        return None
    return RegisterSupplement(case.id, received, kind, name, amount, private, rate)


def _remove(_: Connection, case: CaseRow, about: str, _received: Received | None, _errors: FieldErrors) -> Command:
    return RemoveRegistered(case.id, about)


def _withdraw(
    connection: Connection, case: CaseRow, about: str, received: Received | None, errors: FieldErrors
) -> Command | None:
    which = consent_record.c.id == about, consent_record.c.case_id == case.id
    basis = connection.execute(select(consent_record.c.basis).where(*which)).scalar()
    if basis is None:
        raise NotFound(about)
    if received is None or errors:
        return None
    return RegisterWithdrawal(case.id, about, received, _note(view.t(f"sharing.withdraw.{basis}"), received))


def _stop(_: Connection, case: CaseRow, about: str, received: Received | None, errors: FieldErrors) -> Command | None:
    if received is None or errors:
        return None
    return RegisterShareStop(case.id, about, received, _note(view.t("share.stop"), received))


#: What may be pressed on the page; the text of what was done is ``on_behalf.done.<act>``.
READERS: Mapping[str, Reader] = {
    "task": _task,
    "reply": _reply,
    "amount": _amount,
    "remove": _remove,
    "withdraw": _withdraw,
    "stop": _stop,
}
