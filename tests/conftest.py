"""Fixtures of every test: a fixed clock, a real database of either kind, and an application on it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from engine.advice.evidence.datasets import DataSet
from engine.application import Application, build
from engine.platform import schema
from engine.platform.clock import FixedClock
from engine.platform.db import Database
from engine.platform.settings import Settings
from engine.studio import drafts
from engine.workflow.jobs.wakeup import no_wakeup
from integrations.wiring import connect
from tests.factories.postgres import Server, Unavailable
from tests.factories.postgres import server as postgres_server
from tests.factories.sampling import load_profile

load_profile()
START = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


#: Modules that take a minute or more, and then the rooms by what a module of theirs takes: begun first, so that none
#: is alone at the end of a run of several processes.
LONGEST = (
    *("tests/browser/test_trouble.py", "tests/browser/test_first_light.py", "tests/browser/test_leaders.py"),
    *("tests/engine/workflow/jobs/test_workers.py", "tests/browser/test_estate.py", "tests/browser/"),
    *("tests/durability/", "tests/architecture/", "tests/integrations/", "tests/processes/", "tests/contracts/"),
)


def length_rank(path: str) -> int:
    """Where in the run a test of *path* begins: 0 first."""
    return next((rank for rank, start in enumerate(LONGEST) if path.startswith(start)), len(LONGEST))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A sort that keeps the order within a module, and the modules of one rank as they stand."""
    items.sort(key=lambda item: length_rank(item.nodeid))


@pytest.fixture
def clock() -> FixedClock:
    """Stands at 08.00 on 23 November 2026 in Oslo until a test moves it."""
    return FixedClock(START)


_missing: list[str] = []


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server of our own on a unix socket. Where there is none the run says so last, and fails in CI."""
    try:
        with postgres_server() as running:
            yield running
    except (Unavailable, OSError) as error:
        _missing.append(str(error))
        if os.environ.get("CI"):
            pytest.fail(f"no PostgreSQL: {error}")
        pytest.skip(f"no PostgreSQL: {error}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """One of several test processes tells the first what it missed."""
    told: dict[str, object] | None = getattr(session.config, "workeroutput", None)
    if told is not None:
        told["missing"] = _missing


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    _missing.extend(getattr(node, "workeroutput", {}).get("missing", ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The last lines of a run say what it could not show."""
    if _missing:
        terminalreporter.section("NOT TESTED ON POSTGRESQL", sep="=", red=True)
        terminalreporter.line(f"Every test on PostgreSQL was left out: {_missing[0]}.")


@pytest.fixture
def postgres_url(postgres: Server) -> Iterator[str]:
    """The address of an empty database."""
    url = postgres.new_database()
    yield url
    postgres.drop(url)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file at the newest version of the schema, to copy: migrating takes longer than most tests."""
    file = tmp_path_factory.mktemp("schema") / "migrated.db"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Server) -> str:
    """The same on PostgreSQL: the address of a database to copy."""
    url = postgres.new_database()
    _migrate(url)
    return url


def _migrate(url: str) -> None:
    database = Database(url)
    schema.upgrade(database)
    database.engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database without content. Each test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        file = tmp_path / "test.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), file)
        yield f"sqlite:///{file}"
        return
    like: str = request.getfixturevalue("migrated_postgres")
    server: Server = request.getfixturevalue("postgres")
    url = server.new_database(like)
    yield url
    server.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without tables, of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def application(database_url: str, tmp_path: Path, clock: FixedClock) -> Iterator[Application]:
    """A wired application on a database without content, with nothing deployed."""
    settings = Settings.from_env(
        {"IBALANSE_DATA": str(tmp_path / "data"), "DATABASE_URL": database_url, "IBALANSE_ENV": "test"}
    )
    built = build(settings, clock=clock, wakeup=no_wakeup, draft_at=drafts.at_revision)
    yield built
    built.db.engine.dispose()


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Mapping[str, DataSet], Path]:
    """The data sets the product comes with, and the key to sign with: it takes longer to make than most tests."""
    settings = Settings.from_env({"IBALANSE_DATA": str(tmp_path_factory.mktemp("shipped")), "IBALANSE_ENV": "test"})
    return connect(settings).data_sets, settings.client_key


@pytest.fixture
def anne(application: Application) -> str:
    """The person id of somebody with an ordinary case."""
    with application.db.write() as connection:
        person = application.vault.register(
            connection, pid="21818297804", name="Anne Eksempel", birth_date=date(2000, 1, 21)
        )
    return person.id
