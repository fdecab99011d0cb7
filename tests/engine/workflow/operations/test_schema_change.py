"""The schema change finds tasks that were open before it, can be taken back, and is asked for where it is missing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from engine.application import build
from engine.cli import main
from engine.platform import schema
from engine.platform.clock import FixedClock
from engine.platform.db import Database, UTCDateTime
from engine.platform.settings import Settings
from engine.workflow.jobs.models import due_work
from engine.workflow.jobs.wakeup import no_wakeup
from tests.conftest import START


@pytest.fixture
def database(empty_url: str, tmp_path: Path) -> Database:
    return Database(empty_url)


def test_open_tasks_with_a_deadline_get_their_due_work(database: Database) -> None:
    settings = schema.config(database)
    command.upgrade(settings, "0003")
    due, warn = datetime(2027, 1, 10, tzinfo=UTC), datetime(2027, 1, 5, tzinfo=UTC)
    columns = {
        "instance_id": "c",
        "case_id": "c",
        "definition_id": "d",
        "key": "p",
        "element_id": "a",
        "task_type": "data",
        "performer": "citizen",
        "owner_id": "o",
    }
    dated = [sa.column(name, UTCDateTime) for name in ("created_at", "due_at", "warn_at")]
    table = sa.table("user_task", sa.column("id"), sa.column("state"), *map(sa.column, columns), *dated)
    with database.write() as connection:
        for identity, state, at in (("open", "ready", due), ("done", "completed", due), ("free", "ready", None)):
            connection.execute(
                sa.insert(table).values(
                    id=identity, state=state, due_at=at, warn_at=warn if at else None, created_at=warn, **columns
                )
            )

    command.upgrade(settings, "head")

    with database.read() as connection:
        rows = connection.execute(sa.select(due_work).order_by(due_work.c.due_at)).all()
    assert [(r.token_id, r.kind, r.name, r.due_at, r.payload) for r in rows] == [
        ("open", "deadline", "warning", warn, {}),
        ("open", "deadline", "deadline", due, {}),
    ]
    command.downgrade(settings, "0003")
    command.upgrade(settings, "head")
    database.engine.dispose()


@pytest.mark.parametrize(
    "command_line", [["worker", "--burst"], ["verify-audit"], ["case", "show", "none"]], ids=" ".join
)
def test_a_command_on_a_database_without_the_tables_says_what_to_run(
    empty_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command_line: list[str],
) -> None:
    for name, value in {"IBALANSE_DATA": str(tmp_path / "data"), "DATABASE_URL": empty_url}.items():
        monkeypatch.setenv(name, value)
    product = build(Settings.from_env(), clock=FixedClock(START), wakeup=no_wakeup)
    status = main.main(command_line, wire=lambda _: product, prepare=lambda _: None, create_sandbox=lambda _: None)
    product.db.engine.dispose()

    assert status == 2 and "run: ibalanse prepare" in capsys.readouterr().err
