"""Every process has a page that tells of the process as it is today: its diagram, its pictures, its requirements."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import build_pictures
from build_pictures import DIAGRAMS, LARGEST, PICTURES, ROOT, bundles
from engine.cli.draw import DrawingError, draw

JOURNEYS = ROOT / "docs" / "journeys"
PAGES = sorted((ROOT / "docs").rglob("*.md")) + [ROOT / "README.md"]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)")


@pytest.mark.parametrize("folder", bundles(), ids=lambda path: path.name)
def test_the_diagram_is_what_the_drawing_makes_of_the_bundle(folder: Path) -> None:
    kept = (DIAGRAMS / f"{folder.name}.svg").read_text(encoding="utf-8")
    assert kept == draw(folder), f"ibalanse draw {folder} --output docs/diagrams/{folder.name}.svg"


def test_no_diagram_is_left_of_a_process_that_is_gone() -> None:
    assert {path.stem for path in DIAGRAMS.glob("*.svg")} == {folder.name for folder in bundles()}


@pytest.mark.parametrize("folder", bundles(), ids=lambda path: path.name)
def test_a_process_has_a_page_with_its_diagram_picture_and_requirements(folder: Path) -> None:
    page = (JOURNEYS / f"{folder.name}.md").read_text(encoding="utf-8")
    assert f"(../diagrams/{folder.name}.svg)" in page
    assert re.search(r"\(\.\./pictures/[a-z0-9-]+\.png\)", page)
    assert re.search(r"\bR\d{1,3}\b", page)
    assert f"({folder.name}.md)" in (JOURNEYS / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_whatever_a_page_links_is_there(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_picture_is_linked_small_and_taken_by_a_browser_test() -> None:
    kept = {path.stem: path for path in PICTURES.glob("*.png")}
    assert set(kept) == set(build_pictures.wanted())
    assert {name: path.stat().st_size for name, path in kept.items() if path.stat().st_size > LARGEST} == {}
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "browser").glob("test_*.py"))
    tests += (ROOT / "tests" / "browser" / "walks.py").read_text(encoding="utf-8")
    assert {name for name in kept if f'.picture("{name}")' not in tests} == set()


def test_a_process_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(DrawingError, match="there are: consent"):
        draw(ROOT / "processes" / "consent", "other")


def test_the_command_writes_the_file_or_says_why_not(tmp_path: Path) -> None:
    def command(*arguments: object) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", "wsgi", "draw", *map(str, arguments)]
        return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    file = tmp_path / "consent.svg"
    assert command(ROOT / "processes" / "consent", "--output", file).returncode == 0
    assert file.read_text(encoding="utf-8") == draw(ROOT / "processes" / "consent")
    empty = tmp_path / "empty.bpmn"
    empty.write_text('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x"/>')
    refused = command(empty)
    assert (refused.returncode, refused.stdout) == (2, "") and "no process" in refused.stderr
