"""A number of a requirement or decision in the code leads somewhere in this repository."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIST = ROOT / "docs" / "requirements.md"
NUMBER = re.compile(r"(?<![\w#])([RD])(\d{1,3})(?![\w-])")
#: Where R and D before a number mean something else: an element's id, an SVG path, a step of a law's table.
FOLDERS = ("engine", "forms", "integrations", "processes", "docs/journeys")


def listed() -> set[str]:
    found: set[str] = set()
    for line in LIST.read_text().splitlines():
        named = re.match(r"\| ([RD])(\d+)(?:–[RD](\d+))? \|", line)
        if named:
            letter, first, last = named[1], int(named[2]), int(named[3] or named[2])
            found |= {f"{letter}{number}" for number in range(first, last + 1)}
    return found


def test_the_list_has_no_hole() -> None:
    assert listed() == {f"R{n}" for n in range(1, 136)} | {f"D{n}" for n in range(1, 30)}


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_number_in_the_code_is_on_the_list(folder: str) -> None:
    known, named = listed(), set()
    for path in sorted((ROOT / folder).rglob("*")):
        if path.suffix in (".py", ".md"):
            named |= {(f"{letter}{number}", path.name) for letter, number in NUMBER.findall(path.read_text())}
    assert named or folder == "forms"
    assert sorted(one for one in named if one[0] not in known) == []
