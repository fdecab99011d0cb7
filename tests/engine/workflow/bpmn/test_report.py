"""``ibalanse check``: a file may be good BPMN though we cannot run it; a bundle must be both."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from engine.cli.capabilities import CAPABILITIES
from engine.workflow.bpmn.report import findings_report
from engine.workflow.bpmn.validator import Capabilities
from tests.factories.bundles import bpmn, line

PLAIN = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:n="other" targetNamespace="t">'
NOTHING = Capabilities(frozenset(), {})
CONFORMANCE = Path(__file__).parents[5] / "shared" / "conformance" / "bpmn-check"


def write(path: Path, body: str, before: str = "") -> Path:
    path.write_text(f'{PLAIN}{before}<process id="p">{body}</process></definitions>')
    return path


def errors(path: Path) -> list[str]:
    return [row["rule"] for row in findings_report(path, CAPABILITIES) if row["severity"] == "error"]


def report(path: Path, capabilities: Capabilities = NOTHING) -> list[tuple[str, str, str]]:
    rows = findings_report(path, capabilities)
    return [(row["element"], row["rule"], row["severity"]) for row in rows if row["rule"] != "EXT.023"]


def test_what_we_cannot_run_is_unsupported_in_a_foreign_file(tmp_path: Path) -> None:
    assert report(write(tmp_path / "x.bpmn", LINE)) == [
        ("a", "element-not-executable", "unsupported"),
        ("z", "element-not-executable", "unsupported"),
    ]


def test_what_we_cannot_run_is_an_error_in_a_bundle_and_in_our_dialect(tmp_path: Path) -> None:
    ours = tmp_path / "ours.bpmn"
    ours.write_bytes(bpmn(LINE))
    write(tmp_path / "process.bpmn", LINE)

    assert {severity for _, _, severity in report(tmp_path)} == {"error"}
    assert {severity for _, _, severity in report(ours)} == {"error"}


def test_a_file_the_parser_stops_at_is_still_told_whole(tmp_path: Path) -> None:
    """A flow to nowhere stops the parser; what cannot be executed is named all the same."""
    body = '<startEvent id="a"/><endEvent id="z"/><sequenceFlow id="f" sourceRef="a" targetRef="gone"/>'

    reported = report(write(tmp_path / "x.bpmn", body))

    assert reported[0] == ("f", "REF.existence", "error")
    assert [row for row in reported if row[2] == "unsupported"] == [
        ("", "not-executable", "unsupported"),
        ("a", "element-not-executable", "unsupported"),
        ("z", "element-not-executable", "unsupported"),
    ]


def test_extensions_of_other_engines_are_named_once_each(tmp_path: Path) -> None:
    body = (
        '<startEvent id="a" v:form="x"/><endEvent id="z"><extensionElements><v:listener/></extensionElements>'
        f"</endEvent>{line('a', 'z')}"
    ).replace("<sequenceFlow ", '<sequenceFlow v:form="y" ')
    file = write(tmp_path / "x.bpmn", body)
    file.write_text(file.read_text().replace("xmlns:n", 'xmlns:v="vendor" xmlns:n'))

    rows = findings_report(file, CAPABILITIES)

    reported = {(row["element"], row["message"]) for row in rows if row["rule"] == "extension-not-read"}
    assert reported == {("a", "@v:form is not read (2 places)"), ("z", "v:listener is not read")}


def test_a_file_of_talk_alone_says_that_nothing_is_executed(tmp_path: Path) -> None:
    file = tmp_path / "x.bpmn"
    file.write_text(f'{PLAIN}<collaboration id="k"><conversation id="c"/></collaboration></definitions>')

    assert report(file) == [("", "not-executed", "unsupported"), ("c", "not-executed", "unsupported")]


def test_rows_have_the_documented_keys_and_errors_come_first(tmp_path: Path) -> None:
    rows = findings_report(write(tmp_path / "x.bpmn", f'{LINE}<task id="t" colour="red"/>'), NOTHING)

    keys = {"element", "line", "rule", "severity", "message", "suggestion", "section"}
    assert all(set(row) == keys for row in rows)
    assert [row["severity"] for row in rows] == sorted(
        (row["severity"] for row in rows), key=["error", "warning", "unsupported"].index
    )
    assert {row["section"] for row in rows if row["rule"] == "XSD.attribute"} == {"8.2"}


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
        (ON_TIME, ["EXT.099"]),
        ('<endEvent id="z"/>', ["EXT.097", "EXT.107"]),
        (None, ["EXT.001"]),
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

    assert errors(write(folder / "x.bpmn", LINE, import_of(location))) == ["EXT.001"]


def test_files_that_import_each_other_end(tmp_path: Path) -> None:
    write(tmp_path / "one.bpmn", LINE, import_of("two.bpmn"))
    write(tmp_path / "two.bpmn", LINE, import_of("one.bpmn"))

    assert errors(tmp_path / "one.bpmn") == []


def test_names_lead_into_imported_files_by_their_namespace(tmp_path: Path) -> None:
    """The called process carries data the call does not, so the two files are checked as one."""
    io = "<ioSpecification>{}<inputSet>{}</inputSet><outputSet/></ioSpecification>"
    data = io.format('<dataInput id="d"/>', "<dataInputRefs>d</dataInputRefs>")
    write(tmp_path / "called.bpmn", data + LINE).write_text(
        (tmp_path / "called.bpmn").read_text().replace('targetNamespace="t"', 'targetNamespace="other"')
    )

    assert errors(write(tmp_path / "x.bpmn", CALL, import_of("called.bpmn"))) == ["EXT.063"] * 3


def test_an_import_of_another_namespace_than_it_says_is_told(tmp_path: Path) -> None:
    write(tmp_path / "called.bpmn", LINE)
    rows = findings_report(write(tmp_path / "x.bpmn", LINE, import_of("called.bpmn")), CAPABILITIES)

    assert "BPMN.import-namespace" in {row["rule"] for row in rows}


SCHEMA = "http://www.w3.org/2001/XMLSchema"


@pytest.mark.parametrize(
    ("content", "expected"),
    [(f'<schema xmlns="{SCHEMA}"/>', []), ("<html/>", ["EXT.001"]), ("<a", ["EXT.001"]), (None, ["EXT.001"])],
)
def test_an_imported_schema_is_there_and_is_one(tmp_path: Path, content: str | None, expected: list[str]) -> None:
    if content is not None:
        (tmp_path / "called.xsd").write_text(content)
    imported = import_of("called.xsd").replace("http://www.omg.org/spec/BPMN/20100524/MODEL", SCHEMA)

    assert errors(write(tmp_path / "x.bpmn", LINE, imported)) == expected


def test_an_imported_file_that_is_no_bpmn_is_told_at_the_import(tmp_path: Path) -> None:
    (tmp_path / "called.bpmn").write_text("<html/>")

    assert errors(write(tmp_path / "x.bpmn", LINE, import_of("called.bpmn"))) == ["EXT.001"]


HOSTILE = {
    "empty": b"",
    "binary": bytes(range(256)) * 50,
    "no BPMN": b"<html><body/></html>",
    "broken": b"<definitions><process>",
    "deep": b"<a>" * 5_000 + b"</a>" * 5_000,
    "doctype": b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    "bomb": b'<!DOCTYPE a [<!ENTITY x "' + b"y" * 99 + b'"><!ENTITY z "&x;&x;&x;&x;&x;&x;&x;&x;">]><a>&z;</a>',
    "huge": b"<a>" + b" " * (17 * 1024 * 1024) + b"</a>",
    "wide": b"<a>" + b"<b/>" * 200_000 + b"</a>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_the_file_holds_there_is_a_report_with_an_error(tmp_path: Path, name: str) -> None:
    file = tmp_path / "x.bpmn"
    file.write_bytes(HOSTILE[name])

    assert len(errors(file)) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_encodings_and_line_ends_of_other_tools_are_read(tmp_path: Path, encoding: str) -> None:
    named = LINE.replace("<endEvent", '<endEvent name="Søknad"')
    text = f'{PLAIN}\r\n<process id="p">{named}'
    head = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>\r\n<?tool x?><!-- y -->'
    file = tmp_path / "x.bpmn"
    file.write_bytes(f"{head}{text}</process></definitions>".encode(encoding))

    assert errors(file) == []


@pytest.mark.skipif(
    not (CONFORMANCE / "verdicts.json").is_file(),
    reason="the public verdicts (../shared/conformance/bpmn-check) do not lie beside the checkout",
)
def test_the_public_verdicts_are_ours() -> None:
    """Every invalid file is refused by the rule it breaks, every valid one accepted.

    A file may import another that is not in the sample; that is then what is
    told, by EXT.001, and counts as a refusal for another reason.
    """
    cases = json.loads((CONFORMANCE / "verdicts.json").read_text())
    found = {case["file"]: set(errors(CONFORMANCE / case["file"])) for case in cases}

    mistaken = [case["file"] for case in cases if (not found[case["file"]]) != case["valid"]]
    other = [
        f"{case['file']}: {sorted(found[case['file']])}"
        for case in cases
        if not case["valid"] and case["rule"].isdigit() and not {f"EXT.{case['rule']}", "EXT.001"} & found[case["file"]]
    ]

    assert len(cases) > 50
    assert mistaken == [], os.linesep.join(mistaken)
    assert other == [], os.linesep.join(other)
