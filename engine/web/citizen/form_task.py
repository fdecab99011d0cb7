"""An ordinary task of the citizen: its form, walked page by page, what is to be confirmed or signed, and the ways on.

Every press saves what was written. Next checks the page that is left, and the last press checks all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from engine.casework import queries
from engine.web.citizen import attachments
from engine.web.shared import access, answers, forms, view
from engine.web.shared.commands import send
from engine.web.shared.forms import TaskForm
from engine.web.shared.guards import actor
from engine.workflow.errors import Invalid
from engine.workflow.execution.commands import CompleteTask, SaveTaskData
from engine.workflow.instances import parties
from engine.workflow.instances.rows import TaskRow
from forms.formatting import clock_time

FieldErrors = Sequence[dict[str, str]]


def draw(
    connection: Connection, task: TaskRow, submitted: dict[str, Any] | None, errors: FieldErrors, wanted: str = ""
) -> ResponseReturnValue:
    """The page of a task. *wanted* is the page of its form, else where they were last.

    One who follows a link from an error on another page gets this page with what is wrong on it.
    """
    application = view.application()
    deployed = application.library.get(connection, task.definition_id)
    form = forms.of_task(connection, task, submitted)
    case = queries.case_by_id(connection, task.case_id)
    shown = answers.of_case(connection, case, deployed) if task.task_type in ("confirmation", "signing") else ()
    parties_in = parties.of_case(connection, task.case_id)
    pages = forms.pages(form)
    at = _place(pages, wanted or task.page or "")
    led_here = form is not None and request.method == "GET" and bool(request.args.get("feil"))
    if form is not None and led_here:
        errors = forms.errors(form, forms.stored_values(form))
    page = render_template(
        "form_task.html",
        task=task,
        case=case,
        form=form,
        pages=pages,
        at=at,
        errors=_led(task, pages, at, errors, only_here=led_here),
        shown=shown,
        on_behalf_of=view.name_of(task.owner_id) if access.represents(connection, case) else "",
        acts_for=[p for p in parties_in if p.acts_by == actor().person_id and p.person_id != p.acts_by],
        saved=request.args.get("lagret", ""),
        now=application.clock.now(),
    )
    return (page, 422) if errors and not led_here else page


def _place(pages: Sequence[forms.Page], wanted: str) -> int:
    """Which page is open: the one that is wanted where it is shown, else the first."""
    return next((n for n, page in enumerate(pages) if page.id == wanted), 0)


def _led(
    task: TaskRow, pages: Sequence[forms.Page], at: int, errors: FieldErrors, only_here: bool
) -> list[dict[str, str]]:
    """Errors with a link to where each is put right: on this page, or on the one it stands on."""
    found = []
    for error in errors:
        on = next((page for page in pages if error["id"] in page.ids), None)
        if on is None or on is pages[at]:
            found.append({**error, "href": f"#{error['id']}"})
        elif not only_here:
            href = url_for("tasks.show", task_id=task.id, side=on.id, feil=1, _anchor=error["id"])
            found.append({**error, "href": href})
    return found


def answer(connection: Connection, task: TaskRow) -> ResponseReturnValue:
    """Read the page, keep its files, then do what was pressed."""
    application = view.application()
    form = forms.of_task(connection, task)
    pages = forms.pages(form)
    side = request.form.get("side", "")
    content = forms.posted(form, pages[_place(pages, side)] if pages else None) if form else {}
    if form and form.takes_files and request.form.get("action") != "reject" and task.state in queries.OPEN:
        refused = attachments.take(task, form)
        with application.db.read() as fresh:  # which sees the files that were just stored
            return _go_on(fresh, task, forms.of_task(fresh, task, content), content, refused, side)
    shown = forms.of_task(connection, task, content) if form else None  # what is asked for may hang on it
    return _go_on(connection, task, shown, content, [], side)


def _go_on(
    connection: Connection,
    task: TaskRow,
    form: TaskForm | None,
    content: dict[str, Any],
    refused: list[dict[str, str]],
    side: str,
) -> ResponseReturnValue:
    """What the press asked for, with the files in place. *refused* are those that could not be stored."""
    action = request.form.get("action", "")
    other_rows = forms.reshaped(form, content)
    if other_rows is not None:
        return draw(connection, task, other_rows, refused, side)
    if form and (attachments.pressed() or request.form.get("go") or action == "save"):
        return _walk(connection, task, form, content, refused, side)
    errors: list[dict[str, str]] = []
    pages = forms.pages(form)
    if form and action != "reject":
        errors = forms.with_others(refused, forms.errors(form, content))
    if task.task_type == "signing" and action != "reject" and not request.form.get("agree") and not errors:
        errors = [{"id": "agree", "path": "agree", "text": view.t("signing.tick")}]
    if errors and task.state in queries.OPEN:
        if form and len(pages) > 1:  # the links lead to other pages, which draw what is stored
            _save(task, form, content, side)
        return draw(connection, task, content if form else None, errors, side)
    data = {} if action == "reject" or form is None else {form.stored: content}
    try:
        command = CompleteTask(task.id, data=data, action=action)
        outcome = send(command, once=True)
    except Invalid as invalid:
        rows = [{"id": "form", "path": i.field, "text": forms.sentence(i, None)} for i in invalid.issues]
        return draw(connection, task, content, rows, side)
    return redirect(url_for("tasks.coming", case_id=outcome.case_id), 303)


def _walk(
    connection: Connection,
    task: TaskRow,
    form: TaskForm,
    content: dict[str, Any],
    refused: list[dict[str, str]],
    side: str,
) -> ResponseReturnValue:
    """Keep what was written, and go to the next page, back, or stay. Next waits for the page to be in order."""
    pages, go = forms.pages(form), request.form.get("go", "")
    at = _place(pages, side)
    errors = refused
    if go == "next":
        here = [error for error in forms.errors(form, content) if error["id"] in pages[at].ids]
        errors = forms.with_others(refused, here)
    to = at if errors else min(max(at + {"next": 1, "back": -1}.get(go, 0), 0), len(pages) - 1)
    _save(task, form, content, pages[to].id if pages else "")
    if errors:
        return draw(connection, task, content, errors, side)
    page = pages[to].id if len(pages) > 1 else None
    if attachments.pressed():
        anchor = request.form.get("attach") or "skjema"
        return redirect(url_for("tasks.show", task_id=task.id, side=page, _anchor=anchor), 303)
    saved = None if go else clock_time(view.application().clock.now(), g.language)
    return redirect(url_for("tasks.show", task_id=task.id, side=page, lagret=saved), 303)


def _save(task: TaskRow, form: TaskForm, content: dict[str, Any], page: str) -> None:
    send(SaveTaskData(task.id, form.stored, content, page))
