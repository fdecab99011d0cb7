"""Standard loop: again while its condition holds, evaluated before or after each turn, at most so often."""

from __future__ import annotations

import pytest

from tests.engine.workflow.execution.play import Play, boundary, scope, steps, task, timer

COUNTS = {"a": {"set": {"n": ["plus", ["dataModel", "n"], 1]}}}


def loop(condition: str = "", *, before: bool = False, maximum: int | None = None) -> str:
    inside = f"<loopCondition>{condition.replace('<', '&lt;')}</loopCondition>" if condition else ""
    limit = "" if maximum is None else f' loopMaximum="{maximum}"'
    return (
        f'<standardLoopCharacteristics testBefore="{str(before).lower()}"{limit}>{inside}</standardLoopCharacteristics>'
    )


@pytest.mark.parametrize(
    ("inside", "turns"),
    [
        (loop("n < 3"), 3),
        (loop("n < 3", before=True), 3),
        (loop("n < 0"), 1),
        (loop("n < 0", before=True), 0),
        (loop("n < 9", maximum=2), 2),
        (loop("n < 9", before=True, maximum=2), 2),
        (loop("n < 1", maximum=5), 1),
        (loop(maximum=4), 4),
        (loop("true", maximum=3), 3),
        (loop("loopCounter < 3"), 3),
        (loop(), 1),
    ],
)
@pytest.mark.parametrize("kind", ["task", "subprocess"])
def test_how_often_it_turns(inside: str, turns: int, kind: str) -> None:
    repeated = task("a", inside) if kind == "task" else scope("P", inside + steps("s1 > a > e1"))
    name = "a" if kind == "task" else "P"

    assert Play(steps(f"s > ({name}) > z > e") + repeated, {"n": 0}, bind=COUNTS).done == " ".join(
        ["a"] * turns + ["z"]
    )


def test_a_loop_without_end_is_an_incident_and_not_a_hang() -> None:
    play = Play(steps("s > (a) > z > e") + task("a", loop("true")))

    assert (play.incidents, play.state) == ([("a", "endless_loop")], "failed")


def test_an_interruption_ends_the_turn_and_the_loop() -> None:
    body = steps("s > (a) > z > e", "(b) > o > e9") + task("a", loop("true")) + boundary("b", "a", timer("PT25S"))
    play = Play(body, bind={"a": {"wait": "PT10S"}}).send({"advance": "PT1M"})

    assert play.marks == ["a", "a", "o"]
