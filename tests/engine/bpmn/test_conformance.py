"""The standard's own rules, each with a file that keeps it and one that breaks it."""

from __future__ import annotations

import pytest

from engine.bpmn.conformance import conform
from engine.bpmn.parts import BPMN
from engine.bpmn.xml import read_xml

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:o="other">'
)


def rules(inside: str) -> set[tuple[str, str]]:
    """(element, rule) of every breach in a whole file."""
    return {(f.element, f.rule) for f in conform(read_xml(f"{HEAD}{inside}</definitions>".encode()))}


def process(body: str, outside: str = "", executable: str = "false") -> str:
    return f'{outside}<process id="p" isExecutable="{executable}">{body}</process>'


def flow(source: str, target: str, inside: str = "") -> str:
    return f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>'


def around(node: str, more: str = "") -> str:
    """start a → *node* t → end z."""
    return f'<startEvent id="a"/><endEvent id="z"/>{node}{flow("a", "t")}{flow("t", "z")}{more}'


TASK = '<task id="t"/>'
START = '<startEvent id="a"/>'


def condition(kind: str = ' xsi:type="tFormalExpression"') -> str:
    return f"<conditionExpression{kind}>x</conditionExpression>"


GOOD = {
    "a straight line": process(around(TASK)),
    "a process of tasks alone": process(TASK + '<task id="u"/>' + flow("t", "u")),
    "an empty choreography": '<choreography id="c"/>',
    "a timer start at the top": process(
        '<startEvent id="a"><timerEventDefinition/></startEvent>' + around(TASK).removeprefix(START)
    ),
    "a link and its target": process(
        around(
            '<intermediateThrowEvent id="x"><linkEventDefinition name="l"/></intermediateThrowEvent>'
            '<intermediateCatchEvent id="y"><linkEventDefinition name="l"/></intermediateCatchEvent>' + TASK,
            flow("a", "x") + flow("y", "z"),
        )
    ),
    "a message between pools": '<collaboration id="k"><participant id="one" processRef="p"/><participant id="two"/>'
    '<messageFlow id="m" sourceRef="t" targetRef="two"/></collaboration>' + process(around(TASK)),
    "a compensation handler": process(
        around(
            TASK + '<boundaryEvent id="b" attachedToRef="t"><compensateEventDefinition/></boundaryEvent>'
            '<task id="undo" isForCompensation="true"/><association id="s" sourceRef="b" targetRef="undo"/>'
        )
    ),
    "a formal condition": process(
        around('<exclusiveGateway id="t" default="t-z"/>', '<endEvent id="y"/>' + flow("t", "y", condition())),
        executable="true",
    ),
    "an Altinn condition without a type": process(
        around('<exclusiveGateway id="t" default="t-z"/>', '<endEvent id="y"/>' + flow("t", "y", condition(""))),
        executable="true",
    ).replace("<process", '<process xmlns:altinn="http://altinn.no/process"'),
    "a reference into another file": process(around('<receiveTask id="t" messageRef="o:m"/>')),
}

