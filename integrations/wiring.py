"""The data sets and channels there are, from settings. Adding a source is a folder and a line here (R21)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from engine.advice.consent.channels import ConsentChannel
from engine.advice.evidence.datasets import DataSet, Kind, Requirement
from engine.advice.task_types.call_out import Target
from engine.advice.task_types.exchange import PartyRegister, Receiver
from engine.platform.settings import Settings
from integrations import client_key
from integrations.altinn.consent import AltinnConsentChannel
from integrations.altinn.events import AltinnEvents
from integrations.bank.client import BankClient
from integrations.brreg.client import BrregClient
from integrations.callout.client import CallClient
from integrations.domstol.client import DomstolClient
from integrations.dsop.client import DsopClient
from integrations.folkeregisteret.client import Folkeregisteret
from integrations.gjeldsregister.client import GjeldsregisterClient
from integrations.http import HttpClient
from integrations.idporten.client import OidcClient
from integrations.inkasso.client import InkassoClient
from integrations.kartverket.client import KartverketClient
from integrations.lanekassen.client import LanekassenClient
from integrations.maskinporten.client import MaskinportenClient
from integrations.nav.client import NavClient
from integrations.skatteetaten.client import CLAIMS, INCOME, TAX_BASE, SkatteetatenClient

HALF_DAY, DAY, MONTH = timedelta(hours=12), timedelta(days=1), timedelta(days=31)
TIMEOUT = timedelta(seconds=8)


@dataclass(frozen=True, slots=True)
class Integrations:
    """What the engine is handed."""

    data_sets: dict[str, DataSet]
    channels: dict[str, ConsentChannel]
    logins: dict[str, OidcClient]
    folkeregisteret: Folkeregisteret
    registers: dict[str, PartyRegister]
    receivers: dict[str, Receiver]
    targets: dict[str, Target]
    events: AltinnEvents


def connect(settings: Settings) -> Integrations:
    """Clients for every provider. Nothing is called yet."""
    urls = settings.provider_urls
    key = client_key.load(settings.client_key, create=not settings.production)
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
    bank = BankClient(urls["bank"], http)
    register = GjeldsregisterClient(urls["gjeldsregister"], (settings.maskinporten.client_id, "sandbox"), http)
    tax = SkatteetatenClient(urls["skatteetaten"], http, maskinporten)
    inkasso = InkassoClient(urls["inkasso"], settings.organisation_number, http, maskinporten)
    student = LanekassenClient(urls["lanekassen"], http, maskinporten)
    land = KartverketClient(urls["kartverket"], http, maskinporten)
    nav = NavClient(urls["nav"], http, maskinporten)
    brreg = BrregClient(urls["brreg"], http)
    estate_land = KartverketClient(urls["kartverket"], http, maskinporten, "estate.property", "statute")
    dsop = DsopClient(urls["dsop"], http, maskinporten)
    court = DomstolClient(urls["domstol"], http, maskinporten)
    consent, mandate, open_data, statute = (
        Requirement.CONSENT, Requirement.MANDATE, Requirement.OPEN, Requirement.STATUTE,
    )  # fmt: skip
    data_sets = (
        DataSet("bank.accounts", "bank", Kind.SPENDING, consent, "bank", "ais", TIMEOUT, HALF_DAY, True,
                "PSD2 artikkel 67, finansavtaleloven § 4-3", bank.fetch),
        DataSet("gjeldsregister.debts", "gjeldsregister", Kind.LOANS, consent, "norskgjeld",
                "debt.unsecured.presentation", TIMEOUT, DAY, True, "gjeldsinformasjonsloven § 13", register.fetch),
        DataSet("lanekassen.loans", "lanekassen", Kind.LOANS, consent, "altinn", "lanekassen-saldo", TIMEOUT, DAY,
                True, "samtykke, personvernforordningen artikkel 6 nr. 1 a", student.fetch),
        DataSet("skatteetaten.income", "skatteetaten", Kind.INCOME, consent, "altinn", INCOME[1], TIMEOUT, MONTH,
                False, "skatteforvaltningsloven § 3-3, samtykke", tax.income),
        DataSet("skatteetaten.taxbase", "skatteetaten", Kind.PROPERTY, consent, "altinn", TAX_BASE[1], TIMEOUT,
                MONTH, False, "skatteforvaltningsloven § 3-3, samtykke", tax.tax_base),
        DataSet("skatteetaten.claims", "skatteetaten", Kind.LOANS, consent, "altinn", CLAIMS[1], TIMEOUT, DAY, False,
                "skatteforvaltningsloven § 3-3, samtykke", tax.claims),
        DataSet("inkasso.claims", "inkasso", Kind.LOANS, mandate, "mandate", "saldo", TIMEOUT, DAY, False,
                "fullmakt, inkassoloven § 8", inkasso.fetch),
        DataSet("kartverket.property", "kartverket", Kind.PROPERTY, mandate, "mandate", "andeler", TIMEOUT, MONTH,
                False, "tinglysingsloven § 38, fullmakt", land.fetch),
        DataSet("nav.benefits", "nav", Kind.INCOME, mandate, "mandate", "utbetaldata", TIMEOUT, DAY, False,
                "fullmakt, personvernforordningen artikkel 9 nr. 2 a", nav.fetch),
        DataSet("estate.property", "kartverket", Kind.PROPERTY, statute, "none", "andeler", TIMEOUT, MONTH, True,
                "arveloven § 88 a, forskrift om Digitalt dødsbo", estate_land.fetch, "avdode"),
        DataSet("estate.bank", "dsop", Kind.SPENDING, statute, "none", "kontoinformasjon", TIMEOUT, DAY, True,
                "arveloven § 92 og § 118, jf. § 88 a", dsop.fetch, "avdode"),
        DataSet("brreg.enterprises", "brreg", Kind.BUSINESS, open_data, "none", "enheter", TIMEOUT, DAY, True,
                "enhetsregisterloven § 22", brreg.fetch),
    )  # fmt: skip
    outward = HttpClient(tuple(t.url for t in settings.callouts.values()), timeout=TIMEOUT.total_seconds())
    altinn = AltinnConsentChannel(settings.altinn_url, settings.organisation_number, http, maskinporten)
    return Integrations(
        data_sets={data_set.id: data_set for data_set in data_sets},
        channels={channel.name: channel for channel in (altinn, bank, register)},
        logins={
            "idporten": OidcClient(settings.idporten, key, http),
            "ansattporten": OidcClient(settings.ansattporten, key, http),
        },
        folkeregisteret=Folkeregisteret(urls["folkeregisteret"], http, maskinporten),
        registers={"domstol": court},
        receivers={"domstol": court},
        targets={name: CallClient(target, outward, maskinporten) for name, target in settings.callouts.items()},
        events=AltinnEvents(settings.altinn_url, http, maskinporten),
    )
