"""Every write of the pages goes through the one door: a POST route declares what it sends or says why it does not."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import is_dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask

from engine.application import Application, build
from engine.platform.clock import FixedClock
from engine.platform.settings import Settings
from engine.web import create_app
from engine.web.shared.commands import declared
from engine.workflow.execution.commands import CaseCommand, Command
from engine.workflow.execution.sequence import RECORD_ACT
from engine.workflow.jobs.wakeup import no_wakeup

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "engine" / "web"

#: POST routes that send no command: endpoint → why. Ten at most.
REASONS = {
    "login.out": "ends one's own session: whoever holds the cookie, nobody's case",
    "login.language": "the language of one's own session",
    "offices.choose": "which of one's own offices the session acts for",
    "queue.shortcuts": "a cookie: keyboard shortcuts on or off",
    "studio.preview": "writes nothing: draws a form with what is answered in it",
    "studio.preview_template": "writes nothing: draws a template with what is written in it",
    "studio.trial_knob": "turns the made-up world of one's own trial run, which lies in a file of its own",
    "studio.trial_fault": "the same: lets one of its sources fail",
}

#: Modules of the pages that may write by themselves: path below ``engine/web`` → why.
WRITERS = {
    "shared/session_store.py": "sessions, and who came in and who was refused: of no case",
}

#: Modules that may send past ``shared.commands.send``: path below ``engine/web`` → why.
SENDERS = {
    "shared/commands.py": "the way every view sends",
}

#: Commands that only a program that runs the engine by itself sends: command → what it is for.
OFFERED = {
    "BroadcastSignal": "a signal from outside",
    "DelegateTask": "a colleague does a task and gives it back",
    "GiveBackTask": "the same",
}


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Application:
    """Wired, on a database nobody opens."""
    folder = tmp_path_factory.mktemp("door")
    settings = Settings.from_env({"IBALANSE_DATA": str(folder), "IBALANSE_ENV": "test"})
    return build(settings, clock=FixedClock(datetime(2026, 11, 23, tzinfo=UTC)), wakeup=no_wakeup)


@pytest.fixture(scope="module")
def app(application: Application) -> Flask:
    return create_app(application, logins={}, identify=lambda _: ("", date(2000, 1, 1)))


def posts(app: Flask) -> set[str]:
    """The endpoint of every route that takes a POST."""
    return {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}


def test_every_post_route_sends_commands_or_says_why_not(app: Flask) -> None:
    silent_routes = {endpoint for endpoint in posts(app) if not declared(app.view_functions[endpoint])}
    assert silent_routes - set(REASONS) == set(), "declare with @sends what these send"
    assert set(REASONS) - silent_routes == set(), "these send commands, so they need no reason"
    assert len(REASONS) <= 10


def test_whatever_is_declared_has_a_sequence(app: Flask, application: Application) -> None:
    for endpoint, function in app.view_functions.items():
        assert set(declared(function)) <= set(application.dispatch.sequences), endpoint


def test_the_pages_write_by_commands_only() -> None:
    writing = {path for path, tree in modules() if any(writes(node) for node in ast.walk(tree))}
    assert writing - set(WRITERS) == set(), "these write past the one door"
    assert set(WRITERS) - writing == set()


def test_the_pages_send_what_they_declared_only() -> None:
    sending = {path for path, tree in modules() if any(sends_itself(node) for node in ast.walk(tree))}
    assert sending - set(SENDERS) == set(), "these send past shared.commands.send"
    assert set(SENDERS) - sending == set()


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every module of the pages: its path below ``engine/web``, and what is in it."""
    for path in sorted(WEB.rglob("*.py")):
        yield path.relative_to(WEB).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def writes(node: ast.AST) -> bool:
    """A write transaction, an event put on a chain, or a statement that changes rows."""
    if isinstance(node, ast.ImportFrom):
        return node.module == "sqlalchemy" and any(name.name in ("insert", "update", "delete") for name in node.names)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    if ast.unparse(node.func) == "chain.append":
        return True
    bare = not node.args and not node.keywords
    return bare and node.func.attr in ("write", "insert", "update", "delete")


def sends_itself(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).endswith("dispatch.send")


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("product.db.write()", True),
        ("chain.append(connection, case, now, who, kind, {})", True),
        ("from sqlalchemy import select, update", True),
        ("table.delete().where(table.c.id == '1')", True),
        ("file.write('text')", False),
        ("known.update({'a': 1})", False),
        ("rows.append(1)", False),
        ("product.db.read()", False),
    ],
)
def test_a_write_is_told_from_what_only_looks_like_one(source: str, found: bool) -> None:
    assert any(writes(node) for node in ast.walk(ast.parse(source))) is found


def test_every_command_is_sent_by_something(application: Application) -> None:
    used = {name for path in sources() for name in made(ast.parse(path.read_text(encoding="utf-8")))}
    unsent = {command.__name__ for command in application.dispatch.sequences} - used
    assert unsent - set(OFFERED) == set(), "nothing sends these"
    assert set(OFFERED) - unsent == set(), "these are sent by something of ours"


def sources() -> Iterator[Path]:
    """What may send a command: all but the modules that define them and list their steps."""
    for folder in ("engine", "processes", "integrations"):
        for path in (ROOT / folder).rglob("*.py"):
            if path.name not in ("commands.py", "sequence.py"):
                yield path


def made(tree: ast.AST) -> Iterator[str]:
    """The names a module calls, or hands over: not those it only asks about, annotates with or declares."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("isinstance", "sends"):
            continue
        if isinstance(node, ast.arg | ast.AnnAssign):
            node = ast.Tuple([one for one in (getattr(node, "value", None),) if one is not None], ast.Load())
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        yield from made(node)


def test_every_act_on_a_case_begins_with_its_lock_and_a_check_and_ends_with_the_record(
    application: Application,
) -> None:
    acts = {one: steps for one, steps in application.dispatch.sequences.items() if issubclass(one, CaseCommand)}
    assert len(acts) > 15
    for command, steps in acts.items():
        names = [step.__name__ for step in steps]
        assert names[0] == "lock_case_file", command
        assert names[1].startswith("check_") and names[1].endswith("_access"), command
        assert steps[-len(RECORD_ACT) :] == RECORD_ACT, command


def test_every_command_is_a_frozen_value_that_says_what_it_is(application: Application) -> None:
    for command in application.dispatch.sequences:
        assert issubclass(command, Command) and is_dataclass(command), command
        assert command.__dataclass_params__.frozen, command  # type: ignore[attr-defined]
