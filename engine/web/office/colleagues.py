"""The office at work: who has how much, who is away, who stands in, and measures that are to be looked back at."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.casework import measures, members, queue
from engine.casework.event_kinds import OfficeEvent
from engine.casework.queue import Filter
from engine.platform.clock import OSLO
from engine.web.office import session
from engine.web.shared import view
from engine.web.shared.guards import actor, guarded
from engine.workflow.audit import chain
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import Forbidden, NotFound

blueprint = guarded("colleagues", __name__, Role.CASEWORKER.value)
session.only_members(blueprint)


@blueprint.get("/kontoret")
def show() -> Any:
    return _page("")


def _page(fault: str) -> Any:
    house = view.house()
    now = house.clock.now()
    with house.db.read() as connection:
        who = session.who(connection, now)
        loads = members.loads(connection, who.office, now, whole=now + queue.SOON)
        free = queue.count(connection, who, Filter(view="ingen"), now)
        due = measures.due(connection, who.office, now)
        names = session.people(connection, [*(load.person_id for load in loads), *(row.owner_id for row in due)])
        body = render_template(
            "colleagues.html", loads=loads, names=names, free=free, due=due, now=now, fault=fault,
            leads=members.leads(connection, who.office, who.person_id), today=now.astimezone(OSLO).date(),
            in_a_week=now.astimezone(OSLO).date() + timedelta(days=7), short=session.short,
        )  # fmt: skip
    return (body, 422) if fault else body


def _whom() -> str:
    """The colleague a form is about: oneself, or for whoever leads the office anybody there."""
    person_id = request.form.get("person", "") or actor().person_id
    with view.house().db.read() as connection:
        if person_id != actor().person_id and not members.leads(connection, session.office(), actor().person_id):
            raise Forbidden("leader")
        if not members.works_here(connection, session.office(), person_id):
            raise NotFound(person_id)
    return person_id


@blueprint.post("/kontoret/fravaer")
def be_away() -> Any:
    """Away for some days, with a colleague who has the cases among her own meanwhile; or back."""
    house = view.house()
    person_id = _whom()
    until = session.evening(request.form.get("til", ""))
    since = session.evening(request.form.get("fra", ""))
    substitute = request.form.get("vikar", "")
    back = request.form.get("gjor") == "back"
    with house.db.write() as connection:
        if not back:
            good = members.works_here(connection, session.office(), substitute) and substitute != person_id
            if not good or since is None or until is None or until < since:
                return _page("colleagues.away_wrong")
            since = datetime.combine(since.date(), time(0), OSLO)
        values = (None, None, None) if back else (substitute, since, until)
        members.be_away(connection, session.office(), person_id, *values)
        data = {"office": session.office(), "person": person_id, "substitute": values[0]}
        kind = OfficeEvent.CAME_BACK if back else OfficeEvent.SUBSTITUTE_SET
        chain.append(connection, chain.SYSTEM_CHAIN, house.clock.now(), actor(), kind, data)
    return redirect(url_for("colleagues.show"), 303)


@blueprint.post("/kontoret/avslutt")
def end() -> Response:
    """A colleague's part at the office ends now. For whoever leads the office; never oneself."""
    house = view.house()
    person_id = _whom()
    if person_id == actor().person_id:
        raise Forbidden("leader")
    with house.db.write() as connection:
        members.end(connection, session.office(), person_id, house.clock.now())
        data = {"office": session.office(), "person": person_id}
        chain.append(connection, chain.SYSTEM_CHAIN, house.clock.now(), actor(), OfficeEvent.MEMBER_ENDED, data)
    return redirect(url_for("colleagues.show"), 303)
