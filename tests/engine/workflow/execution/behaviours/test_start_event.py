"""Start events: none, and every kind that begins a process when it happens; several of them; none at all."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.workflow.execution.play import Play, condition, event, message, signal, steps, task, timer

KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "timer": (timer("PT1H"), {"advance": "PT1H"}),
    "date": (timer("2026-01-01T01:00:00Z", "timeDate"), {"advance": "PT1H"}),
    "message": (message(), {"message": "M"}),
    "signal": (signal(), {"signal": "S"}),
    "condition": (condition("x > 1"), {"set": {"x": 2}}),
    "one of several": (message() + signal(), {"signal": "S"}),
}


def started(definitions: str, **attributes: str) -> str:
    return event("startEvent", "s", definitions, **attributes) + steps("(s) > a > e")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_process_begins_when_it_happens(kind: str) -> None:
    definition, stimulus = KINDS[kind]
    play = Play(started(definition))

    assert (play.done, play.state, play.waiting) == ("", "active", ["s"])
    play.send(stimulus)
    assert (play.done, play.state) == ("a", "completed")


def test_every_signal_message_and_cycle_begins_another_instance() -> None:
    assert Play(started(message())).send({"message": "M"}, {"message": "M"}).done == "a a"
    assert Play(started(timer("R3/PT1H", "timeCycle"))).send({"advance": "P1D"}).done == "a a a"


def test_all_of_several_are_needed_when_the_model_says_so() -> None:
    play = Play(started(message() + signal(), parallelMultiple="true")).send({"signal": "S"})

    assert play.done == ""
    assert play.send({"message": "M"}).done == "a"


def test_of_several_start_events_the_plain_one_begins_and_each_other_when_it_happens() -> None:
    body = steps("s > a > e") + event("startEvent", "s2", message()) + steps("(s2) > b > e2")
    play = Play(body)

    assert play.done == "a"
    assert play.send({"message": "M"}).done == "a b"


def test_a_condition_that_holds_when_the_process_is_begun_begins_it() -> None:
    assert Play(started(condition("x > 1")), {"x": 2}).done == "a"
    assert Play(started(condition("x > 1")), {"x": 0}).done == ""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (task("a"), ["a"]),
        (steps("a > b") + task("c"), ["a", "b", "c"]),
        (steps("f > a", "(f) > b"), ["a", "b"]),
    ],
    ids=["one task", "two beginnings", "a gateway"],
)
def test_without_a_start_event_all_that_no_flow_leads_to_begins(body: str, expected: list[str]) -> None:
    play = Play(body)

    assert (play.marks, play.state) == (expected, "completed")


def test_variables_of_a_message_are_there_from_the_start() -> None:
    assert Play(started(message())).send({"message": "M", "variables": {"x": 7}}).variables == {"x": 7}
