"""The case page of a caseworker: where it is, what may be seen, what is next, what was said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy import Connection, select
from werkzeug.wrappers import Response

from engine.authorization.actor import Role
from engine.cases import actions, queries, writing
from engine.definitions.bundle import Bundle
from engine.evidence import harvest
from engine.execution.commands import CompleteTask, Forbidden, Invalid, NotFound, StageRefused
from engine.execution.data import read_in_case
from engine.sharing import actions as sharing
from engine.sharing.models import share
from engine.web import answers, forms, view
from engine.web.charts import panels
from engine.web.citizen import stage_rows
from engine.web.enk.assessment import Assessed, assessed
from engine.web.guards import actor, guarded

blueprint = guarded("casework", __name__, Role.CASEWORKER.value)


def _case(connection: Connection, number: str) -> Any:
    office = actor().office
    case = queries.case_by_number(connection, number, office.orgno if office else "")
    if case is None:
        raise NotFound(number)
    return case


def _may_share(bundle: Bundle) -> bool:
    """Whether the journey asks the citizen to share her overview at all."""
    return any(element.extension.task_type == "share" for element in bundle.process.elements.values())


def _plan(connection: Connection, case: Any) -> Assessed | None:
    """What the plan told of in this case comes to: what the guide is to talk about (R67). None without a plan."""
    kept = read_in_case(connection, view.house().vault, case.id, "business-plan")
    return assessed(connection, kept, case.id) if kept else None


@blueprint.get("/saker/<number>")
def show(number: str) -> Any:
    _note_plan_read(number)
    return page(number)


def _note_plan_read(number: str) -> None:
    """The owner sees that her plan was read: once a day for each reader, however often the page is opened."""
    house = view.house()
    now = house.clock.now()
    office = actor().office
    with house.db.read() as connection:
        case = _case(connection, number)
        read = sharing.in_force(connection, case.id, office.orgno if office else "", now) is not None
        read = read and read_in_case(connection, house.vault, case.id, "business-plan") is not None
        if not read or sharing.looked_since(connection, actor(), case.id, "plan", now - timedelta(days=1)):
            return
    with house.db.write() as connection:
        sharing.note_access(
            connection, actor=actor(), person_id=case.owner_id, case_id=case.id, what="plan", now=now,
            event="PlanOpened",
        )  # fmt: skip


def page(
    number: str,
    *,
    given: dict[str, Any] | None = None,
    fault: str = "",
    note: str = "",
    faults: Sequence[dict[str, str]] = (),
) -> Any:
    """The whole page; what was written stands in its form whatever went wrong."""
    house = view.house()
    now = house.clock.now()
    with house.db.read() as connection:
        case = _case(connection, number)
        tasks = queries.open_tasks(connection, case.id, "caseworker")
        deployed = house.library.get(connection, case.definition_id)
        task = tasks[0] if tasks else None
        owner = house.vault.person(connection, case.owner_id)
        office = actor().office
        shared = sharing.in_force(connection, case.id, office.orgno if office else "", now)
        ended = connection.execute(select(share.c.id).where(share.c.case_id == case.id).limit(1)).first()
        body = render_template(
            "casework.html",
            case=case,
            owner=owner,
            version=deployed.version,
            stages=stage_rows(case),
            task=task,
            form=forms.of_task(connection, task, given) if task else None,
            faults=list(faults),
            shown=answers.of_case(connection, case, deployed.bundle),
            plan=_plan(connection, case) if shared else None,
            has_decision="decision" in deployed.bundle.data_types,
            decision=read_in_case(connection, house.vault, case.id, "decision"),
            shares=shared is not None or ended is not None or _may_share(deployed.bundle),
            shared=shared,
            was_shared=ended is not None,
            notes=writing.notes(connection, house.vault, case.id),
            messages=writing.messages(connection, house.vault, case.id),
            history=queries.history(connection, case.id),
            fault=fault,
            note=note,
            now=now,
        )
    return (body, 422) if fault or faults else body


@blueprint.post("/saker/<number>/ta")
def take(number: str) -> Response:
    house = view.house()
    with house.db.write() as connection:
        actions.take(connection, actor=actor(), case_id=_case(connection, number).id, now=house.clock.now())
    return redirect(url_for("casework.show", number=number), 303)


@blueprint.post("/saker/<number>/legg-tilbake")
def put_back(number: str) -> Any:
    house = view.house()
    reason = request.form.get("reason", "").strip()
    if not reason:
        return page(number, fault="case.reason_missing")
    with house.db.write() as connection:
        case = _case(connection, number)
        now = house.clock.now()
        actions.put_back(connection, actor=actor(), case_id=case.id, reason=reason, now=now)
        writing.add_note(
            connection, house.vault, actor=actor(), case_id=case.id, owner_id=case.owner_id, text=reason, now=now
        )
    return redirect(url_for("queue.show"), 303)


@blueprint.post("/saker/<number>/oppgave/<task_id>")
def complete(number: str, task_id: str) -> Any:
    """Finish the stage's task. A refusal says which rule, and nothing written is lost."""
    house = view.house()
    with house.db.read() as connection:
        case = _case(connection, number)
        found = queries.open_tasks(connection, case.id, "caseworker")
        task = next((task for task in found if task.id == task_id), None)
        form = forms.of_task(connection, task) if task else None
        content = forms.posted(form) if form else {}
        other_rows = forms.reshaped(form, content)
        wrong = forms.faults(form, content) if form and other_rows is None else []
    if wrong or other_rows is not None:
        return page(number, given=content, faults=wrong)
    data = {form.stored: content} if form else {}
    try:
        house.dispatch.send(CompleteTask(task_id, data=data), actor(), key=request.form.get("_key", ""))
    except Invalid:
        return page(number, given=content, fault="case.form_faults")
    except StageRefused as refused:
        return page(number, given=content, fault=refused.key)
    return redirect(url_for("casework.show", number=number), 303)


