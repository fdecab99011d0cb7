"""A product with a past: cases walked through the shipped journeys, the sandbox for the world, the clock moved."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.serving import make_server

import wsgi
from engine.application import Application
from engine.platform.clock import SandboxClock
from engine.platform.settings import Settings
from integrations.sandbox.app import create_sandbox
from integrations.sandbox.persons import all_persons
from tests.factories.walks import Walked, Walker

BEGIN = datetime(2026, 9, 1, 7, 0, tzinfo=UTC)
SEED, CASES, DAYS = 20260901, 40, 45


@dataclass(frozen=True)
class Past:
    application: Application
    cases: list[Walked]
    now: datetime


@pytest.fixture(scope="session")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    """Walked once for all tests that only read."""
    patch = pytest.MonkeyPatch()
    patch.setattr(SandboxClock, "now", lambda self: BEGIN + self.moved)
    probe = make_server("127.0.0.1", 0, lambda environ, start: [])
    port = probe.server_port
    probe.server_close()
    environment = {
        "IBALANSE_DATA": str(tmp_path_factory.mktemp("walked")),
        "IBALANSE_SANDBOX_URL": f"http://127.0.0.1:{port}",
        "IBALANSE_ENV": "test",
    }
    settings = Settings.from_env(environment)
    server = make_server("127.0.0.1", port, create_sandbox(settings), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    application, _ = wsgi.wire(settings)
    wsgi.prepare(application)
    assert isinstance(application.clock, SandboxClock)
    grown = [one for one in all_persons() if one.birth_date < (BEGIN - timedelta(days=19 * 365)).date()]
    walker = Walker(application, application.clock, grown[:8], SEED)
    yield Past(application, walker.walk(CASES, DAYS), walker.now)
    application.db.engine.dispose()
    server.shutdown()
    server.server_close()
    thread.join()
    patch.undo()
