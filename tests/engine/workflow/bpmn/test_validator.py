"""What the engine cannot run is named with element, line and rule; what it can run is left in peace."""

from __future__ import annotations

import pytest

from engine.workflow.bpmn.parser import parse
from engine.workflow.bpmn.validator import EXECUTABLE, SUGGESTIONS, Capabilities, validate
from engine.workflow.execution.behaviours import BEHAVIOUR_BY_TYPE, EVENT_KINDS
from tests.factories.bundles import bpmn, flow, line

CAN = Capabilities(
    frozenset(
        {
            "startEvent",
            "endEvent",
            "task",
            "userTask",
            "receiveTask",
            "callActivity",
            "subProcess",
            "exclusiveGateway",
            "parallelGateway",
            "boundaryEvent",
            "intermediateCatchEvent",
        }
    ),
    {
        "startEvent": frozenset({"none"}),
        "endEvent": frozenset({"none", "terminate"}),
        "boundaryEvent": frozenset({"timer", "error", "message"}),
        "intermediateCatchEvent": frozenset({"timer", "message"}),
    },
)
ENDS = '<startEvent id="a"/><endEvent id="z"/>'


def through(task: str, *, head: str = "") -> bytes:
    """start → *task*, whose id is t → end."""
    return bpmn(ENDS + task + line("a", "t", "z"), head=head)


def rules(data: bytes) -> set[tuple[str, str]]:
    """(element, rule) of every finding."""
    return {(finding.element, finding.rule) for finding in validate(parse(data), CAN)}


def boundary(event: str, host: str = "t", more: str = "") -> str:
    return f'<boundaryEvent id="b" attachedToRef="{host}"{more}>{event}</boundaryEvent>' + flow("b", "z")


def timer(text: str, kind: str = "timeDuration") -> str:
    return f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"


def test_a_sound_process_has_no_findings() -> None:
    choice = '<exclusiveGateway id="g" default="g-z"/>' + flow("t", "g") + flow("g", "z")
    back = flow("g", "t", '["equals", ["gatewayAction"], "reject"]')
    body = ENDS + '<userTask id="t"/>' + choice + back + flow("a", "t") + boundary(timer("P7D"))

    assert rules(bpmn(body)) == set()


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        ('<scriptTask id="t"/>', ("t", "element-not-executable")),
        ('<callActivity id="t"/>', ("t", "call-without-process")),
        ('<receiveTask id="t"/>', ("t", "message-without-name")),
        ('<task id="t"><standardLoopCharacteristics/></task>', ("t", "loop-without-end")),
        ('<task id="t"><multiInstanceLoopCharacteristics/></task>', ("t", "multi-instance-without-items")),
        ('<task id="t" default="a-t"/>', ("t", "default-not-outgoing")),
        ('<subProcess id="t"/>', ("t", "no-start-event")),
        ('<task id="t"/><task id="alone"/>', ("alone", "unreachable")),
        ('<task id="t"/>' + boundary(timer("PT1H"), "gone"), ("b", "boundary-without-host")),
        ('<task id="t"/>' + boundary(timer("PT1H"), "a"), ("b", "boundary-on-wrong-host")),
        ('<task id="t"/>' + boundary(timer("one day")), ("b", "timer-unreadable")),
        ('<task id="t"/>' + boundary(timer("2026-99-01T00:00:00Z", "timeDate")), ("b", "timer-unreadable")),
        ('<task id="t"/>' + boundary(timer("PT1H", "timeCycle")), ("b", "timer-unreadable")),
        ('<task id="t"/>' + boundary("<timerEventDefinition/>"), ("b", "timer-without-time")),
        ('<task id="t"/>' + boundary("<signalEventDefinition/>"), ("b", "event-not-executable")),
        ('<task id="t"/>' + boundary("<messageEventDefinition/>"), ("b", "message-without-name")),
        (
            '<task id="t"/>' + boundary("<errorEventDefinition/>", more=' cancelActivity="false"'),
            ("b", "error-must-interrupt"),
        ),
        (
            '<userTask id="t"><extensionElements><ib:assignment dueAfter="soon"/></extensionElements></userTask>',
            ("t", "deadline-unreadable"),
        ),
    ],
)
def test_each_fault_is_named_at_its_element(task: str, expected: tuple[str, str]) -> None:
    assert expected in rules(through(task))


@pytest.mark.parametrize("text", ["P7D", "PT15M", "P1Y2M3DT4H", '["dataModel", "vent"]'])
def test_iso_durations_and_expressions_are_accepted(text: str) -> None:
    assert rules(through('<task id="t"/>' + boundary(timer(text)))) == set()


