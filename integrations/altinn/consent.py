"""The consent channel of Altinn: one request with a right per data set, accepted on Altinn's own page.

Made from Altinn's published requests and answers. Who asked can neither withdraw nor delete: the citizen does, there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from engine.advice.consent.channels import ChannelAsk, ChannelReply, ChannelState
from engine.advice.evidence.datasets import DataSet, Title
from engine.advice.task_types.fetch import history_since
from engine.platform.calendar import norwegian_day
from engine.platform.provider_errors import SourceBrokenError
from integrations.http import HttpClient
from integrations.maskinporten.client import PERSON, MaskinportenClient
from integrations.provider import ConsentParameter
from integrations.record import Record

ORGANISATION = "urn:altinn:organization:identifier-no:"
_STATES = {
    "created": ChannelState.PENDING,
    "accepted": ChannelState.ACTIVE,
    "rejected": ChannelState.REFUSED,
    "revoked": ChannelState.REVOKED,
    "deleted": ChannelState.REVOKED,
    "expired": ChannelState.EXPIRED,
}
#: What a resource may want to know in its text (``DataSetMetadata.consent_parameters``), and what we say.
PERIOD: Mapping[str, ConsentParameter] = {
    "fraogmed": lambda ask: f"{history_since(norwegian_day(ask.asked_at)):%Y-%m}",
    "tilogmed": lambda ask: f"{norwegian_day(ask.valid_to):%Y-%m}",
}


class AltinnConsentChannel:
    """Opens Skatteetaten and Lånekassen. The request's id is our reference, so asking twice asks once."""

    name = "altinn"
    title = Title(nb="Altinn", nn="Altinn", en="Altinn")
    citizen_ends = True

    def __init__(
        self,
        base_url: str,
        organisation: str,
        http: HttpClient,
        maskinporten: MaskinportenClient,
        parameters: Mapping[str, ConsentParameter],
    ) -> None:
        """*parameters*: what providers tell for the texts of their resources, beside ``PERIOD``."""
        self._url = f"{base_url}/accessmanagement/api/v1/enterprise/consentrequests"
        self._organisation = organisation
        self._http = http
        self._maskinporten = maskinporten
        self._parameters = {**PERIOD, **parameters}

    def request(self, ask: ChannelAsk) -> ChannelReply:
        body = {
            "id": ask.reference,
            "from": f"{PERSON}{ask.subject.pid}",
            "to": f"{ORGANISATION}{self._organisation}",
            "validTo": ask.valid_to.isoformat(),
            "consentRights": [self._right(data_set, ask) for data_set in ask.data_sets],
            "redirectUrl": ask.redirect_url,
        }
        answer = Record(
            self._http.post(self._url, json=body, headers=self._bearer("write"), expected=frozenset({200, 201})).json()
        )
        view = answer.text("viewUri", limit=2000)
        if not view:
            raise SourceBrokenError("consent_answer")
        return ChannelReply(ask.reference, _state(answer), view)

    def state(self, grant: str, now: datetime) -> ChannelState:
        return _state(Record(self._http.get(f"{self._url}/{grant}", headers=self._bearer("read")).json()))

    def revoke(self, grant: str) -> None:
        """Altinn offers it to the citizen alone. Raises ``NotImplementedError``."""
        raise NotImplementedError("Altinn has no call for it")

    def _right(self, data_set: DataSet, ask: ChannelAsk) -> dict[str, object]:
        """One right: exactly one resource, with all that its text wants to know."""
        return {
            "action": ["consent"],
            "resource": [{"type": "urn:altinn:resource", "value": data_set.resource}],
            "metadata": {name: self._parameters[name](ask) for name in data_set.consent_parameters},
        }

    def _bearer(self, right: str) -> dict[str, str]:
        token = self._maskinporten.token(f"altinn:consentrequests.{right}")
        return {"Authorization": f"Bearer {token}"}


def _state(answer: Record) -> ChannelState:
    """By ``status``, which not every documented answer has, else by the newest event."""
    told = answer.text("status") or _newest(answer.records("consentRequestEvents"))
    state = _STATES.get(told.lower())
    if state is None:
        raise SourceBrokenError("consent_status")
    return state


def _newest(events: list[Record]) -> str:
    return max(((event.text("created"), event.text("eventType")) for event in events), default=("", ""))[1]
