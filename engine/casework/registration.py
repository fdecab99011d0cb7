"""What a citizen who does not log in says by phone, at the office or on paper, and somebody at the office writes down.

It counts as if the citizen had done it themselves. What was written down says who did it and how it came.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from engine.casework.models import case_document
from engine.platform.calendar import norwegian_day
from engine.workflow.errors import NotFound, NotPossible, Reason
from engine.workflow.execution.commands import Received

#: Heard on the phone, heard from somebody who stands there, or read.
CHANNELS = ("phone", "in_person", "paper")


def require(connection: Connection, case_id: str, received: Received, now: datetime) -> None:
    """The channel is known, the day has come and the paper lies in the case.

    Raises ``NotPossible``, and ``NotFound`` for a document of another case.
    """
    if received.channel not in CHANNELS:
        raise NotPossible(Reason("", "no-channel", f"the channels are {', '.join(CHANNELS)}"))
    if received.on > norwegian_day(now):
        raise NotPossible(Reason("", "received-later", "what has come has come by today"))
    if received.document_id:
        there = select(case_document.c.id).where(
            case_document.c.id == received.document_id, case_document.c.case_id == case_id
        )
        if connection.execute(there).first() is None:
            raise NotFound(received.document_id)
