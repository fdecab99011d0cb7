"""Tips and contacts are complete in three languages and written plainly; the report's sums come out of its numbers."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from engine.guidance.benefit import WrongAssumption, benefits
from engine.guidance.contacts import all_contacts, contacts
from engine.guidance.tips import all_tips, choose

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize("tip", all_tips(), ids=lambda tip: tip.id)
def test_a_tip_is_whole_plain_and_neutral(tip: object) -> None:
    for texts in (tip.title, tip.text):  # type: ignore[attr-defined]
        assert set(texts) == {"nb", "nn", "en"}
        for text in texts.values():
            assert text and "!" not in text and "vennligst" not in text.lower()
    for text in tip.text.values():  # type: ignore[attr-defined]
        sentences = re.split(r"(?<=[.?])\s", text)
        assert len(sentences) <= 4
        assert all(len(sentence.split()) <= 22 for sentence in sentences), text
    assert tip.source["name"] and tip.source["reference"] and tip.valid_until > TODAY  # type: ignore[attr-defined]


def test_ids_are_unique_and_every_phase_has_tips_and_somebody_to_call() -> None:
    ids = [tip.id for tip in all_tips()]
    assert len(ids) == len(set(ids)) >= 25
    for phase in ("everyday", "messy", "living", "enk_start", "enk_run", "enk_close"):
        assert choose((), phase, TODAY)
        assert contacts(phase)
    assert all(set(c.name) == set(c.about) == set(c.open) == {"nb", "nn", "en"} for c in all_contacts())


def test_what_fits_the_situation_comes_first_and_says_why() -> None:
    found = choose({"tax_gap"}, "enk_run", TODAY)
    assert found[0].reason == "tax_gap" and found[0].tip.id == "set-aside"
    assert [chosen.reason for chosen in found] == sorted((c.reason for c in found), key=lambda r: r == "always")


def test_a_tip_out_of_date_is_never_shown() -> None:
    assert choose({"tax_gap"}, "enk_run", date(2031, 1, 1)) == ()


def test_the_sums_of_the_report_come_out_of_its_assumptions() -> None:
    found = {benefit.key: benefit for benefit in benefits()}
    assert found["enk_time"].yearly == Decimal(128_186_250) == found["enk_time"].reported_yearly
    assert found["survival"].yearly == Decimal(107_219_184) == found["survival"].reported_yearly
    assert abs(found["enk_time"].present_value - Decimal(1_040_000_000)) < 1_000_000
    assert abs(found["survival"].present_value - Decimal(870_000_000)) < 1_000_000
    assert found["caseworker"].yearly == 359_000_000


def test_another_assumption_gives_another_sum_and_a_wrong_one_is_named() -> None:
    found = {benefit.key: benefit.yearly for benefit in benefits({"hourly": "1 000"})}
    assert found["enk_time"] == Decimal(256_372_500)
    for wrong in ({"hourly": "mange"}, {"nope": "1"}, {"hourly": "-1"}):
        with pytest.raises(WrongAssumption):
            benefits(wrong)
