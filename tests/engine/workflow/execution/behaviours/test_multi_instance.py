"""Multi-instance: side by side or one after another, until all are done or it is enough; what it throws on the way."""

from __future__ import annotations

import pytest

from tests.engine.workflow.execution.play import Play, boundary, event, scope, signal, steps, task


def multi(count: str = "3", *, sequential: bool = False, inside: str = "", **attributes: str) -> str:
    more = "".join(f' {key}="{value}"' for key, value in attributes.items())
    cardinality = f"<loopCardinality>{count}</loopCardinality>" if count else ""
    return (
        f'<multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}"{more}>{cardinality}{inside}'
        "</multiInstanceLoopCharacteristics>"
    )


BOTH = pytest.mark.parametrize("sequential", [True, False], ids=["sequential", "parallel"])


@BOTH
@pytest.mark.parametrize(("count", "times"), [("3", 3), ("1", 1), ("0", 0), ("n", 2), ("n + 1", 3)])
def test_it_is_done_as_often_as_it_says(sequential: bool, count: str, times: int) -> None:
    body = steps("s > (a) > z > e") + task("a", multi(count, sequential=sequential))

    assert Play(body, {"n": 2}).done == " ".join(["a"] * times + ["z"])


@BOTH
def test_a_number_that_is_none_is_an_incident(sequential: bool) -> None:
    body = steps("s > (a) > z > e") + task("a", multi("n", sequential=sequential))

    assert Play(body, {"n": "many"}).incidents == [("a", "cardinality_not_a_number")]


def test_side_by_side_all_wait_and_one_after_another_only_one() -> None:
    for sequential, waiting in ((True, ["u"]), (False, ["u", "u", "u"])):
        body = steps("s", "e", "(s) > (u) > (e)") + event("userTask", "u", multi(sequential=sequential))
        play = Play(body)
        assert play.waiting == waiting
        assert play.send(*[{"complete": "u"}] * 3).state == "completed"


@BOTH
def test_enough_ends_the_rest(sequential: bool) -> None:
    enough = "<completionCondition>numberOfCompletedInstances >= 2</completionCondition>"
    body = steps("s > (u) > z > e") + event("userTask", "u", multi(sequential=sequential, inside=enough))
    play = Play(body).send({"complete": "u"}, {"complete": "u"})

    assert play.marks == ["u", "u", "z"]
    assert (play.state, play.waiting) == ("completed", [])


@pytest.mark.parametrize(
    ("text", "after"),
    [("numberOfActiveInstances == 1", 2), ("numberOfInstances == 3", 1), ("numberOfTerminatedInstances > 0", 3)],
)
def test_the_condition_sees_how_it_stands(text: str, after: int) -> None:
    enough = f"<completionCondition>{text.replace('>', '&gt;')}</completionCondition>"
    body = steps("s > (u) > z > e") + event("userTask", "u", multi(inside=enough))
    play = Play(body)
    for _ in range(after):
        assert play.marks.count("z") == 0
        play.send({"complete": "u"})

    assert play.marks.count("z") == 1


@BOTH
def test_each_has_its_item_and_the_results_come_in_their_order(sequential: bool) -> None:
    data = (
        "<loopDataInputRef>names</loopDataInputRef><loopDataOutputRef>said</loopDataOutputRef>"
        '<inputDataItem id="name"/><outputDataItem id="reply"/>'
    )
    body = steps("s > (a) > z > e")
    body += task("a", '<property id="reply" name="reply"/>' + multi("", sequential=sequential, inside=data))
    bind = {"a": {"set": {"reply": ["concat", "hi ", ["dataModel", "name"], " ", ["dataModel", "loopCounter"]]}}}
    play = Play(body, {"names": ["Anne", "Truls"]}, bind=bind)

    assert play.variables["said"] == ["hi Anne 1", "hi Truls 2"]


