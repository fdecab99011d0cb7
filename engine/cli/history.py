"""``ibalanse history``: finished instances page by page, and when each element of a case began and ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click
from sqlalchemy import select

from engine.application import Application
from engine.cli.groups import Group
from engine.cli.output import answer
from engine.cli.session import json_option, on_database
from engine.workflow.audit.chain import audit_head
from engine.workflow.bpmn.timing import TimerSyntaxError, parse_date
from engine.workflow.errors import BadInputError
from engine.workflow.instances.models import case_file
from engine.workflow.operations import history
from engine.workflow.operations.history import Filter


@click.group(
    "history", cls=Group, epilog="Example: ibalanse history instances --process advice --since 2026-01-01 --json"
)
def history_group() -> None:
    """What has happened, from the rows and the audit trail."""


@history_group.command(epilog="Example: ibalanse history instances --outcome terminated --limit 20")
@click.option("--process", default="", metavar="KEY", help="only of this process")
@click.option("--outcome", default="", help="completed, terminated, or the id of an end event")
@click.option("--since", default="", metavar="MOMENT", help="ISO 8601; ended then or later")
@click.option("--until", default="", metavar="MOMENT", help="ISO 8601; ended before")
@click.option("--after", default="", metavar="CURSOR", help="the cursor the page before ended with")
@click.option("--limit", type=int, default=history.PAGE, metavar="N", help=f"at most so many ({history.PAGE})")
@json_option()
@on_database
def instances(
    application: Application,
    process: str,
    outcome: str,
    since: str,
    until: str,
    after: str,
    limit: int,
    as_json: bool,
) -> int:
    """Finished instances, the one that ended last first."""
    if not 1 <= limit <= 1000:
        raise BadInputError("--limit is between 1 and 1000")
    wanted = Filter(process, outcome, _moment(since), _moment(until))
    with application.db.read() as connection:
        rows, more = history.finished(connection, wanted, _cursor(after), limit)
    found: list[dict[str, Any]] = [
        {
            "instance": row.id,
            "case": row.case_id,
            "process": row.key,
            "version": row.version,
            "outcome": row.state,
            "endEvent": row.end_event,
            "started": row.started_at.isoformat(),
            "ended": row.ended_at.isoformat(),
        }
        for row in rows
    ]
    cursor = f"{rows[-1].ended_at.isoformat()},{rows[-1].id}" if more else ""
    lines = [
        f"{row['ended']} {row['process']} {row['version']}: {row['outcome']} {row['endEvent'] or ''} {row['instance']}"
        for row in found
    ]
    if more:
        lines.append(f"more: --after {cursor}")
    answer(as_json, {"instances": found, "next": cursor}, "\n".join(lines) or "nothing has ended")
    return 0


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        return parse_date(text)
    except TimerSyntaxError as error:
        raise BadInputError(str(error)) from None


def _cursor(text: str) -> tuple[datetime, str] | None:
    if not text:
        return None
    moment, comma, identity = text.partition(",")
    found = _moment(moment)
    if not comma or found is None:
        raise BadInputError(f"--after {text!r} is not a cursor")
    return found, identity


@history_group.command(epilog="Example: ibalanse history elements 2026-0412. A purged case is read from its trail.")
@click.argument("case")
@json_option()
@on_database
def elements(application: Application, case: str, as_json: bool) -> int:
    """Every element of one case, with when and by whom.

    CASE is a number or an id.
    """
    with application.db.read() as connection:
        case_id = connection.execute(
            select(case_file.c.id).where((case_file.c.number == case) | (case_file.c.id == case))
        ).scalar()
        case_id = case_id or case  # the case may be purged; its trail is not
        if connection.execute(select(audit_head.c.seq).where(audit_head.c.case_id == case_id)).first() is None:
            raise BadInputError(f"there is no case {case}")
        found = history.elements(connection, case_id)
    value = [
        {
            "element": entry.element,
            "began": entry.began.isoformat(),
            "beganBy": entry.began_by,
            "ended": None if entry.ended is None else entry.ended.isoformat(),
            "endedBy": entry.ended_by,
            "outcome": entry.outcome,
        }
        for entry in found
    ]
    words = "\n".join(
        f"{row['began']} {row['element']}: {row['outcome'] or 'running'}{' ' + row['ended'] if row['ended'] else ''}"
        for row in value
    )
    answer(as_json, value, words)
    return 0
