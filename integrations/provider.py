"""What a provider's folder hands over, and what it is given to make it with.

A folder has ``metadata.py`` with ``DATA_SETS``, which needs neither settings nor HTTP, and ``client.py`` with
``connect``, which says who asks for each of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.advice.consent.channels import ConsentChannel
from engine.advice.evidence.datasets import Fetch
from engine.platform.settings import Settings
from integrations.http import HttpClient
from integrations.maskinporten.client import MaskinportenClient


@dataclass(frozen=True, slots=True)
class ProviderContext:
    """What a provider's client is made with.

    provider  name of the provider's folder, and of its settings: ``BANK_URL``, ``BANK_NAME``
    http      calls this provider's address and no other, for as long as its data sets may take
    """

    provider: str
    settings: Settings
    http: HttpClient
    maskinporten: MaskinportenClient

    @property
    def url(self) -> str:
        """Where the provider answers."""
        return self.settings.provider_url(self.provider)

    @property
    def name(self) -> str:
        """What the one behind the address is called, where its answers do not say so. Raises ``SettingsError``."""
        return self.settings.provider_name(self.provider)

    @property
    def client_secret(self) -> str:
        """Our secret with the provider. Raises ``SettingsError``."""
        return self.settings.provider_secret(self.provider)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One provider, connected. Nothing is called yet.

    fetch     id of each of its data sets → who asks for it
    channels  consent channels of its own
    """

    fetch: Mapping[str, Fetch]
    channels: tuple[ConsentChannel, ...] = field(default=())
