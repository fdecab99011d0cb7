"""Complaints about the decision of a case: written down as they come, and what became of each."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from flask import request

from engine.casework import complaints
from engine.platform.clock import OSLO
from engine.web.office import session
from engine.web.office.case_page import case_of, page
from engine.web.shared import view
from engine.web.shared.guards import actor, guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import AlreadyDone

blueprint = guarded("case_complaints", __name__, Role.CASEWORKER.value)
session.only_members(blueprint)


def _received(text: str, now: datetime) -> datetime | None:
    """A day that has come, as a moment: noon, or now when it is today. ``None`` for any other text."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    if day > now.astimezone(OSLO).date():
        return None
    return min(datetime.combine(day, time(12), OSLO), now)


@blueprint.post("/saker/<number>/klager")
def register(number: str) -> Any:
    house = view.house()
    now = house.clock.now()
    form = request.form
    received, text = _received(form.get("received", ""), now), form.get("text", "").strip()
    wrong = {}
    if received is None:
        wrong["complaint-received"] = "complaint.no_day"
    if not text or len(text) > complaints.LONGEST:
        wrong["complaint-text"] = "complaint.no_text"
    if wrong or received is None:
        faults = [{"id": at, "path": at, "text": view.t(key)} for at, key in wrong.items()]
        written = {"complaint_open": "1", "complaint_text": text, "received": form.get("received", "")}
        return page(number, faults=faults, written=written)
    with house.db.write() as connection:
        one = complaints.register(
            connection, house.vault, actor=actor(), case=case_of(connection, number), received=received, text=text,
            now=now, key=form.get("_key", ""),
        )  # fmt: skip
    return session.done(number, "complaint_in_time" if one.in_time else "complaint_late")


@blueprint.post("/saker/<number>/klager/<complaint_id>")
def decide(number: str, complaint_id: str) -> Any:
    house = view.house()
    outcome, answer = request.form.get("outcome", ""), request.form.get("answer", "").strip()
    at = f"complaint-{complaint_id}"
    if outcome not in complaints.OUTCOMES or not answer or len(answer) > complaints.LONGEST:
        faults = [{"id": at, "path": at, "text": view.t("complaint.no_outcome")}]
        return page(number, faults=faults, written={at: answer, f"{at}-outcome": outcome})
    try:
        with house.db.write() as connection:
            complaints.decide(
                connection, house.vault, actor=actor(), case=case_of(connection, number), complaint_id=complaint_id,
                outcome=outcome, answer=answer, now=house.clock.now(),
            )  # fmt: skip
    except AlreadyDone as done:
        return page(number, said=view.t("complaint.was_decided", who=view.name_of(done.by)), status=409)
    return session.done(number, "complaint_decided")
