"""The day a time limit of the law ends."""

from __future__ import annotations

from datetime import date

import pytest

from engine.casework import time_limits


@pytest.mark.parametrize(
    ("arrived", "last"),
    [
        (date(2026, 11, 23), date(2026, 12, 14)),  # a Monday to a Monday, three weeks later
        (date(2026, 11, 28), date(2026, 12, 21)),  # a Saturday is moved to the Monday
        (date(2026, 12, 4), date(2026, 12, 28)),  # Christmas Day, Boxing Day, a Sunday
        (date(2026, 3, 12), date(2026, 4, 7)),  # Maundy Thursday to the Tuesday after Easter
        (date(2026, 4, 26), date(2026, 5, 18)),  # 17 May is a Sunday
        (date(2026, 4, 10), date(2026, 5, 4)),  # 1 May is a Friday
    ],
)
def test_three_weeks_end_on_a_working_day(arrived: date, last: date) -> None:
    assert time_limits.last_day("complaint", arrived) == last


def test_each_rule_says_its_statute_and_since_when_and_none_is_made_up() -> None:
    rule = time_limits.limit("complaint", date(2026, 11, 23))

    assert (rule.weeks, rule.reference) == (3, "forvaltningsloven § 29")
    with pytest.raises(time_limits.NoRuleError):
        time_limits.limit("complaint", date(1969, 12, 31))
