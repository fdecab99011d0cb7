"""Rows that break a rule the database did not hold when they were written: set aside, counted, never thrown away.

A migration that adds a foreign key or a check moves them here before it does, so that a rule can come to an
installation whose data it does not fit. Nothing reads them again; they are an operator's to look at, and go with
their case when its time is out. What was sealed stays sealed: erasing the person erases it here too.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Row, String, Table, delete, func, insert, select
from sqlalchemy import table as named
from sqlalchemy import text as sql

from engine.platform import row_json
from engine.platform.db import Json, UTCDateTime, metadata

quarantined_row = Table(
    "quarantined_row",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("table_name", String(63), nullable=False),
    Column("rule", String(100), nullable=False),  # the constraint it breaks
    Column("case_id", String(36), index=True),  # of rows that go with their case
    Column("content", Json, nullable=False),  # column → value as the driver gave it; bytes in base64
    Column("at", UTCDateTime, nullable=False),
)
_LOG = logging.getLogger(__name__)


class SetAside(NamedTuple):
    """How many rows of a table break a rule."""

    table: str
    rule: str
    rows: int


class Rule(NamedTuple):
    """A foreign key or a check of *table*, by its full name.

    broken  SQL that is true of the rows that break it
    """

    table: str
    name: str
    broken: str


def set_aside(connection: Connection, rules: Iterable[Rule], at: datetime, with_case: bool = True) -> list[SetAside]:
    """Move the rows that break a rule here, rule by rule in this order. Logs how many, never what they hold.

    with_case  whether they are deleted with their case
    """
    found = []
    for rule in rules:
        rows = connection.execute(select(sql("*")).select_from(named(rule.table)).where(sql(rule.broken))).all()
        if not rows:
            continue
        connection.execute(insert(quarantined_row), [_entry(rule, row, at, with_case) for row in rows])
        connection.execute(delete(named(rule.table)).where(sql(rule.broken)))
        found.append(SetAside(rule.table, rule.name, len(rows)))
        _LOG.warning("%d rows of %s set aside: they break %s", len(rows), rule.table, rule.name)
    return found


def _entry(rule: Rule, row: Row[Any], at: datetime, with_case: bool) -> dict[str, object]:
    return {
        "id": str(uuid.uuid4()),
        "table_name": rule.table,
        "rule": rule.name,
        "case_id": row._mapping.get("case_id") if with_case else None,
        "content": row_json.to_json(row),
        "at": at,
    }


def counts(connection: Connection) -> list[SetAside]:
    """How many rows of each table are set aside for each rule."""
    kind = (quarantined_row.c.table_name, quarantined_row.c.rule)
    rows = connection.execute(select(*kind, func.count()).group_by(*kind).order_by(*kind))
    return [SetAside(*row) for row in rows]
