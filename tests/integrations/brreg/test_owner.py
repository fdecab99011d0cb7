"""Whose firm it is, by the open register: search by surname, and the owner's role."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from engine.advice.evidence.datasets import Evidence, EvidenceState
from integrations.brreg import client
from integrations.brreg.client import BrregClient
from tests.integrations.fake_provider import http, request

BORN = date(1983, 5, 5)
FIRMS = "/enhetsregisteret/api/enheter"


def firm(orgno: str, name: str, **more: object) -> dict[str, Any]:
    return {"organisasjonsnummer": orgno, "navn": name, "organisasjonsform": {"kode": "ENK"}, **more}


def owner(born: str = "1983-05-05", kind: str = "INNH", left: bool = False, **name: object) -> dict[str, Any]:
    role = {"type": {"kode": kind}, "person": {"fodselsdato": born, "navn": name}, "fratraadt": left}
    return {"rollegrupper": [{"roller": [role]}]}


def fetched(who: str, firms: list[dict[str, Any]], *owners: object, per_page: int = 100) -> Evidence:
    """What is found of *who* among *firms*, whose owners come in the same order."""
    answers: dict[str, Any] = {}

    def search(params: dict[str, str], **_: object) -> dict[str, Any]:
        hits = [one for one in firms if params["navn"].lower() in str(one["navn"]).lower()]
        page = int(params["page"])
        found = hits[page * per_page : (page + 1) * per_page]
        told = {"page": {"totalPages": -(-len(hits) // per_page)}}
        return {"_embedded": {"enheter": found}, **told} if found else told

    answers[FIRMS] = search
    for one, told in zip(firms, owners, strict=False):
        answers[f"{FIRMS}/{one['organisasjonsnummer']}/roller"] = told
    asked = request(who)
    asked = replace(asked, subject=replace(asked.subject, birth_date=BORN))
    return BrregClient("https://b", http(answers)).fetch(asked)


@pytest.mark.parametrize(
    ("who", "called", "name"),
    [
        ("Andreas Berg Eksempel", "ANDREAS EKSEMPEL ELEKTRO", {"fornavn": "Andreas", "mellomnavn": "Berg"}),
        ("Andreas Eksempel", "EKSEMPEL ELEKTRO", {"fornavn": "Andreas", "mellomnavn": "Berg"}),
        ("Andreas Berg-Eksempel", "ELEKTRIKER EKSEMPEL", {"fornavn": "Andreas", "mellomnavn": "Berg"}),
        ("Łukasz Eksempel", "EKSEMPEL BYGG", {"fornavn": "Lukasz"}),
        ("Andreas\u00ad Eksempel", "EKSEMPEL BYGG", {"fornavn": "ANDREAS"}),
    ],
)
def test_a_firm_is_found_by_its_owners_surname_whatever_else_they_are_called(
    who: str, called: str, name: dict[str, str]
) -> None:
    found = fetched(who, [firm("312345672", called)], owner(etternavn="Eksempel", **name))

    assert [one.orgno for one in found.figures.enterprises] == ["312345672"]


@pytest.mark.parametrize(
    "told",
    [
        owner(fornavn="Anders", etternavn="Eksempel"),
        owner(fornavn="Andreas", etternavn="Eksempel", born="1984-05-05"),
        owner(fornavn="Andreas", etternavn="Eksempel", left=True),
        owner(fornavn="Andreas", etternavn="Eksempel", kind="DAGL"),
        owner(etternavn="Eksempel"),
        {"rollegrupper": None},
        [],
    ],
)
def test_a_firm_of_somebody_else_or_one_they_left_is_not_theirs(told: object) -> None:
    found = fetched("Andreas Eksempel", [firm("312345672", "ANDREAS EKSEMPEL")], told)

    assert found.state is EvidenceState.EMPTY


def test_every_page_is_read() -> None:
    firms = [firm(f"31234567{n}", f"EKSEMPEL {n}") for n in range(5)]
    owners = [owner(fornavn="Kari", etternavn="Eksempel")] * 4 + [owner(fornavn="Andreas", etternavn="Eksempel")]

    found = fetched("Andreas Eksempel", firms, *owners, per_page=2)

    assert [one.orgno for one in found.figures.enterprises] == ["312345674"]


def test_more_firms_than_can_be_looked_up_is_told_and_the_likeliest_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MAX_LOOKUPS", 1)
    firms = [firm("312345671", "EKSEMPEL BYGG"), firm("312345672", "ANDREAS EKSEMPEL")]
    owners = [owner(fornavn="Kari", etternavn="Eksempel"), owner(fornavn="Andreas", etternavn="Eksempel")]

    found = fetched("Andreas Eksempel", firms, *owners)

    assert found.state is EvidenceState.PARTIAL and found.missing == ("Brønnøysundregistrene",)
    assert [one.orgno for one in found.figures.enterprises] == ["312345672"]


def test_nulls_in_a_firm_lose_nothing() -> None:
    odd = firm("312345672", "EKSEMPEL", naeringskode1=None, registreringsdatoEnhetsregisteret="x", konkurs=None)

    found = fetched("Andreas Eksempel", [odd], owner(fornavn="Andreas", etternavn="Eksempel"))

    (one,) = found.figures.enterprises
    assert (one.industry, one.registered, one.bankrupt) == ("", None, False)
