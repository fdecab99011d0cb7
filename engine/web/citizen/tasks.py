"""Tasks of the citizen: consent, mandate, share, approve at the source. A task done shows its receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, select
from werkzeug.wrappers import Response

from engine.advice.commands import SettleGrant
from engine.advice.consent.actions import DEFAULT_LIFE
from engine.advice.consent.channels import ChannelState
from engine.advice.consent.models import grant
from engine.advice.evidence.datasets import DataSetMetadata, Kind, Requirement, to_choose
from engine.advice.task_types.checks import EnkCheck
from engine.advice.task_types.collection import BuildOverview, OpenSources, PlanHarvest
from engine.advice.task_types.exchange import ChangeRoles, Notify, Parties
from engine.advice.task_types.fetch import Fetch
from engine.casework import queries
from engine.platform.provider_errors import SourceError
from engine.web.citizen import attachments, form_task
from engine.web.citizen.home import where_next
from engine.web.shared import access, view
from engine.web.shared.commands import send, sends
from engine.web.shared.guards import actor, guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import Invalid, NotFound
from engine.workflow.execution.commands import AttachFile, CompleteTask, DetachFile, SaveTaskData
from engine.workflow.execution.models import process_instance, user_task
from engine.workflow.instances.rows import TaskRow
from engine.workflow.jobs.models import due_work
from forms.formatting import long_date

blueprint = guarded("tasks", __name__, Role.CITIZEN.value)
YES_NO = {"consent": "consent-answer", "mandate": "mandate-answer", "share": "share-answer"}
#: Task types whose page is one of the citizen's own pages; it carries the button that ends the task.
PAGES = {
    "supplement": "overview.show",
    "tag_accounts": "enk.accounts",
    "enk_review": "enk.show",
    "startup_review": "enk.startup",
    "checklist": "enk.checklist",
    "closing_review": "enk.closing",
    "household": "budget.show",
    "measures": "household.measures",
    "plan": "plan.show",
}
#: Work that is done in a moment: the person waits for it on a page that says so.
QUICK = tuple(
    job.name for job in (OpenSources, PlanHarvest, Fetch, BuildOverview, Parties, Notify, EnkCheck, ChangeRoles)
)
#: Task types that ask for information by its kind, and the legal basis a yes gives.
ASKS_FOR = {"consent": Requirement.CONSENT, "mandate": Requirement.MANDATE}


def _own_task(connection: Connection, task_id: str) -> TaskRow:
    """A task of the citizen's own, or of whom they act for."""
    mine = user_task.c.id == task_id, user_task.c.performer == "citizen"
    task = connection.execute(select(user_task).where(*mine)).first()
    if task is None or (task.owner_id != actor().person_id and not _for_owner(connection, task)):
        raise NotFound(task_id)
    access.require_step(connection, task)
    return task


def _for_owner(connection: Connection, task: TaskRow) -> bool:
    """Whether it is the task of the case's owner, and who is logged in acts for them."""
    case = queries.case_by_id(connection, task.case_id)
    return task.owner_id == case.owner_id and access.represents(connection, case)


@blueprint.get("/oppgaver/<task_id>")
def show(task_id: str) -> ResponseReturnValue:
    application = view.application()
    with application.db.read() as connection:
        task = _own_task(connection, task_id)
        if task.state not in queries.OPEN:
            case = queries.case_by_id(connection, task.case_id)
            return render_template("receipt.html", task=task, next=where_next(connection, actor(), case))
        if task.task_type in PAGES and not _for_owner(connection, task):
            return redirect(url_for(PAGES[task.task_type]), 303)
        if task.task_type == "approve":
            return _approve(connection, task)
        if task.task_type in YES_NO:
            return _question(connection, task, {}, "")
        return form_task.draw(connection, task, None, (), request.args.get("side", ""))


@blueprint.get("/oppgaver/<task_id>/vedlegg/<attachment_id>")
def attachment(task_id: str, attachment_id: str) -> Response:
    """A file of the citizen's own."""
    with view.application().db.read() as connection:
        task = _own_task(connection, task_id)
        return attachments.answered(connection, task.case_id, attachment_id, attachments.of_task(connection, task))


