"""Templates are kept compiled, and a page comes whether they can be kept or not."""

from __future__ import annotations

import errno
from pathlib import Path

import jinja2
import pytest

from engine.web.shared import compiled


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The machine's temporary folder."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def rendered(options: Path, text: str = "{{ 1 + 1 }} cases") -> str:
    env = jinja2.Environment(loader=jinja2.DictLoader({"page.html": text}), autoescape=True)
    env.bytecode_cache = compiled.cache(options)
    return env.get_template("page.html").render()


def kept(folder: Path) -> set[str]:
    return {file.name for file in folder.rglob("ibalanse-*")}


def test_a_template_is_compiled_once_until_it_or_its_options_change(folder: Path, tmp_path: Path) -> None:
    options = tmp_path / "options.py"
    options.write_text("trim = True")
    assert rendered(options) == rendered(options) == "2 cases"
    first = kept(folder)
    assert len(first) == 1

    assert rendered(options, "{{ 2 + 1 }} cases") == "3 cases", "kept by the text and not by the name only"
    options.write_text("trim = False")
    assert rendered(options) == "2 cases"
    assert len(kept(folder) - first) == 1


def test_only_we_can_write_where_they_are_kept(folder: Path, tmp_path: Path) -> None:
    rendered(Path(__file__))
    (place,) = {file.parent for file in folder.rglob("ibalanse-*")}
    assert place.stat().st_mode & 0o077 == 0


def test_a_page_comes_where_nothing_can_be_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("tempfile.NamedTemporaryFile", full)
        assert rendered(Path(__file__)) == "2 cases" and kept(folder) == set()
    monkeypatch.setattr("os.mkdir", full)
    for place in folder.glob("_jinja2-cache-*"):
        place.rmdir()
    assert compiled.cache(Path(__file__)) is None and rendered(Path(__file__)) == "2 cases"
