"""What ``ibalanse check`` says about a file or a bundle: the standard's rules and what the engine can run.

Two questions, told apart by the severity. ``error``: the file breaks BPMN 2.0,
and in a bundle or a file in our own dialect also what the engine cannot run,
since those are meant to be run here. ``warning``: allowed, but ambiguous, dead
or likely a mistake. ``unsupported``: good BPMN, or another tool's extension,
that this engine does not execute or read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.workflow.bpmn.conformance import SECTIONS, beyond, conform_file
from engine.workflow.bpmn.conformance.model import Model, local
from engine.workflow.bpmn.elements import Finding
from engine.workflow.bpmn.parser import read_definitions
from engine.workflow.bpmn.unsupported import UNSUPPORTED, executable_parts, extensions_not_read, never_executed
from engine.workflow.bpmn.validator import Capabilities, validate
from engine.workflow.bpmn.xml import BpmnSyntaxError, read_xml

#: What is looked at on request may be larger than what is deployed.
MAX_BYTES = 16 * 1024 * 1024
_ORDER = {"error": 0, "warning": 1, UNSUPPORTED: 2}


def findings_report(path: Path, capabilities: Capabilities) -> list[dict[str, Any]]:
    """Every finding of a file or a bundle folder, errors first, each as a dictionary.

    element     id of the element, or of the nearest around it that has one
    line        where its tag begins, 0 when unknown
    rule        EXT.nnn, XSD.x, REF.x and BPMN.x are the standard's; a plain word is the engine's
    severity    error, warning or unsupported, as above
    message     what is wrong; suggestion: what to do, where there is one answer
    section     of BPMN 2.0.2, empty for the engine's own rules

    Raises ``OSError`` when the file cannot be read.
    """
    bundle = path.is_dir()
    file = path / "process.bpmn" if bundle else path
    size = file.stat().st_size
    try:
        if size > MAX_BYTES:
            raise BpmnSyntaxError(f"the file has {size} bytes, at most {MAX_BYTES} are read")
        root = read_xml(file.read_bytes(), max_bytes=MAX_BYTES)
    except BpmnSyntaxError as error:
        return [_row(Finding("", "unreadable", error.message, error.line))]
    model = Model(root)
    found = list(conform_file(root, file))
    ours = bundle or model.dialect
    for finding in beyond(found, _engine(model, capabilities)):
        found.append(replace(finding, severity=_severity(finding, ours)))
    found += extensions_not_read(model)
    found.sort(key=lambda finding: (_ORDER[finding.severity], finding.line, finding.element, finding.rule))
    return [_row(finding) for finding in found]


def _engine(model: Model, capabilities: Capabilities) -> Iterator[Finding]:
    """What stands in the way of executing the file. A file the parser stops at is read from its tree."""
    if local(model.root) != "definitions":
        return
    yield from never_executed(model)
    if not model.all.get("process"):
        return
    try:
        yield from validate(read_definitions(model.root), capabilities)
    except BpmnSyntaxError as error:
        yield Finding("", "not-executable", error.message, error.line, UNSUPPORTED)
        yield from executable_parts(model, capabilities)


def _severity(finding: Finding, ours: bool) -> str:
    """The engine's refusals are errors where the file is meant for this engine."""
    blocking = finding.severity in ("error", UNSUPPORTED) and finding.rule != "not-executed"
    if ours and blocking:
        return "error"
    return UNSUPPORTED if finding.rule.endswith(("-not-executable", "not-executed", "not-executable")) else "warning"


def _row(finding: Finding) -> dict[str, Any]:
    return {**finding.row(), "section": SECTIONS.get(finding.rule, "")}
