"""The citizen complains of a decision: from their own page, also when the case is closed or the time is over."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.casework import complaint_right, journal
from engine.casework.commands import MakeComplaint
from engine.web.citizen.home import required_case
from engine.web.shared import access, view
from engine.web.shared.commands import send, sends
from engine.web.shared.guards import actor, guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import NotFound, Suspended

blueprint = guarded("complaints", __name__, Role.CITIZEN.value)


@blueprint.get("/saken-min/<number>/klage")
def show(number: str) -> ResponseReturnValue:
    return _page(number)


@blueprint.post("/saken-min/<number>/klage")
@sends(MakeComplaint)
def make(number: str) -> ResponseReturnValue:
    """A press twice is one complaint."""
    text = request.form.get("text", "").strip()
    if not text or len(text) > journal.MAX_TEXT:
        return _page(number, text, "complaint.no_text")
    with view.application().db.read() as connection:
        case = required_case(connection, number)
    try:
        send(MakeComplaint(case.id, text), once=True)
    except Suspended:
        return _page(number, text, "error.suspended", 409)
    return redirect(url_for("citizen.case", sak=number) + "#klage", 303)


def _page(number: str, text: str = "", error: str = "", status: int = 422) -> ResponseReturnValue:
    """Only for the owner of a case whose decision was sent, and who acts for them."""
    application = view.application()
    with application.db.read() as connection:
        case = required_case(connection, number)
        right = complaint_right.newest_right(connection, case.id)
        if right is None or not (case.owner_id == actor().person_id or access.represents(connection, case)):
            raise NotFound(number)
        now = application.clock.now()
        body = render_template("complaint.html", case=case, right=right, text=text, error=error, now=now)
    return (body, status) if error else body
