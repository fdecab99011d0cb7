"""From one service to another with all that was given: what follows, what is newly agreed to, and one press."""

from __future__ import annotations

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.wrappers import Response

from engine.advice.commands import CarryOver
from engine.advice.consent.models import consent_record
from engine.advice.evidence import harvest
from engine.advice.sharing.actions import DEFAULT_LIFE
from engine.casework import queries
from engine.web.citizen.home import carried_from, offered_journey, start_variables
from engine.web.shared import view
from engine.web.shared.commands import send, sends
from engine.web.shared.guards import actor, guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import NotFound
from engine.workflow.execution.data import read_of_person

blueprint = guarded("carry_over", __name__, Role.CITIZEN.value)
#: What is stored with the person and not with a case: it follows by itself.
OWN = ("budget", "plan")


@blueprint.get("/tjenester/<key>/med-det-du-har")
def show(key: str) -> ResponseReturnValue:
    """What is there, whom it goes to and for what: read before it is agreed to."""
    application = view.application()
    now = application.clock.now()
    with application.db.read() as connection:
        deployed = offered_journey(connection, key)
        case = carried_from(connection, deployed)
        if case is None:
            return redirect(url_for("citizen.offered"), 303)
        records = connection.execute(
            select(consent_record).where(
                consent_record.c.case_id == case.id, consent_record.c.state == "given", consent_record.c.valid_to > now
            )
        ).all()
        entries = len(harvest.supplements(connection, application.vault, case.id))
        own = [one for one in OWN if read_of_person(connection, application.vault, actor().person_id, one)]
    share_until = min([now + DEFAULT_LIFE, *(one.valid_to for one in records)])
    return render_template(
        "carry_over.html",
        key=key,
        case=case,
        records=records,
        entries=entries,
        own=own,
        office=start_variables(deployed)["officeName"],
        until=share_until,
    )


@blueprint.post("/tjenester/<key>/med-det-du-har")
@sends(CarryOver)
def carry(key: str) -> Response:
    """Begin it with what is there. A second press finds the case that was begun."""
    with view.application().db.read() as connection:
        deployed = offered_journey(connection, key)
        case = carried_from(connection, deployed)
        begun = queries.open_case_of(connection, actor().person_id, key)
    if begun is not None:
        return redirect(url_for("tasks.coming", case_id=begun.id), 303)
    if case is None:
        raise NotFound(key)
    outcome = send(CarryOver(case.id, key, start_variables(deployed), g.language), once=True)
    return redirect(url_for("tasks.coming", case_id=outcome.case_id), 303)
