"""The list of commands: by audience, loaded when called, with help, examples and completion; misuse told on stderr."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import click
import pytest

from engine.cli import main
from engine.cli.main import AUDIENCES, ibalanse

ROOT = Path(__file__).resolve().parents[3]
PLACES = {name: place for group in AUDIENCES.values() for name, place in group.items()}


def command(name: str) -> click.Command:
    found = ibalanse.get_command(click.Context(ibalanse), name)
    assert found is not None
    return found


def everyone() -> Iterator[tuple[str, click.Command]]:
    """Every command and those below it, by how they are called."""
    for name in PLACES:
        found = command(name)
        yield name, found
        if isinstance(found, click.Group):
            yield from ((f"{name} {below}", one) for below, one in found.commands.items())


EVERYONE = dict(everyone())


def call(*argv: str) -> int:
    def nothing(*_: object) -> NoReturn:
        raise AssertionError("the product is not asked for")

    return main.main(list(argv), wire=nothing, prepare=nothing, create_sandbox=nothing)


@pytest.mark.parametrize("name", sorted(PLACES))
def test_the_line_in_the_list_is_the_first_line_of_the_commands_help(name: str) -> None:
    first = (command(name).help or "").partition("\n")[0]

    assert first == f"{PLACES[name].help}."


@pytest.mark.parametrize("name", sorted(EVERYONE))
def test_every_command_shows_how_it_is_called_and_says_what_each_option_is(name: str) -> None:
    found = EVERYONE[name]

    assert f"ibalanse {name}" in (found.epilog or "") or name == "estimate"
    silent = [one.name for one in found.params if isinstance(one, click.Option) and not one.help]
    assert silent == []


def test_there_are_as_many_commands_as_were_recorded_and_more() -> None:
    assert len(EVERYONE) > 35 and {"worker", "batch suspend", "settings"} <= set(EVERYONE)


@pytest.mark.parametrize("argv", [["--help"], ["conjure"], ["batch", "--help"]])
def test_the_list_is_shown_without_loading_the_product(argv: list[str]) -> None:
    code = (
        "import sys, wsgi\n"
        f"sys.argv[1:] = {argv!r}\n"
        "wsgi.main()\n"
        "slow = {'engine.web', 'engine.studio.drafts', 'integrations.wiring', 'flask'} & set(sys.modules)\n"
        "assert not slow, slow\n"
        "if sys.argv[1] != 'batch': assert 'sqlalchemy' not in sys.modules and 'pydantic' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("argv", "why", "path"),
    [
        (["chekc"], "Did you mean 'check'", "ibalanse"),
        (["batch", "susp"], "Did you mean 'suspend'", "ibalanse batch"),
        (["check"], "Missing argument 'PATH'", "ibalanse check"),
        (["check", "x", "--sideways"], "No such option", "ibalanse check"),
        (["run", "x", "--max-steps", "none"], "'none' is not a number above zero", "ibalanse run"),
    ],
)
def test_misuse_is_told_on_stderr_with_where_to_read_on(
    argv: list[str], why: str, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = call(*argv)

    out, err = capsys.readouterr()
    assert (status, out) == (2, "")
    assert why in err and err.endswith(f"Nothing was changed. How it is used: {path} --help\n")


@pytest.mark.parametrize("argv", [[], ["batch"], ["estimate"]])
def test_a_group_alone_shows_its_list_on_stderr(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    status = call(*argv)

    out, err = capsys.readouterr()
    assert (status, out) == (2, "") and "Usage: ibalanse" in err


def test_ctrl_c_says_what_is_kept_and_what_to_do(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("IBALANSE_DATA", str(tmp_path))

    def interrupted(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    status = main.main(["prepare"], wire=interrupted, prepare=interrupted, create_sandbox=interrupted)

    assert status == 130 and "committed is kept" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "at", "expected"),
    [("ibalanse ver", 1, {"versions", "verify-audit"}), ("ibalanse batch s", 2, {"suspend", "stop", "show"})],
)
def test_the_shell_completes_commands(words: str, at: int, expected: set[str]) -> None:
    asked = {"_IBALANSE_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(at)}
    done = subprocess.run(
        [sys.executable, "-c", "import wsgi; wsgi.main()"],
        cwd=ROOT,
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        check=True,
    )

    assert {line.partition(",")[2] for line in done.stdout.splitlines()} == expected
