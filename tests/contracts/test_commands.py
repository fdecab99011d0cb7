"""The command: every sub-command takes what it took, answers with the status it had, and its JSON keeps its keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.contracts import examples, observation, seam
from tests.contracts.conftest import TOLD, command
from tests.contracts.promises import call_on_database

COMMANDS: dict[str, dict[str, Any]] = observation.recorded("commands")
ANSWERS: dict[str, dict[str, Any]] = observation.recorded("answers")


@pytest.mark.parametrize("path", sorted(COMMANDS), ids=lambda path: path or "ibalanse")
def test_a_sub_command_takes_what_it_took(path: str) -> None:
    was = COMMANDS[path]
    words = tuple(path.split())
    now = observation.command(observation.help_of(*words), words)

    short = {"-h"}  # not every library of commands has it
    assert not set(was["options"]) - set(now["options"]) - short
    for option, choices in was["choices"].items():
        assert set(choices) <= set(now["choices"].get(option, ())), option
    assert now["needed"] == was["needed"] and now["taken"] >= was["taken"]


@pytest.fixture
def named(tmp_path: Path) -> dict[str, str]:
    return examples.values(tmp_path, TOLD)


@pytest.mark.parametrize("name", sorted(examples.PLAIN))
def test_a_call_answers_as_it_did(name: str, named: dict[str, str]) -> None:
    now = examples.outcome(*seam.ibalanse(*examples.call(examples.PLAIN[name], named)))

    assert differences(name, now) == []


@pytest.mark.parametrize("name", sorted(examples.DATABASE))
def test_a_call_on_a_database_answers_as_it_did(
    name: str, named: dict[str, str], prepared: Path, tmp_path: Path
) -> None:
    now = call_on_database(prepared, tmp_path / "copy", examples.DATABASE[name], named)

    assert differences(name, now) == []


def differences(name: str, now: dict[str, Any]) -> list[str]:
    """What who relied on the recorded answer would miss in this one: its status, its reason, the keys of its JSON."""
    was = ANSWERS[name]
    found = [
        f"{part} is {now.get(part)}, was {was.get(part)}"
        for part in ("status", "answers", "says why")
        if now.get(part) != was.get(part)
    ]
    for form in ("json", "lines"):
        if form in was:
            found += observation.missing(was[form], now[form]) if form in now else [f"it answered with {form}"]
    return found


def test_every_call_is_recorded_and_none_is_recorded_that_is_not_made() -> None:
    assert set(ANSWERS) == set(examples.PLAIN) | set(examples.DATABASE)


def test_what_is_missing_is_noticed() -> None:
    """The comparison itself: without this the tests above could not fail."""
    was = {"a": "int", "b?": "str", "c": [{"d": "null|str"}]}
    assert list(observation.missing(was, {"a": "int", "c": [{"d": "str", "new": "int"}]})) == []
    assert list(observation.missing(was, {"b": "str", "c": [{"d": "str"}]})) == [".a is gone"]
    assert list(observation.missing(was, {"a?": "int", "c": [{"d": "str"}]})) == [".a is not always there"]
    assert list(observation.missing(was, {"a": "str", "c": [{"d": "int"}]})) == [
        ".a is str, was int",
        ".c[].d is int, was null|str",
    ]
    assert list(observation.missing(was, {"a": "int", "c": []})) == [".c is empty"]


def test_the_help_of_another_library_is_read_the_same() -> None:
    text = """Usage: ibalanse run [OPTIONS] FILE_OR_FOLDER

  Execute a BPMN file.

Options:
  --process ID                    which one
  --conditions [altinn|simple|xpath]
                                  how conditions are written, see --json
  -h, --help                      Show this message and exit.
"""
    assert observation.command(text, ("run",)) == {
        "options": ["--conditions", "--help", "--process", "-h"],
        "choices": {"--conditions": ["altinn", "simple", "xpath"]},
        "needed": 1,
        "taken": 1,
    }


def test_the_installed_command_refuses_bad_input_with_2_and_the_reason_on_stderr(folder: Path) -> None:
    done = command(folder, "case", "show", "2001-0001")

    assert (done.returncode, done.stdout) == (2, "") and "2001-0001" in done.stderr and "Traceback" not in done.stderr
