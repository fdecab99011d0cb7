"""Each rule says in the reader's language what is wrong and what to do; English stays on the command line."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from flask import Flask, g

from engine.web.shared.texts import LANGUAGES, texts
from engine.web.studio.finding_sentences import finding_text
from engine.workflow.bpmn.elements import Finding

ROOT = Path(__file__).resolve().parents[3]
PLACES = ("engine/workflow/bpmn", "engine/workflow/findings.py", "engine/studio", "engine/advice/task_types")
#: Rules of the standard have numbers of their own; ours are words.
NUMBERED = re.compile(r"(?:EXT|REF|XSD|BPMN)\.[\w-]+")
#: Made from what is looked for: consent or mandate, register, receiver …
MADE = {
    "consent-not-asked",
    "mandate-not-asked",
    "unknown-register",
    "unknown-receiver",
    "unknown-data-set",
    "unknown-target",
    "signal-without-name",
}


def rules() -> set[str]:
    """Every rule that a finding of the code names."""
    files = [
        file for place in PLACES for file in ((ROOT / place).rglob("*.py") if "." not in place else [ROOT / place])
    ]
    found = set(MADE)
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and NUMBERED.fullmatch(node.value):
                found.add(node.value)
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Finding", "at"):
                found |= {arg.value for arg in node.args[1:2] if isinstance(arg, ast.Constant)}
    return found


RULES = sorted(rules())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_says_what_is_wrong_and_what_to_do(language: str) -> None:
    there = texts(language)
    assert len(RULES) > 180
    assert [rule for rule in RULES for kind in ("finding", "suggest") if not there.get(f"{kind}.{rule}")] == []


def test_no_text_is_about_a_rule_that_is_not_there() -> None:
    ours = {"other", "about", "text-missing-in"}
    texted = {key.partition(".")[2] for key in texts("nb") if key.startswith(("finding.", "suggest."))}
    assert texted - set(RULES) - ours == set()


def shown(language: str, finding: Finding) -> dict[str, str]:
    with Flask(__name__).test_request_context():
        g.language = language
        return finding_text(finding, None)


@pytest.mark.parametrize("rule", ["EXT.021", "XSD.attribute", "a-rule-of-tomorrow"])
def test_a_norwegian_page_has_the_names_and_no_english_line(rule: str) -> None:
    finding = Finding(
        "a", rule, "a flow joins activities", 3, "error", "draw it", {"name": "sourceRef", "end": "group"}
    )

    for language, about in (("nb", "Gjelder: sourceRef og group."), ("nn", "Gjeld: sourceRef og group.")):
        row = shown(language, finding)
        assert row["technical"] == about
        assert "a flow joins" not in str(row) and row["text"] and row["suggest"] and row["rule"] == rule
    assert shown("en", finding)["technical"] == "a flow joins activities. draw it"


def test_the_command_line_prints_a_finding_without_its_parameters() -> None:
    finding = Finding("a", "no-end", "nothing ends here", 3, parameters={"scope": "a"})
    assert finding.row() == {
        "element": "a",
        "rule": "no-end",
        "message": "nothing ends here",
        "line": 3,
        "severity": "error",
        "suggestion": "",
    }
