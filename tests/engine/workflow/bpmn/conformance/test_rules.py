"""The standard's own rules: each is broken by its case at the element named, and kept by the other."""

from __future__ import annotations

import cProfile
import pstats

import pytest

from engine.workflow.bpmn.conformance import RULES, SECTIONS, beyond, conform
from engine.workflow.bpmn.elements import Finding
from engine.workflow.bpmn.xml import read_xml
from tests.engine.workflow.bpmn.conformance.cases import CASES, file, flow, linked, one, process

#: Broken by a whole file, by several files, or only in our own dialect: each has a test of its own.
APART = {"XSD.root", "EXT.001", "BPMN.import-namespace", "BPMN.link-name"}


def found(data: bytes) -> tuple[Finding, ...]:
    return conform(read_xml(data))


def errors(data: bytes) -> list[str]:
    return [f"{f.rule} {f.element}: {f.message}" for f in found(data) if f.severity == "error"]


def test_every_rule_has_a_case_and_every_case_a_rule() -> None:
    assert set(CASES) == set(SECTIONS) - APART


def test_a_number_belongs_to_one_rule() -> None:
    numbers = [number for rule in RULES for number in rule.numbers]

    assert len(numbers) == len(set(numbers)) > 100


@pytest.mark.parametrize("number", CASES)
def test_each_breach_is_named_at_its_element(number: str) -> None:
    element, breach, _ = CASES[number]

    assert (element, number) in {(f.element, f.rule) for f in found(file(breach))}


@pytest.mark.parametrize("number", CASES)
def test_the_kept_case_breaks_nothing(number: str) -> None:
    assert errors(file(CASES[number][2])) == []


@pytest.mark.parametrize("number", CASES)
def test_each_finding_carries_a_line_and_a_section(number: str) -> None:
    for finding in found(file(CASES[number][1])):
        assert finding.line > 0
        assert SECTIONS[finding.rule]
        assert finding.message


@pytest.mark.parametrize(
    "root",
    [
        "<html/>",
        '<definitions xmlns="http://schema.omg.org/spec/BPMN/2.0"/>',
        '<process xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>',
    ],
)
def test_what_is_no_bpmn_is_told_as_that_alone(root: str) -> None:
    assert [f.rule for f in found(root.encode())] == ["XSD.root"]


def test_links_of_our_own_dialect_meet_by_name() -> None:
    assert errors(file(linked("", ""), dialect=True)) == []

    strayed = file(linked("", "").replace('id="l2" name="l"', 'id="l2" name="other"'), dialect=True)

    assert {f.element for f in found(strayed) if f.rule == "BPMN.link-name"} == {"l1", "l2"}


def test_foreign_attributes_and_extensions_are_left_alone() -> None:
    vendor = '<extensionElements><v:thing a="1"><v:inner/>text</v:thing><task id="t"/></extensionElements>'

    assert errors(file(one(f'<task id="t" v:form="x">{vendor}</task>'))) == []


def test_findings_come_in_document_order_with_the_line_of_the_tag() -> None:
    inside = process('\n<task\n  id="t"\n  colour="red"/>\n<task id="u"\n colour="blue"/>' + flow("t", "u"))

    lines = [(f.line, f.element) for f in found(file(inside)) if f.rule == "XSD.attribute"]

    assert lines == [(2, "t"), (5, "u")]


def test_a_finding_of_the_engine_that_says_the_same_is_not_told_again() -> None:
    reported = [Finding("a", "EXT.096", "x")]
    more = [Finding("a", "flow-into-start", "x"), Finding("b", "flow-into-start", "x"), Finding("a", "no-end", "x")]

    assert [(f.element, f.rule) for f in beyond(reported, more)] == [("b", "flow-into-start"), ("a", "no-end")]


def test_ten_times_the_nodes_are_ten_times_the_work() -> None:
    def calls(nodes: int) -> int:
        """How many calls the rules make for a line of so many tasks."""
        ids = ["a", *(f"n{i}" for i in range(nodes)), "z"]
        tasks = '<startEvent id="a"/><endEvent id="z"/>' + "".join(f'<task id="{i}"/>' for i in ids[1:-1])
        flows = "".join(flow(source, target) for source, target in zip(ids, ids[1:], strict=False))
        root = read_xml(file(process(tasks + flows)))
        profile = cProfile.Profile()
        assert [f for f in profile.runcall(conform, root) if f.severity == "error"] == []
        return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]

    assert calls(5_000) < 11 * calls(500)
