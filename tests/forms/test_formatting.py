"""Amounts, dates and times as people read them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from forms import formatting


@pytest.mark.parametrize(
    ("value", "language", "expected"),
    [
        ("1234567.4", "nb", "1 234 567 kr"),
        ("-350", "nb", "−350 kr"),
        ("0.5", "nb", "1 kr"),
        ("1000", "en", "1 000 kr"),
    ],
)
def test_kroner(value: str, language: str, expected: str) -> None:
    assert formatting.kroner(Decimal(value), language).replace("\u00a0", " ") == expected


@pytest.mark.parametrize(("value", "expected"), [("5.60", "5,6 %"), ("21.9", "21,9 %"), ("12.25", "12,25 %")])
def test_percent(value: str, expected: str) -> None:
    assert formatting.percent(Decimal(value)).replace("\u00a0", " ") == expected


def test_dates_and_times_are_those_of_norway() -> None:
    late = datetime(2026, 12, 9, 23, 30, tzinfo=UTC)

    assert formatting.long_date(late) == "10. desember 2026"
    assert formatting.clock_time(late) == "kl. 00.30"
    assert formatting.short_date(date(2026, 5, 1)) == "1. mai"
    assert formatting.short_date(date(2026, 12, 1)) == "1. des."
    assert formatting.long_date(late, "en") == "10 December 2026"
