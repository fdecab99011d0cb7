"""The old database, brought to the newest schema by the product's own command; every test has a copy."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.contracts import seam
from tests.contracts.journeys import HERE, KEYS, LAST, PLACE
from tests.contracts.walking import Old

Ask = Callable[..., tuple[int, str, str]]
TOLD = json.loads((HERE / "old_database.json").read_text())


def environment(folder: Path) -> dict[str, str]:
    """What points a command at the database in this folder."""
    return {
        "IBALANSE_DATA": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'old.sqlite'}",
        "IBALANSE_ENV": "test",
    }


def unpacked(folder: Path) -> Path:
    """The old database as it was left, with its keys and its clock, in this folder."""
    folder.mkdir(exist_ok=True)
    shutil.copy(KEYS, folder / "keys.json")
    (folder / "old.sqlite").write_bytes(gzip.decompress((HERE / PLACE).read_bytes()))
    set_clock(folder, LAST)
    return folder


def set_clock(folder: Path, at: datetime) -> None:
    """Commands in this folder take it to be *at* now: the sandbox's clock is a file."""
    (folder / "sandbox").mkdir(exist_ok=True)
    (folder / "sandbox" / "clock").write_text(str(at.timestamp() - time.time()))


def command(folder: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    """``ibalanse`` as a process of its own on the database in this folder."""
    outer = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    return subprocess.run(
        [*seam.COMMAND, *argv],
        cwd=seam.ROOT,
        env={**outer, **environment(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The old database after ``ibalanse prepare``. To copy, never to change."""
    folder = unpacked(tmp_path_factory.mktemp("prepared"))
    done = command(folder, "prepare")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def folder(prepared: Path, tmp_path: Path) -> Path:
    """A copy of the prepared database and its keys."""
    copy = tmp_path / "data"
    shutil.copytree(prepared, copy)
    set_clock(copy, LAST)
    return copy


@pytest.fixture
def ask(folder: Path) -> Ask:
    """Run a sub-command on the copy: exit status, stdout, stderr."""

    def run(*argv: str) -> tuple[int, str, str]:
        return seam.ibalanse(*argv, **environment(folder))

    return run


@pytest.fixture
def old(folder: Path) -> Iterator[Old]:
    """The copy, opened by the code of today at the moment it was left."""
    product = seam.open_house(folder, environment(folder)["DATABASE_URL"], LAST)
    yield Old(product, TOLD)
    product.application.db.engine.dispose()
