"""The files a file builds upon, read from its own folder and below, each once (BPMN 2.0.2, chapter 8.2.2)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

from engine.workflow.bpmn.conformance.model import Model, Node, at
from engine.workflow.bpmn.elements import Finding
from engine.workflow.bpmn.xml import BPMN, BpmnSyntaxError, read_xml

BPMN_TYPE = BPMN[1:-1]
MAX_IMPORTS = 50
#: import type → the namespace of the root of such a file
_ROOTS = {
    BPMN_TYPE: BPMN_TYPE,
    "http://www.w3.org/2001/XMLSchema": "http://www.w3.org/2001/XMLSchema",
    "http://schemas.xmlsoap.org/wsdl/": "http://schemas.xmlsoap.org/wsdl/",
    "http://www.w3.org/TR/wsdl20/": "http://www.w3.org/ns/wsdl",
}
RULE = "EXT.001"

Conform = Callable[[Model], tuple[Finding, ...]]


def follow(model: Model, file: Path, conform: Conform) -> list[Finding]:
    """Read every import of *file*, connect the models with each other, and report their errors at the import.

    Files that import each other are good BPMN. Nothing outside the file's
    folder is ever opened, and nothing is fetched.
    """
    top = file.resolve().parent
    read: dict[Path, Model | None] = {file.resolve(): model}
    pending: list[tuple[Model, Path, Any]] = [(model, file.resolve(), None)]
    found: list[Finding] = []
    entered: list[tuple[Model, str, Any]] = []
    while pending:
        current, place, blamed = pending.pop()
        for node in current.each("import"):
            report_at = node if blamed is None else blamed
            target = _place(node, place.parent, top)
            if node.get("importType") != BPMN_TYPE:
                current.unread.add(node.get("namespace", ""))
                found += _of_another_kind(node, report_at, target)
                continue
            if target is not None and target not in read and len(read) < MAX_IMPORTS:
                read[target] = _read(node, target, report_at, found)
                if (other := read[target]) is not None:
                    pending.append((other, target, report_at))
                    entered.append((other, target.name, report_at))
            imported = read.get(target) if target is not None else None
            if target is None or target not in read:
                text = f"the imported file {node.get('location', '')[:80]!r} is not in this folder"
                found.append(at(report_at, RULE, text, parameters={"location": node.get("location", "")[:80]}))
            found += _connect(current, node, report_at, imported)
    for other, name, report_at in entered:
        for finding in conform(other):
            text = f"{name}: {finding.element}: {finding.message}"
            found.append(
                at(
                    report_at,
                    finding.rule,
                    text,
                    severity=finding.severity,
                    parameters={"location": node.get("location", "")[:80]},
                )
            )
    return found


def _place(node: Node, folder: Path, top: Path) -> Path | None:
    """Where the imported file lies, when it is there and in reach."""
    location = node.get("location", "")
    parts = PurePosixPath(location).parts
    if not location or "\0" in location or "://" in location or PurePosixPath(location).is_absolute() or ".." in parts:
        return None
    target = (folder / location).resolve()
    return target if target.is_relative_to(top) and target.is_file() else None


def _of_another_kind(node: Node, report_at: Node, target: Path | None) -> list[Finding]:
    """A schema or a service description is not followed; one that should lie here must be here, and be one."""
    found: list[Finding] = []
    location = node.get("location", "")
    if target is not None:
        _root(node, target, report_at, found)
    elif location and "://" not in location:
        found.append(
            at(
                report_at,
                RULE,
                f"the imported file {location[:80]!r} is not in this folder",
                parameters={"location": location[:80]},
            )
        )
    return found


def _read(node: Node, target: Path, report_at: Node, found: list[Finding]) -> Model | None:
    root = _root(node, target, report_at, found)
    return None if root is None else Model(root)


def _root(node: Node, target: Path, report_at: Node, found: list[Finding]) -> Node | None:
    """The root of an imported file, or ``None`` and why when it is not what the import says."""
    try:
        root = read_xml(target.read_bytes())
    except (BpmnSyntaxError, OSError) as error:
        found.append(
            at(
                report_at,
                RULE,
                f"the imported file {target.name} cannot be read: {error}",
                parameters={"name": target.name},
            )
        )
        return None
    wanted = _ROOTS.get(node.get("importType", ""))
    if wanted is not None and not root.tag.startswith(f"{{{wanted}}}"):
        found.append(
            at(
                report_at,
                RULE,
                f"the imported file {target.name} is not of the type the import says",
                parameters={"name": target.name},
            )
        )
        return None
    return root


def _connect(model: Model, node: Node, report_at: Node, imported: Model | None) -> list[Finding]:
    namespace = node.get("namespace", "")
    if imported is None:
        model.unread.add(namespace)
        return []
    for name in {namespace, imported.namespace}:
        model.imports.setdefault(name, []).append(imported)
    if imported.namespace == namespace:
        shared = sorted(set(model.by_id) & set(imported.by_id)) if namespace == model.namespace else []
        return [
            at(report_at, "EXT.002", f"the id {name} is used here and in the imported file", parameters={"name": name})
            for name in shared[:20]
        ]
    text = f"the imported file has the namespace {imported.namespace[:80]!r}, not {namespace[:80]!r}"
    return [
        at(
            report_at,
            "BPMN.import-namespace",
            text,
            severity="warning",
            parameters={"namespace": imported.namespace[:80]},
        )
    ]
