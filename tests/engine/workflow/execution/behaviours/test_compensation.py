"""Compensation: what is done is undone, the last first, as often as it was done."""

from __future__ import annotations

import pytest

from tests.engine.workflow.execution.play import (
    Play,
    boundary,
    compensate,
    error,
    event,
    handler,
    played,
    scope,
    steps,
    task,
)

MULTI = (
    '<multiInstanceLoopCharacteristics isSequential="{}"><loopCardinality>3</loopCardinality>'
    "</multiInstanceLoopCharacteristics>"
)
LOOP = '<standardLoopCharacteristics loopMaximum="2"/>'


def undo(activity: str, inside: str = "", kind: str = "scriptTask") -> str:
    """A compensation boundary event on *activity* and its handler ``~activity``, joined by an association."""
    name = f"undo_{activity}"
    by = f'<{kind} id="{name}" isForCompensation="true">{inside or f"<script>{name}</script>"}</{kind}>'
    return (
        event("boundaryEvent", f"cb_{activity}", compensate(), attachedToRef=activity)
        + by
        + f'<association id="as_{activity}" sourceRef="cb_{activity}" targetRef="{name}"/>'
    )


def throws(activity: str = "", wait: bool = True, name: str = "w") -> str:
    return event("intermediateThrowEvent", name, compensate(activity, wait))


def ends(activity: str = "") -> str:
    return event("endEvent", "w", compensate(activity))


AB = undo("a") + undo("b")
CASES = [
    ("the last done is undone first", steps("s > a > b > (w) > z > e") + AB + throws(), "a b undo_b undo_a z"),
    ("an end event throws it too", steps("s > a > b > (w)") + AB + ends(), "a b undo_b undo_a"),
    ("only what it names", steps("s > a > b > (w) > z > e") + AB + throws("a"), "a b undo_a z"),
    ("not what is not done", steps("s > a > (w) > b > e") + AB + throws(), "a undo_a b"),
    ("not what it names when that is not done", steps("s > a > (w) > b > e") + AB + throws("b"), "a b"),
    ("nothing twice", steps("s > a > (w) > (w2) > z > e") + undo("a") + throws() + throws(name="w2"), "a undo_a z"),
    ("nothing to undo", steps("s > a > (w) > z > e") + throws(), "a z"),
    (
        "what is in a subprocess that is done, from outside",
        steps("s > (P) > (w) > z > e") + scope("P", steps("s1 > a > b > e1") + AB) + throws(),
        "a b undo_b undo_a z",
    ),
    (
        "a subprocess named, two deep",
        steps("s > (P) > (w) > z > e")
        + scope("P", steps("s1 > (Q) > b > e1") + undo("b") + scope("Q", steps("s2 > a > e2") + undo("a")))
        + throws("P"),
        "a b undo_b undo_a z",
    ),
    (
        "inside a subprocess only what is in it",
        steps("s > a > (P) > z > e") + undo("a") + scope("P", steps("s1 > b > (w)") + undo("b") + ends()),
        "a b undo_b z",
    ),
    (
        "a subprocess by its own handler, not by what is in it",
        steps("s > (P) > (w) > z > e") + scope("P", steps("s1 > a > e1") + undo("a")) + undo("P") + throws(),
        "a undo_P z",
    ),
    (
        "by an event subprocess, that throws further",
        steps("s > (P) > (w) > z > e")
        + scope(
            "P",
            steps("s1 > a > e1")
            + undo("a")
            + event(
                "subProcess",
                "h",
                event("startEvent", "hs", compensate())
                + steps("(hs) > ht > (hw)")
                + event("endEvent", "hw", compensate()),
                triggeredByEvent="true",
            ),
        )
        + throws(),
        "a ht undo_a z",
    ),
    (
        "by an event subprocess alone",
        steps("s > (P) > (w) > z > e")
        + scope("P", steps("s1 > a > e1") + undo("a") + handler("h", compensate()))
        + throws("P"),
        "a ht z",
    ),
    (
        "by the event subprocess of the process itself",
        steps("s > a > (w) > z > e") + handler("h", compensate()) + throws(),
        "a ht z",
    ),
    (
        "from an error handler of the scope",
        steps("s > (P) > z > e")
        + scope(
            "P",
            steps("s1 > a > b > (x1)")
            + AB
            + event("endEvent", "x1", error("E"))
            + event(
                "subProcess",
                "h",
                event("startEvent", "hs", error("E")) + steps("(hs) > ht > (w)") + ends(),
                triggeredByEvent="true",
            ),
        ),
        "a b ht undo_b undo_a z",
    ),
    (
        "by a handler that is a subprocess",
        steps("s > a > (w) > z > e") + undo("a", steps("s5 > h1 > h2 > e5"), "subProcess") + throws(),
        "a h1 h2 z",
    ),
    (
        "every time it was done",
        steps("s > x > a > x2 ? n > 1 ? > (w) > z > e", "(x2) ? n < 2 ? > (x)") + undo("a") + throws(),
        "a a undo_a undo_a z",
    ),
    (
        "each turn of a loop",
        steps("s > (a) > (w) > z > e") + task("a", LOOP) + undo("a") + throws(),
        "a a undo_a undo_a z",
    ),
    (
        "each instance of a sequential multi-instance",
        steps("s > (a) > (w) > z > e") + task("a", MULTI.format("true")) + undo("a") + throws("a"),
        "a a a undo_a undo_a undo_a z",
    ),
    (
        "each instance of a parallel multi-instance",
        steps("s > (a) > (w) > z > e") + task("a", MULTI.format("false")) + undo("a") + throws(),
        "a a a undo_a undo_a undo_a z",
    ),
    (
        "what is in each instance of a repeated subprocess",
        steps("s > (P) > (w) > z > e") + scope("P", MULTI.format("true") + steps("s1 > a > e1") + undo("a")) + throws(),
        "a a a undo_a undo_a undo_a z",
    ),
    (
        "each instance by its event subprocess",
        steps("s > (P) > (w) > z > e")
        + scope("P", LOOP + steps("s1 > a > e1") + handler("h", compensate()))
        + throws(),
        "a a ht ht z",
    ),
]


