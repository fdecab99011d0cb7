"""``make bench`` runs every suite or the one that is named, and writes a file for each."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from bench import __main__ as command
from bench.measure import row

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two suites that measure nothing, and a folder of their own for what they find."""
    monkeypatch.setattr(command, "RESULTS", tmp_path)
    monkeypatch.setattr(command, "raise_gc_threshold", lambda: None)
    found = row(1.5, "ms", peer="a floor of 1 ms", ratio=1.5, goal="at most 2 times the floor", reached=True)
    monkeypatch.setattr(command, "SUITES", {"one": lambda: {"a row": found}, "other": dict})
    return tmp_path


def test_a_suite_that_does_not_exist_ends_with_2_and_the_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["nonsense"]) == 2
    said = capsys.readouterr().err
    assert "nonsense" in said
    assert all(name in said for name in command.SUITES)


def test_the_suite_that_is_named_runs_alone_and_writes_its_file(results: Path) -> None:
    assert command.main(["one"]) == 0
    assert {file.name for file in results.iterdir()} == {"one.json", "table.md"}
    found = json.loads((results / "one.json").read_text())["a row"]
    assert set(found) == {"value", "unit", "peer", "ratio", "goal", "reached"}


def test_no_name_runs_every_suite(results: Path) -> None:
    assert command.main([]) == 0
    assert {file.name for file in results.iterdir()} == {"one.json", "other.json", "table.md"}


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed; bootstrap.py works without it")
@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["bench", "SUITE=engine"], "bench engine"),
        (["bench"], "bench"),
        (["prove", "ARGS=processes --times 2"], "prove processes --times 2"),
    ],
)
def test_what_is_told_make_reaches_the_program(words: list[str], wanted: str) -> None:
    command = ["make", "--no-print-directory", "-n", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith(f"bootstrap.py {wanted}")
