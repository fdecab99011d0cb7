"""Event-based gateway: the first event wins; at the start of a process one or all of them begin it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.workflow.execution.play import Play, arrow, condition, event, message, signal, steps, timer

AFTER: dict[str, tuple[str, dict[str, Any]]] = {
    "message": (event("intermediateCatchEvent", "c1", message()), {"message": "M"}),
    "broadcast": (event("intermediateCatchEvent", "c2", signal()), {"signal": "S"}),
    "timer": (event("intermediateCatchEvent", "c3", timer("PT1H")), {"advance": "PT1H"}),
    "condition": (event("intermediateCatchEvent", "c4", condition("x > 1")), {"set": {"x": 2}}),
    "receive": ('<receiveTask id="c5" messageRef="N"/>', {"message": "N"}),
}


def gateway(*kinds: str, start: bool = False, **attributes: str) -> str:
    body = "" if start else steps("s > (g)")
    body += event("eventBasedGateway", "g", **attributes)
    for kind in kinds:
        node = AFTER[kind][0]
        name = node.split('id="')[1][:2]
        body += node + arrow("g", name) + steps(f"({name}) > {kind} > e{kind}")
    return body


@pytest.mark.parametrize("first", sorted(AFTER))
def test_the_first_wins_and_the_others_are_listened_for_no_more(first: str) -> None:
    play = Play(gateway(*AFTER), {"x": 0})

    assert play.waiting == ["g"]
    play.send(AFTER[first][1], *(stimulus for _, stimulus in AFTER.values()))
    assert ([name for name in play.marks if name in AFTER], play.state) == ([first], "completed")


def test_a_message_that_came_early_is_taken_at_once() -> None:
    play = Play(steps("s > u > (g)") + gateway("message", "timer", start=True)).send(
        {"message": "M"}, {"complete": "u"}
    )

    assert play.done == "u message"


def test_a_loop_comes_back_to_it() -> None:
    body = steps("s > x > (g)", "(message) > (x)") + gateway("message", "timer", start=True).replace(
        '<endEvent id="emessage"/>', ""
    )
    body = body.replace(arrow("message", "emessage"), "")

    assert Play(body).send({"message": "M"}, {"message": "M"}, {"advance": "PT1H"}).done == "message message timer"


@pytest.mark.parametrize("first", ["message", "broadcast"])
def test_at_the_start_each_event_begins_an_instance(first: str) -> None:
    play = Play(gateway("message", "broadcast", start=True, instantiate="true"), begin=False)

    assert play.state == "active"
    assert play.send(AFTER[first][1]).done == first
    assert play.state == "completed"


def test_a_parallel_one_at_the_start_waits_for_the_others_in_the_same_instance() -> None:
    body = gateway("message", "broadcast", start=True, instantiate="true", eventGatewayType="Parallel")
    play = Play(body, begin=False).send({"message": "M"})

    assert (play.done, play.state) == ("message", "active")
    assert play.send({"signal": "S"}).done == "message broadcast"
    assert play.state == "completed"


def test_receive_tasks_may_begin_a_process_behind_it() -> None:
    play = Play(gateway("receive", "broadcast", start=True, instantiate="true"), begin=False)

    assert play.send({"message": "N"}).marks == ["c5", "receive"]


def test_a_parallel_one_in_the_middle_waits_for_all_of_its_events() -> None:
    play = Play(gateway("message", "broadcast", eventGatewayType="Parallel")).send({"message": "M"})

    assert (play.done, play.waiting) == ("message", ["c2"])
    assert play.send({"signal": "S"}).state == "completed"


def test_one_that_may_begin_a_process_begins_none_in_the_middle() -> None:
    body = steps("s > f > a > (w)", "(f) > b > (g)") + gateway("broadcast", "message", start=True, instantiate="true")
    play = Play(body + event("endEvent", "w", signal()))

    assert (play.done, play.state) == ("a b broadcast", "completed")
