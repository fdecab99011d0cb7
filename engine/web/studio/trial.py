"""The test run: the draft on the real engine, with a clock and answers of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, select
from werkzeug.wrappers import Response

from engine.application import Application
from engine.casework.notices import Notice
from engine.studio import drafts, scenarios
from engine.studio.bpmn_editor import EditRefused
from engine.studio.commands import RemoveScenario, SaveScenario
from engine.studio.drafts import DraftConflict
from engine.studio.simulated_world import CALLOUT, FAULTS
from engine.studio.trial import Trial, View, beginning
from engine.web.shared import forms, view
from engine.web.shared.commands import send, sends
from engine.web.shared.guards import actor
from engine.web.shared.texts import texts as page_texts
from engine.web.studio import conflicts
from engine.web.studio.edits import refusal, revision
from engine.web.studio.process import page
from engine.web.studio.session import blueprint, current, errors
from engine.workflow.audit.rows import EventRow
from engine.workflow.bpmn.drawing import to_svg
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.errors import Invalid, NotFound, Refusal
from engine.workflow.execution.commands import (
    AttachFile,
    CompleteTask,
    FireTimer,
    PassDeadline,
    ResolveIncident,
    StartInstance,
)
from engine.workflow.execution.models import user_task
from forms.files import PREFIX
from forms.layout import Field


def _trial(key: str) -> Trial:
    return Trial(view.application(), key, actor().person_id)


#: Task types with a page of their own, answered here with a yes or a no.
ANSWERED = ("consent", "mandate", "share")


@blueprint.get("/prosesser/<key>/provekjoring")
def trial(key: str) -> ResponseReturnValue:
    return _trial_page(key, None, "", [])


def _trial_page(
    key: str, submitted: dict[str, Any] | None, task_id: str, form_errors: list[dict[str, str]]
) -> ResponseReturnValue:
    application = view.application()
    with application.db.read() as connection:
        bundle = current(connection, key)
        found = errors(connection, bundle)
        draft = drafts.find(connection, key)
    has_draft = draft is not None
    run = _trial(key)
    if not run.exists:
        return render_template("studio_trial.html", key=key, bundle=bundle, run=None, findings=found, names={})
    state = run.view()
    drawn = {}
    names: dict[str, Any] = {}
    with run.open() as app, app.db.read() as connection:
        for task in state.tasks:
            use = submitted if task.id == task_id else None
            form = None if task.task_type in ANSWERED else forms.of_task(connection, task, use, app)
            drawn[task.id] = form and replace(form, fields=_without_files(form.fields))
            names[task.owner_id] = app.vault.person(connection, task.owner_id).name
            element = app.library.get(connection, task.definition_id).bundle.element(task.element_id)
            names[task.id] = element.name
            names[f"{task.id}:actions"] = [(name, _action(name)) for name, _ in element.extension.actions]
        log = [_log_line(connection, app, bundles_of(connection, app), event) for event in state.log]
        stopped = [(_named(bundles_of(connection, app), i.element_id), i) for i in state.incidents]
        started = app.library.newest(connection, key).bundle
        messages = [(who, n.given_at, _message(bundles_of(connection, app), n)) for who, n in state.messages]
    drawings = [
        to_svg(process, title=process.name or bundle.title(g.language), current=state.where)
        for process in started.definitions.processes.values()
        if process is started.process or state.where & set(process.elements)
    ]
    body = render_template(
        "studio_trial.html",
        key=key,
        bundle=bundle,
        run=state,
        findings=found,
        forms=drawn,
        names=names,
        revision=draft.revision if draft else 0,
        drawings=drawings,
        scenarios=scenarios.of(bundle),
        has_draft=has_draft,
        log=log,
        stopped=stopped,
        messages=messages,
        sources=sorted((name, view.data_set_name(name)) for name in application.data_sets)
        + [(f"{CALLOUT}{name}", title) for name, title in sorted(application.offers.get("target", {}).items())],
        source_failures=FAULTS,
        changed=scenarios.basis(started) != scenarios.basis(bundle),
        form_errors=form_errors,
        error_task=task_id,
        hours=_hours(state),
    )
    return (body, 422) if form_errors else body


def bundles_of(connection: Connection, app: Application) -> list[Bundle]:
    """Every process of the run: names of steps may stand in one that is called."""
    return [deployed.bundle for deployed in app.library.every_newest(connection)]


def _named(bundles: list[Bundle], element_id: str) -> str:
    """What a step is called."""
    processes = [process for bundle in bundles for process in bundle.definitions.processes.values()]
    found = (process.elements[element_id].name for process in processes if element_id in process.elements)
    return next((name for name in found if name), element_id)


def _action(name: str) -> str:
    """What a button of a task says; an action of the bundle's own keeps its name."""
    key = f"trial.action.{name}"
    return view.t(key) if key in page_texts("nb") else view.t("trial.do_action", action=name)


