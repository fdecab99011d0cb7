"""A deadline in ``ibalanse run``: the same definition escalates on a clock that is moved."""

from __future__ import annotations

from engine.workflow.bpmn.parser import parse
from engine.workflow.execution.simulation import Simulation
from tests.factories.bundles import assigned, bpmn, line


def test_a_deadline_escalates_in_memory_as_it_does_on_a_database() -> None:
    definition = bpmn(
        f'<startEvent id="s"/><userTask id="a">{assigned("citizen", dueAfter="P2D", escalate="LATE")}</userTask>'
        '<boundaryEvent id="b" attachedToRef="a"><escalationEventDefinition escalationRef="E"/></boundaryEvent>'
        '<userTask id="boss"/>' + line("s", "a") + line("b", "boss"),
        head='<escalation id="E" escalationCode="LATE"/>',
    )
    simulation = Simulation(parse(definition), "")
    simulation.start({})

    simulation.advance("P4DT22H")  # two days from New Year's Day is a Saturday: until Monday at midnight in Norway
    assert [waiting["element"] for waiting in simulation.result()["waiting"]] == ["a"]
    simulation.advance("PT1H")

    assert [waiting["element"] for waiting in simulation.result()["waiting"]] == ["boss"]


def test_a_definition_says_that_its_days_are_working_days() -> None:
    task = assigned("citizen", dueAfter="P2D", workingDays="true", escalate="LATE")
    definition = bpmn(
        f'<startEvent id="s"/><userTask id="a">{task}</userTask>'
        '<boundaryEvent id="b" attachedToRef="a"><escalationEventDefinition escalationRef="E"/></boundaryEvent>'
        '<userTask id="boss"/>' + line("s", "a") + line("b", "boss"),
        head='<escalation id="E" escalationCode="LATE"/>',
    )
    simulation = Simulation(parse(definition), "")
    simulation.start({})

    simulation.advance("P4DT22H")  # Friday and Monday are the two, after New Year's Day
    assert [waiting["element"] for waiting in simulation.result()["waiting"]] == ["a"]
    simulation.advance("PT1H")
    assert [waiting["element"] for waiting in simulation.result()["waiting"]] == ["boss"]
