"""What is being written on a case page, kept while it is written and whatever stops it."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, request, url_for
from sqlalchemy import Connection

from engine.casework import drafts, queries
from engine.web.office import session
from engine.web.shared import forms, view
from engine.web.shared.guards import actor, guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import NotFound
from forms.formatting import clock_time

blueprint = guarded("case_drafts", __name__, Role.CASEWORKER.value)
#: Fields of each kind of writing that is not a form of the journey.
FIELDS = {"note": ("note", "barred"), "message": ("text",), "question": ("question", "due"), "measure": ("what",)}
MINE, OTHERS = "mine", "others"


@blueprint.post("/saker/<number>/utkast/<kind>")
def save(number: str, kind: str) -> Any:
    """Keep what stands in the form now; says when. Sent by the page while one writes."""
    if not keep(number, kind):
        raise NotFound(kind)
    return view.t("draft.saved", at=clock_time(view.house().clock.now(), g.language))


@blueprint.post("/saker/<number>/notat/begynn")
def begin_note(number: str) -> Any:
    """Begin a note from a proposed text: it becomes the draft, behind what stands there already."""
    house = view.house()
    with house.db.write() as connection:
        case = queries.case_by_number(connection, number, session.office())
        if case is None:
            raise NotFound(number)
        before: dict[str, Any] = next((d.content for d in drafts.of_case(connection, house.vault, case.id)
                       if d.author == actor().person_id and d.kind == "note"), {})  # fmt: skip
        text = "\n".join(part for part in (before.get("note", ""), request.form.get("note", "")) if part)
        drafts.keep(
            connection, house.vault, case=case, author=actor().person_id, kind="note",
            content={**before, "note": text[: drafts.LONGEST]}, now=house.clock.now(),
        )  # fmt: skip
    return redirect(url_for("casework.show", number=number) + "#note", 303)


def keep(number: str, kind: str) -> bool:
    """Keep the request's form as a draft of this kind. False when there is no such case or kind."""
    house = view.house()
    with house.db.write() as connection:
        case = queries.case_by_number(connection, number, session.office())
        content = _content(connection, case, kind) if case is not None else None
        if case is None or content is None:
            return False
        drafts.keep(
            connection, house.vault, case=case, author=actor().person_id, kind=kind, content=content,
            now=house.clock.now(),
        )  # fmt: skip
    return True


def rescue() -> None:
    """Whatever was posted to a case is kept, although the one who wrote it may not do it any more."""
    values = request.view_args or {}
    kind = {"casework.note": "note", "casework.message": "message", "case_acts.ask": "question"}.get(
        request.endpoint or "", str(values.get("kind", ""))
    )
    if request.endpoint == "casework.complete":
        kind = f"task.{values.get('task_id')}"
    if values.get("number") and kind:
        keep(str(values["number"]), kind)


def _content(connection: Connection, case: Any, kind: str) -> Any:
    """The fields as they are kept: ``None`` for a kind that does not exist, empty when nothing is written."""
    if kind in FIELDS:
        found = {name: request.form.get(name, "")[: drafts.LONGEST] for name in FIELDS[kind]}
        return found if found[FIELDS[kind][0]].strip() else {}
    task_id = kind.removeprefix("task.")
    tasks = queries.open_tasks(connection, case.id, "caseworker")
    task = next((task for task in tasks if kind.startswith("task.") and task.id == task_id), None)
    form = forms.of_task(connection, task) if task is not None else None
    if form is None:
        return None
    content = forms.posted(form)
    return content if any(value not in (None, "", [], False) for value in content.values()) else {}


def of_case(connection: Connection, case: Any) -> dict[str, Any]:
    """My own drafts by kind, and those of others who have the case or work here no more."""
    found: dict[str, Any] = {MINE: {}, OTHERS: []}
    for draft in drafts.of_case(connection, view.house().vault, case.id):
        if draft.author == actor().person_id:
            found[MINE][draft.kind] = draft
        else:
            found[OTHERS].append((draft, _words(draft.content)))
    return found


def _words(content: Any) -> str:
    """A draft as text one can read and copy."""
    values = content.values() if isinstance(content, dict) else [content]
    return "\n".join(str(value) for value in values if isinstance(value, str | int | float) and str(value).strip())


session.only_members(blueprint, rescue)
