"""Embedded and event subprocesses: scopes, and what an interruption stops and when."""

from __future__ import annotations

import pytest

from tests.engine.workflow.execution.play import (
    Play,
    arrow,
    boundary,
    condition,
    error,
    escalation,
    event,
    handler,
    message,
    played,
    scope,
    signal,
    steps,
    task,
    timer,
)

HEAR = {"signal": signal(), "escalation": escalation("E"), "message": message()}
THROW = {kind: event("intermediateThrowEvent", "w", definition) for kind, definition in HEAR.items()}


def around(inner: str) -> str:
    """s > P > z > e, with *inner* in P."""
    return steps("s > (P) > z > e") + scope("P", inner)


def test_it_is_left_when_nothing_lives_in_it() -> None:
    play = Play(around(steps("s1 > f > a > e1", "(f) > u > e2")))

    assert play.done == "a"
    assert play.send({"complete": "u"}).done == "a u z"


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (task("a") + task("b"), ["a", "b", "z"]),
        (steps("a > b"), ["a", "b", "z"]),
        (steps("x ? 1 == 1 ? > a"), ["a", "z"]),
        ("", ["z"]),
    ],
    ids=["two tasks", "a chain", "a gateway first", "nothing"],
)
def test_without_a_start_event_all_that_no_flow_leads_to_begins(inner: str, expected: list[str]) -> None:
    assert Play(around(inner)).marks == expected


def test_its_variables_are_its_own() -> None:
    inner = '<property id="mine" name="mine"/>' + steps("s1 > a > e1")
    play = Play(around(inner), bind={"a": {"set": {"mine": 1, "ours": 2}}})

    assert play.variables == {"ours": 2}


@pytest.mark.parametrize("kind", sorted(THROW))
@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("where", ["process", "subprocess"])
def test_an_event_subprocess_hears_what_is_thrown_beside_it(kind: str, interrupting: bool, where: str) -> None:
    inner = steps("s1 > a > (w) > b > e1") + THROW[kind] + handler("h", HEAR[kind], interrupting=interrupting)
    body = around(inner) if where == "subprocess" else inner
    play = Play(body)

    done = ["a", "ht"] if interrupting else ["a", "b", "ht"]
    assert play.marks == (done + ["z"] if where == "subprocess" else done)
    assert play.state == "completed"


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_event_subprocess_is_begun_by_time(interrupting: bool) -> None:
    play = Play(steps("s > u > e") + handler("h", timer("PT1H"), interrupting=interrupting))

    play.send({"advance": "PT59M"})
    assert play.marks == []
    play.send({"advance": "PT1M"})
    assert play.marks == ["ht"]
    assert play.waiting == ([] if interrupting else ["u"])


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_event_subprocess_is_begun_by_a_condition(interrupting: bool) -> None:
    play = Play(steps("s > u > e") + handler("h", condition("x > 1"), interrupting=interrupting), {"x": 0})

    play.send({"set": {"x": 2}}, {"set": {"x": 3}}, {"set": {"x": 0}}, {"set": {"x": 2}})

    assert play.marks == (["ht"] if interrupting else ["ht", "ht"])
    assert play.state == ("completed" if interrupting else "active")


def test_a_condition_is_silent_after_an_interruption() -> None:
    slow = event("userTask", "u2") + arrow("hs", "u2")
    handler_body = event("startEvent", "hs", condition("x > 1"), isInterrupting="true") + slow
    body = steps("s > u > e") + event("subProcess", "h", handler_body, triggeredByEvent="true")
    body += handler("k", condition("x > 5"), interrupting=False)
    play = Play(body, {"x": 0}).send({"set": {"x": 2}}, {"set": {"x": 0}}, {"set": {"x": 9}})

    assert (play.waiting, play.marks) == (["u2"], [])


