"""Call activities: another process or a global task of the file, variables in and out, what reaches the caller."""

from __future__ import annotations

import pytest

from tests.engine.workflow.execution.play import (
    TERMINATE,
    Play,
    arrow,
    boundary,
    compensate,
    error,
    escalation,
    event,
    message,
    steps,
)

TWO = '<process id="p" isExecutable="true">{}</process><process id="q" isExecutable="true">{}</process>'
CALL = '<callActivity id="C" calledElement="q"{}>{}</callActivity>'


def calls(inner: str, *, more: str = "", inside: str = "", attributes: str = "") -> str:
    """Process p: s > C > z > e, and *more*; process q: *inner*."""
    return TWO.format(steps("s > (C) > z > e") + CALL.format(attributes, inside) + more, inner)


def play(inner: str, **options: object) -> Play:
    settings = {name: options.pop(name) for name in ("more", "inside", "attributes") if name in options}
    return Play(calls(inner, **settings), process="p", **options)  # type: ignore[arg-type]


def test_the_called_process_is_done_before_the_caller_goes_on() -> None:
    assert play(steps("s2 > a > u > e2")).send({"complete": "u"}).done == "a u z"


def test_without_mappings_all_variables_go_in_and_come_back() -> None:
    done = play(steps("s2 > a > e2"), variables={"x": 1}, bind={"a": {"set": {"y": ["plus", ["dataModel", "x"], 1]}}})

    assert done.variables == {"x": 1, "y": 2}


def test_with_mappings_only_those_do() -> None:
    mapped = (
        '<extensionElements><ib:input target="mine">["dataModel","x"]</ib:input>'
        '<ib:output target="result">["dataModel","y"]</ib:output></extensionElements>'
    )
    bind = {"a": {"set": {"y": ["plus", ["dataModel", "mine"], 1], "other": 1, "saw": ["dataModel", "x"]}}}

    assert play(steps("s2 > a > e2"), inside=mapped, variables={"x": 1}, bind=bind).variables == {"x": 1, "result": 2}


@pytest.mark.parametrize(
    "kind", ["globalScriptTask", "globalBusinessRuleTask", "globalUserTask", "globalManualTask", "globalTask"]
)
def test_a_global_task_is_called_like_a_process(kind: str) -> None:
    body = '<process id="p" isExecutable="true">' + steps("s > (C) > z > e") + CALL.format("", "") + "</process>"
    called = f'<{kind} id="q"><script>q</script></{kind}>' if kind == "globalScriptTask" else f'<{kind} id="q"/>'
    done = Play(body, head=called)
    if "Script" not in kind and "Rule" not in kind:
        assert done.waiting == ["q"]
        done.send({"complete": "q"})

    assert (done.done, done.state) == ("q z", "completed")


def test_a_reference_may_carry_a_prefix() -> None:
    body = calls(steps("s2 > a > e2")).replace('calledElement="q"', 'calledElement="ib:q"')

    assert Play(body, process="p").done == "a z"


@pytest.mark.parametrize(
    ("definition", "interrupting", "expected"),
    [
        (error("E"), True, ["a", "o"]),
        (error(), True, ["a", "o"]),
        (escalation("E"), True, ["a", "o"]),
        (escalation("E"), False, ["a", "o", "z"]),
    ],
)
def test_what_is_thrown_in_it_is_caught_at_the_call(definition: str, interrupting: bool, expected: list[str]) -> None:
    thrown = error("E") if "error" in definition else escalation("E")
    more = boundary("b", "C", definition, interrupting=interrupting) + steps("(b) > o > e9")

    assert play(steps("s2 > a > (w)") + event("endEvent", "w", thrown), more=more).marks == expected


def test_an_error_passes_through_several_calls() -> None:
    middle = steps("s2 > (D) > y > e2") + '<callActivity id="D" calledElement="r"/>'
    inner = steps("s3 > a > (w)") + event("endEvent", "w", error("E"))
    more = boundary("b", "C", error("E")) + steps("(b) > o > e9")
    body = calls(middle, more=more) + f'<process id="r" isExecutable="true">{inner}</process>'

    assert Play(body, process="p").done == "a o"


def test_an_interruption_of_the_call_ends_what_it_called() -> None:
    more = boundary("b", "C", message()) + steps("(b) > o > e9")
    done = play(steps("s2 > u > e2"), more=more).send({"message": "M"})

    assert (done.done, done.state, done.waiting) == ("u- o", "completed", [])


def test_a_terminate_in_it_ends_only_it() -> None:
    inner = steps("s2 > f > a > (w)", "(f) > u > e2") + event("endEvent", "w", TERMINATE)

    assert play(inner).done == "a u- z"


def test_it_may_be_repeated() -> None:
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"

    assert play(steps("s2 > a > e2"), inside=loop).done == "a a z"


def test_it_may_be_undone_by_its_handler() -> None:
    more = event("boundaryEvent", "cb", compensate(), attachedToRef="C")
    more += '<association id="as" sourceRef="cb" targetRef="k"/><scriptTask id="k" isForCompensation="true"/>'
    more += event("intermediateThrowEvent", "w", compensate())
    body = calls(steps("s2 > a > e2"), more=more).replace(arrow("z", "e"), arrow("z", "w") + arrow("w", "e"))

    assert Play(body, process="p").done == "a z k"


def test_a_process_that_is_not_there_and_one_that_calls_itself_are_incidents() -> None:
    lost = calls(steps("s2 > e2")).replace('calledElement="q"', 'calledElement="gone"')
    assert Play(lost, process="p").incidents == [("C", "unknown_process")]

    endless = calls(steps("s2 > e2")).replace('calledElement="q"', 'calledElement="p"')
    assert [code for _, code in Play(endless, process="p").incidents] == ["calls_too_deep"]
