"""Complex gateway: fires when its condition holds, takes the late ones in, and is then as new."""

from __future__ import annotations

import pytest

from tests.engine.workflow.execution.play import Play, arrow, event, steps


def joined(condition: str) -> str:
    """a, b and the user task u meet in a complex gateway g."""
    activation = f"<activationCondition>{condition}</activationCondition>" if condition else ""
    return (
        steps("s > f > a", "(f) > b", "(f) > u", "z > e")
        + event("complexGateway", "g", activation)
        + "".join(arrow(name, "g") for name in ("a", "b", "u"))
        + arrow("g", "z")
    )


@pytest.mark.parametrize(
    ("condition", "at_once", "in_the_end"),
    [
        ("activationCount >= 1", "a b z", "a b z u"),
        ("activationCount >= 2", "a b z", "a b z u"),
        ("activationCount >= 3", "a b", "a b u z"),
        ("", "a b z", "a b z u"),
    ],
)
def test_it_fires_once_for_as_many_as_it_asks(condition: str, at_once: str, in_the_end: str) -> None:
    play = Play(joined(condition))

    assert sorted(play.done.split()) == sorted(at_once.split())
    play.send({"complete": "u"})
    assert sorted(play.done.split()) == sorted(in_the_end.split())
    assert play.state == "completed"


def test_after_its_reset_it_fires_again_in_a_loop() -> None:
    body = steps("s > x > f > a", "(f) > b", "n > x2 ? n < 2 ? > (x)", "(x2) ? n > 1 ? > e")
    body += event("complexGateway", "g", "<activationCondition>activationCount >= 1</activationCondition>")
    body += arrow("a", "g") + arrow("b", "g") + arrow("g", "n")
    bind = {"n": {"set": {"n": ["plus", ["dataModel", "n"], 1]}}}

    play = Play(body, {"n": 0}, bind=bind)

    assert (play.done, play.state) == ("a b n a b n", "completed")


def test_a_second_token_on_one_flow_counts_after_the_reset() -> None:
    body = steps("s > f > a > x", "(f) > b > (x)", "(f) > u", "z > e")
    body += event("complexGateway", "g", "<activationCondition>activationCount >= 1</activationCondition>")
    body += arrow("x", "g") + arrow("u", "g") + arrow("g", "z")
    play = Play(body)

    assert play.marks == ["a", "b", "z"]
    play.send({"complete": "u"})
    assert (play.marks, play.state) == (["a", "b", "u", "z", "z"], "completed")


def test_flows_may_be_taken_at_the_reset() -> None:
    """Section 13.4.5: waitingForStart is true at the first moment and false at the second."""
    body = steps("s > f > a", "(f) > u", "y > e", "z > e2")
    body += event("complexGateway", "g", "<activationCondition>activationCount >= 1</activationCondition>")
    body += arrow("a", "g") + arrow("u", "g")
    body += arrow("g", "y", "waitingForStart == true") + arrow("g", "z", "waitingForStart == false")
    play = Play(body)

    assert play.done == "a y"
    assert play.send({"complete": "u"}).done == "a y u z"


def test_as_a_split_it_chooses_as_an_inclusive_gateway_does() -> None:
    body = steps("s", "a > e", "b > (e)") + event("complexGateway", "g") + arrow("s", "g")
    body += arrow("g", "a", "x > 0") + arrow("g", "b", "x > 1")

    assert Play(body, {"x": 1}).marks == ["a"]
    assert Play(body, {"x": 2}).marks == ["a", "b"]
    assert Play(body, {"x": 0}).incidents == [("g", "no_flow_holds")]
