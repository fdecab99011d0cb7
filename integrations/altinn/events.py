"""Altinn Events: hand over a CloudEvent, which Altinn passes on to those who subscribe.

POST /events/api/v1/events, scope altinn:events.publish. ``alternativesubject`` (the person's number) is left out:
our events concern a case, and a subscriber who may know whose it is can ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from integrations.http import HttpClient
from integrations.maskinporten.client import MaskinportenClient

SCOPE = "altinn:events.publish"
RESOURCE = "urn:altinn:resource:ibalanse"


class AltinnEvents:
    """Publishes events of the resource ``ibalanse``."""

    def __init__(self, base_url: str, http: HttpClient, maskinporten: MaskinportenClient) -> None:
        self._url = f"{base_url}/events/api/v1/events"
        self._http = http
        self._maskinporten = maskinporten

    def publish(self, event: Mapping[str, Any]) -> None:
        self._http.post(
            self._url,
            json={**event, "resource": RESOURCE},
            headers={
                "Authorization": f"Bearer {self._maskinporten.token(SCOPE)}",
                "Content-Type": "application/cloudevents+json",
            },
            expected=frozenset({200, 201}),
        )
