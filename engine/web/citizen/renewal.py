"""Giving a consent or mandate again: what it is for, one press, and on to the overview."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, Row, select

from engine.advice.commands import GiveConsentAgain
from engine.advice.consent import renewal
from engine.advice.consent.actions import DEFAULT_LIFE
from engine.advice.consent.models import consent_record
from engine.advice.consent.renewal import Renewal
from engine.advice.evidence.datasets import Requirement
from engine.advice.task_types.collection import OpenSources, OpenSourcesAgain
from engine.advice.task_types.user_tasks import chosen_sets
from engine.casework import queries
from engine.web.citizen import tasks
from engine.web.citizen.home import home_of
from engine.web.shared import view
from engine.web.shared.commands import send, sends
from engine.web.shared.guards import actor, guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import NotFound
from engine.workflow.execution.models import process_instance
from forms.formatting import long_date

blueprint = guarded("renewal", __name__, Role.CITIZEN.value)
#: Steps of a journey that belong to giving a consent: one who gives it is led through them.
GIVING = ("approve", "consent", "mandate")


@dataclass(frozen=True, slots=True)
class Offer:
    """What stands beside the button that gives it again: everything a consent must say (GDPR article 7).

    names  of the sources it was for, () where one must choose
    """

    again: Renewal
    names: tuple[str, ...]
    receiver: str
    until: str


def offers(case_id: str = "") -> list[Offer]:
    """Those of the person who is logged in, in all their cases or in one."""
    application = view.application()
    soon = timedelta(days=application.settings.consent_reminder_days)
    with application.db.read() as connection:
        found = renewal.renewals(
            connection, actor().person_id, application.data_sets, application.clock.now(), soon, case_id
        )
    return [_offer(one) for one in found]


def _offer(one: Renewal) -> Offer:
    application = view.application()
    settings = application.settings
    names = tuple(view.data_set_name(data_set) for data_set in one.data_sets)
    receiver = f"{settings.organisation_name} (org.nr. {settings.organisation_number})"
    return Offer(one, names, receiver, long_date(application.clock.now() + DEFAULT_LIFE, g.language))


def approvals(case_id: str) -> list[Row[Any]]:
    """Grants of a case that wait for the citizen, asked for on no step of the journey."""
    application = view.application()
    with application.db.read() as connection:
        return list(renewal.to_approve(connection, case_id, application.clock.now()))


@blueprint.get("/samtykker/<record_id>/igjen")
def choose(record_id: str) -> ResponseReturnValue:
    """The question anew, for one who said no or wants something else this time."""
    return _question(record_id, {}, "")


def _question(record_id: str, submitted: dict[str, Any], error: str) -> ResponseReturnValue:
    application = view.application()
    with application.db.read() as connection:
        record = _own(connection, record_id)
        variables = _variables(connection, record.case_id)
    sources = {
        name: [
            tasks.source_name(one)
            for one in application.data_sets.values()
            if (one.kind, one.requirement) == (name, record.basis)
        ]
        for name in tasks.kinds_asked(record.basis, variables)
    }
    page = render_template(
        "again.html",
        record=record,
        offer=_offer(Renewal(record.id, record.case_id, record.basis, record.state, record.decided_at, ())),
        sources=sources,
        institutions=tasks.institutions_asked(record.basis, variables),
        submitted=submitted,
        error=error,
    )
    return (page, 422) if error else page


@blueprint.post("/samtykker/<record_id>/igjen")
@sends(GiveConsentAgain)
def give(record_id: str) -> ResponseReturnValue:
    """The same as before with one press; with ``choosing`` what is ticked."""
    application = view.application()
    form = request.form
    with application.db.read() as connection:
        record = _own(connection, record_id)
        variables = _variables(connection, record.case_id)
    chosen: tuple[str, ...] = ()
    if form.get("choosing"):
        kinds = form.getlist("kinds")
        if "all" in kinds:
            kinds = list(tasks.kinds_asked(record.basis, variables))
        asked = tasks.institutions_asked(record.basis, variables, kinds) if kinds else []
        institutions = [one.id for one in asked if one.id in form.getlist("institutions")]
        error = "question.tick" if not kinds else "question.institution" if asked and not institutions else ""
        if error:
            return _question(record_id, {"kinds": kinds, "institutions": institutions}, error)
        requirement = Requirement(record.basis)
        chosen = tuple(chosen_sets(application.data_sets, requirement, kinds, institutions if asked else None))
    send(GiveConsentAgain(record.case_id, record_id, chosen, g.language), once=True)
    return redirect(url_for("renewal.opening", record_id=record_id), 303)


@blueprint.get("/samtykker/<record_id>/apnes")
def opening(record_id: str) -> ResponseReturnValue:
    """Waits while the sources are opened, then the sources' own pages, and at last the overview."""
    with view.application().db.read() as connection:
        record = _own(connection, record_id)
        waiting = tasks.is_busy(connection, record.case_id, (OpenSources.name, OpenSourcesAgain.name))
        target = "" if waiting else _after(connection, record.case_id)
    part = bool(request.headers.get("HX-Request"))
    if waiting:
        page = render_template("coming.html", address=url_for("renewal.opening", record_id=record_id))
        return ("", 204) if part else page
    if part:
        answer = make_response("", 200)
        answer.headers["HX-Redirect"] = target or url_for("renewal.opening", record_id=record_id)
        return answer
    if target:
        return redirect(target, 303)
    return render_template("approve.html", task=None, grants=approvals(record.case_id))


def _after(connection: Connection, case_id: str) -> str:
    """Where one is led when the sources are asked to open; "" to their own pages."""
    steps = queries.open_tasks(connection, case_id, "citizen", actor().person_id)
    asked = next((task for task in steps if task.task_type in GIVING), None)
    if asked is not None:
        return url_for("tasks.show", task_id=asked.id)
    if renewal.to_approve(connection, case_id, view.application().clock.now()):
        return ""
    return home_of(connection, queries.case_by_id(connection, case_id)) or url_for("overview.show")


def _own(connection: Connection, record_id: str) -> Row[Any]:
    own = select(consent_record).where(
        consent_record.c.id == record_id, consent_record.c.person_id == actor().person_id
    )
    row = connection.execute(own).first()
    if row is None:
        raise NotFound(record_id)
    return row


def _variables(connection: Connection, case_id: str) -> dict[str, Any]:
    found: dict[str, Any] = connection.execute(
        select(process_instance.c.variables).where(process_instance.c.id == case_id)
    ).scalar_one()
    return found
