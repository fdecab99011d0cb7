"""``ibalanse check``: lines for people, JSON for programs, and an exit status that tells refusal from the rest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NoReturn

import pytest

from engine.cli.main import main
from tests.factories.bundles import line

HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"><process id="p">'
GOOD = '<startEvent id="a"/><endEvent id="z"/>' + line("a", "z")
BAD = '<endEvent id="z"/>'


def nothing(*_: object, **__: object) -> NoReturn:
    raise AssertionError("check needs no application")


def check(path: Path, *more: str) -> int:
    return main(["check", str(path), *more], wire=nothing, prepare=nothing, create_sandbox=nothing)


def write(path: Path, body: str) -> Path:
    path.write_text(f"{HEAD}{body}</process></definitions>")
    return path


def test_a_good_file_is_accepted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(write(tmp_path / "x.bpmn", GOOD)) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "0 errors, 1 warnings, 0 unsupported"


def test_each_finding_is_a_line_with_its_source(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(write(tmp_path / "x.bpmn", BAD)) == 2

    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith("x.bpmn:1: error: z: ")
    assert "(EXT.097, BPMN 2.0.2 10.5" in first


def test_json_is_one_list_of_findings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(write(tmp_path / "x.bpmn", BAD), "--json") == 2

    rows = json.loads(capsys.readouterr().out)
    assert {row["rule"] for row in rows if row["severity"] == "error"} == {"EXT.097", "EXT.107"}


def test_a_path_that_is_not_there_is_told_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(tmp_path / "gone.bpmn") == 2
    assert "gone.bpmn" in capsys.readouterr().err


def test_help_documents_the_findings(capsys: pytest.CaptureFixture[str]) -> None:
    status = check(Path("--help"))

    told = capsys.readouterr().out
    assert status == 0
    for word in ("element", "line", "rule", "severity", "message", "suggestion", "section", "exit status"):
        assert word in told
