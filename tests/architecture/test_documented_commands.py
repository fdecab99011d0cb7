"""What README and docs/ say to type exists: targets, sub-commands and options."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import pytest

import bootstrap
from tests.contracts.seam import ibalanse

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
_FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.DOTALL | re.MULTILINE)
_TOLD = re.compile(r"^(?:\$ )?(?:[A-Z_]+=\S+ )*((?:ibalanse|make|python3) .+)$")


def _commands() -> list[str]:
    """Whole lines of fenced blocks, and what stands in backticks; what is after a # is not typed."""
    found: dict[str, None] = {}
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        lines = [line for block in _FENCE.findall(text) for line in block.splitlines()]
        for line in (*lines, *re.findall(r"`([^`\n]+)`", _FENCE.sub("", text))):
            told = _TOLD.match(line.partition(" #")[0].strip())
            if told:
                found[told[1]] = None
    return list(found)


COMMANDS = _commands()
OURS = [line for line in COMMANDS if line.startswith("ibalanse ")]
TARGETS = [line for line in COMMANDS if not line.startswith("ibalanse ")]


@lru_cache
def _help(*words: str) -> str:
    """What ``ibalanse <words> --help`` says, "" when there is no such command."""
    status, out, _ = ibalanse(*words, "--help")
    return out if status == 0 else ""


@pytest.mark.parametrize("line", OURS)
def test_each_sub_command_and_option_that_is_told_of_exists(line: str) -> None:
    words = re.match(r"ibalanse ((?:[a-z][a-z-]*(?: |$))+)", line + " ")
    assert words, line
    told, options = words[1].split(), re.findall(r"(?<!\S)[\[(]?(--[a-z][a-z-]*)", line)
    assert _help(told[0]), line
    helped = _help(*told[:2]) if told[1:] and told[1] in _help(told[0]) else _help(told[0])
    assert [option for option in options if option not in helped] == []


@pytest.mark.parametrize("line", TARGETS)
def test_each_target_that_is_told_of_exists(line: str) -> None:
    target = line.removeprefix("python3 bootstrap.py ").removeprefix("make ").split()[0]
    assert target in bootstrap.COMMANDS
    if line.startswith("make "):
        assert re.search(rf"^(?:[a-z]+ )*{target}(?: [a-z]+)*:$", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_each_command_in_readmes_table_exists() -> None:
    table = PAGES[0].read_text(encoding="utf-8").partition("## Commands")[2].partition("## ")[0]
    rows = re.findall(r"^\| [^|`]+ \| (.+) \|$", table, re.MULTILINE)
    told = [quoted.removeprefix("ibalanse ") for row in rows for quoted in re.findall(r"`([^`]+)`", row)]
    assert len(told) > 15
    assert [line for line in told if not _help(*[word for word in line.split() if word.islower()])] == []


def test_the_commands_readme_lists_are_read_at_all() -> None:
    assert len(OURS) > 25
    assert len(TARGETS) > 8
