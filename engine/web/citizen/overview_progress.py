"""How far the overview has come before it is there, and the page of somebody who waits for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, Row, and_, func, select

from engine.advice.consent.models import consent_record
from engine.advice.evidence.models import harvest
from engine.advice.evidence.rows import HarvestRow
from engine.advice.task_types.collection import (
    BuildOverview,
    OpenSources,
    OpenSourcesAgain,
    PlanHarvest,
    RebuildOverview,
)
from engine.advice.task_types.fetch import Fetch, FetchAgain
from engine.casework import queries
from engine.web.shared import access, view
from engine.web.shared.guards import actor
from engine.workflow.jobs.models import due_work

#: So long after an answer an overview with it is waited for: it is built by the job that comes next.
SOON = timedelta(minutes=2)
#: The work between a yes and the overview, and the last of it.
_JOBS = tuple(
    job.name for job in (OpenSources, OpenSourcesAgain, PlanHarvest, Fetch, FetchAgain, BuildOverview, RebuildOverview)
)
_BUILDING = (BuildOverview.name, RebuildOverview.name)


class Progress(StrEnum):
    """Before there is an overview: nothing asks for one, it is being made, or what would make it came to nothing."""

    NOTHING = "nothing"
    COMING = "coming"
    LATE = "late"


def sources(connection: Connection, case_id: str) -> Sequence[HarvestRow]:
    """One row per source that was asked."""
    return connection.execute(select(harvest).where(harvest.c.case_id == case_id).order_by(harvest.c.data_set)).all()


def agreed_at(connection: Connection, case_id: str) -> datetime | None:
    """When the citizen last agreed to the asking, by consent or mandate; None when they have not."""
    conditions = (consent_record.c.case_id == case_id, consent_record.c.state == "given")
    found: datetime | None = connection.execute(
        select(func.max(consent_record.c.decided_at)).where(*conditions)
    ).scalar()
    return found


def ended(connection: Connection, case_id: str, now: datetime) -> Row[Any] | None:
    """The consent that ended last where none and no mandate stands any more: why there is nothing to show."""
    given = and_(consent_record.c.state == "given", consent_record.c.valid_to > now)
    of_case = select(consent_record).where(consent_record.c.case_id == case_id, consent_record.c.state != "refused")
    if connection.execute(of_case.where(given).limit(1)).first() is not None:
        return None
    return connection.execute(of_case.order_by(consent_record.c.decided_at.desc()).limit(1)).first()


def waiting(rows: Sequence[HarvestRow], agreed: datetime | None, built_at: datetime | None, now: datetime) -> bool:
    """Whether there will soon be more to show: the sources are about to be asked after a yes, one is still asked, or
    what one answered is not yet built in."""
    if not rows:
        return agreed is not None and now - agreed < SOON
    last = max((row.answered_at for row in rows if row.answered_at), default=None)
    unbuilt = last is not None and now - last < SOON and (built_at is None or built_at < last)
    anew = any(row.answered_at and row.answered_at < row.asked_at and now - row.asked_at < SOON for row in rows)
    return unbuilt or anew or any(row.state == "asked" for row in rows)


def is_at_work(connection: Connection, case_id: str, now: datetime) -> bool:
    """Whether a worker is at what makes the overview of this case, or will be as soon as one is free."""
    return _is_due(connection, case_id, _JOBS, now)


def is_building(connection: Connection, case_id: str, now: datetime) -> bool:
    """Whether an overview is being compiled, or will be as soon as a worker is free.

    Its job comes in the transaction that stores an answer, so until that is done no overview can be taken for whole,
    however late it was built: an answer is dated when its source was asked, and one compiled meanwhile lacks it.
    """
    return _is_due(connection, case_id, _BUILDING, now)


def _is_due(connection: Connection, case_id: str, jobs: tuple[str, ...], now: datetime) -> bool:
    at_work = select(due_work.c.id).where(
        due_work.c.case_id == case_id,
        due_work.c.name.in_(jobs),
        due_work.c.state.in_(("due", "leased")),
        due_work.c.due_at <= now + SOON,
    )
    return connection.execute(at_work.limit(1)).first() is not None


def progress(connection: Connection, case_id: str, now: datetime) -> Progress:
    """How far the first overview of a case has come that has none."""
    rows = sources(connection, case_id)
    if is_at_work(connection, case_id, now) or waiting(rows, agreed_at(connection, case_id), None, now):
        return Progress.COMING
    return Progress.LATE if any(row.answered_at for row in rows) else Progress.NOTHING


def own_progress() -> Progress:
    """That of the person who is logged in."""
    application = view.application()
    with application.db.read() as connection:
        case = access.data_case(connection)
        return progress(connection, case.id, application.clock.now()) if case else Progress.NOTHING


def being_made() -> ResponseReturnValue | None:
    """The page that says the overview is on its way and renews itself, ``None`` where it is not."""
    found = own_progress()
    if found is Progress.NOTHING:
        return None
    if request.method == "POST":
        return redirect(url_for("household.everyday"), 303)  # a page that renews itself is one that can be got
    return render_template("overview_coming.html", late=found is Progress.LATE)


def nothing_yet() -> ResponseReturnValue:
    """In place of a page that works on the overview: that it is being made, or how to get one."""
    wait = being_made()
    if wait is not None:
        return wait
    with view.application().db.read() as connection:
        cases = queries.cases_of(connection, actor().person_id)
    return render_template("household_empty.html", begun=any(case.state == "open" for case in cases))
