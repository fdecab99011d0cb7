"""``ibalanse serve``: the whole product on one machine: Valkey, web, workers, sandbox.

Children that die are started again. SIGTERM goes to all; who has not gone after
ten seconds is killed.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from engine.platform.settings import Settings
from engine.workflow.jobs.valkey import ensure_redis

#: For a child to answer. One that ends is seen at once, so this is for a machine with much else to do.
READY_SECONDS = 300
STOP_SECONDS = 10
LISTEN = "127.0.0.1"


@dataclass
class Child:
    """One process. ``ready`` is an address that answers when it is up, "" when there is none."""

    name: str
    argv: list[str]
    ready: str = ""
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)

    def start(self, env: dict[str, str]) -> None:
        self.starts.append(time.monotonic())
        self.process = subprocess.Popen(self.argv, env=env)

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


def children(settings: Settings, *, sandbox: bool, host: str = LISTEN) -> list[Child]:
    """What runs, in the order it starts."""
    program = [sys.executable, "-m", "wsgi"]
    port = urlsplit(settings.base_url).port or 8000
    web = [
        sys.executable,
        "-m",
        "gunicorn",
        "wsgi:application()",
        "--bind",
        f"{host}:{port}",
        "--worker-class",
        "gthread",
        "--workers",
        str(settings.web_workers),
        "--threads",
        str(settings.web_threads),
        "--no-control-socket",
        "--log-level",
        "warning",
        "--graceful-timeout",
        "8",
    ]
    found = []
    if sandbox:
        found.append(Child("sandbox", [*program, "sandbox"], f"{settings.sandbox_url}/"))
    found.append(Child("web", web, f"{settings.base_url}/health/ready"))
    found += [Child(f"worker {n + 1}", [*program, "worker"]) for n in range(settings.workers)]
    if settings.metrics_port:
        address = f"http://{LISTEN}:{settings.metrics_port}/metrics"
        found.append(Child("metrics", [*program, "metrics"], address))
    return found


def serve(
    settings: Settings,
    redis: tuple[str, subprocess.Popen[bytes] | None],
    *,
    sandbox: bool,
    echo: Callable[[str], None],
    ready: Callable[[], None],
) -> int:
    """Run until asked to stop; *ready* is called once everything answers. Returns the exit status.

    *redis* is its address, and the process where it is ours (``ensure_redis``): that is started again too.
    """
    url, valkey = redis
    counted = settings.data_dir / "metrics"  # what the processes count together, anew at each start
    shutil.rmtree(counted, ignore_errors=True)
    counted.mkdir(mode=0o700)
    env = {
        **os.environ,
        "REDIS_URL": url,
        "IBALANSE_DATA": str(settings.data_dir),
        "PROMETHEUS_MULTIPROC_DIR": str(counted),
    }
    everyone = children(settings, sandbox=sandbox)
    stopping = False

    def stop(_signal: int, _frame: object) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        for child in everyone:
            echo(f"starting {child.name}")
            child.start(env)
        for child in everyone:
            if child.ready and not _wait(child, lambda: stopping):
                echo(f"{child.name} did not come up")
                return 1
        ready()
        while not stopping:
            time.sleep(0.2)
            if valkey is not None and valkey.poll() is not None:
                echo("starting Valkey again")
                _, valkey = ensure_redis(settings)
            for child in everyone:
                if not child.alive():
                    recent = [moment for moment in child.starts if time.monotonic() - moment < 30]
                    time.sleep(min(5.0, 0.2 * 2 ** len(recent)))
                    if not stopping:
                        echo(f"starting {child.name} again")
                        child.start(env)
        return 0
    finally:
        _stop(everyone)
        if valkey is not None:
            valkey.terminate()


def _wait(child: Child, stopping: Callable[[], bool]) -> bool:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and not stopping():
        try:
            with urllib.request.urlopen(child.ready, timeout=2) as answer:  # noqa: S310  our own address from settings
                if answer.status == 200:
                    return True
        except (urllib.error.URLError, OSError):
            pass
        if not child.alive():
            return False
        time.sleep(0.1)
    return False


def _stop(everyone: list[Child]) -> None:
    for child in everyone:
        if child.alive() and child.process is not None:
            child.process.terminate()
    until = time.monotonic() + STOP_SECONDS
    for child in everyone:
        if child.process is not None:
            try:
                child.process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
