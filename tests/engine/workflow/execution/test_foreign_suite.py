"""The foreign BPMN suite that may lie beside the checkout, run in process; see its README for what a mark is.

None of its files is part of this project. Where the folder is not there the test says so and is skipped.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from engine.workflow.bpmn.parser import parse
from engine.workflow.bpmn.validator import EXECUTABLE, Capabilities, validate
from engine.workflow.execution.behaviours import BEHAVIOUR_BY_TYPE, EVENT_KINDS
from engine.workflow.execution.simulation import Effect, Simulation

SUITE = Path(__file__).parents[5] / "shared" / "conformance" / "bpmn"
CASES: list[tuple[str, int, dict[str, Any] | None]] = (
    [
        (entry["file"], number, case)
        for entry in json.loads((SUITE / "cases.json").read_text())
        for number, case in enumerate(entry["cases"] or [None])
    ]
    if (SUITE / "cases.json").is_file()
    else []
)
#: What no engine can do, with the reason.
IMPOSSIBLE = {
    ("activities/AdHocSubProcess_Sequential.bpmn", 0): "it expects SCRIPT_task3, which no task of the file has",
}
SCRIPT = re.compile(r"<(?:\w+:)?script>\s*(.*?)\s*</")
EFFECTS: dict[str, Effect] = {
    "CREATE_LOG_FILE": Effect(),
    "CREATE_MARKER_FILE": Effect(mark="MARKER_exists"),
    "INCREMENT_INTEGER_VARIABLE_AND_LOG": Effect(
        set={"integerVariable": ["plus", ["dataModel", "integerVariable"], 1]}, mark="INCREMENT_correct"
    ),
    "SET_STRING_DATA": Effect(set={"data": "String"}),
    "LOG_DATA": Effect(mark=["if", ["equals", ["dataModel", "data"], "String"], "DATA_correct", "else", ""]),
    "THROW_ERROR": Effect(error="ERR_CODE"),
    "WAIT_TEN_SECONDS": Effect(wait="PT10S"),
}


def marks_of(text: str, case: dict[str, Any] | None) -> list[str]:
    """What running one case writes down, sorted."""
    effects = {script: EFFECTS.get(script) or Effect(mark=script) for script in SCRIPT.findall(text)}
    definitions = parse(text.encode(), conditions="simple")
    can = Capabilities(frozenset(BEHAVIOUR_BY_TYPE), EVENT_KINDS)
    if any(finding.severity == "error" for finding in validate(definitions, can, EXECUTABLE)):
        return ["ERROR_deployment"]
    inputs = case or {"input": None, "int": 0, "parallel": False, "delay_ms": 0}
    starts = 2 if inputs["parallel"] else 1
    simulation = Simulation(definitions, effects=effects, starts=starts)
    for _ in range(starts):
        simulation.start({"test": inputs["input"] or "", "integerVariable": inputs["int"]})
    simulation.advance(f"PT{inputs['delay_ms'] / 1000}S")
    found = [line.mark for line in simulation.lines() if line.mark]
    for incident in simulation.result()["incidents"]:
        found.append("ERROR_thrownErrorEvent" if incident["type"] == "endEvent" else "ERROR_runtime")
    return sorted(found)


ABSENT = pytest.param(
    "", 0, None, marks=pytest.mark.skip(f"the foreign suite is not beside the checkout: no {SUITE / 'cases.json'}")
)


@pytest.mark.parametrize(
    ("file", "number", "case"),
    [pytest.param(*case, id=f"{case[0]}-{case[1]}") for case in CASES] or [ABSENT],
)
def test_a_foreign_case_leaves_the_marks_it_expects(file: str, number: int, case: dict[str, Any] | None) -> None:
    if (file, number) in IMPOSSIBLE:
        pytest.skip(IMPOSSIBLE[file, number])

    found = marks_of((SUITE / file).read_text(), case)

    assert found == (sorted(case["expect"]) if case else [])
