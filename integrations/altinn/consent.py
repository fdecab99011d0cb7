"""The consent channel of Altinn: one request with a right per data set, accepted on Altinn's own page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from engine.advice.consent.channels import ChannelAsk, ChannelReply, ChannelState
from engine.advice.evidence.datasets import Title
from engine.platform.provider_errors import SourceBrokenError
from integrations.http import HttpClient
from integrations.maskinporten.client import PERSON, MaskinportenClient

ORGANISATION = "urn:altinn:organization:identifier-no:"
_STATES = {
    "created": ChannelState.PENDING,
    "accepted": ChannelState.ACTIVE,
    "rejected": ChannelState.REFUSED,
    "revoked": ChannelState.REVOKED,
    "deleted": ChannelState.REVOKED,
    "expired": ChannelState.EXPIRED,
}


class AltinnConsentChannel:
    """Opens Skatteetaten and Lånekassen. The request's id is our reference, so asking twice asks once."""

    name = "altinn"
    title = Title(nb="Altinn", nn="Altinn", en="Altinn")

    def __init__(self, base_url: str, organisation: str, http: HttpClient, maskinporten: MaskinportenClient) -> None:
        self._url = f"{base_url}/accessmanagement/api/v1/enterprise/consentrequests"
        self._organisation = organisation
        self._http = http
        self._maskinporten = maskinporten

    def request(self, ask: ChannelAsk) -> ChannelReply:
        body = {
            "id": ask.reference,
            "from": f"{PERSON}{ask.subject.pid}",
            "to": f"{ORGANISATION}{self._organisation}",
            "validTo": ask.valid_to.isoformat(),
            "consentRights": [
                {
                    "action": ["consent"],
                    "resource": [{"type": "urn:altinn:resource", "value": data_set.resource}],
                    "metadata": {},
                }
                for data_set in ask.data_sets
            ],
            "redirectUrl": ask.redirect_url,
        }
        answer = self._http.post(
            self._url, json=body, headers=self._bearer("write"), expected=frozenset({200, 201})
        ).fields()
        view = answer.get("viewUri")
        if not isinstance(view, str):
            raise SourceBrokenError("consent_answer")
        return ChannelReply(ask.reference, self._state(answer), view)

    def state(self, grant: str, now: datetime) -> ChannelState:
        return self._state(self._http.get(f"{self._url}/{grant}", headers=self._bearer("read")).fields())

    def revoke(self, grant: str) -> None:
        """Withdrawn on behalf of the citizen who withdrew it with us."""
        self._http.call(
            "DELETE", f"{self._url}/{grant}", headers=self._bearer("write"), expected=frozenset({200, 204, 404})
        )

    def _state(self, answer: Mapping[str, object]) -> ChannelState:
        state = _STATES.get(str(answer.get("status", "")).lower())
        if state is None:
            raise SourceBrokenError("consent_status")
        return state

    def _bearer(self, right: str) -> dict[str, str]:
        token = self._maskinporten.token(f"altinn:consentrequests.{right}")
        return {"Authorization": f"Bearer {token}"}