def _without_files(found: Sequence[Field]) -> tuple[Field, ...]:
    """The form with a line of text where a file would be put in."""
    text = view.t("trial.file")
    return tuple(
        replace(f, kind="paragraph", path="", title=f"{f.title}: {text}", takes=None)
        if f.kind == "files"
        else replace(f, rows=tuple(_without_files(row) for row in f.rows))
        if f.kind == "group"
        else f
        for f in found
    )


def _log_line(connection: Connection, app: Application, bundles: list[Bundle], event: EventRow) -> tuple[datetime, str]:
    """When, and what happened in words; what only the machinery knows of keeps its technical name."""
    element = str(event.data.get("task") or event.data.get("element") or "")
    step = _named(bundles, element) if element else ""
    known = page_texts("nb")
    key = next((k for k in (f"trial.event.{event.kind}", f"event.{event.kind}") if k in known), "")
    if key:
        who = "iBalanse" if event.actor_id in ("", "system", "trial", None) else _who(connection, app, event.actor_id)
        who = view.t("trial.caseworker") if event.actor_id == "trial" else who
        return event.at, view.t(key, who=who, task=step)
    return event.at, view.t("trial.happened", what=event.kind, step=step).strip()


def _message(bundles: list[Bundle], notice: Notice) -> str:
    """What a person was notified of: the words of the process, or ours."""
    kind, _, text = notice.kind.partition(".")
    if kind != "journey":
        key = f"notice.{notice.kind}"
        try:
            return view.t(key, **notice.content) if key in page_texts("nb") else notice.kind
        except KeyError:  # a sentence that is put together elsewhere
            return notice.kind
    found = (bundle.text(text, g.language) for bundle in bundles)
    return next((other for other in found if other != text), text)


def _who(connection: Connection, app: Application, person_id: str) -> str:
    try:
        return app.vault.person(connection, person_id).name
    except KeyError:
        return "iBalanse"