@pytest.mark.parametrize(("body", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_is_undone_and_in_which_order(body: str, expected: str) -> None:
    play = Play(body, {"n": 0}, bind={"a": {"set": {"n": ["plus", ["dataModel", "n"], 1]}}})

    assert (play.done, play.incidents, play.state) == (expected, [], "completed")


def test_the_throw_waits_for_its_handlers_or_does_not() -> None:
    slow = {"undo_a": {"wait": "PT1H"}}
    body = steps("s > a > (w) > z > e") + undo("a")

    assert Play(body + throws(), bind=slow).done == "a"
    assert played(body + throws(), {"advance": "PT1H"}, bind=slow) == "a undo_a z"
    assert Play(body + throws(wait=False), bind=slow).done == "a z"
    assert played(body + throws(wait=False), {"advance": "PT1H"}, bind=slow) == "a z undo_a"


def test_what_was_interrupted_is_not_undone() -> None:
    body = steps("s > a > (w) > e", "(b) > (w)") + boundary("b", "a", error()) + undo("a") + throws()

    assert played(body, bind={"a": {"error": "E"}}) == "a-"


def test_a_compensated_subprocess_knows_what_it_knew() -> None:
    """Section 13.5.5: the handler sees the data of the moment the subprocess was completed."""
    inner = '<property id="v" name="v"/>' + steps("s1 > a > e1") + undo("a")
    body = steps("s > (P) > (w) > z > e") + scope("P", inner) + throws()
    bind = {"a": {"set": {"v": "then"}}, "undo_a": {"set": {"seen": ["dataModel", "v"]}}}

    assert Play(body, bind=bind).variables == {"seen": "then"}


def test_boundary_events_of_what_is_being_compensated_are_silent() -> None:
    inner = steps("s1 > a > e1") + undo("a")
    body = steps("s > (P) > (w) > z > e", "(b) > o > e9") + scope("P", inner) + boundary("b", "P", error()) + throws()
    play = Play(body, bind={"undo_a": {"error": "E"}})

    assert play.incidents == [("undo_a", "uncaught_error")]
    assert "o" not in play.marks


def test_an_association_may_be_drawn_either_way() -> None:
    body = steps("s > a > (w) > e") + undo("a") + throws()
    turned = body.replace('sourceRef="cb_a" targetRef="undo_a"', 'sourceRef="undo_a" targetRef="cb_a"')

    assert played(turned) == "a undo_a"
