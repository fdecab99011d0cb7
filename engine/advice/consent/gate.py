"""May we ask, now? The last check before a question leaves the application.

A stored yes is not enough: the record must stand, its time must not be out, and
the grant at the channel must be active at this moment.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from engine.advice.consent.models import consent_record, grant
from engine.advice.evidence.datasets import DataSet, Requirement
from engine.workflow.instances import parties


def may_ask(connection: Connection, case_id: str, data_set: DataSet, now: datetime) -> str | None:
    """The grant to ask with ("" where none is needed), or ``None`` when we may not ask."""
    if data_set.requirement is Requirement.OPEN:
        return ""
    if data_set.requirement is Requirement.STATUTE:
        # the statute gives the right in a case about that person, and a register has said that it is: no form and no
        # caseworker
        return "" if parties.named(connection, case_id, data_set.subject_role) else None
    rows = connection.execute(
        select(grant.c.reference, grant.c.data_sets)
        .join(consent_record, consent_record.c.id == grant.c.record_id)
        .where(
            grant.c.case_id == case_id,
            grant.c.channel == data_set.channel,
            grant.c.state == "active",
            consent_record.c.state == "given",
            consent_record.c.valid_to > now,
        )
    )
    return next((row.reference for row in rows if data_set.id in row.data_sets), None)