@blueprint.post("/saker/<number>/notat")
def note(number: str) -> Any:
    house = view.house()
    text = request.form.get("note", "").strip()
    if not text or len(text) > writing.LONGEST:
        return page(number, fault="case.note_empty" if not text else "message.long", note=text)
    with house.db.write() as connection:
        case = _case(connection, number)
        writing.add_note(
            connection,
            house.vault,
            actor=actor(),
            case_id=case.id,
            owner_id=case.owner_id,
            text=text,
            now=house.clock.now(),
        )
    return redirect(url_for("casework.show", number=number) + "#notater", 303)


@blueprint.post("/saker/<number>/melding")
def message(number: str) -> Any:
    house = view.house()
    text = request.form.get("text", "").strip()
    if not text or len(text) > writing.LONGEST:
        return page(number, fault="message.empty" if not text else "message.long")
    with house.db.write() as connection:
        case = _case(connection, number)
        writing.send_message(
            connection,
            house.vault,
            actor=actor(),
            case_id=case.id,
            owner_id=case.owner_id,
            text=text,
            now=house.clock.now(),
        )
    return redirect(url_for("casework.show", number=number) + "#meldinger", 303)


@blueprint.get("/saker/<number>/oversikt")
def overview(number: str) -> Any:
    """View-only, while the share holds. The citizen sees that it was opened (R44-R46)."""
    house = view.house()
    now = house.clock.now()
    office = actor().office
    with house.db.write() as connection:
        case = _case(connection, number)
        if sharing.in_force(connection, case.id, office.orgno if office else "", now) is None:
            raise Forbidden("share")
        found = harvest.newest_snapshot(connection, house.vault, case.id, now)
        if found is None:
            raise NotFound("overview")
        sharing.note_access(
            connection, actor=actor(), person_id=case.owner_id, case_id=case.id, what="overview", now=now
        )
    shown, built_at, version = found
    return render_template(
        "overview.html",
        case=case,
        overview=shown,
        panels=panels(shown),
        built_at=built_at,
        version=version,
        sources=(),
        entries=(),
        shares=(),
        task=None,
        waiting=False,
        given={},
        fault="",
        view_only=True,
        owner=view.name_of(case.owner_id),
    )
