"""How every tab of a draft saves a change: sent as a command, and the page drawn again with what stood in the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine.studio.bpmn_editor import EditRefused
from engine.studio.commands import EditDraft, Edited
from engine.studio.drafts import DraftConflict
from engine.web.shared import view
from engine.web.shared.commands import send
from engine.web.studio import conflicts
from engine.web.studio.process import page
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.execution.commands import Outcome
from forms.formatting import clock_time

Change = Callable[[Bundle], Edited]


def revision() -> int:
    """The revision the form was drawn on."""
    submitted = request.form.get("revision", "")
    return int(submitted) if submitted.isdigit() and len(submitted) < 10 else 0


def send_edit(key: str, change: Change) -> Outcome:
    """Send a change of the draft as it was drawn. Raises ``EditRefused`` and ``DraftConflict``."""
    return send(EditDraft(key, revision(), change))


def refusal(refused: EditRefused) -> str:
    """Why a change was not made, in words."""
    return view.t(refused.key, **refused.values)


def save(
    key: str,
    change: Change,
    tab: str,
    anchor: Callable[[str], str],
    *,
    step: str = "",
    where: Callable[[str], Mapping[str, Any]] = lambda place: {},
    message_of: Callable[[EditRefused], str] = refusal,
) -> ResponseReturnValue:
    """Save a change made on *tab*, and on to where it shows; a colleague's change of the same is shown beside it.

    A page that saves as one goes asks for JSON and gets the new revision, or why nothing was saved.

    anchor, where  of what the change made: the place on the page, and the page's own arguments
    step           the step whose form is open when the page is drawn again
    """
    try:
        made = send_edit(key, change)
    except EditRefused as refused:
        return (message_of(refused), 422) if by_script() else page(key, message_of(refused), tab, step)
    except DraftConflict as conflict:
        return (conflicts.written(conflict), 409) if by_script() else page(key, "", tab, step, conflict=conflict)
    if by_script():
        return _saved(made)
    shown = where(made.made)
    return redirect(
        url_for("studio.show", key=key, fane=tab, lagret=1, _anchor=anchor(made.made) or None, **shown), 303
    )


def _saved(made: Outcome) -> dict[str, Any]:
    """The answer to a form that saves as one goes: the new revision, and whether a colleague changed other things."""
    detail = made.detail or {}
    text = view.t("studio.kept_at", at=clock_time(view.application().clock.now(), g.language))
    return {**detail, "text": f"{text} {view.t('studio.beside')}" if detail["beside"] else text}


def by_script() -> bool:
    """Whether the form is saved as one goes."""
    return request.headers.get("Accept", "") == "application/json"
