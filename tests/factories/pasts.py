"""A product with a past: cases walked through the shipped journeys, the sandbox for the world, the clock moved.

Walking takes half a minute of work, so the first test process that asks does it for all of one run.
"""

from __future__ import annotations

import fcntl
import os
import pickle
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from werkzeug.serving import make_server

import wsgi
from engine.platform.clock import SandboxClock
from engine.platform.settings import Settings
from integrations.sandbox.app import create_sandbox
from integrations.sandbox.persons import all_persons
from tests.factories.walks import Walked, Walker

BEGIN = datetime(2026, 9, 1, 7, 0, tzinfo=UTC)
SEED, CASES, DAYS = 20260901, 40, 45


@dataclass(frozen=True)
class Past:
    """What was walked until *now*, and the folder the product kept it in (``IBALANSE_DATA``)."""

    data: Path
    cases: list[Walked]
    now: datetime

    def copy(self, data: Path) -> None:
        """The same past in the folder *data*, without a clock: whoever goes on from there sets one to *now*."""
        shutil.copytree(self.data, data, dirs_exist_ok=True)
        Settings.from_env({"IBALANSE_DATA": str(data), "IBALANSE_ENV": "test"}).sandbox_clock.unlink()


def of_this_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that every test process of this run has in common."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def walked_once(shared: Path) -> Past:
    """The past in *shared*, a folder of all test processes of this run. Waits while another process walks it."""
    data, notes = shared / "walked", shared / "walked.pickle"
    with (shared / "walked.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not notes.exists():
            notes.write_bytes(pickle.dumps(_walk(data)))
    past = pickle.loads(notes.read_bytes())  # noqa: S301  written by this run
    assert isinstance(past, Past)
    return past


def _walk(data: Path) -> Past:
    with pytest.MonkeyPatch.context() as patch, sandbox_of(data) as settings:
        patch.setattr(SandboxClock, "now", lambda self: BEGIN + self.moved)
        application, _ = wsgi.wire(settings)
        wsgi.prepare(application)
        assert isinstance(application.clock, SandboxClock)
        grown = [one for one in all_persons() if one.birth_date < (BEGIN - timedelta(days=19 * 365)).date()]
        walker = Walker(application, application.clock, grown[:8], SEED)
        past = Past(data, walker.walk(CASES, DAYS), walker.now)
        application.db.engine.dispose()
    return past


@contextmanager
def sandbox_of(data: Path, client_key: Path | None = None) -> Iterator[Settings]:
    """The settings of a product in *data* whose world answers on a port of its own. *client_key*: one to copy."""
    probe = make_server("127.0.0.1", 0, lambda environ, start: [])
    port = probe.server_port
    probe.server_close()
    address = f"http://127.0.0.1:{port}"
    settings = Settings.from_env({"IBALANSE_DATA": str(data), "IBALANSE_SANDBOX_URL": address, "IBALANSE_ENV": "test"})
    if client_key is not None:
        shutil.copy(client_key, settings.client_key)
    server = make_server("127.0.0.1", port, create_sandbox(settings), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield settings
    server.shutdown()
    server.server_close()
    thread.join()
