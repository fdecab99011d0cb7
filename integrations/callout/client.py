"""One allowed address, called over HTTP: small replies, no redirects, and nothing of either side is logged."""

from __future__ import annotations

from collections.abc import Mapping

from engine.advice.task_types.call_out import Ask, CallRefusedError, Scalar, picked
from engine.platform.provider_errors import SourceRefusedError
from engine.platform.settings import CallTarget
from integrations.http import HttpClient
from integrations.maskinporten.client import MaskinportenClient

MOST = 64 * 1024
TAKEN = frozenset({200, 201, 202, 204})


class CallClient:
    """Calls one target. The HTTP client it is given lets it go to the addresses of the list and nowhere else."""

    def __init__(self, target: CallTarget, http: HttpClient, maskinporten: MaskinportenClient) -> None:
        self._target = target
        self._http = http
        self._maskinporten = maskinporten

    @property
    def title(self) -> str:
        return self._target.title

    def call(self, ask: Ask) -> Mapping[str, Scalar]:
        headers = {"Idempotency-Key": ask.key}
        if self._target.scope:
            # A token that is refused is an error of ours, not the receiver's no: that is for an operator, not the case.
            headers["Authorization"] = f"Bearer {self._maskinporten.token(self._target.scope)}"
        try:
            answer = self._http.post(self._target.url, json=dict(ask.body), headers=headers, expected=TAKEN, most=MOST)
        except SourceRefusedError as refused:
            raise CallRefusedError(refused.code) from None
        return picked(answer.json() if ask.wanted else {}, ask.wanted)
