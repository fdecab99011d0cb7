"""Events handed to Altinn Events: the right content type and token, once however often they are sent."""

from __future__ import annotations

import pytest
import requests

from engine.platform.provider_errors import SourceRefusedError
from engine.platform.settings import Settings
from integrations.altinn.events import AltinnEvents
from integrations.wiring import connect

EVENT = {
    "specversion": "1.0",
    "id": "6f1c2f6e-6a0a-5a0e-9d55-0d7a3f6f0c11",
    "source": "http://localhost:8000",
    "type": "no.ibalanse.notice.given",
    "subject": "cases/1",
    "time": "2026-11-24T10:00:00Z",
    "data": {"kind": "enk.gap.vat"},
}


def come(settings: Settings) -> list[dict[str, object]]:
    found: list[dict[str, object]] = requests.get(f"{settings.altinn_url}/events/api/v1/events", timeout=5).json()
    return found


def test_an_event_arrives_with_its_resource_and_twice_is_once(sandbox: Settings) -> None:
    events: AltinnEvents = connect(sandbox).events
    events.publish(EVENT)
    events.publish(EVENT)
    assert come(sandbox) == [{**EVENT, "resource": "urn:altinn:resource:ibalanse"}]


def test_what_is_no_event_is_refused(sandbox: Settings) -> None:
    with pytest.raises(SourceRefusedError, match="http_400"):
        connect(sandbox).events.publish({"id": "1", "data": {}})


def test_without_a_token_nothing_is_taken(sandbox: Settings) -> None:
    answer = requests.post(
        f"{sandbox.altinn_url}/events/api/v1/events",
        json=EVENT,
        timeout=5,
        headers={"Content-Type": "application/cloudevents+json"},
    )
    assert answer.status_code == 401