def _question(connection: Connection, task: TaskRow, submitted: dict[str, Any], error: str) -> ResponseReturnValue:
    """The consent page and its siblings: five facts, boxes, yes and no of equal weight."""
    application = view.application()
    settings = application.settings
    kind = task.task_type
    variables = connection.execute(
        select(process_instance.c.variables).where(process_instance.c.id == task.case_id)
    ).scalar_one()
    values = {
        "receiver": f"{settings.organisation_name} (org.nr. {settings.organisation_number})",
        "office": variables.get("officeName", ""),
        "orgno": variables.get("office", ""),
        "until": long_date(application.clock.now() + DEFAULT_LIFE, _language()),
    }
    asks_for = ASKS_FOR.get(kind)  # who to share with is no question about sources
    for_owner = _for_owner(connection, task)
    sources = {
        name: [
            source_name(s)
            for s in application.data_sets.values()
            if (s.kind, s.requirement) == (name, asks_for) and (s.opened_on_paper or not for_owner)
        ]
        for name in kinds_asked(kind, variables, for_owner)
    }
    page = render_template(
        "question.html",
        task=task,
        kind=kind,
        key=task.key,
        values=values,
        sources=sources,
        institutions=institutions_asked(kind, variables, for_owner=for_owner),
        on_behalf_of=view.name_of(task.owner_id) if for_owner else "",
        submitted=submitted,
        error=error,
        step={"consent": 1, "mandate": 2, "share": 3}[kind],
    )
    return (page, 422) if error else page


def source_name(source: DataSetMetadata) -> str:
    """What a source is called, and that its channel is hoped for, where that is so."""
    name = source.title.text(_language())
    return name if source.channel_today else view.t("question.source_hoped", source=name)


def institutions_asked(
    kind: str, variables: Mapping[str, Any], kinds: Sequence[str] = (), *, for_owner: bool = False
) -> list[DataSetMetadata]:
    """Those the citizen chooses among: of all that is asked for, or of the *kinds* that were ticked.

    for_owner  another answers for them: only what needs no press of the citizen's own
    """
    wanted = kinds or kinds_asked(kind, variables, for_owner)
    asked = [
        one
        for one in view.application().data_sets.values()
        if one.requirement is ASKS_FOR.get(kind) and one.kind.value in wanted and (one.opened_on_paper or not for_owner)
    ]
    return to_choose(asked)


def kinds_asked(kind: str, variables: Mapping[str, Any], for_owner: bool = False) -> tuple[str, ...]:
    """The kinds of information a journey asks for: all there are sources of, or the fewer its purpose needs (R98).

    for_owner  another answers for the citizen: only what needs no press of the citizen's own
    """
    wanted = variables.get("kinds")
    asked = [one for one in view.application().data_sets.values() if one.requirement is ASKS_FOR.get(kind)]
    there = {one.kind for one in asked if one.opened_on_paper or not for_owner}
    return tuple(name.value for name in Kind if name in there and (not wanted or name in wanted))


def _language() -> str:
    from flask import g

    language: str = g.language
    return language


@blueprint.post("/oppgaver/<task_id>")
@sends(AttachFile, DetachFile, SaveTaskData, CompleteTask)
def answer(task_id: str) -> ResponseReturnValue:
    """Carry out the answer. Errors give the page back with everything that was written."""
    application = view.application()
    with application.db.read() as connection:
        task = _own_task(connection, task_id)
        if task.task_type == "approve":
            raise NotFound(task_id)
        if task.task_type not in YES_NO:
            return form_task.answer(connection, task)
        variables = connection.execute(
            select(process_instance.c.variables).where(process_instance.c.id == task.case_id)
        ).scalar_one()
        form, for_owner = request.form, _for_owner(connection, task)
        kinds = form.getlist("kinds")
        if "all" in kinds:
            kinds = list(kinds_asked(task.task_type, variables, for_owner))
        submitted = {"answer": form.get("answer", ""), "kinds": kinds, "language": _language()}
        institutions = institutions_asked(task.task_type, variables, kinds, for_owner=for_owner) if kinds else []
        if institutions:
            there = {one.id for one in institutions}
            submitted["institutions"] = [one for one in form.getlist("institutions") if one in there]
        error = _error(task.task_type, submitted)
        if error and task.state in queries.OPEN:
            return _question(connection, task, submitted, error)
    command = CompleteTask(task_id, data={YES_NO[task.task_type]: submitted})
    try:
        outcome = send(command, once=True)
    except Invalid:
        with application.db.read() as connection:
            return _question(connection, task, submitted, "question.choose")
    return redirect(url_for("tasks.coming", case_id=outcome.case_id), 303)


