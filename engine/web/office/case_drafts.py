"""What is being written on a case page, stored while it is written and whatever stops it.

Each form of the page says in hidden fields which page it is (``_page``) and which version of the draft it was shown
with (``_seen``): two windows of one person never write over each other unseen.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, select
from werkzeug.wrappers import Response

from engine.casework import drafts, letters, queries
from engine.casework.commands import BeginNote, DiscardCaseDraft, SaveCaseDraft
from engine.casework.drafts import Draft
from engine.web.office import session
from engine.web.shared import forms, view
from engine.web.shared.commands import send, sends
from engine.web.shared.guards import actor, guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import Conflict, NotFound, NotPossible, Refusal
from engine.workflow.execution.models import user_task
from engine.workflow.instances.rows import CaseRow, TaskRow
from forms.formatting import clock_time

blueprint = guarded("case_drafts", __name__, Role.CASEWORKER.value)
#: Fields of each kind of writing that is not a form of the journey. The first is what is written.
FIELDS = {"note": ("note", "barred"), "message": ("text",), "question": ("question", "due"), "measure": ("what",)}
#: Fields of a letter, whose kind has its id in it.
LETTER_FIELDS = ("title", "body")
View = TypeVar("View", bound=Callable[..., Any])
_KIND = "draft_kind"


def keeps_draft(kind: str) -> Callable[[View], View]:
    """Declare what a view's form is a draft of: whatever is posted there is stored, also when the act is refused.

    kind  of the draft, with names of the address in braces: ``"task.{task_id}"``
    """

    def declare(view_function: View) -> View:
        setattr(view_function, _KIND, kind)
        return sends(SaveCaseDraft)(view_function)

    return declare


def posted_kind() -> str:
    """The kind of draft the form of this request is, "" for none."""
    if request.method != "POST":
        return ""
    kind: str = getattr(current_app.view_functions.get(request.endpoint or ""), _KIND, "")
    return kind.format(**(request.view_args or {}))


def page_key() -> str:
    """The page the form was written on, "" when the form does not say."""
    return request.form.get("_page", "")[:36]


def this_page() -> str:
    """What the forms of the page that is drawn now say: shown again after a refusal it is the same page."""
    return page_key() or str(uuid.uuid4())


def seen() -> str | None:
    """The version of the draft the form was shown with; ``None`` when the form does not say."""
    return request.form.get("_seen")


@blueprint.post("/saker/<number>/utkast/<kind>")
@keeps_draft("{kind}")
def save(number: str, kind: str) -> ResponseReturnValue:
    """Store what stands in the form now; says when. Sent by the page while one writes."""
    stored = save_draft(number, kind)
    if stored is None:
        raise NotFound(kind)
    return view.t(stored, at=clock_time(view.application().clock.now(), g.language))


@blueprint.post("/saker/<number>/utkast/<kind>/kast")
@sends(DiscardCaseDraft)
def discard(number: str, kind: str) -> Response:
    """What stood aside is not needed any more."""
    send(DiscardCaseDraft(_case_id(number), kind))
    return redirect(url_for("casework.show", number=number) + "#skrevet", 303)


@blueprint.post("/saker/<number>/notat/begynn")
@sends(BeginNote)
def begin_note(number: str) -> Response:
    """Begin a note from a text: it becomes the draft, behind what stands there already."""
    send(BeginNote(_case_id(number), request.form.get("note", ""), request.form.get("kind", "")))
    return redirect(url_for("casework.show", number=number) + "#note", 303)


def _case_id(number: str) -> str:
    with view.application().db.read() as connection:
        case = queries.case_by_number(connection, number, session.office())
    if case is None:
        raise NotFound(number)
    return str(case.id)


def save_draft(number: str, kind: str) -> str | None:
    """Store the request's form as a draft of this kind. Returns the text key of what to say.

    ``None`` when there is no such case or kind. What was written in another window meanwhile stands; this is then
    stored aside.
    """
    with view.application().db.read() as connection:
        case = queries.case_by_number(connection, number, session.office())
        content = _content(connection, case, kind) if case is not None else None
    if case is None or content is None:
        return None
    page = page_key()
    try:
        send(SaveCaseDraft(case.id, kind, content, _version(kind), page))
    except Conflict:
        send(SaveCaseDraft(case.id, drafts.aside(kind, page), content, None, page))
        return "draft.aside"
    except NotPossible:
        return "draft.long"
    return "draft.saved"


def _version(kind: str) -> str | None:
    """The version of the draft that was seen. The form of a letter is shown with one only when it stands aside."""
    return request.form.get("_draft", "") if kind.startswith("letter.") else seen()


def rescue() -> None:
    """Whatever was posted to a case is stored, although the one who wrote it may not do it any more."""
    number, kind = (request.view_args or {}).get("number"), posted_kind()
    if number and kind:
        try:
            save_draft(str(number), kind)
        except Refusal:
            return


def _content(connection: Connection, case: CaseRow, kind: str) -> dict[str, Any] | None:
    """The fields as they are stored: ``None`` for a kind that does not exist, empty when nothing is written."""
    if kind in FIELDS:
        found = {name: request.form.get(name, "") for name in FIELDS[kind]}
        return found if found[FIELDS[kind][0]].strip() else {}
    what, _, identity = kind.partition(".")
    if what == "letter":
        try:
            letters.of(connection, view.application().vault, case.id, identity)
        except NotFound:
            return None
        return {name: request.form.get(name, "") for name in LETTER_FIELDS}
    task = task_of(connection, case.id, identity) if what == "task" else None
    form = forms.of_task(connection, task) if task is not None else None
    if form is None:
        return None
    content = forms.posted(form)
    return content if any(value not in (None, "", [], False) for value in content.values()) else {}


def task_of(connection: Connection, case_id: str, task_id: str) -> TaskRow | None:
    """A caseworker's task of a case, open or done; ``None`` for no such."""
    wanted = (user_task.c.id == task_id, user_task.c.case_id == case_id, user_task.c.performer == "caseworker")
    return connection.execute(select(user_task).where(*wanted)).first()


