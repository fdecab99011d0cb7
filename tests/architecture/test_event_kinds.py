"""Names that must agree are objects: whatever kind of event or job is read somewhere is written somewhere, and no
string is invented for one."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from pathlib import Path

import pytest

from engine.advice.event_kinds import AdviceEvent
from engine.advice.task_types import task_type_registry
from engine.advice.task_types.descriptions import DESCRIBED
from engine.advice.task_types.milestones import MILESTONES
from engine.casework import history
from engine.casework.event_kinds import CaseworkEvent, OfficeEvent
from engine.studio import template_editor
from engine.studio.event_kinds import StudioEvent
from engine.web.shared import event_texts
from engine.web.shared.event_kinds import AccessEvent
from engine.web.shared.texts import LANGUAGES, texts
from engine.workflow.audit.kinds import EventKind, OperationsEvent, WorkflowEvent

ROOT = Path(__file__).resolve().parents[2]
#: Those that stand in the chains of cases, where people read them; the others stand in the system's own.
OF_CASES: tuple[type[EventKind], ...] = (WorkflowEvent, CaseworkEvent, AdviceEvent)
EVERY: tuple[type[EventKind], ...] = (*OF_CASES, OperationsEvent, OfficeEvent, StudioEvent, AccessEvent)
KINDS = {f"{room.__name__}.{kind.name}": kind for room in EVERY for kind in room}
VALUES = {str(kind) for kind in KINDS.values()}
#: Here a kind's or a job's own word stands as a string; a migration is of its day.
SOURCES = [
    path
    for folder in ("engine", "integrations", "processes")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "migrations" not in path.parts and path.stem not in ("kinds", "event_kinds")
]
KIND_READ = re.compile(r"\baudit_event\.c\.kind\b|\bevent\.kind\b")


class Tree:
    """A module with the way from each node up."""

    def __init__(self, text: str) -> None:
        self.nodes = ast.parse(text)
        self.text = text

    @cached_property
    def _above(self) -> dict[ast.AST, ast.AST]:
        return {below: node for node in ast.walk(self.nodes) for below in ast.iter_child_nodes(node)}

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        while (up := self._above.get(node)) is not None:
            yield up
            node = up

    def strings(self) -> Iterator[ast.Constant]:
        for node in ast.walk(self.nodes):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node

    def kinds(self) -> Iterator[tuple[str, bool]]:
        """Every kind named, and whether it is only read there: compared, asked for, or in a list of the module."""
        for node in ast.walk(self.nodes) if any(room.__name__ in self.text for room in EVERY) else ():
            if isinstance(node, ast.Attribute) and ast.unparse(node) in KINDS:
                up = list(self.above(node))
                asked = any(isinstance(one, ast.Compare) or _calls(one, ("in_", "not_in")) for one in up)
                inside = any(isinstance(one, ast.FunctionDef) for one in up) or self._is_written_from(up)
                yield ast.unparse(node), asked or not inside

    def _is_written_from(self, up: list[ast.AST]) -> bool:
        """Whether it stands in a table of the module from which the kind of an event is taken."""
        table = next((ast.unparse(one.targets[0]) for one in up if isinstance(one, ast.Assign)), "")
        return any(
            isinstance(node, ast.Assign)
            and ast.unparse(node.targets[0]).endswith(".audit_kind")
            and re.search(rf"\b{re.escape(table)}\[", ast.unparse(node.value)) is not None
            for node in ast.walk(self.nodes)
            if table
        )


def _calls(node: ast.AST, names: Iterable[str]) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in names


@cache
def trees() -> dict[Path, Tree]:
    return {path: Tree(path.read_text(encoding="utf-8")) for path in SOURCES}


@cache
def named(*, read: bool) -> frozenset[str]:
    """Every kind that is *read* somewhere in the sources, or every one that is written."""
    return frozenset(name for tree in trees().values() for name, only_read in tree.kinds() if only_read == read)


def invented(tree: Tree) -> list[str]:
    """Strings where a kind of event or the name of a job belongs."""
    found = [node.value for node in tree.strings() if node.value in VALUES]
    for node in ast.walk(tree.nodes):
        if _calls(node, ("append",)) and ast.unparse(node.func) == "chain.append":  # type: ignore[attr-defined]
            found += _text(node.args[4:5])  # type: ignore[attr-defined]
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).endswith(".audit_kind"):
            found += _text([node.value])
        elif isinstance(node, ast.Compare) and re.search(
            r"\baudit_event\.c\.kind\b|\bevent\.kind\b", ast.unparse(node)
        ):
            found += [word for word in _text([node.left, *node.comparators]) if word[:1].isupper()]
        elif _calls(node, ("in_", "not_in")) and "audit_event.c.kind" in ast.unparse(node.func):  # type: ignore[attr-defined]
            found += [inner.value for inner in ast.walk(node) if isinstance(inner, ast.Constant)]
        elif _calls(node, ("in_background",)):
            found += _text(node.args[1:2])  # type: ignore[attr-defined]
        elif _calls(node, ("enqueue",)) and ast.unparse(node.func) == "outbox.enqueue":  # type: ignore[attr-defined]
            found += _text(word.value for word in node.keywords if word.arg == "name")  # type: ignore[attr-defined]
        elif isinstance(node, ast.Compare) and "'job'" in ast.unparse(node.left):
            found += _text(node.comparators)
    return found


def _text(nodes: Iterable[ast.expr]) -> list[str]:
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def test_every_kind_that_is_read_is_written() -> None:
    assert named(read=True) and set() == named(read=True) - named(read=False)


def test_every_kind_there_is_is_written() -> None:
    assert set(KINDS) - named(read=False) == set()


def test_no_two_kinds_are_stored_by_the_same_word() -> None:
    assert len(VALUES) == len(KINDS)


def test_nobody_invents_a_string() -> None:
    assert {str(path.relative_to(ROOT)): words for path, tree in trees().items() if (words := invented(tree))} == {}


@pytest.mark.parametrize(
    "line",
    [
        'chain.append(connection, case, now, actor, "Dreamt", {})',
        'c.audit_kind = "Dreamt"',
        'seen = kind == "NoteWritten"',
        'wanted = audit_event.c.kind == "Dreamt"',
        'wanted = audit_event.c.kind.in_(("Dreamt",))',
        'if event.kind == "Dreamt": pass',
        'if data.get("job") == "build_overview": pass',
        'in_background(product, "dream")',
        'outbox.enqueue(connection, name="dream", case_id="")',
    ],
)
def test_an_invented_string_is_noticed(line: str) -> None:
    assert invented(Tree(line))


def test_a_kind_nobody_writes_is_noticed() -> None:
    read_only = Tree("SHOWN = (CaseworkEvent.NOTE_WRITTEN,)\ndef f():\n    return kind == WorkflowEvent.TIMER_FIRED\n")

    assert list(read_only.kinds()) == [("CaseworkEvent.NOTE_WRITTEN", True), ("WorkflowEvent.TIMER_FIRED", True)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_history_has_words_for_every_kind_it_may_show(language: str) -> None:
    shown = [kind for room in OF_CASES for kind in room if kind not in history.LEFT_OUT]
    keys = {event_texts.text_key(kind, staff) for kind in shown for staff in (False, True)}

    assert keys - set(texts(language)) == set()
    assert set(event_texts.SHOWN) <= set(shown)
    there = {key for key in texts(language) if key.startswith("event.")}
    assert there - keys == {event_texts.UNKNOWN}, "words for what never happens"


@pytest.mark.parametrize("path", sorted(ROOT.glob("processes/*/templates.json")), ids=lambda path: path.parent.name)
def test_a_template_is_proposed_after_a_step_or_an_event_that_proposes(path: Path) -> None:
    steps = set(re.findall(r'<bpmn:\w+ id="(\w+)"', (path.parent / "process.bpmn").read_text(encoding="utf-8")))
    found = json.loads(path.read_text(encoding="utf-8"))
    after = {name for kind in found.values() for one in kind for name in one.get("after", ())}

    assert after - steps - {str(kind) for kind in template_editor.EVENTS} == set()


def test_the_job_the_statistics_wait_for_is_in_a_shipped_journey() -> None:
    """The leaders' headline once waited for a job of another name, and was 0 % for every real case."""
    used = {
        name
        for path in ROOT.glob("processes/*/process.bpmn")
        for name in re.findall(r"<altinn:taskType>(\w+)</altinn:taskType>", path.read_text(encoding="utf-8"))
    }

    assert MILESTONES.overview_job in task_type_registry.JOBS & used
    assert used <= task_type_registry.JOBS | task_type_registry.USER_TASKS
    assert set(DESCRIBED) == set(task_type_registry.JOBS)
