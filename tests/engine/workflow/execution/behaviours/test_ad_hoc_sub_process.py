"""Ad-hoc subprocesses: all activities at once or one at a time, until all are done or it is enough."""

from __future__ import annotations

import pytest

from tests.engine.workflow.execution.play import Play, arrow, event, steps, task


def ad_hoc(inside: str, *, ordering: str = "Parallel", enough: str = "", cancel: bool = True) -> str:
    condition = f"<completionCondition>{enough}</completionCondition>" if enough else ""
    attributes = f'ordering="{ordering}" cancelRemainingInstances="{str(cancel).lower()}"'
    return steps("s > (P) > z > e") + f'<adHocSubProcess id="P" {attributes}>{inside}{condition}</adHocSubProcess>'


USERS = event("userTask", "u") + event("userTask", "v")


def test_side_by_side_all_begin_at_once() -> None:
    play = Play(ad_hoc(USERS))

    assert play.waiting == ["u", "v"]
    assert play.send({"complete": "v"}, {"complete": "u"}).done == "v u z"


def test_one_after_another_the_next_begins_when_one_is_done() -> None:
    play = Play(ad_hoc(USERS, ordering="Sequential"))

    assert play.waiting == ["u"]
    play.send({"complete": "u"})
    assert play.waiting == ["v"]
    assert play.send({"complete": "v"}).done == "u v z"


@pytest.mark.parametrize(("cancel", "done"), [(True, "u v- z"), (False, "u v z")])
def test_enough_ends_the_rest_or_waits_for_it(cancel: bool, done: str) -> None:
    play = Play(ad_hoc(USERS, enough="n == 1", cancel=cancel)).send({"complete": "u", "variables": {"n": 1}})
    if not cancel:
        assert play.waiting == ["v"]
        play.send({"complete": "v"})

    assert (play.done, play.state) == (done, "completed")


def test_enough_begins_nothing_more_in_a_row() -> None:
    play = Play(ad_hoc(USERS, ordering="Sequential", enough="n == 1")).send({"complete": "u", "variables": {"n": 1}})

    assert play.done == "u z"


def test_when_nothing_is_left_to_do_it_is_done_even_if_not_enough() -> None:
    assert Play(ad_hoc(task("a") + task("b"), enough="n == 1")).marks == ["a", "b", "z"]


def test_flows_inside_are_followed() -> None:
    inside = task("a") + task("b") + task("c") + arrow("a", "b")

    assert Play(ad_hoc(inside)).marks == ["a", "b", "c", "z"]
    assert Play(ad_hoc(inside, ordering="Sequential")).done == "a b c z"


def test_an_empty_one_is_passed() -> None:
    assert Play(ad_hoc("")).done == "z"


def test_repeated_it_is_judged_each_time_on_its_own() -> None:
    loop = (
        '<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>2</loopCardinality>'
        "</multiInstanceLoopCharacteristics>"
    )
    body = ad_hoc(loop + USERS, ordering="Sequential", enough="1 == 1")

    assert Play(body).send({"complete": "u"}, {"complete": "u"}).done == "u u z"
