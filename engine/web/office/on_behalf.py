"""What a caseworker does for a citizen who does not log in: writes down what they said and what their papers say.

One page, and one form for each thing: the task that waits for the citizen, their answer to a question, an amount from
a bill, what they take back. Each says how it came and when, and who wrote it down stands beside it from then on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, Row, select

from engine.advice.commands import (
    RegisterAnswer,
    RegisterShareStop,
    RegisterSupplement,
    RegisterWithdrawal,
    RemoveRegistered,
)
from engine.advice.consent.actions import DEFAULT_LIFE
from engine.advice.consent.models import consent_record
from engine.advice.economy.supplements import Supplement
from engine.advice.evidence import harvest
from engine.advice.evidence.datasets import DataSet
from engine.advice.evidence.models import supplement
from engine.advice.sharing.models import share
from engine.casework import documents, information_requests
from engine.casework.commands import RegisterReply
from engine.casework.documents import Document
from engine.casework.information_requests import Question
from engine.casework.registration import CHANNELS
from engine.platform.calendar import norwegian_day
from engine.web.citizen.tasks import ASKS_FOR, YES_NO
from engine.web.office import session
from engine.web.office.case_page import case_of
from engine.web.office.registration_forms import FAMILY_LOAN, READERS, citizen_tasks, read_received
from engine.web.shared import access, forms, view
from engine.web.shared.amounts import FieldErrors
from engine.web.shared.commands import send, sends
from engine.web.shared.forms import TaskForm
from engine.web.shared.guards import guarded
from engine.workflow.authorization import pep
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import Invalid, NotFound, Refusal
from engine.workflow.execution.models import process_instance
from engine.workflow.instances.rows import CaseRow, TaskRow
from forms.formatting import long_date

blueprint = guarded("on_behalf", __name__, Role.CASEWORKER.value)
session.only_members(blueprint)


@dataclass(frozen=True, slots=True)
class Asked:
    """The citizen's task at hand.

    kind     consent | mandate | share where it is a yes or a no, "" for any other task
    values   of the placeholders of its texts
    offered  data sets a yes on paper opens, and ``closed`` what those are called that the citizen must open themselves
    until    the last day that is proposed
    """

    task: TaskRow
    kind: str
    form: TaskForm | None
    values: Mapping[str, str]
    offered: Sequence[DataSet]
    closed: Sequence[str]
    until: str


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on the page. ``written`` stands in the form that was sent and refused, ``at`` says which it is."""

    case: CaseRow
    tasks: Sequence[TaskRow]
    asked: Asked | None
    questions: Sequence[Question]
    entries: Sequence[tuple[str, Supplement]]
    records: Sequence[tuple[Row[Any], Sequence[str]]]
    shares: Sequence[Row[Any]]
    documents: Sequence[Document]
    today: str
    written: Mapping[str, str]
    chosen: Sequence[str]
    at: str
    errors: FieldErrors
    message: str
    done: str
    channels: Sequence[str] = CHANNELS
    kinds: Sequence[str] = ("debt", FAMILY_LOAN, "asset", "income", "spending")


def offered(connection: Connection, case: CaseRow) -> bool:
    """Whether anything of the case may be written down for its citizen by whoever is logged in."""
    deployed = view.application().library.get(connection, case.definition_id)
    who = access.reader(connection, case).who
    return case.state == "open" and pep.may_somewhere(deployed.bundle, who, "register")


@blueprint.get("/saker/<number>/for-innbyggeren")
def show(number: str) -> ResponseReturnValue:
    return _page(number)


