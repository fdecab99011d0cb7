"""A form sent twice is one act: what it makes gets its id from the form, so the second finds the first's."""

from __future__ import annotations

import json
import uuid
from typing import Any

from sqlalchemy import Connection, Table, select

from engine.workflow.audit.chain import audit_head
from engine.workflow.authorization.actor import Actor


def identity(actor: Actor, case_id: str, key: str, *said: Any) -> str:
    """The id of what a form makes. The same page sent with other words makes another; without *key* each is new.

    key   the secret of the form as it was shown, a random one for each time it is
    said  everything that was written
    """
    if not key:
        return str(uuid.uuid4())
    return str(uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([actor.person_id, case_id, key, *said], default=str)))


def is_there(connection: Connection, table: Table, case_id: str, row_id: str) -> bool:
    """Whether the first sending has made it. The case's trail is locked first, so two at once go one by one."""
    connection.execute(select(audit_head.c.seq).where(audit_head.c.case_id == case_id).with_for_update())
    found = select(table.c.id).where(table.c.id == row_id, table.c.case_id == case_id)
    return connection.execute(found).first() is not None
