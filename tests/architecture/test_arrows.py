"""Imports point one way: wsgi → processes, integrations → engine → forms."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

#: package → what of ours it may not import, at any depth.
FORBIDDEN = {
    "forms": ("engine", "integrations", "processes", "wsgi"),
    "engine": ("integrations", "processes", "wsgi"),
    "integrations": ("processes", "wsgi"),
    "processes": ("integrations", "wsgi"),
    "engine/workflow/bpmn": ("engine", "forms"),
    "engine/advice/economy": ("engine", "forms"),
    "engine/workflow/execution": ("engine.advice", "engine.web"),
}
#: packages that may import themselves although a name above them is forbidden.
OWN = {"engine/workflow/bpmn": "engine.workflow.bpmn", "engine/advice/economy": "engine.advice.economy"}


def imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


@pytest.mark.parametrize("package", sorted(FORBIDDEN))
def test_no_import_points_the_wrong_way(package: str) -> None:
    own = OWN.get(package, "\0")
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sorted((ROOT / package).rglob("*.py"))
        for name in imports(path)
        for forbidden in FORBIDDEN[package]
        if (name == forbidden or name.startswith(f"{forbidden}.")) and not name.startswith(own)
    ]
    assert wrong == []


def test_only_wsgi_imports_the_web() -> None:
    outside = [
        str(path.relative_to(ROOT))
        for folder in ("engine", "forms", "integrations", "processes")
        for path in (ROOT / folder).rglob("*.py")
        if "web" not in path.parts and any(name.startswith("engine.web") for name in imports(path))
    ]
    assert outside == []


def test_clients_never_import_the_sandbox() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "integrations").rglob("*.py")
        if "sandbox" not in path.parts
        and path.name != "standin.py"
        and any("sandbox" in name or "standin" in name for name in imports(path))
    ]
    assert wrong == []


def test_time_is_asked_of_the_clock_alone() -> None:
    """``datetime.now`` and its kin stand in ``clock.py``; the sandbox lives on the machine's own day."""
    wrong = []
    for folder in ("engine", "forms"):
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text()
            if path.name != "clock.py" and ("datetime.now(" in text or "utcnow(" in text or "date.today(" in text):
                wrong.append(str(path.relative_to(ROOT)))
    assert wrong == []
