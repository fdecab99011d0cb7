"""Events that leave the application, as CloudEvents 1.0: written with the change that causes them, sent by a worker.

An event says that something happened in a case, to whoever subscribes; it carries neither name, number nor
amount. Who may know more asks with the ids it holds. The same occurrence has the same id however often it is
sent, so that a receiver can tell.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from engine.workflow.jobs import outbox
from engine.workflow.jobs.models import due_work

SEND = "send_event"
TYPE = "no.ibalanse."


def emit(connection: Connection, *, case_id: str, kind: str, key: str, data: Mapping[str, Any], now: datetime) -> None:
    """Have it sent when the transaction commits. Once per *key* in a case.

    kind  what happened, e.g. ``notice.given``: the event's type without our prefix
    data  plain JSON without anything that tells who it is about
    """
    event_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"event/{case_id}/{key}"))
    if connection.execute(select(due_work.c.id).where(due_work.c.idempotency_key == event_id)).first() is not None:
        return
    event = {
        "specversion": "1.0",
        "id": event_id,
        "type": f"{TYPE}{kind}",
        "subject": f"cases/{case_id}",
        "time": now.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": dict(data),
    }
    outbox.enqueue(connection, name=SEND, case_id=case_id, payload={"event": event}, key=event_id, now=now)
