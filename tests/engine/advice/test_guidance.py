"""Tips and contacts are complete in three languages and written plainly; the report's sums come out of its numbers."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from engine.advice.guidance.benefit import (
    Assumption,
    AssumptionError,
    assumptions,
    benefits,
    present_value,
    recompute,
    unpriced,
)
from engine.advice.guidance.contacts import all_contacts, contacts, everywhere
from engine.advice.guidance.tips import ALWAYS, Tip, all_tips, choose

TODAY = date(2026, 11, 24)
LANGUAGES = {"nb", "nn", "en"}
PHASES = ("everyday", "messy", "living", "enk_start", "enk_run", "enk_close")
SITUATIONS = {
    *("has_collection", "minimum_payments_only", "new_credit", "income_falling", "spending_over_income"),
    *("savings_eaten", "claim_growing", "high_interest", "no_buffer", "tax_gap", "vat_gap", "no_tagged_accounts"),
    *("income_ending", "set_aside_missing", "profit_below_pay", "vat_threshold_near", "children", "closing", "always"),
}


@pytest.mark.parametrize("tip", all_tips(), ids=lambda tip: tip.id)
def test_a_tip_is_whole_and_plain(tip: Tip) -> None:
    for texts in (tip.title, tip.text):
        assert set(texts) == LANGUAGES
        for text in texts.values():
            assert text and "!" not in text and "vennligst" not in text.lower()
    assert not any(title.endswith(".") for title in tip.title.values())
    counts = {len(re.split(r"(?<=[.?])\s", text)) for text in tip.text.values()}
    assert min(counts) >= 2 and max(counts) <= 4
    for text in tip.text.values():
        assert all(len(sentence.split()) <= 22 for sentence in re.split(r"(?<=[.?])\s", text)), text


@pytest.mark.parametrize("tip", all_tips(), ids=lambda tip: tip.id)
def test_a_tip_has_source_dates_phases_and_known_situations(tip: Tip) -> None:
    assert tip.source["name"] and tip.source["reference"]
    assert tip.valid_from <= TODAY and tip.valid_until >= date(2027, 6, 30)
    assert tip.phases and set(tip.phases) <= set(PHASES)
    assert tip.when and set(tip.when) <= SITUATIONS


def test_ids_are_unique_and_every_situation_has_a_tip() -> None:
    ids = [tip.id for tip in all_tips()]
    assert len(ids) == len(set(ids)) >= 26
    assert {key for tip in all_tips() for key in tip.when} == SITUATIONS


@pytest.mark.parametrize("phase", PHASES)
def test_every_phase_has_tips_and_somebody_to_call_in_the_same_order(phase: str) -> None:
    assert choose((), phase, TODAY)
    shown = [contact.id for contact in contacts(phase)]
    assert shown == [contact.id for contact in all_contacts() if contact.id in shown]
    assert shown[-1] == "helse"


def test_contacts_are_whole_and_numbers_are_those_shown() -> None:
    for contact in all_contacts():
        for texts in (contact.name, contact.about, contact.open):
            assert set(texts) == LANGUAGES and all(texts.values())
        assert contact.phone.removeprefix("+47") == contact.shown.replace(" ", "")
        assert contact.phases and set(contact.phases) <= set(PHASES)
    assert {contact.shown for contact in all_contacts()} == {
        "55 55 33 39",
        "75 00 75 00",
        "800 80 000",
        "02800",
        "116 123",
    }


def test_what_fits_the_situation_comes_first_and_says_why() -> None:
    found = choose({"tax_gap"}, "enk_run", TODAY)
    assert found[0].reason == "tax_gap" and found[0].tip.id == "set-aside"
    last = [chosen.reason == ALWAYS for chosen in found]
    assert last == sorted(last) and last[-1]


def test_a_tip_that_fits_two_situations_comes_before_one_that_fits_one() -> None:
    one = choose({"has_collection"}, "messy", TODAY)
    two = choose({"has_collection", "spending_over_income"}, "messy", TODAY)
    assert one[0].tip.id == "call-creditor"
    assert two[0].tip.id == "housing-first" and two[0].reason == "has_collection"


def test_a_tip_is_for_its_phase_and_no_more_are_given_than_asked_for() -> None:
    everything = choose(SITUATIONS - {ALWAYS}, "enk_close", TODAY, limit=99)
    assert {chosen.tip.id for chosen in everything} == {"close-order", "last-vat", "keep-documents"}
    assert {chosen.reason for chosen in everything} == {"closing"}
    assert len(choose(SITUATIONS, "messy", TODAY)) == 5 and choose(SITUATIONS, "messy", TODAY, limit=0) == ()
    assert choose(SITUATIONS, "nowhere", TODAY) == ()


def test_a_tip_holds_on_its_last_day_and_is_never_shown_after_or_before() -> None:
    assert choose({"tax_gap"}, "enk_run", date(2027, 6, 30))
    assert choose({"tax_gap"}, "enk_run", date(2031, 1, 1)) == choose((), "messy", date(2025, 12, 31)) == ()


def test_the_sums_of_the_report_come_out_of_its_assumptions() -> None:
    found = {benefit.key: benefit for benefit in benefits()}
    assert found["enk_time"].yearly == Decimal(128_186_250) == found["enk_time"].reported_yearly
    assert found["survival"].yearly == Decimal(107_219_184) == found["survival"].reported_yearly
    mnok = [found[key].yearly for key in ("caseworker", "letters", "balance_requests", "debtors")]
    assert mnok == [359_000_000, 150_000_000, 21_000_000, 380_000_000] and sum(mnok) == 910_000_000


def test_the_present_values_are_the_reports_before_it_rounded_and_the_note_says_by_how_much() -> None:
    for benefit in benefits():
        assert benefit.note and benefit.requirement in ("R123", "R124", "R126")
        if benefit.reported_value is None:
            continue
        assert round(benefit.present_value, -7) == benefit.reported_value
        for amount in (benefit.yearly, benefit.present_value, benefit.reported_value - benefit.present_value):
            assert f"{amount:,}".replace(",", " ") in benefit.note


def test_present_value_is_by_rate_and_years() -> None:
    assert present_value(Decimal(100), Decimal("0.04"), 10) == 811
    assert present_value(Decimal(100), Decimal(0), 3) == 300 and present_value(Decimal(100), Decimal("0.04"), 0) == 0


def test_what_has_no_price_is_named_and_every_assumption_says_where_it_is_from() -> None:
    assert {one.requirement for one in unpriced()} == {"R123", "R125", "R127"}
    assert all(one.unit and one.source and one.requirement and one.value <= one.most for one in assumptions())


def test_another_assumption_gives_another_sum() -> None:
    found = {benefit.key: benefit for benefit in recompute(hourly="1 000", years=1, rate="0,25")}
    assert found["enk_time"].yearly == Decimal(256_372_500) and found["enk_time"].present_value == Decimal(205_098_000)
    assert found["survival"].yearly == Decimal(107_219_184)
    assert recompute() == benefits() and recompute(hourly=600) == benefits({"hourly": "600"})


@pytest.mark.parametrize(
    ("key", "value"),
    [("hourly", "mange"), ("hourly", ""), ("nope", "1"), ("hourly", -1), ("reached", "1.01"), ("years", "2.5")]
    + [("years", 101), ("rate", "NaN"), ("enk", "Infinity"), ("enk", None), ("hourly", "1e30")],
)
def test_a_wrong_assumption_is_named(key: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"^{key} ") as caught:
        recompute(**{key: value})
    assert isinstance(caught.value, AssumptionError) and caught.value.key == key


def test_the_largest_assumptions_still_give_sums() -> None:
    assert all(benefit.yearly > 0 for benefit in benefits({one.key: one.most for one in assumptions()}))


def test_those_of_the_report_are_at_the_foot_of_every_page() -> None:
    assert [contact.id for contact in everywhere()] == ["nav", "brreg", "helse"]


def test_an_expired_tip_is_not_given() -> None:
    tip = next(tip for tip in all_tips() if tip.id == "week-budget")
    last = tip.valid_until
    assert "week-budget" in {c.tip.id for c in choose({"spending_over_income"}, "everyday", last, 50)}
    after = last.replace(year=last.year + 1)
    assert "week-budget" not in {c.tip.id for c in choose({"spending_over_income"}, "everyday", after, 50)}


@pytest.mark.parametrize("row", assumptions(), ids=lambda row: row.key)
def test_an_assumption_says_in_every_language_where_it_is_from(row: Assumption) -> None:
    assert set(row.source) == LANGUAGES and all(row.source.values())
