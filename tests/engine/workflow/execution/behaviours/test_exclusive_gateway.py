"""Exclusive gateway: one way out, and a person sees it when there is none."""

from __future__ import annotations

import pytest

from tests.engine.workflow.execution.play import Play, event, steps

CHOICE = steps("s > x ? x.contains('1') ? > a > e", "(x) ? x.contains('2') ? > b > (e)")


@pytest.mark.parametrize(("value", "expected"), [("1", "a"), ("2", "b"), ("12", "a")])
def test_the_first_flow_that_holds_is_taken(value: str, expected: str) -> None:
    assert Play(CHOICE, {"x": value}).done == expected


def test_without_a_flow_that_holds_it_stands_still_with_an_incident() -> None:
    play = Play(CHOICE, {"x": "3"})

    assert (play.incidents, play.state, play.done) == ([("x", "no_flow_holds")], "failed", "")


def test_the_default_is_taken_last_wherever_it_is_drawn() -> None:
    body = (
        steps("s", "e")
        + event("exclusiveGateway", "x", default="x-b")
        + steps("(s) > (x) > b > (e)", "(x) ? y == 1 ? > a > (e)")
    )

    assert Play(body, {"y": 1}).done == "a"
    assert Play(body, {"y": 2}).done == "b"


def test_a_merge_lets_every_token_through() -> None:
    assert Play(steps("s > f > a > x > c > e", "(f) > b > (x)")).marks == ["a", "b", "c", "c"]


def test_it_merges_and_splits_at_once() -> None:
    body = steps("s > f > a > x ? y == 1 ? > c > e", "(f) > b > (x)", "(x) ? y == 2 ? > d > (e)")

    assert Play(body, {"y": 2}).marks == ["a", "b", "d", "d"]