@dataclass(frozen=True, slots=True)
class Drafts:
    """What somebody has begun to write in a case.

    mine    the reader's own by kind, that stand in the forms of the page
    aside   the reader's own that stand in no form: written in another window, or for what is done now; with the words
    others  those of others, with the words
    """

    mine: Mapping[str, Draft]
    aside: tuple[tuple[Draft, str], ...]
    others: tuple[tuple[Draft, str], ...]

    def fields(self) -> dict[str, str]:
        """What stands in the forms of the page that are not the journey's, by the name of the field."""
        return {
            name: value for draft in self.mine.values() if draft.kind in FIELDS for name, value in draft.content.items()
        }

    def seen(self, kind: str) -> str:
        """The version a form of this kind is shown with: of a form that is shown again what it was shown with first."""
        if kind == posted_kind() and (before := seen()) is not None:
            return before
        return self.mine[kind].version if kind in self.mine else ""


def of_case(
    connection: Connection, case: CaseRow, open_tasks: tuple[str, ...], open_letters: tuple[str, ...]
) -> Drafts:
    """Every draft of a case, as the reader sees it."""
    in_forms = {*FIELDS, *(f"task.{one}" for one in open_tasks), *(f"letter.{one}" for one in open_letters)}
    mine, aside, others = {}, [], []
    for draft in drafts.of_case(connection, view.application().vault, case.id):
        if draft.author != actor().person_id:
            others.append((draft, _words(draft.content)))
        elif draft.kind in in_forms:
            mine[draft.kind] = draft
        else:
            aside.append((draft, _words(draft.content)))
    return Drafts(mine, tuple(aside), tuple(others))


def _words(content: object) -> str:
    """A draft as text one can read and copy."""
    values = content.values() if isinstance(content, dict) else [content]
    return "\n".join(str(value) for value in values if isinstance(value, str | int | float) and str(value).strip())


session.only_members(blueprint, rescue)
