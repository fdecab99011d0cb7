"""Every element has one box, no two of a scope overlap, and names are text, never markup."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import processes
from engine.workflow.bpmn.drawing import to_svg
from engine.workflow.bpmn.elements import Process
from engine.workflow.bpmn.executable import attached_rightly
from engine.workflow.bpmn.layout import place
from engine.workflow.bpmn.parser import parse
from engine.workflow.bpmn.validator import Capabilities, validate
from engine.workflow.execution.behaviours import BEHAVIOUR_BY_TYPE, EVENT_KINDS
from tests.factories.sampling import examples

ROOT = Path(__file__).resolve().parents[4]
BUNDLES = [*processes.ALL, *sorted((ROOT / "docs" / "examples").iterdir())]
CAPABILITIES = Capabilities(frozenset(BEHAVIOUR_BY_TYPE), EVENT_KINDS)
HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x"><process id="p">'


def read(path: Path) -> Process:
    return next(iter(parse((path / "process.bpmn").read_bytes()).processes.values()))


def made(body: str) -> Process:
    return next(iter(parse(f"{HEAD}{body}</process></definitions>".encode()).processes.values()))


@pytest.mark.parametrize("folder", BUNDLES, ids=lambda path: path.name)
def test_every_journey_is_drawn_without_overlap(folder: Path) -> None:
    process = read(folder)
    layout = place(process)
    assert set(layout.boxes) == set(process.elements)
    assert {line.flow for line in layout.lines} == set(process.flows)
    for children in process.children.values():
        boxes = [layout.boxes[c] for c in children if not process.elements[c].attached_to]
        for number, a in enumerate(boxes):
            for b in boxes[number + 1 :]:
                apart = a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y
                assert apart, (a, b)
    for line in layout.lines:
        for (x, y), (nx, ny) in zip(line.points, line.points[1:], strict=False):
            assert x == nx or y == ny, line
    svg = to_svg(process, title=folder.name)
    assert "style=" not in svg and svg.count("<g class") == len(process.elements)


def test_a_loop_has_an_end_and_a_subprocess_holds_its_children() -> None:
    process = made(
        '<startEvent id="s"/><task id="a"/><exclusiveGateway id="g"/><subProcess id="u"><startEvent id="us"/>'
        '<task id="ut"/><endEvent id="ue"/><sequenceFlow id="u1" sourceRef="us" targetRef="ut"/>'
        '<sequenceFlow id="u2" sourceRef="ut" targetRef="ue"/></subProcess><endEvent id="e"/>'
        '<sequenceFlow id="f1" sourceRef="s" targetRef="a"/><sequenceFlow id="f2" sourceRef="a" targetRef="g"/>'
        '<sequenceFlow id="f3" sourceRef="g" targetRef="a"/><sequenceFlow id="f4" sourceRef="g" targetRef="u"/>'
        '<sequenceFlow id="f5" sourceRef="u" targetRef="e"/>'
    )
    boxes = place(process).boxes
    outer = boxes["u"]
    for name in ("us", "ut", "ue"):
        inner = boxes[name]
        assert outer.x < inner.x and inner.x + inner.width < outer.x + outer.width
        assert outer.y < inner.y and inner.y + inner.height < outer.y + outer.height


def test_five_thousand_in_a_row_are_no_trouble() -> None:
    nodes = "".join(f'<task id="t{n}"/>' for n in range(5000))
    flows = "".join(f'<sequenceFlow id="f{n}" sourceRef="t{n}" targetRef="t{n + 1}"/>' for n in range(4999))
    layout = place(made(nodes + flows))
    assert layout.boxes["t4999"].x > layout.boxes["t0"].x


def test_a_name_is_text() -> None:
    process = made('<task id="a" name="&lt;script&gt;alert(1)&lt;/script&gt;"/>')
    svg = to_svg(process, title="<b>", findings=("a",), standalone=True)
    assert "<script>" not in svg and "&lt;b&gt;" in svg and 'class="node fault"' in svg


NODES = (
    "startEvent",
    "endEvent",
    "boundaryEvent",
    "task",
    "exclusiveGateway",
    "intermediateThrowEvent",
    "callActivity",
)


@st.composite
def anything(draw: st.DrawFn) -> str:
    """Nodes in any scope, attached to anything or nothing, with ways between any two of a scope."""
    scopes: dict[str, list[str]] = {"": []}
    made: dict[str, str] = {}
    for number in range(draw(st.integers(1, 12))):
        scope, name = draw(st.sampled_from(sorted(scopes))), f"n{number}"
        kind = draw(st.sampled_from((*NODES, "subProcess", "adHocSubProcess")))
        host = draw(st.sampled_from(["", *(f"n{n}" for n in range(13)), "p", "nobody"]))
        made[name] = f'<{kind} id="{name}"' + (f' attachedToRef="{host}"' if kind == "boundaryEvent" else "")
        scopes[scope].append(name)
        if kind.endswith("Process"):
            scopes[name] = []

    def written(scope: str) -> str:
        inner = "".join(
            f"{made[name]}>{written(name) if name in scopes else ''}<!-- --></{made[name][1:].split()[0]}>"
            for name in scopes[scope]
        )
        count = draw(st.integers(0, 8)) if scopes[scope] else 0
        for number in range(count):
            ends = [draw(st.sampled_from(scopes[scope])) for _ in range(2)]
            inner += f'<sequenceFlow id="f{scope}_{number}" sourceRef="{ends[0]}" targetRef="{ends[1]}"/>'
        return inner

    return written("")


@given(anything())
@settings(max_examples=examples(150))
def test_whatever_stands_in_a_file_is_drawn_whole_and_judged_without_a_crash(body: str) -> None:
    definitions = parse(f"{HEAD}{body}</process></definitions>".encode())
    process = next(iter(definitions.processes.values()))
    layout = place(process)
    assert set(layout.boxes) == set(process.elements)
    assert {line.flow for line in layout.lines} == set(process.flows)
    assert to_svg(process, title="p").count("<g class") == len(process.elements)
    found = {f.element: f.rule for f in validate(definitions, CAPABILITIES, [attached_rightly])}
    for element in process.elements.values():
        host = process.elements.get(element.attached_to)
        if element.type == "boundaryEvent" and (host is None or host.type == "boundaryEvent"):
            assert found[element.id] in ("boundary-without-host", "boundary-on-wrong-host")


def test_an_event_on_the_edge_of_an_event_on_an_edge_is_refused_by_name() -> None:
    body = (
        '<startEvent id="s"/><task id="a"/><boundaryEvent id="b" attachedToRef="a"><timerEventDefinition/>'
        '</boundaryEvent><boundaryEvent id="c" attachedToRef="b"><timerEventDefinition/></boundaryEvent>'
        '<endEvent id="e"/><sequenceFlow id="f1" sourceRef="s" targetRef="a"/>'
        '<sequenceFlow id="f2" sourceRef="a" targetRef="e"/><sequenceFlow id="f3" sourceRef="c" targetRef="e"/>'
    )
    definitions = parse(f"{HEAD}{body}</process></definitions>".encode())
    found = validate(definitions, CAPABILITIES, [attached_rightly])
    assert [(f.element, f.rule) for f in found] == [("c", "boundary-on-wrong-host")]
    assert set(place(definitions.processes["p"]).boxes) == {"s", "a", "b", "c", "e"}
