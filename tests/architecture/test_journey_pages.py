"""Every process has a page that tells of the process as it is today: its diagram, its pictures, its requirements."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import build_pictures
from build_pictures import DIAGRAMS, LARGEST, PICTURES, ROOT, bundles
from engine.draw_cli import BadDrawing, draw

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
    assert re.search(r"\bR\d{1,3}\b", page.partition("## Requirements")[2])
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


def test_a_file_without_a_process_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "empty.bpmn"
    file.write_text('<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x"/>')
    with pytest.raises(BadDrawing, match=r"empty\.bpmn"):
        draw(file)
    with pytest.raises(BadDrawing, match="there are: consent"):
        draw(ROOT / "processes" / "consent", "other")