def _error(kind: str, submitted: dict[str, Any]) -> str:
    if submitted["answer"] not in ("yes", "no"):
        return "question.choose"
    if submitted["answer"] == "yes" and kind in ASKS_FOR and not submitted["kinds"]:
        return "question.tick"
    if submitted["answer"] == "yes" and submitted.get("institutions") == []:
        return "question.institution"
    return ""


@blueprint.get("/oppgaver/neste/<case_id>")
def coming(case_id: str) -> ResponseReturnValue:
    """The next step when it is there; until then a page that says what it waits for."""
    application = view.application()
    with application.db.read() as connection:
        case = next((c for c in access.known_cases(connection) if c.id == case_id), None)
        if case is None:
            raise NotFound(case_id)
        opening = is_busy(connection, case_id, (OpenSources.name,))
        there = bool(queries.open_tasks(connection, case_id, "citizen", access.answers_as(connection, case)))
        waiting = opening or (not there and is_busy(connection, case_id, QUICK))
        target = where_next(connection, actor(), case)
    if not waiting:
        if request.headers.get("HX-Request"):
            answer = make_response("", 200)
            answer.headers["HX-Redirect"] = target
            return answer
        return redirect(target, 303)
    if request.headers.get("HX-Request"):
        return "", 204
    return render_template("coming.html", address=url_for("tasks.coming", case_id=case_id))


def is_busy(connection: Connection, case_id: str, names: tuple[str, ...]) -> bool:
    """Whether a worker is at one of these for the case right now."""
    found = connection.execute(
        select(due_work.c.id)
        .where(
            due_work.c.case_id == case_id,
            due_work.c.name.in_(names),
            due_work.c.state.in_(("due", "leased")),
            due_work.c.due_at <= view.application().clock.now(),
        )
        .limit(1)
    ).first()
    return found is not None


def _approve(connection: Connection, task: TaskRow) -> ResponseReturnValue:
    grants = connection.execute(select(grant).where(grant.c.case_id == task.case_id).order_by(grant.c.channel)).all()
    return render_template("approve.html", task=task, grants=grants)


@blueprint.post("/oppgaver/<task_id>/hopp-over")
@sends(CompleteTask)
def go_on(task_id: str) -> Response:
    """Go on without the sources that are not approved. They stay closed and are shown as missing."""
    with view.application().db.read() as connection:
        task = _own_task(connection, task_id)
    outcome = send(CompleteTask(task_id), once=True)
    return redirect(url_for("tasks.coming", case_id=outcome.case_id or task.case_id), 303)


@blueprint.get("/retur/<grant_id>")
@sends(SettleGrant)
def returned(grant_id: str) -> ResponseReturnValue:
    """Back from a source's page. What counts is what the source says now, not what the address says."""
    application = view.application()
    with application.db.read() as connection:
        row = connection.execute(
            select(grant, user_task.c.id.label("task_id"))
            .join(process_instance, process_instance.c.id == grant.c.case_id)
            .outerjoin(
                user_task,
                (user_task.c.case_id == grant.c.case_id)
                & (user_task.c.task_type == "approve")
                & (user_task.c.state.in_(queries.OPEN)),
            )
            .where(grant.c.id == grant_id, process_instance.c.owner_id == actor().person_id)
        ).first()
    if row is None:
        raise NotFound(grant_id)
    try:
        state = application.channels[row.channel].state(row.reference, application.clock.now())
    except SourceError:
        state = ChannelState.PENDING
    send(SettleGrant(row.case_id, grant_id, state))
    with application.db.read() as connection:
        left = connection.execute(
            select(grant).where(grant.c.case_id == row.case_id, grant.c.state == "pending").order_by(grant.c.channel)
        ).all()
    if row.task_id is not None and not left:
        return redirect(url_for("tasks.coming", case_id=row.case_id), 303)
    if left and left[0].id != grant_id:
        return redirect(left[0].redirect, 303)
    if row.task_id is None:  # given again, on no step of the journey
        return redirect(url_for("renewal.opening", record_id=row.record_id), 303)
    return redirect(url_for("tasks.show", task_id=row.task_id), 303)
