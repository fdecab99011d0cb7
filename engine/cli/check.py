"""``ibalanse check PATH``: what is wrong with a BPMN file or a bundle, and what this engine does not execute of it."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Any

from engine.advice.task_types.task_type_registry import JOBS, USER_TASKS
from engine.studio.bundle_check import bundle_report, is_bundle
from engine.studio.bundle_rules import BUNDLE_RULES
from engine.workflow.bpmn.report import findings_report
from engine.workflow.bpmn.validator import Capabilities
from engine.workflow.findings import Offer

BAD_INPUT = 2
_EPILOG = """\
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


def add_parser(commands: Any) -> None:
    check = commands.add_parser(
        "check",
        help="validate a BPMN file or a bundle",
        description="Judge a BPMN file, with the files it imports, by the standard and by what this engine executes.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    check.add_argument("path", type=Path, help="a BPMN 2.0 file, or the folder of a bundle")
    check.add_argument("--json", action="store_true", help="write the findings as JSON")


def run(options: argparse.Namespace, capabilities: Capabilities, shipped: Collection[str]) -> int:
    """Print the findings and return the exit status. Raises ``OSError`` when the path cannot be read.

    shipped  keys of the processes that come with the product, which a bundle may call
    """
    rows, held = findings_report(options.path, capabilities), ""
    if is_bundle(options.path):
        more, held = bundle_report(options.path, Offer(capabilities, JOBS, USER_TASKS, shipped, rules=BUNDLE_RULES))
        known = {(row["element"], row["rule"]) for row in rows}
        rows += [row for row in more if (row["element"], row["rule"]) not in known]
        rows.sort(key=lambda row: (row["severity"] != "error", row["line"], row["element"], row["rule"]))
    if options.json:
        print(json.dumps(rows, ensure_ascii=False))
    else:
        name = "process.bpmn" if options.path.is_dir() else options.path.name
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
