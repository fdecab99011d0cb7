"""Closing in order (R69)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.advice.commands import SaveClosingSteps
from engine.advice.economy.enk.closing import LATER, Closing, Holdings, close
from engine.advice.economy.enk.closing import STEPS as CLOSING
from engine.advice.economy.enk.tagging import Tag
from engine.advice.economy.money import ZERO
from engine.advice.economy.rates import UnknownYearError
from engine.advice.guidance.contacts import contacts
from engine.advice.guidance.tips import choose
from engine.web.citizen import own_pages
from engine.web.citizen.enk.session import Known, blueprint, known_of
from engine.web.citizen.overview_progress import being_made
from engine.web.citizen.own_pages import open_task
from engine.web.shared import view
from engine.web.shared.commands import sends
from engine.web.shared.guards import actor
from engine.workflow.errors import NotFound
from engine.workflow.execution import data


@blueprint.get("/enk/avslutning")
def closing() -> ResponseReturnValue:
    """Closing in order (R69)."""
    return _closing_page(None, ())


def _closing_page(ticked: list[str] | None, missing: Sequence[str]) -> ResponseReturnValue:
    """The page; *ticked* as it was posted, *missing* the steps that are to be done first."""
    application = view.application()
    with application.db.read() as connection:
        known = known_of(connection)
        if known is None:
            return redirect(url_for("citizen.home"), 303)
        task = open_task(connection, "closing_review")
        stored = data.read_of_person(connection, application.vault, actor().person_id, "holdings") or {}
        steps = data.read_of_person(connection, application.vault, actor().person_id, "closing-steps") or {}
    if known.private is None and (wait := being_made()):
        return wait
    o = known.overview
    try:
        found, last_day = _close(known, stored)
    except UnknownYearError as error:
        return render_template("enk_closing.html", found=None, unknown=error, o=o, task=task, done=set())
    body = render_template(
        "enk_closing.html",
        found=found,
        unknown=None,
        o=o,
        last_day=last_day,
        holdings=stored,
        done=set(steps.get("done", ()) if ticked is None else ticked),
        missing=missing,
        tips=choose({"closing"}, "enk_close", o.as_of),
        contacts=contacts("enk_close"),
        task=task,
    )
    return (body, 422) if missing else body


def _close(known: Known, stored: Mapping[str, Any]) -> tuple[Closing, date]:
    """What closing means with the holdings that were listed, and the last day. Raises ``UnknownYearError``."""
    o = known.overview
    number: Callable[[str], Decimal] = lambda name: Decimal(str(stored.get(name) or 0))  # noqa: E731
    last_day = date.fromisoformat(stored["lastDay"]) if stored.get("lastDay") else o.as_of
    tagged = {number_ for number_, tag_ in o.tagging.items() if tag_ is not Tag.PRIVATE}
    money = sum((a.balance.value for a in known.figures.accounts if a.number in tagged), ZERO)
    return close(o, Holdings(number("claims"), number("debts"), number("stock")), last_day, money), last_day


@blueprint.post("/enk/avslutning")
@sends(SaveClosingSteps)
def close_step() -> ResponseReturnValue:
    """Keep the ticks; the last press ends the task when every step that can be done by now is done."""
    application = view.application()
    done = [step for step in request.form.getlist("step") if step in CLOSING]
    with application.db.read() as connection:
        known = known_of(connection)
        task = open_task(connection, "closing_review")
        stored = data.read_of_person(connection, application.vault, actor().person_id, "holdings") or {}
    if known is None:
        raise NotFound("case")
    saves = request.form.get("action") == "save"
    missing = [] if saves else _missing(known, stored, done)
    ends = task.id if task and not saves and not missing else ""
    answer = own_pages.save(SaveClosingSteps(known.case.id, tuple(done), ends), ends, url_for("enk.closing"))
    return _closing_page(done, missing) if missing else answer


def _missing(known: Known, stored: Mapping[str, Any], done: Collection[str]) -> list[str]:
    """The steps that could be done by now and are not."""
    try:
        return [step for step in _close(known, stored)[0].steps if step not in LATER and step not in done]
    except UnknownYearError:
        return []
