"""``ibalanse run``: a BPMN file or bundle executed in memory, every change of state one line of JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from engine.cli.capabilities import CAPABILITIES
from engine.cli.groups import Command
from engine.cli.session import BAD_INPUT, json_option
from engine.cli.stimuli import StimuliError, apply_stimulus, read_effects, read_stimuli
from engine.workflow.bpmn.conditions import MODES
from engine.workflow.bpmn.elements import Definitions, Finding, Process
from engine.workflow.bpmn.parser import parse
from engine.workflow.bpmn.timing import TimerSyntaxError
from engine.workflow.bpmn.validator import EXECUTABLE, Capabilities, validate
from engine.workflow.bpmn.xml import BpmnSyntaxError
from engine.workflow.execution.execution import MAX_STEPS, ExecutionError
from engine.workflow.execution.simulation import Effect, NobodyWaitsError, Simulation, TraceLine

_EPILOG = """\
Examples:
  ibalanse run processes/callback
  ibalanse run drawing.bpmn --stimuli stimuli.json --bind tasks.json

Stimuli are a JSON array; each is applied when everything rests:
  {"start": {"variables": {}}}            first, if it says more than "begin"; a later one begins another instance
  {"complete": "element id", "variables": {}, "action": "name"}
  {"error": "element id", "code": "..."}  {"escalation": "element id", "code": "..."}
  {"message": "name", "key": "...", "variables": {}}  {"signal": "name", "variables": {}}
  {"advance": "PT5S"}  {"set": {"variable": 1}}  {"cancel": true}

Bindings are a JSON object from an automatic task's element id or script text to what it does:
  {"set": {"variable": <Altinn expression>}, "error": "code", "fail": "message", "wait": "PT5S", "mark": "text"}

Exit status 2: the input is bad, or the definition cannot be executed; then the reasons are one JSON
array of {element, rule, message} on stdout and in words on stderr.
"""


class NotRunnableError(Exception):
    """The definition cannot be executed. ``findings`` say why."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(f"line {f.line}: {f.element}: {f.message} ({f.rule})" for f in findings))
        self.findings = findings


def _steps(text: str) -> int:
    if not text.isdecimal() or len(text) > 9 or not int(text):
        raise click.BadParameter(f"{text!r} is not a number above zero")
    return int(text)


@click.command(cls=Command, epilog=_EPILOG)
@click.argument("path", type=click.Path(path_type=Path), metavar="FILE_OR_FOLDER")
@click.option("--process", default="", metavar="ID", help="which process of the file; else the first that starts")
@click.option("--stimuli", type=click.Path(path_type=Path), metavar="FILE", help="JSON array of what happens")
@click.option("--bind", type=click.Path(path_type=Path), metavar="FILE", help="JSON object: what automatic tasks do")
@click.option("--conditions", type=click.Choice(MODES), default="altinn", help="how conditions are written")
@click.option(
    "--max-steps",
    type=_steps,
    default=str(MAX_STEPS),
    metavar="N",
    help="steps without rest before it is an endless loop",
)
@json_option("the output is JSON lines in any case")
def run(
    path: Path, process: str, stimuli: Path | None, bind: Path | None, conditions: str, max_steps: int, as_json: bool
) -> int:
    """Execute a BPMN file or bundle in memory, on a clock that is moved."""
    try:
        return _execute(path, process, read_stimuli(stimuli), read_effects(bind), conditions, max_steps)
    except NotRunnableError as refused:
        rows = [{"element": f.element, "rule": f.rule, "message": f.message, "line": f.line} for f in refused.findings]
        print(json.dumps(rows, ensure_ascii=False))
        print(refused, file=sys.stderr)
        return BAD_INPUT


def _execute(
    path: Path,
    process_id: str,
    stimuli: Sequence[Mapping[str, Any]],
    effects: Mapping[str, Effect],
    conditions: str,
    max_steps: int,
) -> int:
    """Execute and print; a definition is never half executed.

    Raises ``StimuliError``, ``NotRunnableError`` and ``OSError``.
    """
    file = path / "process.bpmn" if path.is_dir() else path
    try:
        definitions = parse(file.read_bytes(), conditions=conditions)
        _refuse(definitions, process_id, CAPABILITIES)
    except BpmnSyntaxError as error:
        raise NotRunnableError([Finding("", "unreadable", error.message, error.line)]) from None
    starts = sum("start" in stimulus for stimulus in stimuli)
    if not stimuli or "start" not in stimuli[0]:
        starts += 1
    try:
        simulation = Simulation(definitions, process_id, effects=effects, max_steps=max_steps, starts=starts)
        if not stimuli or not ("start" in stimuli[0] or _begins(simulation, stimuli[0])):
            simulation.start({})
        _print(simulation.lines())
        for number, stimulus in enumerate(stimuli, 1):
            apply_stimulus(simulation, stimulus, number)
            _print(simulation.lines())
    except NobodyWaitsError as error:
        raise StimuliError(str(error)) from None
    except (ExecutionError, TimerSyntaxError) as error:
        raise StimuliError(f"it cannot go on: {error}") from None
    print(json.dumps({"result": simulation.result()}, ensure_ascii=False, default=str))
    return 0


def _begins(simulation: Simulation, stimulus: Mapping[str, Any]) -> bool:
    """Whether the first thing that happens is what begins the process."""
    names = {("message", stimulus.get("message")), ("signal", stimulus.get("signal"))}
    return bool(names & simulation.begins_with)


def _refuse(definitions: Definitions, process_id: str, capabilities: Capabilities) -> None:
    """Everything that keeps the processes that may run from being executed, at once: the executable ones,
    the one asked for, and all they call. A pool without content is only somebody to talk to."""
    known = definitions.processes
    wanted = [key for key, process in known.items() if process.executable and process.elements] or list(known)
    pending = [*wanted, *([process_id] if process_id in known else [])]
    running: dict[str, Process] = {}
    findings: list[Finding] = []
    while pending:
        key = pending.pop()
        if key in running:
            continue
        running[key] = known[key]
        for element in known[key].elements.values():
            if element.called in known:
                pending.append(element.called)
            elif element.called:
                message = f"it calls {element.called!r}, which the file does not have"
                findings.append(Finding(element.id, "called-missing", message, element.line))
    ordered = {key: process for key, process in known.items() if key in running}
    findings += [f for f in validate(Definitions(ordered), capabilities, EXECUTABLE) if f.severity == "error"]
    if findings:
        raise NotRunnableError(findings)


def _print(lines: Iterable[TraceLine]) -> None:
    for line in lines:
        row: dict[str, Any] = {
            "seq": line.seq,
            "time": line.time.isoformat().replace("+00:00", "Z"),
            "element": line.element,
            "type": line.type,
            "state": line.state,
            "instance": line.instance,
            "parent": line.parent or None,
        }
        if line.mark:
            row["mark"] = line.mark
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