def _page(
    number: str, errors: FieldErrors | None = None, message: str = "", status: int = 422, at: str = ""
) -> ResponseReturnValue:
    application = view.application()
    now = application.clock.now()
    with application.db.read() as connection:
        case = case_of(connection, number)
        if not offered(connection, case):
            raise NotFound(number)
        tasks = citizen_tasks(connection, case.id)
        vault = application.vault
        asked = information_requests.of_case(connection, vault, case.id)
        entries = harvest.supplements(connection, vault, case.id)
        ours = select(supplement.c.id).where(supplement.c.case_id == case.id, supplement.c.registered_by.is_not(None))
        entered = set(connection.execute(ours).scalars())
        given = consent_record.c.case_id == case.id, consent_record.c.state == "given", consent_record.c.valid_to > now
        active = share.c.case_id == case.id, share.c.state == "active", share.c.valid_to > now
        body = render_template(
            "on_behalf.html",
            page=Page(
                case=case,
                tasks=tasks,
                asked=_asked(connection, case, tasks),
                questions=[one for one in asked if one.state == "open"],
                entries=[(row_id, one) for row_id, one in entries if row_id in entered],
                records=[
                    (row, [view.data_set_name(one) for one in row.data_sets])
                    for row in connection.execute(select(consent_record).where(*given))
                ],
                shares=connection.execute(select(share).where(*active)).all(),
                documents=documents.of_case(connection, vault, case.id),
                today=norwegian_day(now).isoformat(),
                written=request.form.to_dict() if at else {},
                chosen=request.form.getlist("data_sets") if at else (),
                at=at,
                errors=errors or [],
                message=message,
                done=request.args.get("gjort", "") if request.args.get("gjort") in READERS else "",
            ),
            case=case,
        )
    return (body, status) if errors or message else body


def _asked(connection: Connection, case: CaseRow, tasks: Sequence[TaskRow]) -> Asked | None:
    if not tasks:
        return None
    application = view.application()
    task = tasks[0]
    kind = task.task_type if task.task_type in YES_NO else ""
    requirement = ASKS_FOR.get(task.task_type)
    variables = connection.execute(
        select(process_instance.c.variables).where(process_instance.c.id == case.id)
    ).scalar_one()
    wanted = variables.get("kinds")
    sets = [
        one
        for one in application.data_sets.values()
        if requirement is not None and one.requirement is requirement and (not wanted or one.kind.value in wanted)
    ]
    last = application.clock.now() + DEFAULT_LIFE
    settings = application.settings
    return Asked(
        task=task,
        kind=kind,
        form=None if kind else forms.of_task(connection, task),
        values={
            "receiver": f"{settings.organisation_name} (org.nr. {settings.organisation_number})",
            "office": str(variables.get("officeName", "")),
            "orgno": str(variables.get("office", "")),
            "until": long_date(last, g.language),
        },
        offered=[one for one in sets if one.opened_on_paper],
        closed=[one.title.text(g.language) for one in sets if not one.opened_on_paper],
        until=norwegian_day(last).isoformat(),
    )


@blueprint.post("/saker/<number>/for-innbyggeren")
@sends(RegisterAnswer, RegisterReply, RegisterSupplement, RemoveRegistered, RegisterWithdrawal, RegisterShareStop)
def write_down(number: str) -> ResponseReturnValue:
    """Do what was pressed. What is wrong is said at its field, and nothing that was written is lost."""
    act, _, about = request.form.get("act", "").partition(":")
    reader = READERS.get(act)
    if reader is None:
        raise NotFound(act)
    application = view.application()
    errors: FieldErrors = []
    with application.db.read() as connection:
        case = case_of(connection, number)
        received = read_received(connection, case, errors) if act != "remove" else None
        command = reader(connection, case, about, received, errors)
    form_id = request.form.get("act", "")
    if errors or command is None:
        return _page(number, errors, at=form_id)
    try:
        send(command, once=True)
    except NotFound:
        raise
    except Invalid as invalid:
        wrong = [{"id": "act", "path": i.field, "text": forms.sentence(i, None)} for i in invalid.issues]
        return _page(number, wrong, at=form_id)
    except Refusal as refusal:
        return _page(number, message=session.why_not(refusal), status=409, at=form_id)
    return redirect(url_for("on_behalf.show", number=number, gjort=act) + "#gjort", 303)
