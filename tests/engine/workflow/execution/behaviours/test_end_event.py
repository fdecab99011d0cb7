"""End events: what they throw, and how far a terminate, an error and a cancel reach."""

from __future__ import annotations

import pytest

from tests.engine.workflow.execution.play import (
    TERMINATE,
    Play,
    boundary,
    error,
    escalation,
    event,
    handler,
    message,
    scope,
    signal,
    steps,
)

TWO = '<process id="p" isExecutable="true">{}</process><process id="q" isExecutable="true">{}</process>'


def test_a_terminate_ends_everything_in_the_process() -> None:
    play = Play(
        steps("s > f > a > (t)", "(f) > u > b > e", "(f) > (P)")
        + scope("P", steps("u2 > x9"))
        + event("endEvent", "t", TERMINATE)
    )

    assert (play.marks, play.state, play.waiting) == (["a"], "completed", [])


def test_a_terminate_in_a_subprocess_ends_only_that() -> None:
    inner = steps("s1 > f1 > a > (t)", "(f1) > u > e1") + event("endEvent", "t", TERMINATE)
    play = Play(steps("s > f > (P) > z > e", "(f) > u2 > e2") + scope("P", inner))

    assert (play.marks, play.waiting) == (["a", "z"], ["u2"])


def test_a_terminate_in_one_inner_instance_ends_only_that() -> None:
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    inner = steps("s1 > f1 > a > (t)", "(f1) > u > e1") + event("endEvent", "t", TERMINATE)
    play = Play(steps("s > (P) > z > e") + scope("P", loop + inner))

    assert (play.marks, play.state) == (["a", "a", "z"], "completed")


def test_an_error_nobody_catches_is_an_incident_on_the_end_event_and_the_process_has_failed() -> None:
    play = Play(steps("s > a > (w)") + event("endEvent", "w", error("E")))

    assert (play.done, play.incidents, play.state) == ("a", [("w", "uncaught_error")], "failed")
    assert ("w", "endEvent", "failed") in play.trace


def test_an_error_end_ends_the_rest_of_its_scope_even_when_nobody_catches_it() -> None:
    play = Play(steps("s > f > a > (w)", "(f) > u > e") + event("endEvent", "w", error("E")))

    assert (play.done, play.waiting, play.state) == ("a u-", [], "failed")


def test_an_escalation_nobody_catches_does_no_harm() -> None:
    play = Play(steps("s > a > (w)") + event("endEvent", "w", escalation("E")))

    assert (play.done, play.incidents, play.state) == ("a", [], "completed")


@pytest.mark.parametrize("definition", [signal(), message()])
def test_what_it_throws_is_heard_in_the_same_process(definition: str) -> None:
    play = Play(
        steps("s > f > a > (w)", "(f) > (c) > b > e")
        + event("endEvent", "w", definition)
        + event("intermediateCatchEvent", "c", definition)
    )

    assert (play.marks, play.state) == (["a", "b"], "completed")


@pytest.mark.parametrize("definition", [signal(), message()])
def test_what_it_throws_begins_another_process_of_the_file(definition: str) -> None:
    sends = steps("s > a > (w)") + event("endEvent", "w", definition)
    begins = event("startEvent", "s2", definition) + steps("(s2) > b > e2")
    play = Play(TWO.format(sends, begins), process="p")

    assert (play.marks, play.state) == (["a", "b"], "completed")


@pytest.mark.parametrize("definition", [signal(), message()])
def test_what_it_throws_reaches_another_pool_that_waits(definition: str) -> None:
    sends = steps("s > a > (w)") + event("endEvent", "w", definition)
    waits = steps("s2 > (c) > b > e2") + event("intermediateCatchEvent", "c", definition)
    play = Play(TWO.format(sends, waits), starts=2)

    assert (play.marks, play.state) == (["a", "b"], "completed")


def test_several_events_are_all_thrown() -> None:
    body = steps("s > f > a > (w)", "(f) > (c) > b > e") + event("endEvent", "w", signal() + escalation("E"))
    body += event("intermediateCatchEvent", "c", signal()) + handler("h", escalation("E"), interrupting=False)

    assert Play(body).marks == ["a", "b", "ht"]


def test_a_process_without_an_end_event_ends_where_no_flow_goes_on() -> None:
    play = Play(steps("s > f > a", "(f) > b"))

    assert (play.marks, play.state) == (["a", "b"], "completed")


def test_an_error_leaves_by_the_boundary_and_not_by_the_normal_way() -> None:
    inner = steps("s1 > f1 > u > e1", "(f1) > a > (w)") + event("endEvent", "w", error("E"))
    body = steps("s > (P) > z > e") + scope("P", inner) + boundary("b", "P", error("E")) + steps("(b) > o > e9")

    assert (Play(body).done, Play(body).state) == ("a u- o", "completed")
