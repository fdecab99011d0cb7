"""The row of a case by itself, for what hangs on a case and does not mind how it goes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert

from engine.workflow.instances.models import case_file


def add_case(connection: Connection, case_id: str, owner_id: str, now: datetime) -> None:
    """An open case with this id."""
    connection.execute(
        insert(case_file).values(
            id=case_id,
            number=f"1999-{case_id[:7]}",
            key="a-process",
            definition_id="a-definition",
            owner_id=owner_id,
            state="open",
            stages=[],
            waiting_for="nobody",
            waiting_since=now,
            opened_at=now,
        )
    )
