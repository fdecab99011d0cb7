"""One record read field by field: what is odd is left out or named, and nothing raises but ``UnreadableError``."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from integrations.record import Record, UnreadableError, once, rows


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("1234.50", "1234.50"),
        ("-4200", "-4200.00"),
        (1234, "1234.00"),
        (Decimal("0.005"), "0.01"),
        ("-0.00", "0.00"),
        (" 12.3 ", "12.30"),
    ],
)
def test_an_amount_is_read_as_a_number_or_as_text(told: object, read: str) -> None:
    found = Record({"amount": told}).money("amount")
    assert found == Decimal(read) and isinstance(found, Decimal) and found.as_tuple().exponent == -2


@pytest.mark.parametrize(
    "told",
    [
        "",
        "1 000",
        "12,50",
        "NaN",
        "1e5",
        "x",
        True,
        [],
        {},
        Decimal("1e30"),
        Decimal("1e-40"),
        10**40,
        "99999999999999",
        Decimal("NaN"),
        float("inf"),
        "٣",
        "--1",
    ],
)
def test_an_amount_nobody_can_read_or_nobody_has_names_its_field(told: object) -> None:
    with pytest.raises(UnreadableError, match="amount"):
        Record({"amount": told}).money("amount")


@pytest.mark.parametrize("told", [21, Decimal("21"), Decimal("21.0")])
def test_a_whole_number_is_read(told: object) -> None:
    assert Record({"rate": told}).whole("rate") == 21


@pytest.mark.parametrize("told", [Decimal("21.9"), "21", -1, True, 10**20, Decimal("NaN"), Decimal("1e99"), [21]])
def test_nothing_is_cut_off_a_number_that_is_not_whole(told: object) -> None:
    with pytest.raises(UnreadableError, match="rate"):
        Record({"rate": told}).whole("rate")


@pytest.mark.parametrize("told", [None, {}, "absent"])
def test_null_is_the_same_as_left_out(told: object) -> None:
    record = Record({} if told == "absent" else {"a": told if told is None else None})
    assert (record.money("a"), record.whole("a"), record.text("a"), record.day("a"), record.flag("a")) == (
        None,
        None,
        "",
        None,
        None,
    )
    assert not record.record("a") and record.records("a") == []


@pytest.mark.parametrize(
    ("told", "day"),
    [
        ("2026-10-05", date(2026, 10, 5)),
        ("2026-10-05T08:00:00Z", date(2026, 10, 5)),
        ("2026-10-05T22:30:00Z", date(2026, 10, 6)),
        ("2026-10-05T22:30:00", date(2026, 10, 5)),
        ("2026-10-05+02:00", date(2026, 10, 5)),
        ("2026-02-30", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31", None),
        ("05.10.2026", None),
        (20261005, None),
    ],
)
def test_a_moment_is_on_its_day_in_norway(told: object, day: date | None) -> None:
    assert Record({"at": told}).day("at") == day


def test_a_text_is_one_line_without_control_signs_and_half_letters() -> None:
    told = {"name": " Brukskonto\x00\n nr.\u00a02 \ud800", "number": 12, "other": {"a": 1}}
    assert Record(told).text("name") == "Brukskonto nr. 2 ?"
    assert Record(told).text("other", "number") == "12"
    assert Record(told).text("other") == ""


def test_the_same_name_twice_becomes_two() -> None:
    assert once(["a", "b", "a", "a"]) == ["a", "b", "a-2", "a-3"]


@pytest.mark.parametrize("answer", [None, [], "x", {}, {"loans": None}, {"loans": {}}])
def test_an_answer_without_its_list_has_no_rows(answer: object) -> None:
    assert rows(answer, "loans") is None


def test_whatever_stands_in_a_list_is_a_record() -> None:
    assert [bool(one) for one in rows({"loans": [{"a": 1}, None, "x", 3, []]}, "loans") or []] == [True] + [False] * 4
