"""Finished cases live as long as their process says, and not longer.

``metadata.json`` of the newest version says how long, in ISO 8601, from the end of the case::

    "retention": {"case": "P5Y", "audit": "P10Y"}

``case`` deletes everything about the case but its audit trail, which ends with the
event ``CasePurged`` and stays verifiable. ``audit`` deletes the trail too; its length
and last hash are then an event of the system's own chain, so that a trail that is
missing without one was cut off by somebody. Without an entry nothing is deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, insert, select

from engine.platform.db import metadata
from engine.workflow.audit import chain
from engine.workflow.audit.chain import audit_event, audit_head
from engine.workflow.audit.kinds import OperationsEvent, WorkflowEvent
from engine.workflow.authorization.actor import SYSTEM
from engine.workflow.bpmn.timing import add_duration
from engine.workflow.execution.models import element_instance, process_instance
from engine.workflow.instances.models import case_file
from engine.workflow.operations.models import purged_case
from engine.workflow.runtime import Runtime

#: Which rows of a table belong to the case with this id.
Condition = Callable[[str], ColumnElement[bool]]
_AT_ONCE = 100


def outliving_tables() -> list[Table]:
    """Tables with a case id whose rows live on; each says why in its ``info`` under ``outlives_case``."""
    return [table for table in metadata.sorted_tables if "outlives_case" in table.info]


def tables_of_case() -> list[tuple[Table, Condition]]:
    """Every table that holds rows of a case, with the condition for one. A table stands before those its keys name."""
    found: list[tuple[Table, Condition]] = [(element_instance, _inside)]
    spared = {process_instance, *outliving_tables()}
    for table in reversed(metadata.sorted_tables):
        if "case_id" in table.c and table not in spared:
            found.append((table, named_by(table.c.case_id)))
    found.append((process_instance, named_by(process_instance.c.case_id)))
    found.append((case_file, named_by(case_file.c.id)))
    return found


def named_by(column: ColumnElement[str]) -> Condition:
    """The rows that name the case in this column."""
    return lambda case_id: column == case_id


def _inside(case_id: str) -> ColumnElement[bool]:
    instances = select(process_instance.c.id).where(process_instance.c.case_id == case_id)
    return element_instance.c.instance_id.in_(instances)


def purge(runtime: Runtime, report: Callable[[int], None] | None = None) -> dict[str, int]:
    """Delete what has had its time, one case a transaction. May be killed and run again; returns how many of each."""
    now = runtime.clock.now()
    done = {"cases": 0, "trails": 0}
    with runtime.db.read() as connection:
        rules = [(d.key, *d.bundle.retention) for d in runtime.library.every_newest(connection)]
    for key, case, audit in rules:
        if not case:
            continue
        for case_id, ended_at in _ended(runtime, key, add_duration(now, case, back=True)):
            until = add_duration(ended_at, audit) if audit else None
            with runtime.db.write() as connection:
                delete_case(connection, case_id, key, now, until)
            done["cases"] += 1
            if report is not None:
                report(done["cases"])
    for case_id in _old_trails(runtime, now):
        with runtime.db.write() as connection:
            delete_trail(connection, case_id, now)
        done["trails"] += 1
    return done


def _ended(runtime: Runtime, key: str, before: datetime) -> Iterator[tuple[str, datetime]]:
    while True:
        with runtime.db.read() as connection:
            found = connection.execute(
                select(process_instance.c.id, process_instance.c.ended_at)
                .where(
                    process_instance.c.key == key,
                    process_instance.c.id == process_instance.c.case_id,
                    process_instance.c.ended_at <= before,
                )
                .order_by(process_instance.c.ended_at)
                .limit(_AT_ONCE)
            ).all()
        yield from ((row.id, row.ended_at) for row in found)
        if len(found) < _AT_ONCE:
            return


def delete_case(connection: Connection, case_id: str, key: str, now: datetime, audit_until: datetime | None) -> None:
    """Everything about the case but its trail, whose last event says so."""
    counted = {}
    for table, condition in tables_of_case():
        rows = connection.execute(delete(table).where(condition(case_id))).rowcount
        if rows:
            counted[table.name] = rows
    connection.execute(insert(purged_case).values(case_id=case_id, key=key, purged_at=now, audit_until=audit_until))
    chain.append(connection, case_id, now, SYSTEM, WorkflowEvent.CASE_PURGED, {"process": key, "rows": counted})


def _old_trails(runtime: Runtime, now: datetime) -> list[str]:
    with runtime.db.read() as connection:
        return list(connection.execute(select(purged_case.c.case_id).where(purged_case.c.audit_until <= now)).scalars())


def delete_trail(connection: Connection, case_id: str, now: datetime) -> None:
    """The trail itself; what is left is one event of the system's chain with its length and last hash."""
    head = connection.execute(select(audit_head).where(audit_head.c.case_id == case_id)).first()
    if head is not None:
        data = {"case": case_id, "events": head.seq, "head": bytes(head.hash).hex()}
        chain.append(connection, chain.SYSTEM_CHAIN, now, SYSTEM, OperationsEvent.TRAIL_PURGED, data)
    connection.execute(delete(audit_event).where(audit_event.c.case_id == case_id))
    connection.execute(delete(audit_head).where(audit_head.c.case_id == case_id))
    connection.execute(delete(purged_case).where(purged_case.c.case_id == case_id))