def test_flows_into_the_start_and_out_of_the_end_are_refused() -> None:
    found = rules(bpmn(ENDS + '<task id="t"/>' + line("a", "t", "z", "t") + flow("t", "a")))

    assert {("a", "flow-into-start"), ("z", "flow-out-of-end")} <= found


def test_a_process_without_start_is_refused() -> None:
    assert ("p", "no-start-event") in rules(bpmn('<endEvent id="z"/>'))


def test_a_choice_needs_conditions_on_all_but_its_default() -> None:
    gateway = '<exclusiveGateway id="g"/><task id="t"/>' + line("a", "g", "t", "z") + flow("g", "z", "true")

    assert rules(bpmn(ENDS + gateway)) == {("g", "flow-without-condition")}


def test_a_condition_that_is_no_expression_is_refused_at_its_line() -> None:
    gateway = '<exclusiveGateway id="g" default="g-t"/><task id="t"/>\n' + line("a", "g", "t", "z")
    found = validate(parse(bpmn(ENDS + gateway + flow("g", "z", "a &gt; 1"))), CAN)

    assert [(f.element, f.rule, f.line) for f in found] == [("g-z", "condition-unreadable", 2)]


@pytest.mark.parametrize(("split", "warned"), [("exclusiveGateway", True), ("parallelGateway", False)])
def test_a_parallel_join_of_one_choice_is_warned_about(split: str, warned: bool) -> None:
    nodes = f'<{split} id="g" default="g-t"/><task id="t"/><task id="u"/><parallelGateway id="j"/>'
    flows = line("a", "g", "t", "j", "z") + flow("g", "u", "true") + flow("u", "j")

    found = validate(parse(bpmn(ENDS + nodes + flows)), CAN)

    severity = {f.severity for f in found if (f.element, f.rule) == ("j", "join-never-completes")}
    assert severity == ({"warning"} if warned else set())


def test_all_faults_are_told_at_once_in_document_order() -> None:
    body = '<startEvent id="a"/>\n<scriptTask id="t"/>\n<sendTask id="u"/>\n<endEvent id="z"/>' + line(
        "a", "t", "u", "z"
    )

    assert [(f.element, f.line) for f in validate(parse(bpmn(body)), CAN)] == [("t", 2), ("u", 3)]


EVERYTHING = Capabilities(frozenset(BEHAVIOUR_BY_TYPE), EVENT_KINDS)
CATCH = '<intermediateCatchEvent id="{}">{}</intermediateCatchEvent>'
LINK = '<linkEventDefinition name="L"/>'
SIGNAL = '<signalEventDefinition signalRef="S"/>'
THROW = '<intermediateThrowEvent id="t">{}</intermediateThrowEvent>'
HANDLER = '<subProcess id="h" triggeredByEvent="true"><startEvent id="hs"{}>{}</startEvent>' + flow("hs", "he")
HANDLER += '<endEvent id="he"/></subProcess>'
#: rule → what breaks it, put between start and end as element t
BROKEN = {
    "boundary-on-wrong-host": '<task id="t"/>' + boundary(timer("PT1H"), "a"),
    "boundary-without-host": '<task id="t"/>' + boundary(timer("PT1H"), "gone"),
    "call-without-process": '<callActivity id="t"/>',
    "cancel-without-transaction": '<subProcess id="t"><startEvent id="s"/><endEvent id="e"><cancelEventDefinition/>'
    "</endEvent>" + flow("s", "e") + "</subProcess>",
    "compensation-of-nothing": THROW.format('<compensateEventDefinition activityRef="a"/>'),
    "compensation-without-handler": '<task id="t"/>' + boundary("<compensateEventDefinition/>"),
    "condition-unreadable": '<exclusiveGateway id="t" default="t-z"/><task id="u"/>'
    + flow("t", "u", "x")
    + flow("u", "z"),
    "deadline-unreadable": '<userTask id="t"><extensionElements><ib:assignment dueAfter="soon"/>'
    "</extensionElements></userTask>",
    "default-not-outgoing": '<task id="t" default="a-t"/>',
    "error-must-interrupt": '<task id="t"/>' + boundary("<errorEventDefinition/>", more=' cancelActivity="false"'),
    "event-not-executable": CATCH.format("t", "<errorEventDefinition/>"),
    "flow-into-start": '<task id="t"/>' + flow("t", "a"),
    "flow-out-of-end": '<task id="t"/><task id="u"/>' + line("z", "u"),
    "flow-without-condition": '<exclusiveGateway id="t"/><task id="u"/>' + flow("t", "u", "true") + flow("u", "z"),
    "gateway-without-events": '<eventBasedGateway id="t"/>',
    "handler-in-flow": '<task id="t" isForCompensation="true"/>',
    "handler-without-event": '<task id="t"/>' + HANDLER.format("", ""),
    "join-never-completes": '<eventBasedGateway id="t"/><parallelGateway id="j"/>'
    + CATCH.format("c", SIGNAL)
    + CATCH.format("d", timer("PT1H"))
    + line("t", "c", "j")
    + line("t", "d", "j", "z"),
    "link-target-twice": THROW.format(LINK)
    + CATCH.format("c", LINK)
    + CATCH.format("d", LINK)
    + line("c", "z")
    + line("d", "z"),
    "link-without-target": THROW.format(LINK),
    "loop-without-end": '<task id="t"><standardLoopCharacteristics/></task>',
    "message-without-name": '<receiveTask id="t"/>',
    "multi-instance-without-items": '<task id="t"><multiInstanceLoopCharacteristics/></task>',
    "no-end": '<subProcess id="t"><startEvent id="s"/><task id="u"/>' + line("s", "u", "u") + "</subProcess>",
    "no-start-event": '<subProcess id="t"/>',
    "no-way-on": '<task id="t"/><startEvent id="s"/>',
    "signal-without-name": CATCH.format("t", "<signalEventDefinition/>"),
    "timer-unreadable": CATCH.format("t", timer("one day")),
    "timer-without-time": CATCH.format("t", "<timerEventDefinition/>"),
    "two-loops": '<task id="t"><standardLoopCharacteristics loopMaximum="1"/><multiInstanceLoopCharacteristics>'
    "<loopCardinality>1</loopCardinality></multiInstanceLoopCharacteristics></task>",
    "unreachable": '<task id="t"/><task id="alone"/>',
}


