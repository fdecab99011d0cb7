"""The timelines read so far. A reading aid: thrown away, it is read again from the trail."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table

from engine.platform.db import Json, metadata

case_course = Table(
    "case_course",
    metadata,
    Column("case_id", String(36), primary_key=True),
    Column("seq", Integer, nullable=False),  # the last event of the trail that is read
    Column("content", Json, nullable=False),
)
