"""What ``ibalanse check`` says about a file or a bundle: the standard's rules and what the engine can run."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from lxml import etree

from engine.bpmn.conformance import conform
from engine.bpmn.conformance.events import can_be_called
from engine.bpmn.conformance.model import Model, at, local
from engine.bpmn.elements import Finding
from engine.bpmn.parser import read_definitions
from engine.bpmn.validator import Capabilities, validate
from engine.bpmn.xml import BpmnSyntaxError, read_xml

BPMN_TYPE = "http://www.omg.org/spec/BPMN/20100524/MODEL"
MAX_IMPORTS = 50


def findings_report(path: Path, capabilities: Capabilities) -> list[dict[str, Any]]:
    """Every finding of a file or a bundle folder: element, rule, message, line, severity, suggestion.

    What the engine cannot run is an error in a bundle, and in a file that
    carries Altinn's or our own extensions, since those are meant to be run
    here. In any other file it is a warning: the file may be good BPMN all the
    same. Raises ``OSError`` when the file cannot be read.
    """
    file = path / "process.bpmn" if path.is_dir() else path
    try:
        root = read_xml(file.read_bytes())
    except BpmnSyntaxError as error:
        return [asdict(Finding("", "unreadable", error.message, error.line))]
    model = Model(root)
    found = list(conform(root)) + _imports(model, file)
    severity = "error" if path.is_dir() or model.dialect else "warning"
    known = {(finding.element, finding.rule) for finding in found}
    for finding in _executable(root, capabilities):
        if (finding.element, finding.rule) not in known:
            found.append(replace(finding, severity=severity))
    found.sort(key=lambda finding: (finding.severity != "error", finding.line, finding.element, finding.rule))
    return [asdict(finding) for finding in found]


def _executable(root: etree._Element, capabilities: Capabilities) -> tuple[Finding, ...]:
    try:
        return validate(read_definitions(root), capabilities)
    except BpmnSyntaxError as error:
        return (Finding("", "unreadable", error.message, error.line),)


def _imports(model: Model, file: Path) -> list[Finding]:
    """Faults in the BPMN files this one builds upon, told at the import. Only files in the same folder are read."""
    found: list[Finding] = []
    seen = {file.resolve()}
    pending: list[tuple[Model, Path, Any]] = [(model, file, None)]
    while pending and len(seen) <= MAX_IMPORTS:
        current, place, blamed = pending.pop()
        for node in current.each("import"):
            if node.get("importType") != BPMN_TYPE:
                continue
            told = node if blamed is None else blamed
            name = node.get("location", "")
            target = place.parent / name
            if Path(name).name != name or not target.is_file():
                found.append(at(told, "import-missing", f"the imported file {name!r} is not in this folder"))
                continue
            try:
                imported = Model(read_xml(target.read_bytes()))
            except BpmnSyntaxError as error:
                found.append(at(told, "import-unreadable", f"{name}: {error}"))
                continue
            found += _called(current, node, imported)
            if target.resolve() not in seen:
                seen.add(target.resolve())
                for fault in conform(imported.root):
                    found.append(at(told, "import-faulty", f"{name}: {fault.element}: {fault.message}"))
                pending.append((imported, target, told))
    return found


def _called(model: Model, node: Any, imported: Model) -> list[Finding]:
    """Calls from *model* into the imported file that cannot start there."""
    found: list[Finding] = []
    for call in model.each("callActivity"):
        prefix, _, identity = call.get("calledElement", "").rpartition(":")
        if not prefix or call.nsmap.get(prefix) != node.get("namespace"):
            continue
        target = imported.find(identity)
        if target is None:
            found.append(at(call, "called-missing", f"{node.get('location')} has no {identity}"))
        elif local(target) == "process":
            found += can_be_called(imported, call, target)
    return found
