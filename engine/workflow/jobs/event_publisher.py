"""The job that sends events to whoever passes them on (Altinn Events)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from engine.platform.provider_errors import SourceError, SourceUnavailableError
from engine.workflow.jobs.job_types import Done, GiveUp, Result, Retry
from engine.workflow.jobs.outbox import Work
from engine.workflow.jobs.outgoing_events import SEND


class Publisher(Protocol):
    """Takes a CloudEvent and passes it on. Raises ``SourceError`` only."""

    def publish(self, event: Mapping[str, Any]) -> None: ...


class SendEvent:
    """Outbox job ``send_event``. The event's source is our own address; it may arrive twice, with the same id."""

    name = SEND

    def __init__(self, publisher: Publisher, source: str) -> None:
        self._publisher = publisher
        self._source = source

    def perform(self, work: Work, now: datetime) -> Result:
        try:
            self._publisher.publish({**work.payload["event"], "source": self._source})
        except SourceUnavailableError as error:
            return Retry(error.code, error.retry_after)
        except SourceError as error:
            return GiveUp(error.code)
        return Done()
