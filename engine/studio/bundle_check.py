"""What ``ibalanse check`` says of a bundle beyond its diagram: checked as when an administrator uploads it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.studio.bundle_upload import UploadError, read_folder
from engine.workflow.bpmn.elements import Finding
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.findings import Offer, bundle_findings


def is_bundle(path: Path) -> bool:
    return path.is_dir() and any((path / name).is_file() for name in ("metadata.json", "policy.xml"))


def bundle_report(path: Path, offer: Offer) -> tuple[list[dict[str, Any]], str]:
    """Every finding about texts, forms, access and stages, and in a few words what the bundle holds."""
    files = ((str(f.relative_to(path)), f.read_bytes()) for f in sorted(path.rglob("*")) if f.is_file())
    try:
        bundle = read_folder(files).bundle
    except UploadError as refused:
        return [_row(Finding("", "unreadable", error)) for error in refused.errors], ""
    return [_row(finding) for finding in bundle_findings(bundle, offer)], _held(bundle)


def _row(finding: Finding) -> dict[str, Any]:
    """Like a finding of the diagram; no rule of our own stands in a section of BPMN."""
    return {**finding.row(), "section": ""}


def _held(bundle: Bundle) -> str:
    people = [e for e in bundle.process.elements.values() if e.extension.task_type and e.type != "serviceTask"]
    jobs = [e for e in bundle.process.elements.values() if e.type == "serviceTask"]
    return (
        f"{bundle.key}: {len(bundle.process.elements)} elements, {len(people)} tasks for persons, {len(jobs)} jobs, "
        f"{len(bundle.data_types)} forms, {len(bundle.stages)} stages, texts in {', '.join(sorted(bundle.texts))}"
    )
