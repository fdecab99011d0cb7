"""The chart of the money to the next pay says what the table of days says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from engine.web.shared.cash_chart import cash_chart
from tests.engine.advice.economy.test_cash_flow import PAY, account, flow, monthly


def test_each_day_has_a_bar_and_the_days_of_nothing_are_one() -> None:
    found = flow([*PAY, *monthly(1, -10_900, "Utleie AS")], accounts=[account(9_660)])
    chart = cash_chart(found)

    assert chart is not None and found.short is not None
    assert (chart.first, chart.days) == (found.short.day, 10)  # 1 to 10 December
    assert len(chart.left) == len(found.before_pay) - 10 and len(chart.empty) == 1
    assert chart.left[0].height == 100 and chart.pay.height == 100
    assert chart.empty[0].x > chart.left[-1].x and chart.empty[0].x + chart.empty[0].width < chart.pay.x
    assert chart.pay.x + chart.pay.width <= 100


def test_money_that_reaches_has_no_empty_days() -> None:
    chart = cash_chart(flow(PAY, accounts=[account(9_660)]))

    assert chart is not None and (chart.first, chart.days, chart.empty) == (None, 0, ())


def test_an_account_with_nothing_is_empty_every_day() -> None:
    found = flow(PAY, accounts=[account(-500)])
    chart = cash_chart(found)

    assert chart is not None and chart.left == ()
    assert (chart.first, chart.days) == (found.begins, len(found.before_pay))


def test_what_comes_in_on_the_way_ends_the_empty_days() -> None:
    found = flow([*PAY, *monthly(1, -10_900, "Utleie AS"), *monthly(5, 3_000, "Leietaker")], accounts=[account(9_660)])
    chart = cash_chart(found)

    assert chart is not None and (chart.first, chart.days) == (date(2026, 12, 1), 3)  # moved to Friday the 4th


def test_nothing_is_drawn_where_something_is_missing_or_the_pay_comes_today() -> None:
    found = flow(PAY, accounts=[account(9_660)])

    assert cash_chart(flow([])) is None
    assert cash_chart(replace(found, until=found.begins)) is None
