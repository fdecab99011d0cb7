"""A log-in at an OpenID issuer: what is remembered while the person is away, and who came back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from engine.platform.settings import OidcSettings


@dataclass(frozen=True, slots=True)
class LoginStart:
    """What must be remembered between sending a person away and their coming back."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who logged in. ``pid`` is the national identity number; ``level`` is substantial or high.

    offices  (organisation number, name) pairs the person may act for (Ansattporten)
    resources  Altinn resources given for any of them: what the person may be here
    leads    organisation numbers among them that the person leads
    granted  of each of them the resources granted there
    """

    sub: str
    pid: str
    level: str
    sid: str
    locale: str
    issuer: str
    id_token: str
    offices: tuple[tuple[str, str], ...] = ()
    resources: frozenset[str] = frozenset()
    leads: tuple[str, ...] = ()
    granted: Mapping[str, frozenset[str]] = field(default_factory=dict)


class Login(Protocol):
    """An OpenID client of one issuer, see ``integrations.idporten.client``."""

    @property
    def settings(self) -> OidcSettings: ...

    def begin(
        self, *, redirect_uri: str, locale: str, prompt: str = ..., details: list[dict[str, Any]] | None = ...
    ) -> LoginStart: ...

    def finish(self, start: LoginStart, redirect_uri: str, answer: Mapping[str, str]) -> Identity: ...

    def logout_url(self, id_token: str, back: str) -> str: ...
