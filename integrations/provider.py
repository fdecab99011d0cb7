"""What a provider's folder hands over, and what it is given to make it with.

A folder has ``metadata.py`` with ``DATA_SETS``, which needs neither settings nor HTTP, and ``client.py`` with
``connect``, which says who asks for each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from engine.advice.consent.channels import ChannelAsk, ConsentChannel
from engine.advice.evidence.datasets import CHANNEL_OF, DataSetMetadata, Fetch, Title
from engine.platform.settings import Institution, Settings
from integrations.http import HttpClient
from integrations.maskinporten.client import MaskinportenClient

#: In the address of a provider whose services have a host each: the place of the service's name.
SERVICE = "{service}"
#: What stands in the text of a consent of what is asked for.
ConsentParameter = Callable[[ChannelAsk], str]


def no_name(number: str) -> str:
    """Where no register of organisations is asked."""
    return ""


@dataclass(frozen=True, slots=True)
class ProviderContext:
    """What a provider's client is made with.

    provider  name of the provider's folder, and of its settings: ``BANK_URL``, ``BANK_NAME``
    http      calls this provider's addresses and no other, for as long as its data sets may take
    institution  which of several behind the source it is; ``None`` = the one that settings know by the provider's name
    name_of   organisation number → what Enhetsregisteret calls it, ``""`` where it does not tell
    """

    provider: str
    settings: Settings
    http: HttpClient
    maskinporten: MaskinportenClient
    institution: Institution | None = None
    name_of: Callable[[str], str] = no_name

    @property
    def url(self) -> str:
        """Where the provider answers."""
        return self.institution.url if self.institution else self.settings.provider_url(self.provider)

    @property
    def token_url(self) -> str:
        """Where a provider that gives tokens of its own gives them."""
        return self.institution.token_url if self.institution else self.settings.provider_token_url(self.provider)

    @property
    def name(self) -> str:
        """What the one behind the address is called, where its answers do not say so. Raises ``SettingsError``."""
        return self.institution.name if self.institution else self.settings.provider_name(self.provider)

    def called(self, name: str) -> str:
        """What the institution is called; *name* of the one behind the provider's own address."""
        return self.institution.name if self.institution else name

    @property
    def client_secret(self) -> str:
        """Our secret with the provider. Raises ``SettingsError``."""
        if self.institution is None:
            return self.settings.provider_secret(self.provider)
        return self.settings.provider_secret(f"{self.provider}_{self.institution.id}")

    def of(self, data_set: DataSetMetadata) -> DataSetMetadata:
        """What this institution offers of *data_set*: under its own id and title, through a channel of its own."""
        return data_set if self.institution is None else offered_by_one(data_set, self.institution)


def offered_by_one(data_set: DataSetMetadata, institution: Institution) -> DataSetMetadata:
    """*data_set* of one of several institutions. A channel that is not the source's own stays what it is."""
    name = institution.name
    channel = data_set.channel if data_set.channel in CHANNEL_OF.values() else f"{data_set.channel}.{institution.id}"
    title = Title(nb=name, nn=name, en=name)
    return replace(data_set, id=f"{data_set.id}.{institution.id}", title=title, channel=channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One provider, connected. Nothing is called yet.

    fetch     id of each of its data sets → who asks for it
    channels  consent channels of its own
    consent_parameters  what its resources want to know in the text of their consent, by name
    """

    fetch: Mapping[str, Fetch]
    channels: tuple[ConsentChannel, ...] = field(default=())
    consent_parameters: Mapping[str, ConsentParameter] = field(default_factory=dict)
