"""The office at work: who has how much, who is away, who stands in, and measures that are to be looked back at."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from engine.casework import measures, members, queue
from engine.casework.commands import EndAbsence, EndMembership, SetAbsence
from engine.casework.queue import Filter
from engine.platform.calendar import norwegian_day
from engine.platform.clock import OSLO
from engine.web.office import session
from engine.web.shared import view
from engine.web.shared.commands import send, sends
from engine.web.shared.guards import actor, guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import NotPossible

blueprint = guarded("colleagues", __name__, Role.CASEWORKER.value)
session.only_members(blueprint)


@blueprint.get("/kontoret")
def show() -> ResponseReturnValue:
    return _page("")


def _page(error: str) -> ResponseReturnValue:
    application = view.application()
    now = application.clock.now()
    with application.db.read() as connection:
        who = session.who(connection, now)
        loads = members.loads(connection, who.office, now, whole=queue.end_of_week(now))
        free = queue.count(connection, who, Filter(view="ingen"), now)
        due = measures.due(connection, who.office, now)
        names = session.people(connection, [*(load.person_id for load in loads), *(row.owner_id for row in due)])
        body = render_template(
            "colleagues.html",
            loads=loads,
            names=names,
            free=free,
            due=due,
            now=now,
            error=error,
            leads=members.leads(connection, who.office, who.person_id),
            today=norwegian_day(now),
            in_a_week=norwegian_day(now) + timedelta(days=7),
            short=session.short,
        )
    return (body, 422) if error else body


@blueprint.post("/kontoret/fravaer")
@sends(SetAbsence, EndAbsence)
def be_away() -> ResponseReturnValue:
    """Away for some days, with a colleague who has the cases among their own meanwhile; or back."""
    person_id = _whom()
    if request.form.get("gjor") == "back":
        send(EndAbsence(person_id))
        return redirect(url_for("colleagues.show"), 303)
    until = session.evening(request.form.get("til", ""))
    since = session.evening(request.form.get("fra", ""))
    substitute = request.form.get("vikar", "")
    if since is None or until is None:
        return _page("colleagues.away_wrong")
    try:
        send(SetAbsence(person_id, substitute, datetime.combine(since.date(), time(0), OSLO), until))
    except NotPossible:
        return _page("colleagues.away_wrong")
    return redirect(url_for("colleagues.show"), 303)


def _whom() -> str:
    """The colleague a form is about; oneself where it names nobody."""
    return request.form.get("person", "") or actor().person_id


@blueprint.post("/kontoret/avslutt")
@sends(EndMembership)
def end() -> Response:
    """A colleague's part at the office ends now. For whoever leads the office; never oneself."""
    send(EndMembership(_whom()))
    return redirect(url_for("colleagues.show"), 303)
