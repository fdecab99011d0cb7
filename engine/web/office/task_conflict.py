"""Two who fill in the same form: the second sees both sets of answers, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from engine.casework import queries
from engine.web.office import case_drafts, session
from engine.web.shared import answers, forms, view
from engine.web.shared.forms import TaskForm
from engine.workflow.errors import NotFound
from engine.workflow.execution.data import Stored, stored
from engine.workflow.instances.rows import TaskRow


@dataclass(frozen=True, slots=True)
class Pair:
    """A question with both answers as shown, "" for none."""

    question: str
    mine: str
    theirs: str

    @property
    def differs(self) -> bool:
        return self.mine != self.theirs


def page(
    number: str,
    task: TaskRow,
    form: TaskForm | None,
    filled: Mapping[str, Any],
    there: Stored | None,
    *,
    by: str = "",
    at: datetime | None = None,
) -> ResponseReturnValue:
    """Both sets of answers side by side.

    there   what another has stored while the task is still open; the form goes on with one's own answers
    by, at  who has done the task, and when: it is over, and one's own answers can become a note
    """
    application = view.application()
    with application.db.read() as connection:
        case = queries.case_by_number(connection, number, session.office())
        if case is None or task is None:
            raise NotFound(number)
        bundle = application.library.get(connection, task.definition_id).bundle
        is_open = there is not None
        if there is None and form:
            there = stored(connection, application.vault, task.instance_id, form.stored)
        shown = forms.of_task(connection, task, filled) if is_open else None
        theirs = there.content if there else {}
        pairs = (
            _pairs(*(answers.question_rows(bundle, form.data_type, one) for one in (filled, theirs))) if form else []
        )
        body = render_template(
            "task_conflict.html",
            case=case,
            task=task,
            form=shown,
            pairs=pairs,
            is_open=is_open,
            version=there.version if there else 0,
            by=view.name_of(by or (there.changed_by if there else "")),
            at=at or (there.changed_at if there else None),
            words="\n".join(f"{pair.question}: {pair.mine}" for pair in pairs if pair.mine),
            page_key=case_drafts.this_page(),
            kind=f"task.{task.id}",
            errors=[],
        )
    return body, 409


def _pairs(mine: list[tuple[str, str]], theirs: list[tuple[str, str]]) -> list[Pair]:
    """Every question once, in the order of the form, with the answer of each."""
    own, others = dict(mine), dict(theirs)
    return [Pair(question, own.get(question, ""), others.get(question, "")) for question in {**own, **others}]
