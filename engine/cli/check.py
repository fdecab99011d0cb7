"""``ibalanse check PATH``: what is wrong with a BPMN file or a bundle, and what this engine does not execute of it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import click

from engine.advice.task_types.task_type_registry import JOBS, USER_TASKS
from engine.cli.capabilities import CAPABILITIES
from engine.cli.groups import Command
from engine.cli.session import BAD_INPUT, Session, json_option, with_session
from engine.studio.bundle_check import bundle_report, is_bundle
from engine.studio.bundle_rules import BUNDLE_RULES
from engine.workflow.bpmn.report import findings_report
from engine.workflow.findings import Offer

_EPILOG = """\
examples
  ibalanse check processes/advice            the bundle of a process
  ibalanse check drawing.bpmn --json         any BPMN file, for another program

severities
  error        the file breaks BPMN 2.0; in a bundle, or a file with our own or
               Altinn's extensions, also what the engine cannot execute
  warning      allowed, but ambiguous, dead or likely a mistake
  unsupported  good BPMN, or another tool's extension, that this engine does
               not execute or read

exit status
  0  no finding is an error
  2  a finding is an error, or the path cannot be read (the reason on stderr)

--json writes one list, errors first, each finding an object:
  element     id of the element, or of the nearest around it that has one;
              policy.xml#NAME for what is not evaluated of a policy, by its XACML name
  line        where its tag begins, 0 when unknown
  rule        EXT.nnn (the public collection of BPMN constraints), XSD.x, REF.x
              and BPMN.x are the standard's; a plain word is the engine's own
  severity    error, warning or unsupported
  message     what is wrong
  suggestion  what to do, empty where there is not one answer
  section     of BPMN 2.0.2, empty for the engine's own rules
"""


@click.command(cls=Command, epilog=_EPILOG)
@click.argument("path", type=click.Path(path_type=Path))
@json_option("write the findings as JSON")
@with_session
def check(session: Session, path: Path, as_json: bool) -> int:
    """Validate a BPMN file or a bundle.

    Validates a BPMN file, with the files it imports, or the folder of a bundle, by the standard and by what this engine
    executes.
    """
    rows, held = findings_report(path, CAPABILITIES), ""
    if is_bundle(path):
        more, held = bundle_report(path, Offer(CAPABILITIES, JOBS, USER_TASKS, session.shipped, rules=BUNDLE_RULES))
        known = {(row["element"], row["rule"]) for row in rows}
        rows += [row for row in more if (row["element"], row["rule"]) not in known]
        rows.sort(key=lambda row: (row["severity"] != "error", row["line"], row["element"], row["rule"]))
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
    else:
        name = "process.bpmn" if path.is_dir() else path.name
        for row in rows:
            print(_line(name, row))
        print(_summary(rows))
        if held:
            print(held)
    return BAD_INPUT if any(row["severity"] == "error" for row in rows) else 0


def _line(name: str, row: dict[str, Any]) -> str:
    """``file:line: severity: element: message (rule, section); suggestion``."""
    source = f"{row['rule']}, BPMN 2.0.2 {row['section']}" if row["section"] else row["rule"]
    file, mark, construct = row["element"].partition("#")
    name, element = (file, construct) if mark else (name, row["element"])
    reported = f"{name}:{row['line']}: {row['severity']}: {element or '-'}: {row['message']} ({source})"
    return f"{reported}; {row['suggestion']}" if row["suggestion"] else reported


def _summary(rows: list[dict[str, Any]]) -> str:
    counts = Counter(row["severity"] for row in rows)
    return f"{counts['error']} errors, {counts['warning']} warnings, {counts['unsupported']} unsupported"
