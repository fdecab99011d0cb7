"""The token loop: quantities of tokens, the guard against endless loops, messages and signals between pools."""

from __future__ import annotations

import pytest

from tests.engine.workflow.execution.play import Play, event, message, scope, signal, steps, task

POOLS = '<process id="p" isExecutable="true">{}</process><process id="q" isExecutable="true">{}</process>'


@pytest.mark.parametrize(
    ("start", "completion", "branches", "expected"),
    [
        (1, 2, 1, ["a", "z", "z"]),
        (2, 1, 2, ["a", "z"]),
        (2, 1, 4, ["a", "a", "z", "z"]),
        (2, 3, 2, ["a", "z", "z", "z"]),
        (3, 1, 2, []),
    ],
)
def test_an_activity_waits_for_tokens_and_leaves_as_many_as_it_says(
    start: int, completion: int, branches: int, expected: list[str]
) -> None:
    chains = ["s > f > b0"] + [f"(f) > b{number}" for number in range(1, branches)]
    body = steps(*chains, "z > e") + task("a", startQuantity=start, completionQuantity=completion)
    body += steps(*[f"(b{number}) > (a)" for number in range(branches)], "(a) > (z)")
    play = Play(body)

    assert [name for name in play.marks if name[0] != "b"] == expected
    assert play.state == ("completed" if expected else "active")
    assert play.waiting == ([] if expected else ["a"])


def test_tokens_left_over_wait_until_the_scope_is_ended() -> None:
    inner = steps("s1 > f1 > b", "(f1) > c > (t)") + task("a", startQuantity=2) + steps("(b) > (a) > e1")
    body = steps("s > (P) > z > e") + scope("P", inner + event("endEvent", "t", "<terminateEventDefinition/>"))

    assert Play(body).marks == ["b", "c", "z"]


def test_an_endless_loop_stands_still_with_an_incident() -> None:
    play = Play(steps("s > x > a > (x)"))

    assert (play.state, [code for _, code in play.incidents]) == ("failed", ["endless_loop"])


def test_a_loop_of_thousands_of_turns_is_done() -> None:
    body = steps("s > x > a > x2 ? n < 3000 ? > (x)", "(x2) ? n >= 3000 ? > z > e")
    play = Play(body, {"n": 0}, bind={"a": {"set": {"n": ["plus", ["dataModel", "n"], 1]}}})

    assert play.marks.count("a") == 3000
    assert play.state == "completed"


@pytest.mark.parametrize("definition", [message(), signal()], ids=["message", "signal"])
def test_two_pools_talk_to_and_fro(definition: str) -> None:
    asks = steps("s > (w) > (c) > a > e") + event("intermediateThrowEvent", "w", definition)
    asks += event("intermediateCatchEvent", "c", definition.replace('Ref="', 'Ref="R'))
    answers = steps("s2 > (c2) > b > (w2)") + event("intermediateCatchEvent", "c2", definition)
    answers += event("endEvent", "w2", definition.replace('Ref="', 'Ref="R'))
    play = Play(POOLS.format(asks, answers), starts=2)

    assert (play.marks, play.state) == (["a", "b"], "completed")


def test_two_instances_of_one_process_hear_each_other() -> None:
    body = steps("s > x ? first == true ? > (c) > a > e", "(x) ? first == false ? > (w) > b > e2")
    body += event("intermediateCatchEvent", "c", signal()) + event("intermediateThrowEvent", "w", signal())
    play = Play(body, {"first": True}).send({"start": {"variables": {"first": False}}})

    assert play.marks == ["a", "b"]


def test_a_message_begins_the_other_pool_once_for_each() -> None:
    asks = steps("s > (w) > (v)") + event("intermediateThrowEvent", "w", message()) + event("endEvent", "v", message())
    answers = event("startEvent", "s2", message()) + steps("(s2) > b > e2")

    assert Play(POOLS.format(asks, answers), process="p").marks == ["b", "b"]
