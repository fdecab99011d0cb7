"""Automatic tasks pass at once and run no script; a send task sends; what has happened has happened whole."""

from __future__ import annotations

import pytest

from tests.engine.workflow.execution.play import Play, boundary, event, message, steps, task, timer


@pytest.mark.parametrize("kind", ["serviceTask", "scriptTask", "businessRuleTask", "sendTask"])
def test_it_passes_at_once(kind: str) -> None:
    play = Play(steps("s > (t) > e") + f'<{kind} id="t"/>')

    assert (play.done, play.state) == ("t", "completed")


def test_a_script_is_never_run() -> None:
    danger = '<scriptTask id="t"><script>raise SystemExit(1)</script></scriptTask>'

    assert Play(steps("s > (t) > a > e") + danger).done == "t a"


def test_a_send_task_sends_its_message() -> None:
    body = steps("s > f > (t) > a > e", "(f) > (c) > b > e2") + '<sendTask id="t" messageRef="M"/>'

    assert Play(body + event("intermediateCatchEvent", "c", message())).marks == ["a", "b", "t"]


def test_one_that_takes_time_can_be_interrupted_before_it_is_done() -> None:
    body = steps("s > a > z > e", "(b) > o > e9") + boundary("b", "a", timer("PT5S"))

    assert Play(body, bind={"a": {"wait": "PT10S"}}).send({"advance": "PT1M"}).done == "a- o"
    assert Play(body, bind={"a": {"wait": "PT2S"}}).send({"advance": "PT1M"}).done == "a z"


def test_one_that_has_run_is_done_before_its_neighbour_interrupts() -> None:
    """A script task is not torn apart: it was not begun, or it is done."""
    body = steps("s > f > a > b > e", "(f) > (w)") + event("endEvent", "w", "<terminateEventDefinition/>")

    assert Play(body).done == "a"


@pytest.mark.parametrize(
    ("value", "expected"), [(1, ["a", "b"]), (2, ["a", "c"]), (3, ["a", "b", "c"]), (4, ["a", "d"])]
)
def test_conditional_flows_leave_a_task_without_a_gateway(value: int, expected: list[str]) -> None:
    """Section 13.3.2: every flow that holds is taken, the default when none does."""
    body = steps("s", "e") + task("a", default="a-d")
    body += steps("(s) > (a) ? n == 1 or n == 3 ? > b > (e)", "(a) ? n == 2 or n == 3 ? > c > (e)", "(a) > d > (e)")

    assert Play(body, {"n": value}).marks == expected


def test_an_unconditional_flow_is_taken_beside_a_conditional_one() -> None:
    body = steps("s > a ? n == 1 ? > b > e", "(a) > c > e2")

    assert Play(body, {"n": 1}).marks == ["a", "b", "c"]
    assert Play(body, {"n": 2}).marks == ["a", "c"]


def test_without_a_flow_that_holds_it_has_run_and_stands_still() -> None:
    play = Play(steps("s > a ? n == 1 ? > b > e"), {"n": 2})

    assert (play.done, play.incidents) == ("a!", [("a", "no_flow_holds")])


def test_data_go_in_and_out_by_associations() -> None:
    """What is copied in is local, what is copied out reaches the data object."""
    data = '<dataObject id="d"/><dataObjectReference id="dr" dataObjectRef="d"/>'
    io = (
        '<ioSpecification><dataInput id="in" name="given"/><dataOutput id="out" name="made"/>'
        '<inputSet id="is"/><outputSet id="os"/></ioSpecification>'
        '<dataInputAssociation id="x1"><sourceRef>dr</sourceRef><targetRef>in</targetRef></dataInputAssociation>'
        '<dataOutputAssociation id="x2"><sourceRef>out</sourceRef><targetRef>dr</targetRef>'
        "</dataOutputAssociation>"
    )
    body = data + steps("s > (a) > e") + task("a", io)
    bind = {"a": {"set": {"made": ["plus", ["dataModel", "given"], 1]}}}

    assert Play(body, {"d": 4}, bind=bind).variables["d"] == 5
