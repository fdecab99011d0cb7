"""README leads whoever is new to the file that answers, and that file to at most one more."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| ([^|]+\?) \| ([^\n]+) \|$", README, re.MULTILINE))
QUESTIONS = (
    "What happens when a task is completed?",
    "Where is a debt's interest computed?",
    "Who may open a case?",
    "How do I add a source?",
    "How do I add a journey?",
    "How do I add a BPMN element?",
    "How do I add a page?",
    "How do I add a setting?",
)
#: What a path of README may leave open, and one that stands for it.
OPEN = {
    "processes/<journey>/": "processes/advice/",
    "integrations/<provider>/": "integrations/bank/",
    "behaviours/<element>.py": "behaviours/user_task.py",
}
_PATH = re.compile(r"(?:[\w.<>-]+/)+[\w.<>-]*|\w+\.(?:py|md|xml|lock)")


def _paths(text: str) -> list[str]:
    """Quoted in backticks, one or two: file names and paths."""
    return [quoted for quoted in re.findall(r"`{1,2}([^`\s]+)`{1,2}", text) if _PATH.fullmatch(quoted)]


def _stands(path: str) -> bool:
    for open_part, one in OPEN.items():
        path = path.replace(open_part, one)
    return (ROOT / path).exists()


def _next(first: str) -> list[Path]:
    """What the file's docstring names: from the root, or from the file's own folder."""
    file = ROOT / first
    told = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return [ROOT / path if (ROOT / path).exists() else file.parent / path for path in _paths(told)]


def test_every_path_readme_names_exists() -> None:
    named = _paths(README)
    linked = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert len(named) > 15
    assert [path for path in (*named, *linked) if not _stands(path)] == []


@pytest.mark.parametrize("question", QUESTIONS)
def test_readme_answers_with_a_file_that_names_at_most_one_more_step(question: str) -> None:
    first = _paths(ROWS[question])[0]
    assert (ROOT / first).is_file()
    following = _next(first)
    assert following, f"{first} does not say where to go on"
    assert [str(path) for path in following if not path.exists()] == []


def test_what_a_first_file_says_it_holds_is_there() -> None:
    """The names the recipes give in two backticks are defined in the file, or in the one it names."""
    for question, names in {
        "What happens when a task is completed?": ("COMPLETE_TASK",),
        "Where is a debt's interest computed?": ("schedule", "plans"),
        "Who may open a case?": ("enforce_case",),
        "How do I add a journey?": ("ALL",),
        "How do I add a BPMN element?": ("BEHAVIOUR_BY_TYPE", "EVENT_KINDS"),
        "How do I add a page?": ("BLUEPRINTS",),
        "How do I add a setting?": ("Settings", "_check_production"),
    }.items():
        tree = ast.parse((ROOT / _paths(ROWS[question])[0]).read_text(encoding="utf-8"))
        defined = {getattr(node, "name", "") for node in tree.body}
        for node in tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            defined |= {target.id for target in targets if isinstance(target, ast.Name)}
        assert set(names) <= defined, question
