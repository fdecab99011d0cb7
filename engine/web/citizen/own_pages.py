"""A task whose page is one of the citizen's own pages: finding it, and ending it."""

from __future__ import annotations

from flask import redirect, request, url_for
from sqlalchemy import Connection, select
from werkzeug.wrappers import Response

from engine.casework import queries
from engine.web.shared.commands import send
from engine.web.shared.guards import actor
from engine.workflow.execution.commands import Command, CompleteTask
from engine.workflow.execution.models import user_task
from engine.workflow.instances.rows import TaskRow


def open_task(connection: Connection, task_type: str) -> TaskRow | None:
    """The citizen's open task of this type, whose page this is; ``None`` when they are just looking."""
    return connection.execute(
        select(user_task)
        .where(
            user_task.c.owner_id == actor().person_id,
            user_task.c.task_type == task_type,
            user_task.c.state.in_(queries.OPEN),
        )
        .order_by(user_task.c.created_at)
        .limit(1)
    ).first()


def is_done() -> bool:
    """Whether the button that ends the page's task was pressed: it sends the page's form, so that both are done."""
    return request.form.get("done", "") == "yes"


def finish(task: TaskRow | None, otherwise: str) -> Response:
    """End the task this page belongs to, if there is one, and go where the case goes."""
    if task is None:
        return redirect(otherwise, 303)
    pressed = request.form.get("action", "")
    action = pressed if pressed in ("go_on", "change", "wait") else ""
    outcome = send(CompleteTask(task.id, action=action), once=True)
    return redirect(url_for("tasks.coming", case_id=outcome.case_id), 303)


def save(command: Command, task_id: str, otherwise: str) -> Response:
    """Store what the page says and, where it belongs to a task that ends with it, go where the case goes."""
    outcome = send(command, once=bool(task_id))
    return redirect(url_for("tasks.coming", case_id=outcome.case_id) if task_id else otherwise, 303)
