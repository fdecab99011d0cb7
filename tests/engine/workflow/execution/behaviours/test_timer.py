"""Timers: dates, durations, cycles and cron lines, on the clock of the run."""

from __future__ import annotations

import pytest

from tests.engine.workflow.execution.play import Play, boundary, event, signal, steps, timer


@pytest.mark.parametrize(
    ("text", "kind", "fires"),
    [
        ("PT1H", "timeDuration", [1]),
        ("2026-01-01T02:00:00Z", "timeDate", [2]),
        ("2026-01-01T02:00:00+01:00", "timeDate", [1]),
        ("R3/PT1H", "timeCycle", [1, 2, 3]),
        ("R2/2026-01-01T03:00:00Z/PT2H", "timeCycle", [3, 5]),
        ("R/PT2H/2026-01-01T05:00:00Z", "timeCycle", [2, 4]),
        ("0 2,3 * * *", "timeCycle", [1, 2]),
        ("R/2025-12-31T22:30:00Z/PT2H", "timeCycle", [0.5, 2.5, 4.5]),
        ("R2/2025-12-31T20:00:00Z/PT1H", "timeCycle", [0, 0]),
    ],
)
def test_when_it_fires(text: str, kind: str, fires: list[float]) -> None:
    """Hours after midnight UTC on 1 January 2026; a cron line speaks of the clock in Oslo."""
    body = steps("s > u > e", "(b) > o > e9") + boundary("b", "u", timer(text, kind), interrupting=False)
    play = Play(body)
    moments = [hour for hour in (0,) for _ in play.marks]
    for half in range(1, 12):
        before = len(play.marks)
        play.send({"advance": "PT30M"})
        moments += [half / 2] * (len(play.marks) - before)

    assert moments == fires


def test_time_passes_in_order() -> None:
    body = steps("s > f > u > e", "(f) > u2 > e2", "(b) > d > e9", "(c) > a > e8")
    body += boundary("b", "u", timer("PT2H")) + boundary("c", "u2", timer("PT1H"))

    assert Play(body).send({"advance": "P1D"}).done == "u2- a u- d"


def test_a_month_is_a_month() -> None:
    body = steps("s > u > e", "(b) > o > e9") + boundary("b", "u", timer("P1M"))

    assert Play(body).send({"advance": "P30D"}).marks == []
    assert Play(body).send({"advance": "P31D"}).marks == ["o"]


def test_what_falls_due_together_happens_before_anything_goes_on_from_it() -> None:
    """A branch that begins to listen at the moment another throws hears it."""
    body = steps("s > f > a > (w) > e", "(f) > b > (c) > z > e2")
    body += event("intermediateThrowEvent", "w", signal()) + event("intermediateCatchEvent", "c", signal())
    bind = {"a": {"wait": "PT10S"}, "b": {"wait": "PT10S"}}

    assert Play(body, bind=bind).send({"advance": "PT10S"}).marks == ["a", "b", "z"]
