"""No name, number or secret of the sandbox is in what production runs: they are settings, or the sandbox's own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.platform.settings import SAMPLES
from integrations.sandbox.persons import all_persons

ROOT = Path(__file__).resolve().parents[2]
NAMES = re.compile(r"Eksempel|Sandkasse")
#: Files that may name the sandbox, and why.
ALLOWED = {
    "engine/platform/settings.py": "what development uses where nothing is set; refused in production",
    "engine/cli/serve.py": "tells who can log in, once `serve` has started the sandbox",
    "engine/web/studio/text_templates.py": "the made-up citizen in the preview of a letter",
}


def production_files() -> list[Path]:
    found = [path for folder in ("engine", "forms", "integrations") for path in (ROOT / folder).rglob("*.py")]
    return sorted(p for p in (*found, ROOT / "wsgi.py") if p.name != "standin.py" and "sandbox" not in p.parts)


def texts_of(path: Path) -> Iterator[tuple[int, str]]:
    """Every text in the code, with its line; docstrings are not code."""
    tree = ast.parse(path.read_text())
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.lineno, node.value


def test_no_text_in_production_is_a_name_of_the_sandbox() -> None:
    wrong = [
        f"{name}:{line} {text!r}"
        for path in production_files()
        if (name := str(path.relative_to(ROOT))) not in ALLOWED
        for line, text in texts_of(path)
        if NAMES.search(text)
    ]
    assert wrong == []


@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_what_may_name_the_sandbox_does(name: str) -> None:
    assert any(NAMES.search(text) for _, text in texts_of(ROOT / name)), "take it off the list"


def test_no_client_tells_the_sandbox_from_the_real_provider() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in production_files()
        if "integrations" in path.parts
        for line, text in texts_of(path)
        if "sandbox" in text.lower() or text in SAMPLES.values()
    ]
    assert wrong == []


def test_no_identity_number_of_a_sandbox_person_is_in_production() -> None:
    numbers = {person.pid for person in all_persons()}
    assert len(numbers) > 10

    found = [
        str(path.relative_to(ROOT))
        for path in production_files()
        if numbers & set(re.findall(r"\d{11}", path.read_text()))
    ]
    assert found == []
