"""Shares in property, as Kartverket's own contract for estates has them: nothing in it is required."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import pytest

from engine.advice.economy.figures import AssetKind, Figures, RecordGapReason
from engine.platform.provider_errors import SourceBrokenError
from integrations.kartverket.client import properties
from tests.integrations.fake_provider import request

UNIT: dict[str, Any] = {
    "type": "Matrikkelenhet",
    "kommune": {"kommunenummer": "3205", "navn": "Lillestrøm"},
    "gaardsnummer": 12,
    "bruksnummer": 34,
    "festenummer": 0,
    "seksjonsnummer": 0,
}


def share(unit: object = None, code: str = "E", **more: object) -> dict[str, Any]:
    right = {"registerenhetsrettstype": {"kodeverdi": code}, "registerenhet": UNIT if unit is None else unit}
    return {"teller": 1, "nevner": 2, "registerenhetsrett": right, **more}


def read(*shares: dict[str, Any] | None) -> Figures:
    return properties({"registerenhetsrettsandeler": list(shares)}, request())


def gaps(found: Figures) -> list[tuple[RecordGapReason, bool]]:
    return [(gap.reason, gap.lacking) for gap in found.record_gaps]


def test_two_flats_of_one_property_are_two() -> None:
    found = read(share({**UNIT, "seksjonsnummer": 5}), share({**UNIT, "seksjonsnummer": 6}), share())

    assert [one.matrikkel for one in found.assets] == ["3205-12/34/0/5", "3205-12/34/0/6", "3205-12/34"]
    assert {one.share for one in found.assets} == {D("0.5")} and len({one.id for one in found.assets}) == 3


def test_a_flat_in_a_cooperative_has_its_name_and_leased_land_is_no_home() -> None:
    flat = {"type": "Borettslagsandel", "borettslag": {"organisasjonsnummer": "9", "navn": "Lia"}, "andelsnummer": 7}

    found = read(share(flat), share(code="F1"))

    assert [(one.kind, one.name) for one in found.assets] == [
        (AssetKind.HOME, "Andel 7 i Lia"),
        (AssetKind.OTHER, "Festet tomt i Lillestrøm"),
    ]


@pytest.mark.parametrize("odd", [{"nevner": None}, {"nevner": 0}, {"teller": "x"}, {"teller": 3, "nevner": 2}])
def test_a_share_nobody_can_read_is_still_owned_and_says_so(odd: dict[str, Any]) -> None:
    found = read(share(**odd))

    assert [one.share for one in found.assets] == [D(1)] and gaps(found) == [(RecordGapReason.UNREADABLE, False)]


@pytest.mark.parametrize("odd", [None, {}, {"registerenhetsrett": None}, share({"type": "Matrikkelenhet"}), 3])
def test_what_is_no_property_is_a_gap_and_loses_no_other(odd: dict[str, Any] | None) -> None:
    found = read(share(), odd)

    assert len(found.assets) == 1 and gaps(found) == [(RecordGapReason.UNREADABLE, True)]


def test_the_same_share_twice_is_one_and_no_list_is_no_answer() -> None:
    assert gaps(read(share(), share())) == [(RecordGapReason.REPEATED, False)]
    with pytest.raises(SourceBrokenError):
        properties({"feil": 1}, request())
