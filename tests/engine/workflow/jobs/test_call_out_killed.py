"""A worker that is killed between the call and the commit: the receiver knows the second call by its key."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.engine.workflow.jobs.conftest import Cases, Spawn
from tests.engine.workflow.jobs.test_call_out import FIELD, SECRET, calling, variables
from tests.engine.workflow.jobs.test_workers import application, expire

__all__ = ["application"]


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server that says yes to everything. Its address, and the keys it has been sent."""
    keys: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            keys.append(self.headers["Idempotency-Key"])
            self.rfile.read(int(self.headers["Content-Length"]))
            body = b'{"id": "K-1"}'
            self.send_response(201)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/saker", keys
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_worker_killed_after_the_call_calls_again_with_the_same_key(
    cases: Cases, spawn: Spawn, listener: tuple[str, list[str]]
) -> None:
    url, keys = listener
    calling(cases, {}, **{"body.why": FIELD, "reply.receipt": "id"})
    case = cases.start(why=SECRET)
    allowed = json.dumps({"kommunen": {"url": url}})

    killed = spawn("worker", "--burst", IBALANSE_FAIL_POINT="after_perform", IBALANSE_CALLOUTS=allowed)
    assert killed.wait() == -signal.SIGKILL
    assert len(keys) == 1 and cases.state(case) == "active"
    expire(cases)
    after = spawn("worker", "--burst", IBALANSE_CALLOUTS=allowed)
    assert after.wait() == 0

    assert len(keys) == 2 and len(set(keys)) == 1
    assert cases.state(case) == "completed" and variables(cases, case)["receipt"] == "K-1"
    assert cases.events()[case]["CalledOut"] == 1
    assert SECRET not in killed.text + after.text