BAD = {
    "duplicate-id": ("t", process(around(TASK + TASK))),
    "reference": ("t", process(around('<receiveTask id="t" messageRef="gone"/>'))),
    "value": ("t", process(around('<task id="t" isForCompensation="perhaps"/>'))),
    "child-order": (
        "a",
        process(
            '<startEvent id="a"><timerEventDefinition/><outgoing>a-z</outgoing></startEvent>'
            '<endEvent id="z"><incoming>a-z</incoming></endEvent>' + flow("a", "z")
        ),
    ),
    "flow-list": ("t", process(around('<task id="t"><incoming>a-t</incoming></task>'))),
    "flow-reference": ("t-gone", process(around(TASK, flow("t", "gone")))),
    "flow-leaves-scope": (
        "t-u",
        process(around('<subProcess id="s"><task id="u"/></subProcess>' + TASK, flow("t", "u"))),
    ),
    "flow-into-start": ("a", process(around(TASK, flow("t", "a")))),
    "flow-out-of-end": ("z", process(around(TASK, flow("z", "t")))),
    "start-without-end": ("p", process('<startEvent id="a"/><task id="t"/>' + flow("a", "t"))),
    "end-without-start": ("p", process('<endEvent id="z"/><task id="t"/>' + flow("t", "z"))),
    "no-way-here": ("u", process(around(TASK, '<task id="u"/>' + flow("u", "z")))),
    "no-way-on": ("u", process(around(TASK, '<task id="u"/>' + flow("t", "u")))),
    "event-kind": ("e", process(around(TASK, '<endEvent id="e"><linkEventDefinition/></endEvent>' + flow("t", "e")))),
    "cancel-outside-transaction": (
        "e",
        process(around(TASK, '<endEvent id="e"><cancelEventDefinition/></endEvent>' + flow("t", "e"))),
    ),
    "boundary-without-host": (
        "b",
        process(
            around(
                TASK,
                '<boundaryEvent id="b" attachedToRef="x"><timerEventDefinition/></boundaryEvent>' + flow("b", "z"),
            )
        ),
    ),
    "compensation-without-handler": (
        "b",
        process(around(TASK, '<boundaryEvent id="b" attachedToRef="t"><compensateEventDefinition/></boundaryEvent>')),
    ),
    "link-target": (
        "x",
        process(
            around(
                TASK,
                '<intermediateThrowEvent id="x"><linkEventDefinition name="l"/></intermediateThrowEvent>'
                + flow("t", "x"),
            )
        ),
    ),
    "escalation-without-code": (
        "e",
        process(
            around(TASK, '<endEvent id="e"><escalationEventDefinition/></endEvent>' + flow("t", "e")),
            executable="true",
        ),
    ),
    "message-without-name": (
        "e",
        process(
            around(TASK, '<endEvent id="e"><messageEventDefinition/></endEvent>' + flow("t", "e")), executable="true"
        ),
    ),
    "expression-not-formal": (
        "t-y",
        process(
            around('<exclusiveGateway id="t" default="t-z"/>', '<endEvent id="y"/>' + flow("t", "y", condition(""))),
            executable="true",
        ),
    ),
    "condition-alone": ("t-z", process(around(TASK).replace(flow("t", "z"), flow("t", "z", condition())))),
    "condition-misplaced": (
        "t-y",
        process(around('<parallelGateway id="t"/>', '<endEvent id="y"/>' + flow("t", "y", condition()))),
    ),
    "default-not-outgoing": ("t", process(around('<task id="t" default="a-t"/>'))),
    "gateway-idle": ("t", process(around('<parallelGateway id="t"/>'))),
    "gateway-direction": (
        "t",
        process(
            around('<parallelGateway id="t" gatewayDirection="Converging"/>', '<endEvent id="y"/>' + flow("t", "y"))
        ),
    ),
    "event-gateway-target": (
        "u",
        process(around('<eventBasedGateway id="t"/><task id="u"/>', flow("t", "u") + flow("u", "z"))),
    ),
    "message-flow-inside": (
        "m",
        '<collaboration id="k"><participant id="one" processRef="p"/>'
        '<messageFlow id="m" sourceRef="t" targetRef="one"/></collaboration>' + process(around(TASK)),
    ),
    "message-flow-target": (
        "m",
        '<collaboration id="k"><participant id="one" processRef="p"/><participant id="two"/>'
        '<messageFlow id="m" sourceRef="two" targetRef="z"/></collaboration>' + process(around(TASK)),
    ),
    "data-collection": (
        "d",
        process(
            around(TASK, '<dataObject id="d" itemSubjectRef="i"/>'), '<itemDefinition id="i" isCollection="true"/>'
        ),
    ),
    "data-outside-set": (
        "d",
        process(
            around('<task id="t"><ioSpecification><dataInput id="d"/><inputSet/><outputSet/></ioSpecification></task>')
        ),
    ),
    "multi-instance-without-items": (
        "t",
        process(around('<task id="t"><multiInstanceLoopCharacteristics/></task>')),
    ),
    "attribute-missing": ("t-", process(around(TASK, '<sequenceFlow id="t-" sourceRef="t"/>'))),
    "part-missing": ("t", process(around('<task id="t"><ioSpecification><inputSet/></ioSpecification></task>'))),
    "script-format": ("t", process(around('<scriptTask id="t"><script>x</script></scriptTask>'))),
    "resource-twice": (
        "r",
        process(
            around(
                '<task id="t"><performer id="r"><resourceRef>x</resourceRef><resourceAssignmentExpression/>'
                "</performer></task>"
            )
        ),
    ),
    "correlation-unbound": (
        "s",
        '<collaboration id="k"><correlationKey id="key"><correlationPropertyRef>one</correlationPropertyRef>'
        "</correlationKey></collaboration>"
        + process(around(TASK, '<correlationSubscription id="s" correlationKeyRef="key"/>')),
    ),
    "called-start": (
        "t",
        process(around('<callActivity id="t" calledElement="q"/>'))
        + '<process id="q"><startEvent id="qa"><timerEventDefinition/></startEvent><endEvent id="qz"/>'
        + flow("qa", "qz")
        + "</process>",
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_files_are_left_in_peace(name: str) -> None:
    assert rules(GOOD[name]) == set()


@pytest.mark.parametrize("rule", BAD)
def test_each_breach_is_named_at_its_element(rule: str) -> None:
    element, inside = BAD[rule]

    assert (element, rule) in rules(inside)


def test_findings_carry_lines_and_come_in_document_order() -> None:
    inside = process(around('\n<task id="t" default="x"/>\n<parallelGateway id="g"/>'))

    found = conform(read_xml(f"{HEAD}{inside}</definitions>".encode()))

    assert [(f.line, f.element) for f in found] == sorted((f.line, f.element) for f in found)
    assert {f.element: f.line for f in found}["g"] == 3


def test_five_thousand_nodes_are_judged_in_linear_time() -> None:
    ids = ["a", *(f"n{i}" for i in range(5_000)), "z"]
    nodes = '<startEvent id="a"/><endEvent id="z"/>' + "".join(f'<task id="{i}"/>' for i in ids[1:-1])
    flows = "".join(flow(one, two) for one, two in zip(ids, ids[1:], strict=False))
    root = read_xml(f"{HEAD}{process(nodes + flows)}</definitions>".encode())

    assert len(root.findall(f".//{BPMN}task")) == 5_000
    assert conform(root) == ()
