"""docs/engine.md tells the truth: its paths exist, its tests exist, and nothing that is executed is left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.workflow.execution.behaviours import BEHAVIOUR_BY_TYPE, EVENT_KINDS

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "engine.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if line.startswith("| ")]
COVERAGE = [row for row in ROWS if len(row) == 4 and row[0] != "element"]
PLACES = {row[0].strip("`"): set(row[1].split(", ")) for row in ROWS if len(row) == 2 and row[0] != "place"}


def _quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


@pytest.mark.parametrize("row", COVERAGE, ids=[row[0] for row in COVERAGE])
def test_each_row_names_a_test_that_exists(row: list[str]) -> None:
    tests = _quoted(row[3])

    assert tests
    for name in tests:
        path = ROOT / name if name.startswith("tests/") else ROOT / "tests/engine/workflow/execution" / name
        assert "def test_" in path.read_text(encoding="utf-8")


def test_every_element_that_is_executed_is_in_the_table() -> None:
    told = {name for row in COVERAGE for name in _quoted(row[0])}

    assert set(BEHAVIOUR_BY_TYPE) <= told


def test_every_event_is_told_at_its_place_and_no_other() -> None:
    assert {place: set(kinds) for place, kinds in EVENT_KINDS.items()} == PLACES


def test_every_behaviour_module_has_a_test() -> None:
    """A module that is only a part of others is shown by theirs."""
    parts = {"__init__", "behaviour", "joins", "event_subscription", "thrown_event"}
    modules = {path.stem for path in (ROOT / "engine/workflow/execution/behaviours").glob("*.py")} - parts

    assert {
        m for m in modules if not (ROOT / f"tests/engine/workflow/execution/behaviours/test_{m}.py").is_file()
    } == set()


def test_every_path_in_the_text_exists() -> None:
    paths = [name for name in _quoted(TEXT) if "/" in name and not name.startswith("behaviours/")]

    assert len(paths) > 15
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_every_step_it_names_is_in_the_code() -> None:
    advance = (ROOT / "engine/workflow/execution/advance.py").read_text(encoding="utf-8")

    for name in ("leave", "enter", "activate"):
        assert f"def {name}(" in advance and f"`{name}`" in TEXT
