"""``ibalanse check``: a file may be good BPMN though we cannot run it; a bundle must be both."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from engine.bpmn.report import findings_report
from engine.bpmn.validator import Capabilities
from engine.cli import CAPABILITIES
from tests.factories.bundles import bpmn, line

PLAIN = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:n="other" targetNamespace="t">'
SCRIPT = '<startEvent id="a"/><scriptTask id="t"/><endEvent id="z"/>' + line("a", "t", "z")
CONFORMANCE = Path(__file__).parents[4] / "shared" / "conformance" / "bpmn-check"


def write(path: Path, body: str, before: str = "") -> Path:
    path.write_text(f'{PLAIN}{before}<process id="p">{body}</process></definitions>')
    return path


#: An engine that runs everything but scripts.
FEWER = Capabilities(CAPABILITIES.elements - {"scriptTask"}, CAPABILITIES.events)


def errors(path: Path, capabilities: Capabilities = CAPABILITIES) -> list[str]:
    return [row["rule"] for row in findings_report(path, capabilities) if row["severity"] == "error"]


def test_what_we_cannot_run_is_a_warning_in_a_foreign_file(tmp_path: Path) -> None:
    report = findings_report(write(tmp_path / "x.bpmn", SCRIPT), FEWER)

    assert [(row["element"], row["rule"], row["severity"]) for row in report] == [
        ("t", "element-not-executable", "warning")
    ]


def test_what_we_cannot_run_is_an_error_in_a_bundle_and_in_our_dialect(tmp_path: Path) -> None:
    ours = tmp_path / "ours.bpmn"
    ours.write_bytes(bpmn(SCRIPT))
    write(tmp_path / "process.bpmn", SCRIPT)

    assert errors(tmp_path, FEWER) == ["element-not-executable"]
    assert errors(ours, FEWER) == ["element-not-executable"]


def test_an_unreadable_file_is_one_finding_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "x.bpmn"
    file.write_text("<a>\n<b>\n</a>")

    assert [(row["rule"], row["line"]) for row in findings_report(file, CAPABILITIES)] == [("unreadable", 3)]


def import_of(location: str) -> str:
    kind = "http://www.omg.org/spec/BPMN/20100524/MODEL"
    return f'<import importType="{kind}" location="{location}" namespace="other"/>'


CALL = '<startEvent id="a"/><callActivity id="c" calledElement="n:p"/><endEvent id="z"/>' + line("a", "c", "z")
LINE = '<startEvent id="a"/><endEvent id="z"/>' + line("a", "z")
ON_TIME = LINE.replace('<startEvent id="a"/>', '<startEvent id="a"><timerEventDefinition/></startEvent>')


@pytest.mark.parametrize(
    ("called", "expected"),
    [
        (LINE, []),
        (ON_TIME, ["called-start"]),
        ('<endEvent id="z"/>', ["import-faulty", "import-faulty"]),
        (None, ["import-missing"]),
    ],
)
def test_imported_files_are_followed(tmp_path: Path, called: str | None, expected: list[str]) -> None:
    if called is not None:
        write(tmp_path / "called.bpmn", called)

    assert errors(write(tmp_path / "x.bpmn", CALL, import_of("called.bpmn"))) == expected


@pytest.mark.parametrize("location", ["../secret.bpmn", "/etc/passwd", "http://localhost/x.bpmn", ""])
def test_an_import_never_leaves_its_folder(tmp_path: Path, location: str) -> None:
    write(tmp_path / "secret.bpmn", LINE)
    folder = tmp_path / "inner"
    folder.mkdir()

    assert errors(write(folder / "x.bpmn", LINE, import_of(location))) == ["import-missing"]


def test_files_that_import_each_other_end(tmp_path: Path) -> None:
    write(tmp_path / "one.bpmn", LINE, import_of("two.bpmn"))
    write(tmp_path / "two.bpmn", LINE, import_of("one.bpmn"))

    assert errors(tmp_path / "one.bpmn") == []


@pytest.mark.skipif(
    not (CONFORMANCE / "verdicts.json").is_file(), reason="the public verdicts do not lie beside the checkout"
)
def test_the_public_verdicts_are_ours() -> None:
    cases = json.loads((CONFORMANCE / "verdicts.json").read_text())

    wrong = [case["file"] for case in cases if (not errors(CONFORMANCE / case["file"])) != case["valid"]]

    assert len(cases) > 50
    assert wrong == [], os.linesep.join(wrong)
