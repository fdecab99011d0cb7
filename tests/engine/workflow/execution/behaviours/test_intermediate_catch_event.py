"""Intermediate catch events: every kind, one of several, all of several, and the other end of a link."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.workflow.execution.play import Play, condition, event, message, signal, steps, timer

KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "duration": (timer("PT1H"), {"advance": "PT1H"}),
    "date": (timer("2026-01-01T02:00:00+01:00", "timeDate"), {"advance": "PT1H"}),
    "cycle": (timer("R3/PT1H", "timeCycle"), {"advance": "PT1H"}),
    "message": (message(), {"message": "M"}),
    "signal": (signal(), {"signal": "S"}),
    "condition": (condition("x > 1"), {"set": {"x": 2}}),
}


def catching(definitions: str, **attributes: str) -> str:
    return steps("s > a > (c) > z > e") + event("intermediateCatchEvent", "c", definitions, **attributes)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_it_waits_until_it_happens(kind: str) -> None:
    definition, stimulus = KINDS[kind]
    play = Play(catching(definition), {"x": 0})

    assert (play.done, play.waiting) == ("a", ["c"])
    play.send(stimulus)
    assert (play.done, play.state) == ("a z", "completed")


def test_a_date_in_the_past_is_due_at_once() -> None:
    assert Play(catching(timer("2014-01-01T00:00:00Z", "timeDate"))).done == "a z"
    assert Play(catching(timer("PT0S"))).done == "a z"


def test_a_condition_that_holds_already_is_not_waited_for() -> None:
    assert Play(catching(condition("x > 1")), {"x": 5}).done == "a z"


def test_a_condition_is_judged_when_a_task_changes_what_it_is_about() -> None:
    body = steps("s > f > (c) > z > e", "(f) > a > e2") + event("intermediateCatchEvent", "c", condition("x > 1"))

    assert Play(body, bind={"a": {"set": {"x": 2}}}).done == "a z"


def test_a_condition_that_cannot_be_judged_yet_is_not_true_yet() -> None:
    play = Play(catching(condition("x > 1")), {"x": "soon"})

    assert (play.done, play.incidents) == ("a", [])
    assert play.send({"set": {"x": 3}}).done == "a z"


def test_a_message_with_another_name_or_key_is_not_for_it() -> None:
    play = Play(catching(message())).send({"message": "N"}, {"message": "M", "key": "other"})

    assert play.done == "a"


def test_a_message_is_kept_for_one_who_comes_late_and_a_signal_is_not() -> None:
    late = steps("s > u > (c) > z > e")
    wait = event("intermediateCatchEvent", "c", message())

    assert Play(late + wait).send({"message": "M"}, {"complete": "u"}).done == "u z"
    heard = Play(late + wait.replace(message(), signal())).send({"signal": "S"}, {"complete": "u"})
    assert heard.done == "u"


def test_a_message_is_for_one_and_a_signal_for_all() -> None:
    body = steps("s > f > (c) > y > e", "(f) > (d) > z > e2")
    for definition, stimulus, done in ((message(), {"message": "M"}, "y"), (signal(), {"signal": "S"}, "y z")):
        waits = event("intermediateCatchEvent", "c", definition) + event("intermediateCatchEvent", "d", definition)
        assert Play(body + waits).send(stimulus).done == done


@pytest.mark.parametrize("stimulus", [{"message": "M"}, {"signal": "S"}, {"advance": "PT1H"}])
def test_one_of_several_is_enough(stimulus: dict[str, Any]) -> None:
    assert Play(catching(message() + signal() + timer("PT1H"))).send(stimulus).done == "a z"


def test_all_of_several_are_needed_when_the_model_says_so() -> None:
    body = catching(message() + signal() + timer("PT1H"), parallelMultiple="true")
    play = Play(body).send({"signal": "S"}, {"advance": "PT1H"}, {"signal": "S"})

    assert play.done == "a"
    assert play.send({"message": "M"}).done == "a z"


def test_a_shared_definition_is_read_where_it_is_referred_to() -> None:
    shared = '<signalEventDefinition id="shared" signalRef="S"/>'
    play = Play(catching("<eventDefinitionRef>shared</eventDefinitionRef>"), head=shared)

    assert play.send({"signal": "S"}).done == "a z"


def test_a_message_may_be_named_by_its_operation() -> None:
    head = (
        '<message id="m" name="M"/><interface id="i" name="i"><operation id="op" name="o">'
        "<inMessageRef>m</inMessageRef></operation></interface>"
    )
    definition = "<messageEventDefinition><operationRef>op</operationRef></messageEventDefinition>"

    assert Play(catching(definition), head=head).send({"message": "M"}).done == "a z"
