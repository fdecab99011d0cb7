"""Which year Skatteetaten is asked for, and where each of its services answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

import pytest

from engine.advice.consent.channels import ChannelAsk
from engine.advice.evidence.datasets import Subject
from engine.platform.provider_errors import SourceRefusedError, SourceUnavailableError
from engine.platform.settings import Settings
from integrations.brreg.names import OrganisationNames
from integrations.http import Response
from integrations.maskinporten.client import MaskinportenClient
from integrations.skatteetaten.client import SkatteetatenClient
from integrations.wiring import connect
from tests.integrations.fake_provider import NOW, PID, FakeProvider, example, http, request

URL = "https://{service}.api.skatteetaten.test"
NEWEST = example("skatteetaten/eksempel-tilgjengeligdata")
#: An establishment that is none: what the register answers of an entity that reports for itself.
MISSING = {"/enhetsregisteret/api/underenheter/889640782": lambda **options: b'{"status": 404}'}


class Tokens:
    """Maskinporten, which gives what is asked for."""

    def token(self, scope: str, *, consent: tuple[str, str] | None = None) -> str:
        return f"{scope} {consent}"


def client(answers: Mapping[str, object]) -> SkatteetatenClient:
    return SkatteetatenClient(URL, http(answers), cast(MaskinportenClient, Tokens()))


def year_asked(answers: Mapping[str, object], now: datetime = NOW) -> str:
    subject = Subject("anne", PID, "Anne", NOW.date())
    return client(answers).newest_assessment(ChannelAsk("r", subject, (), now, now, "https://ibalanse.test", "nb"))


def test_the_consent_is_to_the_newest_year_skatteetaten_has() -> None:
    assert year_asked({f"/v1/{PID}": NEWEST}) == NEWEST["sisteTilgjengeligePeriode"] == "2021"


@pytest.mark.parametrize(
    "answer",
    [
        SourceUnavailableError("timeout"),
        SourceRefusedError("http_403"),
        {},
        {**NEWEST, "sisteTilgjengeligePeriode": None},
        {**NEWEST, "sisteTilgjengeligePeriode": "2099"},
        b"<html>",
    ],
)
def test_where_no_year_is_told_the_consent_is_to_last_year(answer: object) -> None:
    assert year_asked({f"/v1/{PID}": answer}) == "2025"
    assert year_asked({f"/v1/{PID}": answer}, datetime(2026, 12, 31, 23, 30, tzinfo=UTC)) == "2026", "a day of Oslo"


def test_a_person_without_an_assessment_is_asked_for_last_year() -> None:
    there = FakeProvider({})
    nothing = Response(404, {}, b'{"kode": "TD-004"}')
    there.call = lambda method, url, **options: nothing  # type: ignore[method-assign]
    asked = SkatteetatenClient(URL, there, cast(MaskinportenClient, Tokens()))  # type: ignore[arg-type]

    subject = Subject("anne", PID, "Anne", NOW.date())

    assert asked.newest_assessment(ChannelAsk("r", subject, (), NOW, NOW, "https://ibalanse.test", "nb")) == "2025"


def test_an_assessment_that_came_after_the_consent_is_not_asked_for_by_it() -> None:
    before = {**example("skatteetaten/eksempel-v2-2023"), "personidentifikator": PID, "inntektsaar": "2024"}
    there = {f"/v2/oppgjoer/sbl/2025/{PID}": SourceRefusedError("http_403"), f"/v2/oppgjoer/sbl/2024/{PID}": before}

    found = client(there).tax_base(request())

    assert [one.year for one in found.figures.tax] == [2024]


def test_a_consent_to_neither_year_is_refused() -> None:
    with pytest.raises(SourceRefusedError):
        client({}).tax_base(request())


def test_each_service_answers_at_its_own_host() -> None:
    there = FakeProvider(
        {f"/v1/{PID}": NEWEST, f"/v1/finans/{PID}/aapnekrav": example("skatteetaten/eksempel-aapnekrav")}
    )
    asked = SkatteetatenClient(URL, there, cast(MaskinportenClient, Tokens()))  # type: ignore[arg-type]
    for ask in (asked.income, asked.tax_base, asked.claims):
        with pytest.raises(SourceRefusedError):
            ask(request())

    hosts = {address.split("/")[2].split(".")[0] for address in there.asked}
    assert hosts == {"inntekt", "summertskattegrunnlag", "kravogbetalinger"}


def test_the_hosts_of_all_services_may_be_called_and_no_other(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = str(tmp_path_factory.mktemp("hosts"))
    settings = {"IBALANSE_DATA": folder, "IBALANSE_ENV": "test", "SKATTEETATEN_URL": URL}

    connected = connect(Settings.from_env(settings))

    assert connected.provider_urls["skatteetaten"] == URL
    fetch = connected.data_sets["skatteetaten.income"].fetch
    with pytest.raises(SourceUnavailableError):  # Maskinporten of the sandbox is not there, and no host is refused
        fetch(request())


def test_a_payer_is_named_as_enhetsregisteret_names_the_number() -> None:
    month = {"kalendermaaned": "2026-10", "inntektsmottaker": {"personidentifikator": PID}}
    wage = {"fordel": "kontantytelse", "beloep": 30000, "loennsinntekt": {"beskrivelse": "fastloenn"}}
    payers = ("313367002", "310478717", "889640782")
    rows = [{**month, "virksomhetId": payer, "inntekt": [wage]} for payer in payers]
    register = {
        "/enhetsregisteret/api/underenheter/313367002": {"organisasjonsnummer": "313367002", "navn": "BYGGET AVD OSLO"},
        "/enhetsregisteret/api/underenheter/310478717": SourceUnavailableError("timeout"),
        "/enhetsregisteret/api/enheter/889640782": {"organisasjonsnummer": "889640782", "navn": "ETATEN"},
    }
    names = OrganisationNames("https://data.brreg.test", http({**register, **MISSING}))
    there = http({f"/v1/sbl/{PID}/inntekter": {"oppgaveInntektsmottaker": rows}})
    asked = SkatteetatenClient(URL, there, cast(MaskinportenClient, Tokens()), names.name_of)

    found = asked.income(request()).figures.incomes

    assert {one.payer_orgno: one.payer for one in found} == {
        "313367002": "BYGGET AVD OSLO",
        "310478717": "310478717",
        "889640782": "ETATEN",
    }


@pytest.mark.parametrize("number", ["", "12345678901", "abc", "31047871", "../enheter"])
def test_what_is_no_organisation_number_is_not_looked_up(number: str) -> None:
    register = FakeProvider({})

    assert OrganisationNames("https://data.brreg.test", register).name_of(number) == ""  # type: ignore[arg-type]
    assert register.asked == []
