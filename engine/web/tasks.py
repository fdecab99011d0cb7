"""Tasks of the citizen: consent, mandate, share, approve at the source. A task done shows its receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from sqlalchemy import Connection, select
from werkzeug.wrappers import Response

from engine.authorization.actor import Role
from engine.cases import parties, queries
from engine.consent.actions import DEFAULT_LIFE
from engine.consent.channels import ChannelState
from engine.consent.models import grant
from engine.evidence.datasets import Requirement
from engine.evidence.errors import SourceError
from engine.execution.commands import CompleteTask, Invalid, NotFound, SaveTaskData
from engine.execution.models import due_work, process_instance, user_task
from engine.task_types.harvesting import settle
from engine.web import answers, forms, view
from engine.web.citizen import where_next
from engine.web.guards import actor, guarded
from forms.formatting import clock_time, long_date

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
QUICK = ("open_sources", "plan_harvest", "fetch", "overview", "parties", "notify", "enk_check", "change_roles")
KINDS = {"consent": ("loans", "income", "spending", "property"), "mandate": ("loans", "income", "property")}


def _own_task(connection: Connection, task_id: str) -> Any:
    task = connection.execute(
        select(user_task).where(
            user_task.c.id == task_id,
            user_task.c.owner_id == actor().person_id,
            user_task.c.performer == "citizen",
        )
    ).first()
    if task is None:
        raise NotFound(task_id)
    return task


@blueprint.get("/oppgaver/<task_id>")
def show(task_id: str) -> Any:
    house = view.house()
    with house.db.read() as connection:
        task = _own_task(connection, task_id)
        if task.state not in queries.OPEN:
            case = queries.case_by_id(connection, task.case_id)
            return render_template("receipt.html", task=task, next=where_next(connection, actor(), case))
        if task.task_type in PAGES:
            return redirect(url_for(PAGES[task.task_type]), 303)
        if task.task_type == "approve":
            return _approve(connection, task)
        if task.task_type in YES_NO:
            return _question(connection, task, {}, "")
        return _form(connection, task, None, ())


def _form(connection: Connection, task: Any, given: dict[str, Any] | None, faults: Sequence[dict[str, str]]) -> Any:
    """The page of an ordinary task: its form, what is to be confirmed or signed, and the ways on."""
    house = view.house()
    bundle = house.library.get(connection, task.definition_id).bundle
    form = forms.of_task(connection, task, given)
    case = queries.case_by_id(connection, task.case_id)
    shown = answers.of_case(connection, case, bundle) if task.task_type in ("confirmation", "signing") else ()
    parties_in = parties.of_case(connection, task.case_id)
    page = render_template(
        "form_task.html",
        task=task,
        case=case,
        form=form,
        faults=list(faults),
        shown=shown,
        acts_for=[p for p in parties_in if p.acts_by == actor().person_id and p.person_id != p.acts_by],
        saved=request.args.get("lagret", ""),
        now=house.clock.now(),
    )
    return (page, 422) if faults else page


def _question(connection: Connection, task: Any, given: dict[str, Any], fault: str) -> Any:
    """The consent page and its siblings: five facts, boxes, yes and no of equal weight."""
    house = view.house()
    settings = house.settings
    kind = task.task_type
    variables = connection.execute(
        select(process_instance.c.variables).where(process_instance.c.id == task.case_id)
    ).scalar_one()
    values = {
        "receiver": f"{settings.organisation_name} (org.nr. {settings.organisation_number})",
        "office": variables.get("officeName", ""),
        "orgno": variables.get("office", ""),
        "until": long_date(house.clock.now() + DEFAULT_LIFE, _language()),
    }
    requirement = Requirement.MANDATE if kind == "mandate" else Requirement.CONSENT
    sources = {
        name: [s for s in house.data_sets.values() if s.kind.value == name and s.requirement is requirement]
        for name in _kinds(kind, variables)
    }
    page = render_template(
        "question.html",
        task=task,
        kind=kind,
        key=task.key,
        values=values,
        sources=sources,
        given=given,
        fault=fault,
        step={"consent": 1, "mandate": 2, "share": 3}[kind],
    )
    return (page, 422) if fault else page


def _kinds(kind: str, variables: Mapping[str, Any]) -> tuple[str, ...]:
    """The kinds of information a journey asks for: all there are, or the fewer its purpose needs (R98)."""
    wanted = variables.get("kinds")
    return tuple(name for name in KINDS.get(kind, ()) if not wanted or name in wanted)


def _language() -> str:
    from flask import g

    language: str = g.language
    return language


@blueprint.post("/oppgaver/<task_id>")
def answer(task_id: str) -> Any:
    """Carry out the answer. Faults give the page back with everything that was written."""
    house = view.house()
    with house.db.read() as connection:
        task = _own_task(connection, task_id)
        if task.task_type == "approve":
            raise NotFound(task_id)
        if task.task_type not in YES_NO:
            return _complete(connection, task)
        variables = connection.execute(
            select(process_instance.c.variables).where(process_instance.c.id == task.case_id)
        ).scalar_one()
        form = request.form
        kinds = form.getlist("kinds")
        if "all" in kinds:
            kinds = list(_kinds(task.task_type, variables))
        given = {"answer": form.get("answer", ""), "kinds": kinds, "language": _language()}
        fault = _fault(task.task_type, given)
        if fault and task.state in queries.OPEN:
            return _question(connection, task, given, fault)
    command = CompleteTask(task_id, data={YES_NO[task.task_type]: given})
    try:
        outcome = house.dispatch.send(command, actor(), key=form.get("_key", ""))
    except Invalid:
        with house.db.read() as connection:
            return _question(connection, task, given, "question.choose")
    return redirect(url_for("tasks.coming", case_id=outcome.case_id), 303)


def _complete(connection: Connection, task: Any) -> Any:
    """An ordinary task: read the form, judge it, save for later or send."""
    house = view.house()
    form = forms.of_task(connection, task)
    content = forms.posted(form) if form else {}
    action = request.form.get("action", "")
    data = {form.stored: content} if form else {}
    key = request.form.get("_key", "")
    other_rows = forms.reshaped(form, content)
    if other_rows is not None:
        return _form(connection, task, other_rows, ())
    if action == "save" and form:
        house.dispatch.send(SaveTaskData(task.id, form.stored, content), actor())
        at = clock_time(house.clock.now(), _language())
        return redirect(url_for("tasks.show", task_id=task.id, lagret=at), 303)
    if form and action != "reject":
        faults = forms.judged(connection, task, content)
        if faults and task.state in queries.OPEN:
            return _form(connection, task, content, faults)
    elif task.task_type == "signing" and action != "reject" and not request.form.get("agree"):
        return _form(connection, task, None, [{"id": "agree", "path": "agree", "text": view.t("signing.tick")}])
    if task.task_type == "signing" and form and action != "reject" and not request.form.get("agree"):
        return _form(connection, task, content, [{"id": "agree", "path": "agree", "text": view.t("signing.tick")}])
    command = CompleteTask(task.id, data={} if action == "reject" else data, action=action)
    try:
        outcome = house.dispatch.send(command, actor(), key=key)
    except Invalid as refused:
        rows = [{"id": "form", "path": i.field, "text": forms.sentence(i, None)} for i in refused.issues]
        return _form(connection, task, content, rows)
    return redirect(url_for("tasks.coming", case_id=outcome.case_id), 303)


def _fault(kind: str, given: dict[str, Any]) -> str:
    if given["answer"] not in ("yes", "no"):
        return "question.choose"
    if given["answer"] == "yes" and kind in KINDS and not given["kinds"]:
        return "question.tick"
    return ""


@blueprint.get("/oppgaver/neste/<case_id>")
def coming(case_id: str) -> Any:
    """The next step when it is there; until then a page that says what it waits for."""
    house = view.house()
    with house.db.read() as connection:
        case = next((c for c in queries.cases_of(connection, actor().person_id) if c.id == case_id), None)
        if case is None:
            raise NotFound(case_id)
        opening = _busy(connection, case_id, ("open_sources",))
        there = bool(queries.open_tasks(connection, case_id, "citizen", actor().person_id))
        waiting = opening or (not there and _busy(connection, case_id, QUICK))
        target = where_next(connection, actor(), case)
    if not waiting:
        if request.headers.get("HX-Request"):
            answer = make_response("", 200)
            answer.headers["HX-Redirect"] = target
            return answer
        return redirect(target, 303)
    if request.headers.get("HX-Request"):
        return "", 204
    return render_template("coming.html", case_id=case_id)


def _busy(connection: Connection, case_id: str, names: tuple[str, ...]) -> bool:
    """Whether a worker is at one of these for the case right now."""
    found = connection.execute(
        select(due_work.c.id)
        .where(
            due_work.c.case_id == case_id,
            due_work.c.name.in_(names),
            due_work.c.state.in_(("due", "leased")),
            due_work.c.due_at <= view.house().clock.now(),
        )
        .limit(1)
    ).first()
    return found is not None


def _approve(connection: Connection, task: Any) -> Any:
    grants = connection.execute(select(grant).where(grant.c.case_id == task.case_id).order_by(grant.c.channel)).all()
    return render_template("approve.html", task=task, grants=grants)


@blueprint.post("/oppgaver/<task_id>/hopp-over")
def go_on(task_id: str) -> Response:
    """Go on without the sources that are not approved. They stay closed and are shown as missing."""
    house = view.house()
    with house.db.read() as connection:
        task = _own_task(connection, task_id)
    outcome = house.dispatch.send(CompleteTask(task_id), actor(), key=request.form.get("_key", ""))
    return redirect(url_for("tasks.coming", case_id=outcome.case_id or task.case_id), 303)


@blueprint.get("/retur/<grant_id>")
def returned(grant_id: str) -> Any:
    """Back from a source's page. What counts is what the source says now, not what the address says."""
    house = view.house()
    with house.db.read() as connection:
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
        state = house.channels[row.channel].state(row.reference)
    except SourceError:
        state = ChannelState.PENDING
    with house.db.write() as connection:
        settle(connection, grant_id, state)
        left = connection.execute(
            select(grant).where(grant.c.case_id == row.case_id, grant.c.state == "pending").order_by(grant.c.channel)
        ).all()
    if row.task_id is None:
        return redirect(url_for("tasks.coming", case_id=row.case_id), 303)
    if not left:
        house.dispatch.send(CompleteTask(row.task_id), actor(), key=f"approved-{row.task_id}")
        return redirect(url_for("tasks.coming", case_id=row.case_id), 303)
    if left[0].id != grant_id:
        return redirect(left[0].redirect, 303)
    return redirect(url_for("tasks.show", task_id=row.task_id), 303)
