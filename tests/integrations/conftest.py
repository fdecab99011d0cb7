"""A running sandbox for the tests of the clients."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from engine.platform.settings import Settings
from integrations.sandbox.app import create_sandbox
from integrations.wiring import PROVIDERS


@contextmanager
def running_sandbox(data: Path, providers: Sequence[str] = PROVIDERS) -> Iterator[Settings]:
    """Settings that point at a sandbox on a port of its own."""
    probe = make_server("127.0.0.1", 0, lambda environ, start: [])
    port = probe.server_port
    probe.server_close()
    settings = Settings.from_env(
        {"IBALANSE_DATA": str(data), "IBALANSE_SANDBOX_URL": f"http://127.0.0.1:{port}", "IBALANSE_ENV": "test"}
    )
    server = make_server("127.0.0.1", port, create_sandbox(settings, providers), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield settings
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings that point at a sandbox on a port of its own."""
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as settings:
        yield settings
