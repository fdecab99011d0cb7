"""The time to complain: every day of thirty years against an independent computation, and what cannot be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from engine.casework import complaint_time, time_limits
from engine.casework.complaint_time import Channel, Delivery, DeliveryError
from tests.engine.casework.independent_complaint_time import time_to_complain

DAYS = [date(2015, 1, 1) + timedelta(days=n) for n in range(30 * 366)]


@pytest.mark.parametrize("channel", list(Channel))
def test_each_day_of_thirty_years_agrees_with_an_independent_computation(channel: Channel) -> None:
    for day in DAYS:
        found = complaint_time.compute(Delivery(channel, day, day))
        assert (found.starts, found.ends) == time_to_complain(channel, day, day), day


@pytest.mark.parametrize("between", [-20, -1, 0, 1, 6, 7, 8, 30])
def test_digitally_the_later_of_available_and_notified_starts_it(between: int) -> None:
    for day in DAYS[::3]:
        notified = day + timedelta(days=between)
        found = complaint_time.compute(Delivery(Channel.DIGITAL, day, notified))
        assert (found.starts, found.ends) == time_to_complain("digital", day, notified), (day, notified)
        assert found.second_notice_due == max(day, notified) + timedelta(days=7)


@pytest.mark.parametrize(
    ("channel", "available", "notified", "ends"),
    [
        ("digital", "2026-11-27", "2026-11-27", "2026-12-18"),  # C1
        ("digital", "2026-11-27", None, None),  # C2: it could not be notified of
        ("post", "2026-12-07", None, "2026-12-28"),  # C3
        ("digital", "2026-12-04", "2026-12-04", "2026-12-28"),  # C4: Christmas Day, Boxing Day, a Sunday
        ("digital", "2026-12-03", "2026-12-03", "2026-12-24"),  # C5: Christmas Eve is a working day in law
        ("handed", "2026-03-12", None, "2026-04-07"),  # Maundy Thursday to the Tuesday after Easter
        ("handed", "2026-04-10", None, "2026-05-04"),  # 1 May is a Friday
        ("handed", "2026-04-26", None, "2026-05-18"),  # 17 May is a Sunday
        ("handed", "2026-05-04", None, "2026-05-26"),  # Whit Monday
        ("handed", "2026-04-23", None, "2026-05-15"),  # Ascension Day to the Friday
        ("handed", "2026-12-11", None, "2027-01-04"),  # New Year's Day is a Friday
    ],
)
def test_the_days_the_reference_names(channel: str, available: str, notified: str | None, ends: str | None) -> None:
    sent = date.fromisoformat(notified) if notified else None
    found = complaint_time.compute(Delivery(Channel(channel), date.fromisoformat(available), sent))

    assert found.ends == (date.fromisoformat(ends) if ends else None)


def test_a_second_notice_moves_nothing() -> None:
    once = complaint_time.compute(Delivery(Channel.DIGITAL, date(2026, 11, 27), date(2026, 11, 27)))
    twice = complaint_time.compute(Delivery(Channel.DIGITAL, date(2026, 11, 27), date(2026, 11, 27), date(2026, 12, 4)))

    assert (once.starts, once.ends) == (twice.starts, twice.ends)
    assert any(line.day == date(2026, 12, 4) and "second notice sent" in line.rule for line in twice.lines)


def test_a_notice_starts_nothing_for_a_letter_by_post_and_the_lines_say_so() -> None:
    found = complaint_time.compute(Delivery(Channel.POST, date(2026, 12, 7), date(2026, 12, 20)))

    assert found.starts == date(2026, 12, 7) and found.second_notice_due is None
    assert "notice sent: changes nothing" in [line.rule for line in found.lines]


@pytest.mark.parametrize(
    ("notified", "again", "said"),
    [
        (None, date(2026, 12, 4), "needs a first"),
        (date(2026, 12, 2), date(2026, 12, 1), "before the first"),
        (date(2026, 11, 1), date(2026, 11, 20), "before the letter was available"),
    ],
)
def test_a_second_notice_comes_after_the_first_of_a_letter_that_is_there(
    notified: date | None, again: date, said: str
) -> None:
    with pytest.raises(DeliveryError, match=said):
        complaint_time.compute(Delivery(Channel.DIGITAL, date(2026, 11, 27), notified, again))


def test_beyond_the_calendar_and_before_the_rules_is_refused() -> None:
    with pytest.raises(DeliveryError, match="beyond"):
        complaint_time.compute(Delivery(Channel.HANDED, date(9999, 12, 20)))
    with pytest.raises(time_limits.NoRuleError):
        complaint_time.compute(Delivery(Channel.HANDED, date(1969, 12, 31)))
    with pytest.raises(time_limits.NoRuleError, match="digital"):
        complaint_time.compute(Delivery(Channel.DIGITAL, date(2014, 2, 6), date(2014, 2, 6)))


@pytest.fixture
def decided() -> Mapping[str, Any]:
    """The file, with a day for the act that waits for one: 1 January 2028."""
    table: dict[str, Any] = json.loads(time_limits._FILE.read_text(encoding="utf-8"))
    waiting = next(rule for rule in table["complaint"] if rule["from"] is None)
    waiting["from"] = "2028-01-01"
    return table


def test_the_new_act_takes_over_on_its_day_and_not_before(
    decided: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def rule(available: date, notified: date | None) -> str:
        return complaint_time.compute(Delivery(Channel.DIGITAL, available, notified)).rule

    eve, day = date(2027, 12, 31), date(2028, 1, 1)
    assert "§ 29" in rule(day, day), "no day is made up for an act that has none"
    monkeypatch.setattr(time_limits, "known", lambda: time_limits.read(decided))
    assert "§ 29" in rule(eve, eve) and "(2025) § 63" in rule(day, day)
    assert "(2025) § 63" in rule(eve, day), "the act is that of the day the time starts"
    assert "§ 29" in rule(eve, None) and complaint_time.compute(Delivery(Channel.DIGITAL, day)).ends is None
