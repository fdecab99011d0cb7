"""Every test states something: it asserts, expects a refusal, or calls a helper that does."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
#: Calls that fail where what they state does not hold: pytest's and playwright's own.
STATING = frozenset({"raises", "warns", "fail", "expect"})


def functions(source: str) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))


def called(function: ast.FunctionDef) -> set[str]:
    """The names of what it calls, with or without an object in front."""
    places = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    return {str(getattr(place, "attr", "") or getattr(place, "id", "")) for place in places}


def states(function: ast.FunctionDef) -> bool:
    return bool(STATING & called(function)) or any(isinstance(node, ast.Assert) for node in ast.walk(function))


def silent(sources: Iterable[str]) -> list[str]:
    """The tests of some modules that no change of the product could make fail by an assertion."""
    found = [function for source in sources for function in functions(source)]
    helpers = {function.name for function in found if not function.name.startswith("test_") and states(function)}
    return [
        function.name
        for function in found
        if function.name.startswith("test_") and not states(function) and not helpers & called(function)
    ]


def test_every_test_states_something() -> None:
    assert silent(file.read_text(encoding="utf-8") for file in sorted(TESTS.rglob("*.py"))) == []


def test_a_test_that_states_nothing_is_found() -> None:
    looks = "def test_a():\n    look()\n\ndef look():\n    "

    assert silent([looks + "pass"]) == ["test_a"]
    assert silent([looks + "assert page()"]) == []
    assert silent(["def test_a():\n    with pytest.raises(ValueError):\n        int('x')"]) == []
