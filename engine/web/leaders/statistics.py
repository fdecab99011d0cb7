"""Tall: how long things take and where cases stop, for the leader of an office, or of all of them.

A leader sees figures and no case. What may be chosen stands in the address, so that a page can be bookmarked.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import datetime

from flask import abort, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine.advice.task_types.milestones import MILESTONES
from engine.casework.statistics import disclosure, store
from engine.casework.statistics.computation import Figures, compute, stage_order
from engine.casework.statistics.job import ReadTimelines
from engine.casework.statistics.store import Choice
from engine.platform.clock import OSLO
from engine.web.leaders.statistics_tables import TABLES, Table, tables
from engine.web.shared import view
from engine.web.shared.guards import actor, guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.operations.jobs import in_background

blueprint = guarded("leaders", __name__, Role.LEADER.value)

#: How long a page reads on in the trail before it shows what it has, in seconds.
REFRESH_TIMEOUT = 2.0
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Selection:
    """What the address asks for. Months as ``2026-11``; ``until`` is the last month of the period, and in it."""

    journey: str
    since: str
    until: str
    office: str
    invalid: bool

    @property
    def address(self) -> dict[str, str]:
        return {"tjeneste": self.journey, "fra": self.since, "til": self.until, "kontor": self.office}


def _month(text: str) -> datetime | None:
    """The first moment of a month in Norway."""
    try:
        return datetime.strptime(text, "%Y-%m").replace(tzinfo=OSLO)
    except ValueError:
        return None


def _months_on(month: datetime, count: int) -> datetime:
    number = month.year * 12 + month.month - 1 + count
    return month.replace(year=number // 12, month=number % 12 + 1)


def _selection(journeys: list[str], offices: list[str], now: datetime) -> tuple[Selection, datetime, datetime]:
    this = now.astimezone(OSLO).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    args = request.args
    since, until = _month(args.get("fra", "")), _month(args.get("til", ""))
    invalid = bool((args.get("fra") and since is None) or (args.get("til") and until is None))
    invalid = invalid or bool(since and until and until < since)
    if invalid or since is None or until is None:
        since, until = _months_on(this, 1 - MONTHS), this
    journey = args.get("tjeneste", "")
    office = args.get("kontor", "")
    if office not in offices:
        office = "" if _everywhere() else offices[0]
    selection = Selection(
        journey if journey in journeys else journeys[0], f"{since:%Y-%m}", f"{until:%Y-%m}", office, invalid
    )
    return selection, since, _months_on(until, 1)


@dataclass(frozen=True, slots=True)
class Read:
    """Everything a page or a file needs.

    all_offices  whether every office may be chosen at once
    own          whether the figures are of the leader's own office, and shown as they are
    """

    selection: Selection
    figures: Figures
    tables: dict[str, Table]
    journeys: list[tuple[str, str]]
    offices: list[tuple[str, str]]
    behind: int
    all_offices: bool
    own: bool


def _read() -> Read:
    application = view.application()
    now = application.clock.now()
    behind = store.refresh(application.db, application.library, MILESTONES, REFRESH_TIMEOUT)
    if behind:
        in_background(application, ReadTimelines.name)
    with application.db.read() as connection:
        bundles = [found.bundle for found in application.library.every_newest(connection) if found.bundle.stages]
        names = _office_names(bundles)
        journeys = sorted(bundles, key=lambda bundle: (bundle.metadata.get("order", 99), bundle.key))
        if not journeys:
            abort(404)
        mine = _offices(connection, [bundle.key for bundle in journeys])
        selection, since, until = _selection([bundle.key for bundle in journeys], mine, now)
        chosen = Choice(selection.journey, since, until, "" if _everywhere() else selection.office)
        bundle = next(bundle for bundle in journeys if bundle.key == selection.journey)
        cases = store.cases(connection, application.library, chosen)
        titles = store.stage_titles(connection, application.library, selection.journey, g.language)
    stages = stage_order(cases, [stage.id for stage in bundle.stages])
    period = (stages, since, until, now)
    own = _own()
    if _everywhere():
        of = {office: [case for case in cases if case.office == office] for office in mine}
        of[disclosure.NO_OFFICE] = [case for case in cases if case.office not in of]
        each = {office: compute(found, *period) for office, found in of.items()}
        figures = disclosure.of_offices(each, compute(cases, *period), selection.office, own)
    else:
        figures = compute(cases, *period)
    return Read(
        selection,
        figures,
        tables(figures, titles),
        [(found.key, found.title(g.language)) for found in journeys],
        [(orgno, names.get(orgno, orgno)) for orgno in mine],
        behind,
        _everywhere(),
        selection.office == own,
    )


def _own() -> str:
    """The office the leader leads."""
    office = actor().office
    return "" if office is None else office.orgno


def _everywhere() -> bool:
    """Whether this leader is one of the organisation's own, who sees every office."""
    office = actor().office
    return office is not None and office.orgno == view.application().settings.organisation_number


def _offices(connection: Connection, journeys: list[str]) -> list[str]:
    office = actor().office
    if office is None:
        abort(403)
    if not _everywhere():
        return [office.orgno]
    return sorted({orgno for journey in journeys for orgno in store.offices(connection, journey)})


def _office_names(bundles: list[Bundle]) -> dict[str, str]:
    """Names of offices as the journeys give them, and the leader's own."""
    found = {}
    for bundle in bundles:
        for entry in [bundle.metadata.get("office"), *bundle.metadata.get("offices", ())]:
            if isinstance(entry, dict) and entry.get("orgno"):
                found[str(entry["orgno"])] = str(entry.get("name", entry["orgno"]))
    own = actor().office
    return found if own is None else {**found, own.orgno: own.name}


@blueprint.get("/tall")
def show() -> ResponseReturnValue:
    read = _read()
    return render_template("figures.html", **{name: getattr(read, name) for name in Read.__slots__}, names=TABLES)


@blueprint.get("/tall/<name>.csv")
def export(name: str) -> Response:
    """One table as a file, with the same numbers hidden as on the page."""
    read = _read()
    if name not in read.tables:
        abort(404)
    table = read.tables[name]
    text = io.StringIO()
    lines = csv.writer(text, delimiter=";")
    lines.writerow([table.first, *table.columns])
    lines.writerows([row.name, *(cell.plain for cell in row.cells)] for row in table.rows)
    answer = make_response("\ufeff" + text.getvalue())
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = (
        f"attachment; filename={name}-{read.selection.since}-{read.selection.until}.csv"
    )
    return answer