def _hours(state: View) -> int:
    if state.next_due is None or state.next_due <= state.now:
        return 0
    return int((state.next_due - state.now).total_seconds() // 3600) + 1


@blueprint.post("/prosesser/<key>/provekjoring/start")
@sends(StartInstance)  # through the run's own door
def trial_start(key: str) -> ResponseReturnValue:
    application = view.application()
    with application.db.read() as connection:
        bundle = current(connection, key)
        faulty = bool(errors(connection, bundle))
        others = [deployed.bundle for deployed in application.library.every_newest(connection)]
    if faulty:
        return page(key, view.t("studio.has_faults"))
    try:
        _trial(key).start(bundle, others, *beginning(bundle))
    except Refusal as refused:
        return page(key, view.t("trial.refused", code=refused.code))
    return redirect(url_for("studio.trial", key=key), 303)


@blueprint.post("/prosesser/<key>/provekjoring/oppgave/<task_id>")
@sends(AttachFile, CompleteTask)  # through the run's own door
def trial_complete(key: str, task_id: str) -> ResponseReturnValue:
    """Do a task as the person it is for."""
    run = _trial(key)
    if not run.exists:
        raise NotFound(key)
    action = request.form.get("action", "")
    with run.open() as app, app.db.read() as connection:
        task = connection.execute(select(user_task).where(user_task.c.id == task_id)).first()
        if task is None:
            raise NotFound(task_id)
        form = None if task.task_type in ANSWERED else forms.of_task(connection, task, None, app)
        content = forms.posted(form) if form else {}
        form_errors = forms.errors(form, content) if form and action != "reject" else []
        form_errors = [
            error for error in form_errors if not error["path"].startswith(PREFIX)
        ]  # files are made up when it is sent
    other_rows = forms.reshaped(form, content)
    if other_rows is not None:
        return _trial_page(key, other_rows, task_id, [])
    if form_errors:
        return _trial_page(key, content, task_id, form_errors)
    data: dict[str, Any] = {form.stored: content} if form else {}
    if task.task_type in ANSWERED:
        kinds = ["loans", "income", "spending", "property"] if action == "yes" else []
        data = {f"{task.task_type}-answer": {"answer": action or "no", "kinds": kinds, "language": "nb"}}
        action = ""
    try:
        run.complete(task_id, data, action)
    except Invalid as invalid:
        rows = [{"id": "form", "path": i.field, "text": forms.sentence(i, None)} for i in invalid.issues]
        return _trial_page(key, content, task_id, rows)
    except Refusal as refused:
        text = view.t("trial.refused", code=refused.code)
        return _trial_page(key, content, task_id, [{"id": "form", "path": "", "text": text}])
    return redirect(url_for("studio.trial", key=key), 303)


@blueprint.post("/prosesser/<key>/provekjoring/klokke")
@sends(FireTimer, PassDeadline)  # through the run's own door, as its worker finds them due
def trial_clock(key: str) -> ResponseReturnValue:
    """Move the run's clock: by hours and days, or to what happens next."""
    run = _trial(key)
    if not run.exists:
        raise NotFound(key)
    days, hours = request.form.get("days", "0") or "0", request.form.get("hours", "0") or "0"
    if not days.isdigit() or not hours.isdigit() or int(days) > 3660 or int(hours) > 90_000:
        form_errors = [{"id": "days", "path": "days", "text": view.t("issue.number", label=view.t("trial.days"))}]
        return _trial_page(key, None, "", form_errors)
    run.move(timedelta(days=int(days), hours=int(hours)))
    return redirect(url_for("studio.trial", key=key), 303)


@blueprint.post("/prosesser/<key>/provekjoring/bryter/<knob>")
def trial_knob(key: str, knob: str) -> Response:
    run = _trial(key)
    if not run.exists:
        raise NotFound(key)
    run.turn(knob)
    return redirect(url_for("studio.trial", key=key), 303)


@blueprint.post("/prosesser/<key>/provekjoring/kilde")
def trial_fault(key: str) -> Response:
    """Let one source fail in one way, or be well again."""
    run = _trial(key)
    if not run.exists:
        raise NotFound(key)
    run.fault(request.form.get("source", ""), request.form.get("fault", ""))
    return redirect(url_for("studio.trial", key=key), 303)


@blueprint.post("/prosesser/<key>/provekjoring/igjen")
@sends(ResolveIncident)  # through the run's own door
def trial_retry(key: str) -> ResponseReturnValue:
    """Do what stopped again, when the source is well."""
    run = _trial(key)
    if not run.exists:
        raise NotFound(key)
    try:
        run.retry(request.form.get("element", ""))
    except Refusal as refused:
        text = view.t("trial.refused", code=refused.code)
        return _trial_page(key, None, "", [{"id": "form", "path": "", "text": text}])
    return redirect(url_for("studio.trial", key=key), 303)


@blueprint.post("/prosesser/<key>/scenario")
@sends(SaveScenario, RemoveScenario)
def scenario(key: str) -> ResponseReturnValue:
    """Keep the run as a scenario of the draft, or take one out."""
    try:
        send(_scenario(key))
    except EditRefused as refused:
        return _scenario_refused(key, refusal(refused))
    except DraftConflict as conflict:
        return _scenario_refused(key, conflicts.sentence(conflict))
    return redirect(url_for("studio.trial", key=key, lagret=1, _anchor="scenarioer"), 303)


def _scenario(key: str) -> SaveScenario | RemoveScenario:
    """What was pressed. Raises ``NotFound`` where there is no run to keep."""
    form = request.form
    if form.get("act") == "remove":
        return RemoveScenario(key, revision(), form.get("name", ""))
    run = _trial(key)
    if not run.exists:
        raise NotFound(key)
    with run.open() as app, app.db.read() as connection:
        ran_on = scenarios.basis(app.library.newest(connection, key).bundle)
    title = form.get("title", "")
    return SaveScenario(
        key,
        revision(),
        drafts.key_from(title),
        title,
        ran_on,
        run.script,
        run.outcome(),
        blocks=form.get("blocks") == "yes",
    )


def _scenario_refused(key: str, text: str) -> ResponseReturnValue:
    return _trial_page(key, None, "", [{"id": "scenario-title", "path": "scenario", "text": text}])
