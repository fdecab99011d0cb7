"""Transactions: done like a subprocess, or cancelled: all in it ended, what was done undone, then the cancel way."""

from __future__ import annotations

from tests.engine.workflow.execution.behaviours.test_compensation import MULTI, undo
from tests.engine.workflow.execution.play import CANCEL, Play, boundary, error, event, scope, steps

CANCELS = event("endEvent", "w", CANCEL)


def transaction(inner: str, *, way_out: bool = True) -> str:
    out = boundary("out", "T", CANCEL) + steps("(out) > o > e9") if way_out else ""
    return steps("s > (T) > z > e") + scope("T", inner, "transaction") + out


def test_done_it_is_left_as_any_subprocess() -> None:
    assert Play(transaction(steps("s1 > a > e1") + undo("a"))).done == "a z"


def test_cancelled_it_is_undone_the_last_first_and_left_by_the_cancel_event() -> None:
    play = Play(transaction(steps("s1 > a > b > (w)") + undo("a") + undo("b") + CANCELS))

    assert (play.done, play.state) == ("a b undo_b undo_a o", "completed")


def test_what_still_runs_in_it_is_ended_first() -> None:
    play = Play(transaction(steps("s1 > f > u > e1", "(f) > a > (w)") + undo("a") + CANCELS))

    assert play.done == "a u- undo_a o"


def test_the_cancel_event_waits_for_slow_handlers() -> None:
    play = Play(transaction(steps("s1 > a > (w)") + undo("a") + CANCELS), bind={"undo_a": {"wait": "PT1H"}})

    assert play.done == "a"
    assert play.send({"advance": "PT1H"}).done == "a undo_a o"


def test_a_cancel_reaches_out_of_a_subprocess_inside() -> None:
    play = Play(transaction(steps("s1 > a > (P) > e1") + undo("a") + scope("P", steps("s2 > (w)") + CANCELS)))

    assert play.done == "a undo_a o"


def test_without_a_cancel_event_it_is_not_gone_on_from() -> None:
    play = Play(transaction(steps("s1 > a > (w)") + undo("a") + CANCELS, way_out=False))

    assert (play.done, play.state) == ("a undo_a", "completed")


def test_a_cancelled_instance_of_several_ends_the_others_too() -> None:
    inner = MULTI.format("true") + steps("s1 > a > (w)") + undo("a") + CANCELS
    play = Play(transaction(inner))

    assert (play.done, play.state) == ("a undo_a o", "completed")


def test_an_error_leaves_it_without_undoing() -> None:
    inner = steps("s1 > a > (w)") + undo("a") + event("endEvent", "w", error("E"))
    body = transaction(inner) + boundary("c", "T", error("E")) + steps("(c) > q > e8")

    assert Play(body).done == "a q"


def test_a_cancel_outside_a_transaction_is_an_incident() -> None:
    assert Play(steps("s > (w)") + CANCELS).incidents == [("w", "cancel_outside_transaction")]
