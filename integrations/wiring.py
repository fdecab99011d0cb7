"""The sources and channels there are, from settings. Adding a source is one folder and one line in ``PROVIDERS`` (R21).

Whatever else must know of a source reads it from its metadata: pages, consents, journeys and totals.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from importlib import import_module

from engine.advice.consent.channels import ConsentChannel
from engine.advice.evidence.datasets import (
    MANDATE,
    NO_CHANNEL,
    DataSet,
    DataSetError,
    DataSetMetadata,
    Evidence,
    EvidenceRequest,
    Fetch,
)
from engine.advice.task_types.call_out import Target
from engine.advice.task_types.exchange import PartyRegister, Receiver
from engine.platform.provider_errors import SourceBrokenError, SourceError
from engine.platform.settings import Institution, Settings
from integrations import client_key
from integrations.altinn.consent import AltinnConsentChannel
from integrations.altinn.events import AltinnEvents
from integrations.altinn.notifications import AltinnNotifications
from integrations.brreg.names import OrganisationNames
from integrations.callout.client import CallClient
from integrations.domstol.client import DomstolClient
from integrations.folkeregisteret.client import Folkeregisteret
from integrations.http import HttpClient
from integrations.idporten.client import OidcClient
from integrations.maskinporten.client import MaskinportenClient
from integrations.provider import SERVICE, ConsentParameter, Provider, ProviderContext

#: The sources, in the order pages name them: packages with ``metadata.py`` and ``client.py``.
PROVIDERS = (
    "integrations.bank",
    "integrations.gjeldsregister",
    "integrations.lanekassen",
    "integrations.skatteetaten",
    "integrations.inkasso",
    "integrations.kartverket",
    "integrations.nav",
    "integrations.dsop",
    "integrations.brreg",
)
TIMEOUT = timedelta(seconds=8)


@dataclass(frozen=True, slots=True)
class Integrations:
    """What the engine is handed. ``provider_urls``: where each provider answers, by its name in settings."""

    data_sets: dict[str, DataSet]
    channels: dict[str, ConsentChannel]
    logins: dict[str, OidcClient]
    folkeregisteret: Folkeregisteret
    registers: dict[str, PartyRegister]
    receivers: dict[str, Receiver]
    targets: dict[str, Target]
    events: AltinnEvents
    notifications: AltinnNotifications
    provider_urls: dict[str, str]


def connect(settings: Settings, providers: Sequence[str] = PROVIDERS) -> Integrations:
    """Clients for every provider. Nothing is called yet.

    raises  ``DataSetError`` when a source does not say what it offers, ``SettingsError`` when a setting is missing
    """
    key = client_key.load(settings.client_key, create=not settings.production)
    urls = {name: settings.provider_url(name) for name in ("domstol", "folkeregisteret")}
    http = HttpClient(
        (
            *urls.values(),
            settings.altinn_url,
            settings.idporten.issuer,
            settings.ansattporten.issuer,
            settings.maskinporten.issuer,
        ),
        timeout=TIMEOUT.total_seconds(),
    )
    maskinporten = MaskinportenClient(settings.maskinporten, key, http)
    register = settings.provider_url("brreg")
    names = OrganisationNames(register, HttpClient((register,), timeout=TIMEOUT.total_seconds()))
    channels: list[ConsentChannel] = []
    parameters: dict[str, ConsentParameter] = {}
    data_sets: list[DataSet] = []
    for package in providers:
        name = package.rpartition(".")[2]
        urls[name] = settings.provider_url(name)
        metadata = offered_by(package)
        longest = max((one.timeout for one in metadata), default=TIMEOUT).total_seconds()
        for institution in (None, *settings.institutions(name)):
            own = HttpClient(_addresses(settings, package, institution), timeout=longest)
            context = ProviderContext(name, settings, own, maskinporten, institution, names.name_of)
            provider = import_module(f"{package}.client").connect(context)
            data_sets += wired(package, [context.of(offered) for offered in metadata], provider)
            channels += provider.channels
            parameters |= provider.consent_parameters
    altinn = AltinnConsentChannel(settings.altinn_url, settings.organisation_number, http, maskinporten, parameters)
    folkeregisteret = Folkeregisteret(urls["folkeregisteret"], http, maskinporten)
    court = DomstolClient(urls["domstol"], http, maskinporten, folkeregisteret)
    outward = HttpClient(tuple(t.url for t in settings.callouts.values()), timeout=TIMEOUT.total_seconds())
    by_name = {channel.name: channel for channel in (altinn, *channels)}
    return Integrations(
        data_sets=checked(data_sets, by_name),
        channels=by_name,
        logins={
            "idporten": OidcClient(settings.idporten, key, http),
            "ansattporten": OidcClient(settings.ansattporten, key, http),
        },
        folkeregisteret=folkeregisteret,
        registers={"domstol": court},
        receivers={"domstol": court},
        targets={name: CallClient(target, outward, maskinporten) for name, target in settings.callouts.items()},
        events=AltinnEvents(settings.altinn_url, http, maskinporten),
        notifications=AltinnNotifications(settings.altinn_url, http, maskinporten, f"{settings.base_url}/saken-min"),
        provider_urls=urls,
    )


def _addresses(settings: Settings, package: str, institution: Institution | None) -> tuple[str, ...]:
    """Where one institution answers, each of its services where they have a host each, and where it gives tokens."""
    provider = package.rpartition(".")[2]
    if institution is not None:
        return institution.url, institution.token_url
    url = settings.provider_url(provider)
    services: tuple[str, ...] = getattr(import_module(f"{package}.metadata"), "SERVICES", ())
    return *(url.replace(SERVICE, one) for one in services or ("",)), settings.provider_token_url(provider)


def offered_by(package: str) -> tuple[DataSetMetadata, ...]:
    """The data sets of a provider's ``metadata.py``. Raises ``DataSetError``."""
    try:
        found: tuple[DataSetMetadata, ...] = import_module(f"{package}.metadata").DATA_SETS
    except (ModuleNotFoundError, AttributeError) as error:
        raise DataSetError(f"{package} needs a metadata.py with DATA_SETS: {error}") from error
    except TypeError as error:
        raise DataSetError(f"{package}.metadata does not say all there is to say of a data set: {error}") from error
    return found


