"""What it is worth (R123-R127): the report's sums from assumptions to change, beside what our cases measured."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, Connection, func, select

from engine.advice.evidence.models import snapshot
from engine.advice.guidance.benefit import AssumptionError, assumptions, benefits, unpriced
from engine.web.shared import view
from engine.web.shared.guards import guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.instances.models import case_file, notice

blueprint = guarded("benefit", __name__, Role.ADMINISTRATOR.value)


@dataclass(frozen=True, slots=True)
class Measured:
    """Counts over all cases; ``minutes`` is the median from inquiry to the first overview, ``None`` without any."""

    cases: int
    overviews: int
    minutes: int | None
    enk: int
    warnings: int


def measure(connection: Connection) -> Measured:
    """Nothing about anyone in particular: counts and a median."""
    first = (
        select(snapshot.c.case_id, func.min(snapshot.c.built_at).label("at")).group_by(snapshot.c.case_id).subquery()
    )
    waits = [
        (row.at - row.opened_at).total_seconds() / 60
        for row in connection.execute(
            select(case_file.c.opened_at, first.c.at).join(first, first.c.case_id == case_file.c.id)
        )
    ]

    def count(*where: ColumnElement[bool]) -> int:
        found: int = connection.execute(select(func.count()).select_from(case_file).where(*where)).scalar_one()
        return found

    return Measured(
        count(),
        len(waits),
        round(median(waits)) if waits else None,
        count(case_file.c.key.like("enk%")),
        connection.execute(select(func.count()).select_from(notice).where(notice.c.kind.like("enk.%"))).scalar_one(),
    )


@blueprint.get("/nytte")
def show() -> ResponseReturnValue:
    submitted = {a.key: request.args[a.key] for a in assumptions() if a.key in request.args}
    invalid = ""
    try:
        found = benefits(submitted)
    except AssumptionError as error:
        found, invalid = benefits(), error.key
    with view.application().db.read() as connection:
        measured = measure(connection)
    named = {a.key: a for a in assumptions()}
    body = render_template(
        "benefit.html",
        benefits=found,
        assumptions=named,
        values={} if invalid else submitted,
        submitted=submitted,
        invalid=named.get(invalid),
        measured=measured,
        unpriced=unpriced(),
    )
    return (body, 422) if invalid else body
