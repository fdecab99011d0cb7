"""``ibalanse metrics``: answers Prometheus on a port of its own, on this machine only."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from prometheus_client import exposition

from engine.application import Application
from engine.workflow.operations.metrics import registry


def text(application: Application) -> str:
    """Everything as Prometheus reads it."""
    return exposition.generate_latest(registry(application.db, application.clock)).decode()


def serve(application: Application, port: int, host: str = "127.0.0.1") -> tuple[Any, threading.Thread]:
    """Answer until the server is shut down. Returns it and its thread."""
    server, thread = exposition.start_http_server(port, host, registry(application.db, application.clock))
    return server, thread


def run(application: Application, port: int, echo: Callable[[str], None]) -> int:
    """Answer until asked to stop."""
    _, thread = serve(application, port)
    echo(f"metrics on http://127.0.0.1:{port}/metrics")
    thread.join()
    return 0
