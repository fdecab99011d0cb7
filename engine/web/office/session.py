"""What the caseworkers' pages share: who asks, who still works here, names, deadlines in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine.casework import members, queries
from engine.casework.queue import Who
from engine.platform.calendar import end_of_day, norwegian_day
from engine.platform.vault import Person
from engine.web.shared import view
from engine.web.shared.commands import send
from engine.web.shared.guards import actor
from engine.workflow.authorization import pep, role_codes
from engine.workflow.errors import AlreadyDone, Forbidden, NotFound, NotPossible, Refusal, Suspended
from engine.workflow.execution.commands import Command
from forms import formatting

#: Rules with a sentence of their own; any other says that it was not possible.
RULES = frozenset(
    {
        "case-closed",
        "nobody-has",
        "not-colleague",
        "has-it",
        "in-the-past",
        "after-deadline",
        "nothing-to-pause",
        "not-paused",
        "no-deadline",
        "no-reason",
        "decision-unsent",
        "task-paused",
        "not-a-date",
        "document-stays",
        "needs-number",
        "is-owner",
        "takes-part",
        "from-register",
        "own-part",
        "reason-long",
        "text-long",
        "text-missing",
    }
)


def office() -> str:
    found = actor().office
    return found.orgno if found else ""


def who(connection: Connection, now: datetime) -> Who:
    """The actor, with those they stand in for."""
    me = actor().person_id
    caseworker = pep.Subject(frozenset({role_codes.CASEWORKER}), actor().level, True)
    hidden = pep.unreadable_versions(connection, view.application().library, caseworker)
    mine = (me, *members.stands_in_for(connection, office(), me, now))
    return Who(office(), me, mine, hidden, queries.partial_cases(connection, me))


def people(connection: Connection, ids: Iterable[str | None]) -> dict[str, Person]:
    """Everybody of these whose name can be read."""
    return view.application().vault.people(connection, {one for one in ids if one})


def only_members(blueprint: Blueprint, rescue: Callable[[], None] | None = None) -> None:
    """Stop whose part at the office has ended, at their next press. What they wrote is stored by *rescue* first."""

    @blueprint.before_request
    def check() -> ResponseReturnValue | None:
        if g.actor is None or g.actor.office is None:
            return None
        with view.application().db.read() as connection:
            row = members.find(connection, g.actor.office.orgno, g.actor.person_id)
        if row is None or row.ended_at is None:
            return None
        if rescue is not None and request.method == "POST":
            rescue()
        return render_template("desk_ended.html", at=row.ended_at), 403


def short(name: str) -> str:
    """``Anne E.`` in lists: no more than is needed to know whom one means."""
    first, _, last = name.rpartition(" ")
    return f"{first} {last[:1]}." if first else name


def age(born: date, now: datetime) -> int:
    today = norwegian_day(now)
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def deadline(
    due: datetime | None, warn: datetime | None, now: datetime, paused: datetime | None = None
) -> tuple[str, str]:
    """The deadline in words and the colour of its tag: passed, inside the warning window, later, none.

    paused  since when the case rests: what waits for others is late for nobody here
    """
    if due is None:
        return view.t("queue.no_deadline"), "neutral"
    if paused is not None:
        return view.t("queue.deadline_on", day=formatting.long_date(due, g.language)), "neutral"
    days = (norwegian_day(due) - norwegian_day(now)).days
    if due < now:
        return view.t("queue.deadline_passed", days=-days) if days else view.t("queue.passed_today"), "danger"
    if warn is not None and warn <= now:
        key = "queue.due_today" if days == 0 else "queue.due_tomorrow" if days == 1 else "queue.deadline_soon"
        return view.t(key, days=days) if days > 1 else view.t(key), "warning"
    return view.t("queue.deadline_on", day=formatting.long_date(due, g.language)), "neutral"


def evening(text: str) -> datetime | None:
    """The end of a day in Norway from what a date field sent; ``None`` when it is no date."""
    try:
        return end_of_day(date.fromisoformat(text))
    except (ValueError, OverflowError):
        return None


def done(number: str, act: str) -> Response:
    """Back to the case page, with focus on the line that says what was done: an act of ``case_content.DONE``."""
    return redirect(url_for("casework.show", number=number, gjort=act) + "#gjort", 303)


def sent(
    command: Command, number: str, act: str | Callable[[], str], page: Callable[..., ResponseReturnValue]
) -> ResponseReturnValue:
    """Send a command of a form of the case page: back to the page when it is done, or why not with what was written."""
    try:
        send(command)
    except NotFound:
        raise
    except Refusal as refusal:
        return page(number, message=why_not(refusal), written=request.form.to_dict(), status=409)
    return done(number, act if isinstance(act, str) else act())


def why_not(refusal: Refusal) -> str:
    """One sentence: which rule said no, or who was faster."""
    if isinstance(refusal, AlreadyDone):
        return view.t("desk.no.taken", who=view.name_of(refusal.by))
    if isinstance(refusal, Forbidden):
        return view.t("desk.no.forbidden")
    if isinstance(refusal, Suspended):
        return view.t("error.suspended")
    rules = [reason.rule for reason in refusal.reasons] if isinstance(refusal, NotPossible) else []
    known = next((rule for rule in rules if rule in RULES), "other")
    return view.t(f"desk.no.{known}")