@pytest.mark.parametrize("interrupting", [True, False], ids=["said to interrupt", "said not to"])
def test_an_error_always_interrupts(interrupting: bool) -> None:
    inner = steps("s1 > f > a > (w)", "(f) > u > e1") + event("endEvent", "w", error("E"))
    play = Play(around(inner + handler("h", error("E"), interrupting=interrupting)))

    assert (play.marks, play.state) == (["a", "ht", "z"], "completed")


def test_an_interrupting_event_subprocess_is_the_last_of_its_scope() -> None:
    """Section 13.5.4: once it has begun, no other event handler of the activity can be."""
    waits = event("startEvent", "hs", signal("S"), isInterrupting="true") + arrow("hs", "uh") + event("userTask", "uh")
    body = steps("s > u > e") + event("subProcess", "h", waits, triggeredByEvent="true")
    body += handler("k", signal("T"), interrupting=False)
    play = Play(body).send({"signal": "S"}, {"signal": "T"}, {"signal": "S"})

    assert (play.marks, play.waiting) == ([], ["uh"])
    assert play.send({"complete": "uh"}).state == "completed"


def test_of_two_interrupting_ones_that_hear_the_same_the_first_runs() -> None:
    body = steps("s > u > e") + handler("h", signal()) + handler("k", signal())

    assert played(body, {"signal": "S"}).split() == ["u-", "ht"]


def test_a_scope_that_waits_for_its_event_subprocesses_begins_no_new_ones() -> None:
    """Section 13.5.4: a completing activity initiates no event subprocess."""
    waits = event("startEvent", "hs", signal("S"), isInterrupting="false") + arrow("hs", "uh") + event("userTask", "uh")
    body = steps("s > u > e") + event("subProcess", "h", waits, triggeredByEvent="true")
    play = Play(body).send({"signal": "S"}, {"signal": "S"}, {"complete": "u"}, {"signal": "S"})

    assert play.waiting == ["uh", "uh"]
    assert play.send({"complete": "uh"}, {"complete": "uh"}).state == "completed"


def test_a_non_interrupting_one_may_run_many_times_and_keeps_the_scope() -> None:
    play = Play(around(steps("s1 > u > e1") + handler("h", message(), interrupting=False)))

    play.send({"message": "M"}, {"message": "M"}, {"complete": "u"})
    assert play.done == "ht ht u z"


def test_an_error_inside_an_event_subprocess_goes_outwards() -> None:
    then = task("ht") + event("endEvent", "w", error("E")) + arrow("ht", "w")
    inner = steps("s1 > u > e1") + handler("h", signal(), then=then, interrupting=False)
    body = around(inner) + boundary("b", "P", error("E")) + steps("(b) > o > e9")

    assert played(body, {"signal": "S"}).split() == ["ht", "u-", "o"]


def test_an_error_event_subprocess_catches_what_another_throws() -> None:
    then = task("ht") + event("endEvent", "w", error("E")) + arrow("ht", "w")
    body = steps("s > u > e") + handler("h", signal(), then=then, interrupting=False) + handler("k", error("E"))

    assert played(body, {"signal": "S"}) == "ht u- kt"


def test_an_event_subprocess_does_not_catch_its_own_escalation() -> None:
    then = task("ht") + event("endEvent", "w", escalation("E")) + arrow("ht", "w")
    body = steps("s > (w0) > u > e") + event("intermediateThrowEvent", "w0", escalation("E"))
    body += handler("h", escalation("E"), then=then, interrupting=False)

    assert played(body, {"complete": "u"}) == "ht u"


def test_an_interruption_stops_everything_inside_at_every_depth() -> None:
    deep = scope("Q", scope("R", steps("u > x8")) + handler("h", timer("PT1H"), interrupting=False))
    body = steps("s > (Q) > z > e") + deep + boundary("b", "Q", message()) + steps("(b) > o > e9")
    play = Play(body).send({"message": "M"}, {"advance": "PT2H"})

    assert (play.done, play.state) == ("u- o", "completed")
    assert [row for row in play.trace if row[0] in "QR"][-2:] == [
        ("R", "subProcess", "terminated"),
        ("Q", "subProcess", "terminated"),
    ]
