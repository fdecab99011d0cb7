"""The recipes of CONTRIBUTING.md, followed word for word in a copy of the tree, leave it green."""

from __future__ import annotations

import inspect
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import bootstrap

ROOT = Path(__file__).resolve().parents[2]
PARTS = (
    "engine",
    "forms",
    "integrations",
    "processes",
    "tests/engine/cli",
    "tests/engine/platform",
    "docs/settings.md",
)
FILES = ("wsgi.py", "pyproject.toml", "tests/contracts/recorded/settings.json")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "vendor", "fonts", "*.po", "*.svg")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for part in (*PARTS, *FILES):
        source, copy = ROOT / part, tmp_path / part
        copy.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, copy, ignore=LEFT_OUT)
        else:
            shutil.copy(source, copy)
    return tmp_path


def blocks(heading: str) -> list[str]:
    """The code of a recipe, in its order."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    recipe = text.partition(f"### {heading}\n")[2].partition("\n### ")[0]
    return re.findall(r"^   ```python\n(.*?)^   ```$", recipe, re.DOTALL | re.MULTILINE)


def insert_before(file: Path, line: str, code: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(line) == 1
    file.write_text(text.replace(line, code + line), encoding="utf-8")


def python(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(tree), "IBALANSE_DATA": str(tree / "var")}
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False, timeout=60)


def pytest_in(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return python(tree, "-m", "pytest", "-q", "--noconftest", "-p", "no:cacheprovider", "-p", "no:xdist", *arguments)


def is_tidy(tree: Path, name: str) -> bool:
    ruff = [str(Path(sys.executable).with_name("ruff"))]
    return all(
        subprocess.run([*ruff, *arguments, name], cwd=tree, capture_output=True, check=False).returncode == 0
        for arguments in (["check", "--no-cache"], ["format", "--check", "--no-cache"])
    )


def test_a_setting_made_by_the_recipe_is_read_described_and_refused(tree: Path) -> None:
    (code,) = blocks("A setting")
    insert_before(tree / "engine/platform/settings.py", "    fail_point: str = variable(\n", code)
    test = "tests/engine/platform/test_settings.py"
    assert pytest_in(tree, test, "-k", "page_of_settings").returncode == 1, "the page is not written yet"

    page = python(tree, "-m", "wsgi", "settings", "--markdown").stdout
    (tree / "docs/settings.md").write_text(page, encoding="utf-8")
    checked = pytest_in(tree, test)
    in_force = json.loads(python(tree, "-m", "wsgi", "settings", "--json").stdout)

    assert checked.returncode == 0, checked.stdout
    assert in_force["IBALANSE_LETTER_DAYS"] == "14" and "- Unit: days" in page
    assert is_tidy(tree, "engine/platform/settings.py")


def test_a_command_made_by_the_recipe_runs_and_is_listed(tree: Path) -> None:
    module, line = blocks("A command of `ibalanse`")
    (tree / "engine/cli/organisation.py").write_text(module, encoding="utf-8")
    insert_before(tree / "engine/cli/main.py", '        "settings": Place(', line)

    done = python(tree, "-m", "wsgi", "organisation", "--json")
    checked = pytest_in(tree, "tests/engine/cli/test_main.py", "-k", "organisation or loading")

    assert json.loads(done.stdout) == {"number": "310478717", "name": "iBalanse"}, done.stderr
    assert checked.returncode == 0, checked.stdout
    assert is_tidy(tree, "engine/cli/organisation.py") and is_tidy(tree, "engine/cli/main.py")


def test_git_asks_the_tools_of_make_lint_before_a_commit() -> None:
    hooks = re.findall(r"entry: \.venv/bin/(\S+(?: (?!-)[a-z]+)?)", (ROOT / ".pre-commit-config.yaml").read_text())
    asked = re.findall(r'run\(BIN / "([^"]+)"(?:, "(?!-)([a-z]+)")?', inspect.getsource(bootstrap.lint))

    assert sorted(hooks) == sorted(" ".join(filter(None, parts)) for parts in asked) and len(hooks) > 3
