"""A person document of Folkeregisteret: elements as its XSD has them, any part of a name missing."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

import pytest

from engine.platform.provider_errors import SourceBrokenError
from integrations.folkeregisteret.client import Folkeregisteret
from integrations.maskinporten.client import MaskinportenClient
from tests.integrations.fake_provider import FakeProvider, http

PID = "20887297953"
PATH = f"/folkeregisteret/offentlig-med-hjemmel/api/v1/personer/{PID}"
BIRTH = [{"foedselsdato": "1972-08-20", "foedselsaar": "1972", "erGjeldende": True}]


class Tokens:
    def token(self, *_: object, **__: object) -> str:
        return "t"


def register(document: object) -> Folkeregisteret:
    return Folkeregisteret("https://f", http({PATH: document}), cast(MaskinportenClient, Tokens()))


def who(document: object) -> tuple[str, date]:
    return register(document).identify(PID)


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ({"fornavn": "Truls", "mellomnavn": "Nor", "etternavn": "Eksempel"}, "Truls Nor Eksempel"),
        ({"etternavn": "Suryani"}, "Suryani"),
        ({"fornavn": "Suryani", "etternavn": None}, "Suryani"),
        ({"mellomnavn": "Nor"}, "Nor"),
    ],
)
def test_any_part_of_a_name_may_be_missing(name: dict[str, Any], full: str) -> None:
    assert who({"navn": [{**name, "erGjeldende": True}], "foedsel": BIRTH}) == (full, date(1972, 8, 20))


def test_the_name_that_holds_now_is_the_name_and_an_ended_one_is_not() -> None:
    old = {"fornavn": "Truls", "etternavn": "Gammel", "opphoerstidspunkt": "2020-01-01T00:00:00"}
    new = {"fornavn": "Truls", "etternavn": "Ny"}

    assert who({"navn": [old, new], "foedsel": BIRTH})[0] == "Truls Ny"
    assert (
        who({"navn": [{**new, "erGjeldende": False}, {**old, "erGjeldende": True}], "foedsel": BIRTH})[0]
        == "Truls Gammel"
    )


def test_an_element_may_stand_alone_as_in_the_xsd() -> None:
    assert who({"navn": {"etternavn": "Suryani"}, "foedsel": BIRTH[0]}) == ("Suryani", date(1972, 8, 20))


@pytest.mark.parametrize(("year", "born"), [("1972", date(1972, 8, 20)), ("1970", date(1970, 1, 1))])
def test_where_the_year_alone_is_known_the_number_tells_the_day_if_it_agrees(year: str, born: date) -> None:
    assert who({"navn": [{"etternavn": "S"}], "foedsel": [{"foedselsaar": year}]})[1] == born


@pytest.mark.parametrize(
    "document",
    [[], {}, {"navn": [], "foedsel": BIRTH}, {"navn": [{"etternavn": "S"}], "foedsel": [{"foedselsdato": 3}]}],
)
def test_a_document_without_name_or_birth_is_broken(document: object) -> None:
    with pytest.raises(SourceBrokenError):
        who(document)


def test_the_numbers_somebody_had_before_are_told() -> None:
    numbers = [{"foedselsEllerDNummer": "60887297944", "status": "opphoert"}, {"foedselsEllerDNummer": PID}, None]

    assert register({"identifikasjonsnummer": numbers}).former_numbers(PID) == ("60887297944",)
    assert register({}).former_numbers(PID) == ()


def test_each_part_is_asked_for_by_itself() -> None:
    seen: list[Any] = []

    def document(params: object, **_: object) -> dict[str, Any]:
        seen.append(params)
        return {"navn": [{"etternavn": "S"}], "foedsel": BIRTH}

    told = FakeProvider({PATH: document})
    Folkeregisteret("https://f", cast(Any, told), cast(MaskinportenClient, Tokens())).identify(PID)

    assert seen == [{"part": ["navn", "foedsel"]}]


def test_a_death_a_graded_address_and_a_guardian_are_told() -> None:
    who = {"foedselsEllerDNummer": "04884199941", "omfang": "oekonomiskeInteresser"}
    told = register(
        {
            "navn": [{"etternavn": "ARV"}],
            "foedsel": BIRTH,
            "doedsfall": {"doedsdato": "2026-11-01", "erGjeldende": True},
            "adressebeskyttelse": [{"graderingsnivaa": "fortrolig", "erGjeldende": True}],
            "vergemaalEllerFremtidsfullmakt": [{"vergemaaltype": "voksen", "verge": who}],
        }
    ).person(PID)

    assert (told.name, told.dead, told.protected, told.guardian) == ("ARV", True, True, "04884199941")


@pytest.mark.parametrize(
    "guardianship",
    [
        {"verge": {"foedselsEllerDNummer": "04884199941", "omfang": "personligeInteresser"}},
        {"verge": {"foedselsEllerDNummer": "04884199941"}, "vergemaaltype": "forvaltningUtenforVergemaal"},
        {"verge": {"foedselsEllerDNummer": "04884199941"}, "opphoerstidspunkt": "2025-01-01T00:00:00"},
        {"verge": {"foedselsEllerDNummer": "04884199941"}, "erGjeldende": False},
    ],
)
def test_who_has_no_guardian_in_matters_of_money_acts_for_themselves(guardianship: dict[str, Any]) -> None:
    document = {
        "navn": [{"etternavn": "ARV"}],
        "foedsel": BIRTH,
        "doedsfall": None,
        "adressebeskyttelse": [{"graderingsnivaa": "ugradert"}],
        "vergemaalEllerFremtidsfullmakt": [guardianship],
    }

    told = register(document).person(PID)

    assert (told.dead, told.protected, told.guardian) == (False, False, "")


@pytest.mark.parametrize(
    ("addresses", "municipality"),
    [
        ([{"erGjeldende": True, "vegadresse": {"kommunenummer": "3205"}}], "3205"),
        ([{"erGjeldende": True, "matrikkeladresse": {"kommunenummer": "1813"}}], "1813"),
        ([{"erGjeldende": True, "ukjentBosted": {"bostedskommune": "0301"}}], "0301"),
        (
            [
                {"erGjeldende": False, "vegadresse": {"kommunenummer": "3205"}},
                {"erGjeldende": True, "vegadresse": {"kommunenummer": "1813"}},
            ],
            "1813",
        ),
        ({"vegadresse": {"kommunenummer": "3205"}}, "3205"),
        ([{"vegadresse": {"kommunenummer": "3205"}, "opphoerstidspunkt": "2020-01-01T00:00:00"}], ""),
        ([{"erGjeldende": True, "adressegradering": "strengtFortrolig"}], ""),
        (None, ""),
    ],
)
def test_the_municipality_somebody_lives_in_is_that_of_the_address_that_holds(
    addresses: object, municipality: str
) -> None:
    assert register({"bostedsadresse": addresses} if addresses else {}).residence(PID) == municipality
