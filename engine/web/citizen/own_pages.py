"""A task whose page is one of the citizen's own pages: finding it, keeping what she says there, and ending it."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from sqlalchemy import Connection, select
from werkzeug.wrappers import Response

from engine.casework import queries
from engine.web.shared import view
from engine.web.shared.guards import actor
from engine.workflow.execution import data
from engine.workflow.execution.commands import CompleteTask
from engine.workflow.execution.models import user_task


def open_task(connection: Connection, task_type: str) -> Any:
    """The citizen's open task of this type, whose page this is; ``None`` when she is just looking."""
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


def keep(connection: Connection, case_id: str, data_type: str, content: dict[str, Any]) -> None:
    """Keep something the citizen said on a page of her own, for all her cases."""
    house = view.house()
    data.write(
        connection,
        house.vault,
        instance_id=case_id,
        case_id=case_id,
        owner_id=actor().person_id,
        data_type=data_type,
        content=content,
        now=house.clock.now(),
    )


def finish(task: Any, otherwise: str) -> Response:
    """End the task this page belongs to, if there is one, and go where the case goes."""
    if task is None:
        return redirect(otherwise, 303)
    house = view.house()
    given = request.form.get("action", "")
    action = given if given in ("go_on", "change", "wait") else ""
    outcome = house.dispatch.send(CompleteTask(task.id, action=action), actor(), key=request.form.get("_key", ""))
    return redirect(url_for("tasks.coming", case_id=outcome.case_id), 303)
