"""``ibalanse run``: a BPMN file or bundle executed in memory, every change of state one line of JSON."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from engine.bpmn.conditions import MODES
from engine.bpmn.elements import Definitions, Finding
from engine.bpmn.parser import parse
from engine.bpmn.timing import TimerSyntaxError
from engine.bpmn.validator import EXECUTABLE, Capabilities, validate
from engine.bpmn.xml import BpmnSyntaxError
from engine.execution.execution import MAX_STEPS, Fault
from engine.execution.simulation import Effect, NobodyWaits, Simulation, TraceLine
from engine.strict_json import loads

MAX_STIMULI = 100_000
_KINDS = ("start", "complete", "error", "escalation", "message", "signal", "advance", "set", "cancel")
_EPILOG = """\
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


class BadRun(Exception):
    """A stimulus or binding cannot be used; says which and why."""


class Refused(Exception):
    """The definition cannot be executed. ``findings`` say why."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(f"line {f.line}: {f.element}: {f.message} ({f.rule})" for f in findings))
        self.findings = findings


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "run",
        help="execute a BPMN file or bundle in memory, on a clock that is moved",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("path", type=Path, metavar="FILE_OR_FOLDER")
    parser.add_argument(
        "--process", default="", metavar="ID", help="which process of the file; else the first that starts"
    )
    parser.add_argument("--stimuli", type=Path, metavar="FILE", help="JSON array of what happens")
    parser.add_argument("--bind", type=Path, metavar="FILE", help="JSON object: what automatic tasks do")
    parser.add_argument("--conditions", choices=MODES, default="altinn", help="how conditions are written")
    parser.add_argument(
        "--max-steps",
        type=_steps,
        default=MAX_STEPS,
        metavar="N",
        help="steps without rest before it is an endless loop",
    )
    parser.add_argument("--json", action="store_true", help="the output is JSON lines in any case")


def _steps(text: str) -> int:
    if not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above zero")
    return int(text)


def run(options: argparse.Namespace, capabilities: Capabilities) -> int:
    """Execute and print. Raises ``BadRun``, ``Refused`` and ``OSError``; a definition is never half executed."""
    path: Path = options.path
    file = path / "process.bpmn" if path.is_dir() else path
    stimuli = _stimuli(options.stimuli)
    effects = _effects(options.bind)
    try:
        definitions = parse(file.read_bytes(), conditions=options.conditions)
        _refuse(definitions, capabilities)
    except BpmnSyntaxError as error:
        raise Refused([Finding("", "unreadable", error.message, error.line)]) from None
    starts = sum("start" in stimulus for stimulus in stimuli)
    if not stimuli or "start" not in stimuli[0]:
        starts += 1
    try:
        simulation = Simulation(
            definitions, options.process, effects=effects, max_steps=options.max_steps, starts=starts
        )
        if not stimuli or not ({"start", "message", "signal"} & stimuli[0].keys()):
            simulation.start({})
        _print(simulation.lines())
        for number, stimulus in enumerate(stimuli, 1):
            _apply(simulation, stimulus, number)
            _print(simulation.lines())
    except NobodyWaits as error:
        raise BadRun(str(error)) from None
    except (Fault, TimerSyntaxError) as error:
        raise BadRun(f"it cannot go on: {error}") from None
    print(json.dumps({"result": simulation.result()}, ensure_ascii=False, default=str))
    return 0


def _refuse(definitions: Definitions, capabilities: Capabilities) -> None:
    """Everything that keeps the file's processes from being executed, at once."""
    executable = {key: p for key, p in definitions.processes.items() if p.executable} or definitions.processes
    findings = validate(Definitions(executable), capabilities, EXECUTABLE)
    faults = [finding for finding in findings if finding.severity == "error"]
    if faults:
        raise Refused(faults)


def _apply(simulation: Simulation, stimulus: Mapping[str, Any], number: int) -> None:
    kind = next((kind for kind in _KINDS if kind in stimulus), "")
    value = stimulus.get(kind)
    variables = stimulus.get("variables") or {}
    try:
        if kind == "start":
            simulation.start((value or {}).get("variables") or {})
        elif kind == "complete":
            simulation.complete(str(value), variables, stimulus.get("action", ""))
        elif kind == "error":
            simulation.error(str(value), str(stimulus.get("code", "")))
        elif kind == "escalation":
            simulation.escalation(str(value), str(stimulus.get("code", "")))
        elif kind == "message":
            key = stimulus.get("key")
            simulation.message(str(value), None if key is None else str(key), variables)
        elif kind == "signal":
            simulation.signal(str(value), variables)
        elif kind == "advance":
            simulation.advance(str(value))
        elif kind == "set":
            simulation.set(value or {})
        elif kind == "cancel" and value:
            simulation.cancel()
    except NobodyWaits as error:
        raise BadRun(f"stimulus {number}: {error}") from None
    except (TimerSyntaxError, AttributeError, TypeError) as error:
        raise BadRun(f"stimulus {number} cannot be used: {error}") from None


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


def _stimuli(path: Path | None) -> list[Mapping[str, Any]]:
    if path is None:
        return []
    found = _json(path)
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise BadRun(f"{path.name}: stimuli are a JSON array of objects")
    if len(found) > MAX_STIMULI:
        raise BadRun(f"{path.name}: more than {MAX_STIMULI} stimuli")
    for number, item in enumerate(found, 1):
        if not any(kind in item for kind in _KINDS):
            raise BadRun(f"{path.name}: stimulus {number} is none of {', '.join(_KINDS)}")
    return found


def _effects(path: Path | None) -> dict[str, Effect]:
    if path is None:
        return {}
    found = _json(path)
    if not isinstance(found, dict):
        raise BadRun(f"{path.name}: bindings are a JSON object")
    effects = {}
    for name, effect in found.items():
        unknown = set(effect) - {"set", "error", "fail", "wait", "mark"} if isinstance(effect, dict) else {"?"}
        if unknown:
            raise BadRun(f"{path.name}: the binding of {name!r} is not an object of set, error, fail, wait and mark")
        effects[name] = Effect(**effect)
    return effects


def _json(path: Path) -> Any:
    try:
        return loads(path.read_bytes())
    except ValueError as error:
        raise BadRun(f"{path.name} is not JSON: {error}") from None
