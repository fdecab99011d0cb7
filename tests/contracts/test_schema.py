"""Migrations of the schema: half a run is finished by the next, half a step leaves nothing, half of one is refused."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.contracts import seam
from tests.contracts.conftest import TOLD, command, environment, unpacked

REVISIONS = seam.revisions()


def objects(file: Path) -> list[tuple[str, str]]:
    """(name, definition) of every table and index, in the order they were made."""
    with sqlite3.connect(file) as connection:
        return connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid").fetchall()


def test_the_newest_revision_is_the_one_alembic_would_go_to() -> None:
    assert seam.newest_revision() == REVISIONS[-1]


def test_the_old_database_is_behind_no_revision_it_could_not_be_brought_from(tmp_path: Path) -> None:
    """Stopped after any step, and taken up again by the command, it ends as whole as in one go."""
    for stopped in REVISIONS[REVISIONS.index("0011") :]:
        folder = unpacked(tmp_path / stopped)
        seam.step(environment(folder)["DATABASE_URL"], stopped)

        status, _, err = seam.ibalanse("prepare", **environment(folder))

        assert status == 0, (stopped, err)
        status, out, _ = seam.ibalanse("verify-audit", "--json", **environment(folder))
        found = json.loads(out)
        assert found["broken"] == [] and found["chains"] >= TOLD["audit"]["chains"], stopped


def test_a_run_stopped_at_any_step_is_finished_by_the_next(tmp_path: Path) -> None:
    whole = tmp_path / "whole.sqlite"
    seam.step(f"sqlite:///{whole}", REVISIONS[-1])
    for stopped in (REVISIONS[0], REVISIONS[len(REVISIONS) // 2], REVISIONS[-2]):
        file = tmp_path / f"{stopped}.sqlite"
        seam.step(f"sqlite:///{file}", stopped)
        assert objects(file) != objects(whole), stopped

        seam.step(f"sqlite:///{file}", REVISIONS[-1])

        assert sorted(objects(file)) == sorted(objects(whole)), stopped


def test_a_step_that_fails_half_way_leaves_nothing_and_succeeds_later(tmp_path: Path) -> None:
    """What it makes last is in its way: all it made before must be gone again, on SQLite too."""
    before: set[str] = set()
    obstructed = 0
    for position, revision in enumerate(REVISIONS):
        scratch = tmp_path / "scratch.sqlite"
        seam.step(f"sqlite:///{scratch}", revision)
        made = [name for name, _ in objects(scratch) if name not in before and "alembic" not in name]
        before |= set(made)
        if len(made) < 2:
            continue
        file = tmp_path / f"obstructed-{revision}.sqlite"
        if position:
            seam.step(f"sqlite:///{file}", REVISIONS[position - 1])
        with sqlite3.connect(file) as connection:
            connection.execute(f'CREATE TABLE "{made[-1]}" (in_the_way INTEGER)')
        was = objects(file)

        with pytest.raises(Exception, match=made[-1]):
            seam.step(f"sqlite:///{file}", revision)

        assert objects(file) == was, f"{revision} left something behind"
        with sqlite3.connect(file) as connection:
            connection.execute(f'DROP TABLE "{made[-1]}"')
        seam.step(f"sqlite:///{file}", revision)
        assert {name for name, _ in objects(file)} >= set(made)
        obstructed += 1
    assert obstructed > 5


@pytest.fixture(params=[REVISIONS[0], REVISIONS[-2], "another"])
def half(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder whose database has the tables of another version: an earlier one, or one this code does not know."""
    folder = unpacked(tmp_path / "half")
    file = folder / "old.sqlite"
    if request.param == "another":
        seam.step(f"sqlite:///{file}", REVISIONS[-1])
        with sqlite3.connect(file) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
    else:
        file.unlink()
        seam.step(f"sqlite:///{file}", request.param)
    return folder


@pytest.mark.parametrize(
    "argv",
    [
        ("worker", "--burst"),
        ("incidents", "list"),
        ("verify-audit",),
        ("purge-expired",),
        ("versions",),
        ("deploy", "processes/callback"),
        ("metrics", "--print"),
    ],
    ids=lambda argv: argv[0],
)
def test_a_command_refuses_half_a_schema_and_says_what_to_do(half: Path, argv: tuple[str, ...]) -> None:
    was = objects(half / "old.sqlite")

    status, out, err = seam.ibalanse(*argv, **environment(half))

    assert (status, out) == (2, "") and "ibalanse prepare" in err
    assert objects(half / "old.sqlite") == was


def test_the_web_refuses_half_a_schema_and_says_what_to_do(half: Path) -> None:
    with pytest.raises(Exception, match="ibalanse prepare"):
        seam.web(**environment(half))


def test_the_web_starts_while_the_database_is_away(tmp_path: Path) -> None:
    away = {"IBALANSE_DATA": str(tmp_path), "IBALANSE_ENV": "test"}

    app = seam.web(DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=1", **away)

    assert app.test_client().get("/health/live").status_code == 200


def test_a_database_without_any_table_is_refused_by_the_real_command(tmp_path: Path) -> None:
    done = command(tmp_path, "verify-audit")

    assert done.returncode == 2 and "ibalanse prepare" in done.stderr and "Traceback" not in done.stderr
