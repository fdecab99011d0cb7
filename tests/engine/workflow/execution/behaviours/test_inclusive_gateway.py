"""Inclusive gateway: every way that holds, and a join that waits for what can still come and for nothing else."""

from __future__ import annotations

import pytest

from tests.engine.workflow.execution.play import Play, boundary, event, scope, steps, timer

SPLIT = ["s > i ? x.contains('a') ? > a > i2 > z > e", "(i) ? x.contains('b') ? > b > (i2)"]


@pytest.mark.parametrize(("value", "expected"), [("a", ["a", "z"]), ("b", ["b", "z"]), ("ab", ["a", "b", "z"])])
def test_it_splits_and_joins_what_it_split(value: str, expected: list[str]) -> None:
    assert Play(steps(*SPLIT), {"x": value}).marks == expected


def test_without_a_flow_that_holds_it_stands_still_with_an_incident() -> None:
    assert Play(steps(*SPLIT), {"x": ""}).incidents == [("i", "no_flow_holds")]


def test_the_default_is_taken_when_no_other_flow_holds() -> None:
    body = steps("s", "e") + event("inclusiveGateway", "i", default="i-d")
    body += steps("(s) > (i) ? x.contains('a') ? > a > (e)", "(i) > d > (e)")

    assert Play(body, {"x": "a"}).done == "a"
    assert Play(body, {"x": "b"}).done == "d"


def test_a_join_waits_for_a_slow_branch_and_not_for_a_dead_one() -> None:
    body = steps(
        "s > i ? x.contains('a') ? > u > i2 > z > e",
        "(i) ? x.contains('b') ? > b > (i2)",
        "(i) ? x.contains('c') ? > c > (i2)",
    )
    play = Play(body, {"x": "ab"})

    assert play.done == "b"
    assert play.send({"complete": "u"}).done == "b u z"


def test_a_branch_that_turns_away_frees_the_join() -> None:
    body = steps("s > f > a > i > z > e", "(f) > u > x ? y == 1 ? > (i)", "(x) ? y == 2 ? > b > e2")
    play = Play(body, {"y": 2})

    assert play.done == "a"
    assert play.send({"complete": "u"}).done == "a u b z"


def test_a_branch_that_is_interrupted_frees_the_join() -> None:
    body = steps("s > f > a > i > z > e", "(f) > u > (i)", "(t) > o > e2") + boundary("t", "u", timer("PT1H"))
    play = Play(body)

    assert play.done == "a"
    play.send({"advance": "PT1H"})
    assert (play.marks, play.state) == (["a", "o", "z"], "completed")


def test_a_join_in_a_loop_is_passed_at_every_turn() -> None:
    """A token that can only come back through the gateway itself is not waited for."""
    body = steps("s > i > a > x ? n > 2 ? > e", "(x) ? n < 3 ? > (i)")
    bind = {"a": {"set": {"n": ["plus", ["dataModel", "n"], 1]}}}

    assert Play(body, {"n": 0}, bind=bind).done == "a a a"


def test_a_join_inside_a_loop_waits_for_both_branches_at_every_turn() -> None:
    body = steps("s > x > i > a > i2 > n > x2 ? n > 1 ? > e", "(i) > b > (i2)", "(x2) ? n < 2 ? > (x)")
    bind = {"n": {"set": {"n": ["plus", ["dataModel", "n"], 1]}}}

    assert Play(body, {"n": 0}, bind=bind).done == "a b n a b n"


def test_one_join_feeds_another() -> None:
    body = steps("s > f > a > i > i2 > z > e", "(f) > b > (i)", "(f) > u > (i2)")
    play = Play(body)

    assert play.done == "a b"
    assert play.send({"complete": "u"}).done == "a b u z"


def test_tokens_outside_the_scope_are_not_waited_for() -> None:
    inside = steps("s1 > i ? x > 0 ? > a > i2 > b > e1", "(i) ? x > 5 ? > c > (i2)")
    body = steps("s > f > u > e", "(f) > (P)") + scope("P", inside)

    assert Play(body, {"x": 1}).done == "a b"
