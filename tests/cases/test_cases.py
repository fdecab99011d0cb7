"""The cases from public reports, each as a folder here: what was tried, and what is right.

``case.json`` of a folder holds ``kind`` (of the case), ``source`` (the public report), ``title``, and either ``try``,
``input`` and ``expected``, or ``shown_by``: the test that acts it out. A new case is a new folder; a new way to try is
a function in ``tests/cases/tries``.
"""

from __future__ import annotations

import ast
import json
from importlib import import_module
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CASES = {path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(HERE.glob("*/case.json"))}
TRIED = sorted(name for name, case in CASES.items() if "try" in case)
ACTED = sorted(name for name, case in CASES.items() if "shown_by" in case)


@pytest.mark.parametrize("name", TRIED)
def test_what_comes_of_it_is_right(name: str) -> None:
    case = CASES[name]
    module, _, function = case["try"].partition(":")
    tried = getattr(import_module(f"tests.cases.tries.{module}"), function)

    found = json.loads(json.dumps(tried(case["input"])))

    assert found == case["expected"], case["title"]


@pytest.mark.parametrize("name", ACTED)
def test_what_acts_a_case_out_is_a_test_there_is(name: str) -> None:
    for place in _places(CASES[name]["shown_by"]):
        file, _, test = place.partition("::")
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert test in names, place


def _places(shown_by: str | list[str]) -> list[str]:
    return [shown_by] if isinstance(shown_by, str) else list(shown_by)


def test_each_case_says_what_it_is_of_and_where_it_comes_from() -> None:
    assert CASES
    for name, case in CASES.items():
        assert ("try" in case) != ("shown_by" in case), name
        assert case["kind"].startswith("K") and case["source"] and case["title"], name