def test_what_is_put_in_sees_the_item() -> None:
    mapped = '<extensionElements><ib:input target="got">["dataModel","item"]</ib:input></extensionElements>'
    data = "<loopDataInputRef>names</loopDataInputRef>"
    body = steps("s > (a) > e") + task(
        "a", mapped + multi("", sequential=True, inside=data + '<inputDataItem id="item"/>')
    )
    play = Play(body, {"names": ["x", "y"]}, bind={"a": {"set": {"last": ["dataModel", "got"]}}})

    assert play.variables["last"] == "y"


def test_a_subprocess_is_repeated_whole() -> None:
    assert Play(steps("s > (P) > z > e") + scope("P", multi(sequential=True) + steps("s1 > a > b > e1"))).done == (
        "a b a b a b z"
    )


SIGNALS = '<signalEventDefinition id="sig" signalRef="S"/>'
COMPLEX = (
    "<complexBehaviorDefinition><condition>numberOfCompletedInstances == 2</condition>"
    f"<event>{signal()}</event></complexBehaviorDefinition>"
)


@BOTH
@pytest.mark.parametrize(
    ("behavior", "inside", "thrown"),
    [("None", "", 3), ("One", "", 1), ("All", "", 0), ("Complex", COMPLEX, 1)],
)
def test_its_boundary_event_takes_note_of_what_is_thrown(
    sequential: bool, behavior: str, inside: str, thrown: int
) -> None:
    named = {"None": {"noneBehaviorEventRef": "sig"}, "One": {"oneBehaviorEventRef": "sig"}}.get(behavior, {})
    loop = multi(sequential=sequential, inside=inside, behavior=behavior, **named)
    body = steps("s > (a) > z > e", "(b) > o > e9") + task("a", loop) + boundary("b", "a", signal(), interrupting=False)

    assert Play(body, head=SIGNALS).marks == sorted(["a"] * 3 + ["o"] * thrown + ["z"])


@BOTH
@pytest.mark.parametrize(("behavior", "inside", "before"), [("None", "", 1), ("One", "", 1), ("Complex", COMPLEX, 2)])
def test_what_is_thrown_may_interrupt_it(sequential: bool, behavior: str, inside: str, before: int) -> None:
    """The activity counts as done then: its own token goes on beside that of the boundary event."""
    named = {"None": {"noneBehaviorEventRef": "sig"}, "One": {"oneBehaviorEventRef": "sig"}}.get(behavior, {})
    loop = multi(sequential=sequential, inside=inside, behavior=behavior, **named)
    body = steps("s > (a) > z > e", "(b) > o > e9") + task("a", loop) + boundary("b", "a", signal())

    play = Play(body, head=SIGNALS)
    assert (play.marks, play.state) == (sorted(["a"] * before + ["o", "z"]), "completed")


@pytest.mark.parametrize(("behavior", "thrown"), [("None", 3), ("One", 1)])
def test_without_a_name_it_throws_a_signal_without_a_name(behavior: str, thrown: int) -> None:
    body = steps("s > (a) > z > e", "(b) > o > e9") + task("a", multi(behavior=behavior))
    body += boundary("b", "a", "<signalEventDefinition/>", interrupting=False)

    assert Play(body).marks == sorted(["a"] * 3 + ["o"] * thrown + ["z"])


def test_what_it_throws_may_be_named_where_it_is_caught() -> None:
    loop = multi(behavior="One", oneBehaviorEventRef="here")
    caught = '<signalEventDefinition id="here" signalRef="S"/>'
    body = steps("s > (a) > z > e", "(b) > o > e9") + task("a", loop) + boundary("b", "a", caught, interrupting=False)

    assert Play(body).marks == ["a", "a", "a", "o", "z"]


def test_what_no_boundary_event_catches_is_thrown_to_all() -> None:
    loop = multi(behavior="One", oneBehaviorEventRef="sig")
    body = (
        steps("s > f > (a) > z > e", "(f) > (c) > b > e2")
        + task("a", loop)
        + event("intermediateCatchEvent", "c", signal())
    )

    assert Play(body, head=SIGNALS).marks == ["a", "a", "a", "b", "z"]