def wired(package: str, metadata: Sequence[DataSetMetadata], provider: Provider) -> list[DataSet]:
    """Each data set with the one who asks for it. Raises ``DataSetError`` where the two do not agree."""
    offered, fetched = {one.id for one in metadata}, set(provider.fetch)
    if offered != fetched:
        alone = ", ".join(sorted(offered ^ fetched))
        raise DataSetError(f"{package}: metadata.py and client.py do not both know of {alone}")
    return [one.asked_by(guarded(provider.fetch[one.id])) for one in metadata]


def guarded(fetch: Fetch) -> Fetch:
    """The same, and whatever is not foreseen of an answer is the source's error too, with no word of the content."""

    @wraps(fetch)
    def ask(request: EvidenceRequest) -> Evidence:
        try:
            return fetch(request)
        except SourceError:
            raise
        except Exception as error:
            raise SourceBrokenError(f"unforeseen_{type(error).__name__.lower()}") from None

    return ask


def checked(data_sets: Iterable[DataSet], channels: Iterable[str]) -> dict[str, DataSet]:
    """The data sets by id. Raises ``DataSetError`` for an id there is already, and for a channel that is not there."""
    known = {*channels, MANDATE, NO_CHANNEL}
    found: dict[str, DataSet] = {}
    for one in data_sets:
        if one.id in found:
            raise DataSetError(f"there are two data sets {one.id}")
        if one.channel not in known:
            raise DataSetError(f"{one.id} is opened by {one.channel!r}: the channels are {', '.join(sorted(known))}")
        found[one.id] = one
    return found