@pytest.mark.parametrize("rule", sorted(set(SUGGESTIONS) - {"element-not-executable"}))
def test_every_rule_is_broken_by_its_example_and_says_what_to_do(rule: str) -> None:
    found = validate(parse(through(BROKEN[rule])), EVERYTHING)

    assert rule in {finding.rule for finding in found}
    assert all(finding.suggestion and finding.message for finding in found)


SOUND = {
    "an interrupting and another way do not meet": '<userTask id="t"/>' + boundary(timer("PT1H")),
    "a join of a branch and a boundary event that does not interrupt": '<parallelGateway id="t"/><userTask id="u"/>'
    '<boundaryEvent id="b" attachedToRef="u" cancelActivity="false">' + timer("PT1H") + "</boundaryEvent>"
    '<parallelGateway id="j"/>' + line("t", "u", "j", "z") + line("b", "j"),
    "an event-based gateway": '<eventBasedGateway id="t"/><receiveTask id="r" messageRef="M"/>'
    + CATCH.format("c", SIGNAL)
    + line("t", "r", "z")
    + line("t", "c", "z"),
    "a cancel in a subprocess of a transaction": '<transaction id="t"><startEvent id="s"/><subProcess id="q">'
    '<startEvent id="s2"/><endEvent id="e"><cancelEventDefinition/></endEvent>'
    + flow("s2", "e")
    + "</subProcess>"
    + flow("s", "q")
    + "</transaction>"
    + boundary("<cancelEventDefinition/>"),
    "an error event subprocess": '<userTask id="t"/>' + HANDLER.format("", "<errorEventDefinition/>"),
    "a compensated subprocess": '<subProcess id="t"><startEvent id="s"/><endEvent id="e"/>'
    + flow("s", "e")
    + '</subProcess><intermediateThrowEvent id="w"><compensateEventDefinition activityRef="t"/>'
    "</intermediateThrowEvent>" + line("t", "w", "z"),
}


@pytest.mark.parametrize("body", SOUND.values(), ids=SOUND)
def test_what_can_be_executed_is_left_in_peace(body: str) -> None:
    assert validate(parse(bpmn(ENDS + body + line("a", "t"))), EVERYTHING, EXECUTABLE) == ()


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_activity_and_what_interrupts_it_never_both_reach_a_join(interrupting: bool) -> None:
    more = f' cancelActivity="{str(interrupting).lower()}"'
    nodes = '<userTask id="t"/><parallelGateway id="j"/>'
    body = f'<boundaryEvent id="b" attachedToRef="t"{more}>{timer("PT1H")}</boundaryEvent>'
    found = validate(parse(bpmn(ENDS + nodes + body + line("a", "t", "j", "z") + line("b", "j"))), EVERYTHING)

    assert ("join-never-completes" in {finding.rule for finding in found}) is interrupting
