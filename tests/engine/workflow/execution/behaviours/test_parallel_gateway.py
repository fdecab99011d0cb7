"""Parallel gateway: one token on each incoming flow, then one on each outgoing flow."""

from __future__ import annotations

import pytest

from tests.engine.workflow.execution.play import Play, steps

CASES = [
    ("split and join", ["s > f > a > j > c > e", "(f) > b > (j)"], ["a", "b", "c"]),
    ("split without join", ["s > f > a > e", "(f) > b > e2"], ["a", "b"]),
    ("join and split in one", ["s > f > a > j > c > e", "(f) > b > (j) > d > (e)"], ["a", "b", "c", "d"]),
    (
        "inside each other",
        ["s > f > f2 > a > j2 > j > c > e", "(f2) > b > (j2)", "(f) > d > (j)"],
        ["a", "b", "c", "d"],
    ),
    ("conditions on its flows are not asked", ["s > f ? 1 == 2 ? > a > e", "(f) > b > (e)"], ["a", "b"]),
]


@pytest.mark.parametrize(("chains", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_is_done(chains: list[str], expected: list[str]) -> None:
    play = Play(steps(*chains))

    assert (play.marks, play.state) == (expected, "completed")


def test_a_join_of_a_choice_waits_for_ever_and_says_where() -> None:
    play = Play(steps("s > x ? y == 1 ? > a > j > c > e", "(x) ? y == 2 ? > b > (j)"), {"y": 1})

    assert (play.done, play.state, play.waiting) == ("a", "active", ["j"])


def test_two_tokens_on_one_flow_do_not_pass_for_the_other() -> None:
    body = steps("s > f > a > x > j > c > e", "(f) > b > (x)", "(f) > u > (j)")
    play = Play(body)

    assert play.marks == ["a", "b"]
    assert play.send({"complete": "u"}).marks == ["a", "b", "c", "u"]
    assert play.waiting == ["j"]
