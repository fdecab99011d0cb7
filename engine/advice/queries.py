"""What people look up about cases that need what advice knows of them. Reads only."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from engine.advice.consent.models import consent_record
from engine.advice.evidence.models import harvest, snapshot
from engine.casework.queries import case_of
from engine.workflow.instances.models import case_file
from engine.workflow.instances.rows import CaseRow


def data_case_of(connection: Connection, owner_id: str) -> CaseRow | None:
    """The case a person's overview is of.

    An open case that asks sources, the one answered last first; else an open case whose consent is given and that is
    about to ask; else the last overview there was; else the open case. An old overview never stands in for a new one.
    """
    mine = [case_file.c.owner_id == owner_id, case_file.c.state == "open"]
    answered = func.max(func.coalesce(harvest.c.answered_at, harvest.c.asked_at))
    asking = (
        select(harvest.c.case_id, answered.label("at"))
        .where(harvest.c.person_id == owner_id)
        .group_by(harvest.c.case_id)
        .subquery()
    )
    found = connection.execute(
        select(case_file)
        .join(asking, asking.c.case_id == case_file.c.id)
        .where(*mine)
        .order_by(asking.c.at.desc(), case_file.c.opened_at.desc())
    ).first()
    if found is None:
        found = connection.execute(
            select(case_file)
            .join(consent_record, consent_record.c.case_id == case_file.c.id)
            .where(*mine, consent_record.c.state == "given")
            .order_by(case_file.c.opened_at.desc())
        ).first()
    if found is None:
        found = connection.execute(
            select(case_file)
            .join(snapshot, snapshot.c.case_id == case_file.c.id)
            .where(case_file.c.owner_id == owner_id, snapshot.c.person_id == owner_id)
            .order_by(snapshot.c.built_at.desc())
        ).first()
    return found if found is not None else case_of(connection, owner_id)
