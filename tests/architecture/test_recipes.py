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


def blocks(heading: str, language: str = "python") -> list[str]:
    """The code of a recipe, in its order."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    recipe = text.partition(f"### {heading}\n")[2].partition("\n### ")[0]
    return re.findall(rf"^   ```{language}\n(.*?)^   ```$", recipe, re.DOTALL | re.MULTILINE)


def add(tree: Path, *parts: str) -> None:
    """More of the tree, for a recipe that needs it."""
    for part in parts:
        copy = tree / part
        copy.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, copy, dirs_exist_ok=True)
        else:
            shutil.copy(ROOT / part, copy)


def write_texts(tree: Path, area: str, entries: str) -> None:
    """The recipe of a text: the bokmål, carried over by the script, and its translations where they wait."""
    folder = tree / "engine/web/texts" / area
    source = folder / "nb.pot"
    source.write_text(f"{source.read_text(encoding='utf-8').rstrip()}\n\n{entries}", encoding="utf-8")
    python(tree, "build_texts.py")
    for name in ("nn.po", "en.po"):
        text = (folder / name).read_text(encoding="utf-8")
        waits = re.compile(r'^msgid (".+")\nmsgstr ""$', re.MULTILINE)
        assert len(waits.findall(text)) == entries.count("msgctxt"), "what is new waits, and nothing else"
        (folder / name).write_text(waits.sub(r"msgid \1\nmsgstr \1", text), encoding="utf-8")


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


def tool(tree: Path, name: str, *arguments: str) -> bool:
    """Whether a tool of ``make lint`` has nothing to say."""
    command = [str(Path(sys.executable).with_name(name)), *arguments]
    return subprocess.run(command, cwd=tree, capture_output=True, check=False, timeout=60).returncode == 0


def is_tidy(tree: Path, name: str) -> bool:
    return tool(tree, "ruff", "check", "--no-cache", name) and tool(
        tree, "ruff", "format", "--check", "--no-cache", name
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


def test_a_page_made_by_the_recipe_is_drawn_in_every_language(tree: Path) -> None:
    (view, imported), (line,) = blocks("A page"), blocks("A page", "text")
    (template,), (texts,) = blocks("A page", "html"), blocks("A page", "po")
    pages = tree / "engine/web/citizen"
    add(tree, "engine/web/texts", "build_texts.py", "tests/architecture/test_texts.py")
    add(tree, "tests/architecture/test_templates_compile.py", "tests/architecture/test_template_spaces.py")
    add(tree, "tests/architecture/test_one_door.py")
    (pages / "organisation.py").write_text(view, encoding="utf-8")
    (pages / "templates/organisation.html").write_text(template, encoding="utf-8")
    wiring = tree / "engine/web/__init__.py"
    insert_before(wiring, "from engine.web.leaders import statistics\n", imported)
    insert_before(wiring, "    colleagues.blueprint,\n", line)
    tool(tree, "ruff", "check", "--fix", "--no-cache", "engine/web/__init__.py")
    write_texts(tree, "shared", texts)

    drawn = python(tree, "-c", DRAW, "/hvem-vi-er")
    checked = pytest_in(tree, "tests/architecture", "-k", "texts or organisation or one_door")

    assert drawn.stdout.count("310478717") == 3, drawn.stderr
    assert checked.returncode == 0, checked.stdout
    assert is_tidy(tree, "engine/web/citizen/organisation.py") and is_tidy(tree, "engine/web/__init__.py")
    assert tool(tree, "djlint", "--check", "--quiet", "engine/web/citizen/templates/organisation.html")


#: Asks for a page in each language, and prints what it answers.
DRAW = """
import sys, tempfile
from datetime import UTC, date, datetime
from engine.application import build
from engine.platform.clock import FixedClock
from engine.platform.settings import Settings
from engine.web import create_app
from engine.workflow.jobs.wakeup import no_wakeup
settings = Settings.from_env({"IBALANSE_DATA": tempfile.mkdtemp(), "IBALANSE_ENV": "test"})
application = build(settings, clock=FixedClock(datetime(2026, 11, 23, tzinfo=UTC)), wakeup=no_wakeup)
client = create_app(application, logins={}, identify=lambda _: ("", date(2000, 1, 1))).test_client()
for language in ("nb", "nn", "en"):
    client.set_cookie("language", language)
    answer = client.get(sys.argv[1])
    assert answer.status_code == 200, answer.status
    print(answer.get_data(as_text=True).partition("<main")[2])
"""


def test_an_element_made_by_the_recipe_is_executed_told_and_offered(tree: Path) -> None:
    module, imported, behaviour, events, test = blocks("A BPMN element")
    name, kind = blocks("A BPMN element", "text")
    (row, place), (text,) = blocks("A BPMN element", "markdown"), blocks("A BPMN element", "po")
    behaviours, tests = "engine/workflow/execution/behaviours", "tests/engine/workflow/execution"
    add(tree, "docs", "tests/engine/workflow", "tests/factories", "tests/conftest.py")
    add(tree, "tests/architecture/test_engine_docs.py", "engine/web/texts", "build_texts.py")
    insert_before(tree / "engine/workflow/bpmn/parser.py", '        "boundaryEvent",\n', name)
    (tree / behaviours / "implicit_throw_event.py").write_text(module, encoding="utf-8")
    package = tree / behaviours / "__init__.py"
    before = f"from {behaviours.replace('/', '.')}.inclusive_gateway import INCLUSIVE_GATEWAY\n"
    insert_before(package, before, imported)
    insert_before(package, '    "exclusiveGateway": EXCLUSIVE_GATEWAY,\n', behaviour)
    insert_before(package, '    "boundaryEvent": _WAITED_FOR', events)
    (tree / tests / "behaviours/test_implicit_throw_event.py").write_text(test, encoding="utf-8")
    insert_before(tree / "docs/engine.md", "| `exclusiveGateway` |", row)
    insert_before(tree / "docs/engine.md", "| `boundaryEvent` | timer, ", place)
    insert_before(tree / "engine/studio/element_kinds.py", '    Kind("choice", "exclusiveGateway"', kind)
    write_texts(tree, "overview", text)

    checked = pytest_in(
        tree, f"{tests}/behaviours/test_implicit_throw_event.py", "tests/architecture/test_engine_docs.py"
    )
    offered = python(tree, "-c", OFFERED)

    assert checked.returncode == 0, checked.stdout
    assert offered.stdout == "implied: Noe som er underforstått\n", offered.stderr
    changed = ("engine/workflow/bpmn/parser.py", f"{behaviours}/__init__.py", "engine/studio/element_kinds.py")
    assert all(is_tidy(tree, file) for file in (*changed, f"{behaviours}/implicit_throw_event.py"))


#: Prints what the studio offers of the new element.
OFFERED = """
from engine.studio.capabilities import CAPABILITIES
from engine.studio.element_kinds import offered
from engine.web.shared.texts import translate
for kind in offered(CAPABILITIES, (), ()):
    if kind.element == "implicitThrowEvent":
        print(f"{kind.id}: {translate('en', 'kind.' + kind.id)}")
"""


def test_git_asks_the_tools_of_make_lint_before_a_commit() -> None:
    hooks = re.findall(r"entry: \.venv/bin/(\S+(?: (?!-)[a-z]+)?)", (ROOT / ".pre-commit-config.yaml").read_text())
    asked = re.findall(r'run\(BIN / "([^"]+)"(?:, "(?!-)([a-z]+)")?', inspect.getsource(bootstrap.lint))

    assert sorted(hooks) == sorted(" ".join(filter(None, parts)) for parts in asked) and len(hooks) > 3
