"""Boundary events: every kind that is waited for, interrupting or not, on tasks and subprocesses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.workflow.execution.play import (
    Play,
    boundary,
    condition,
    error,
    escalation,
    event,
    message,
    played,
    scope,
    signal,
    steps,
    timer,
)

HAPPENS: dict[str, tuple[str, dict[str, Any]]] = {
    "timer": (timer("PT1H"), {"advance": "PT1H"}),
    "date": (timer("2026-01-01T01:00:00Z", "timeDate"), {"advance": "PT1H"}),
    "message": (message(), {"message": "M"}),
    "signal": (signal(), {"signal": "S"}),
    "condition": (condition("x > 1"), {"set": {"x": 2}}),
    "several": (message("N") + signal(), {"signal": "S"}),
}
HOSTS = {"task": steps("s > u > e"), "subprocess": steps("s > (P) > e") + scope("P", steps("s1 > u > e1"))}


@pytest.mark.parametrize("kind", sorted(HAPPENS))
@pytest.mark.parametrize("host", sorted(HOSTS))
@pytest.mark.parametrize("interrupting", [True, False])
def test_it_happens(kind: str, host: str, interrupting: bool) -> None:
    definition, stimulus = HAPPENS[kind]
    on = "u" if host == "task" else "P"
    body = HOSTS[host] + boundary("b", on, definition, interrupting=interrupting) + steps("(b) > o > e9")
    play = Play(body, {"x": 0}).send(stimulus)

    assert play.marks == ["o"]
    assert play.waiting == ([] if interrupting else ["u"])
    if not interrupting:
        play.send({"complete": "u"})
    assert play.state == "completed"


@pytest.mark.parametrize("kind", sorted(HAPPENS))
def test_it_is_silent_once_its_host_is_done(kind: str) -> None:
    definition, stimulus = HAPPENS[kind]
    body = steps("s > u > u2 > e") + boundary("b", "u", definition) + steps("(b) > o > e9")

    assert played(body, {"complete": "u"}, stimulus, {"complete": "u2"}) == "u u2"


@pytest.mark.parametrize("kind", ["message", "signal", "condition"])
def test_one_that_does_not_interrupt_happens_again(kind: str) -> None:
    definition, stimulus = HAPPENS[kind]
    body = steps("s > u > e") + boundary("b", "u", definition, interrupting=False) + steps("(b) > o > e9")

    assert Play(body).send(stimulus, {"set": {"x": 0}}, stimulus).marks == ["o", "o"]


def test_a_cycle_goes_on_while_the_host_lives() -> None:
    cycle = timer("R3/PT1H", "timeCycle")
    body = steps("s > u > e") + boundary("b", "u", cycle, interrupting=False) + steps("(b) > o > e9")

    assert Play(body).send({"advance": "PT10H"}).marks == ["o", "o", "o"]
    assert played(body, {"advance": "PT1H"}, {"complete": "u"}, {"advance": "PT10H"}) == "o u"


def test_messages_that_came_early_all_reach_one_that_does_not_interrupt() -> None:
    body = steps("s > u0 > u > e") + boundary("b", "u", message(), interrupting=False) + steps("(b) > o > e9")

    assert Play(body).send({"message": "M"}, {"message": "M"}, {"complete": "u0"}, {"message": "M"}).marks == [
        "o",
        "o",
        "o",
        "u0",
    ]


@pytest.mark.parametrize(
    ("caught", "thrown", "expected"),
    [("E", "E", "o"), ("", "E", "o"), ("F", "E", None), ("", "", "o"), ("E", "", None)],
)
@pytest.mark.parametrize("inner", ["task", "end event"])
def test_an_error_is_caught_by_its_code_or_by_one_that_catches_all(
    caught: str, thrown: str, expected: str | None, inner: str
) -> None:
    if inner == "task":
        body, on = steps("s > a > z > e"), "a"
        play = Play(
            body + boundary("b", on, error(caught)) + steps("(b) > o > e9"), bind={"a": {"error": thrown or "Z"}}
        )
    else:
        inside = steps("s1 > a > (w)") + event("endEvent", "w", error(thrown))
        body = steps("s > (P) > z > e") + scope("P", inside) + boundary("b", "P", error(caught)) + steps("(b) > o > e9")
        play = Play(body)

    if expected or (inner == "task" and not caught):
        assert (play.marks[-1], play.incidents, play.state) == (expected, [], "completed")
    else:
        assert (play.incidents[0][1], play.state) == ("uncaught_error", "failed")


def test_the_one_that_names_the_code_wins_over_the_one_that_catches_all() -> None:
    body = steps("s > a > e") + boundary("b", "a", error()) + boundary("c", "a", error("E"))
    body += steps("(b) > o > e9", "(c) > q > e8")

    assert played(body, bind={"a": {"error": "E"}}) == "a- q"


def test_a_failure_is_caught_by_one_that_catches_all() -> None:
    body = steps("s > a > e") + boundary("b", "a", error()) + steps("(b) > o > e9")

    assert Play(body, bind={"a": {"fail": "broken"}}).marks == ["o"]
    named = Play(body.replace(error(), error("E")), bind={"a": {"fail": "broken"}})
    assert (named.done, named.incidents) == ("a!", [("a", "failed")])


@pytest.mark.parametrize(("interrupting", "expected"), [(True, ["a", "o"]), (False, ["a", "b", "o", "z"])])
@pytest.mark.parametrize("caught", ["E", ""])
def test_an_escalation_interrupts_or_is_only_noted(interrupting: bool, expected: list[str], caught: str) -> None:
    inside = steps("s1 > a > (w) > b > e1") + event("intermediateThrowEvent", "w", escalation("E"))
    body = steps("s > (P) > z > e") + scope("P", inside) + steps("(c) > o > e9")
    body += boundary("c", "P", escalation(caught), interrupting=interrupting)

    assert Play(body).marks == expected


def test_the_nearest_scope_catches_an_escalation() -> None:
    inside = steps("s1 > (w) > e1") + event("intermediateThrowEvent", "w", escalation("E"))
    inner = steps("s2 > (Q) > e2") + scope("Q", inside)
    body = steps("s > (P) > e") + scope(
        "P", inner + boundary("c", "Q", escalation("E"), interrupting=False) + steps("(c) > o > e3")
    )
    body += boundary("d", "P", escalation("E")) + steps("(d) > q > e9")

    assert Play(body).marks == ["o"]


def test_an_interrupting_one_ends_all_inner_instances() -> None:
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"
    body = steps("s", "e", "(s) > (u) > (e)") + f'<userTask id="u">{loop}</userTask>'
    body += boundary("b", "u", message()) + steps("(b) > o > e9")

    assert played(body, {"complete": "u"}, {"message": "M"}) == "u u- u- o"


def test_all_of_several_events_must_happen_when_the_model_says_so() -> None:
    several = event("boundaryEvent", "b", message() + signal(), attachedToRef="u", parallelMultiple="true")
    body = steps("s > u > e", "(b) > o > e9") + several

    assert Play(body).send({"signal": "S"}, {"signal": "S"}).marks == []
    assert Play(body).send({"signal": "S"}, {"message": "M"}).marks == ["o"]


def test_a_condition_that_becomes_true_interrupts_before_anything_goes_on() -> None:
    body = steps("s > (P) > z > e", "(k) > o > e9") + scope("P", steps("s1 > a > b > e1"))
    body += boundary("k", "P", condition("x > 1"))

    assert played(body, variables={"x": 0}, bind={"a": {"set": {"x": 5}}}) == "a o"
