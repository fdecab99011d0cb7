"""``python -m wsgi …`` without its start: a process of its own, forked from one that has imported every module.

To import the product takes most of what a test with processes takes. One process per test run does it, and each
process of a test begins as a copy of that one: with its own environment, output and end, by ``kill -9`` as well.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from pathlib import Path
from subprocess import TimeoutExpired

_METHOD = multiprocessing.get_context("forkserver")
#: What a worker imports, by the doors it goes through; ``wsgi`` itself imports when it is called.
_METHOD.set_forkserver_preload(
    [
        "engine.advice.task_types.task_type_registry",
        "engine.application",
        "engine.cli.exporter",
        "engine.cli.main",
        "engine.cli.worker",
        "engine.studio.drafts",
        "engine.studio.tables",
        "engine.workflow.workers.worker",
        "integrations.wiring",
        "tests.factories.forked",
        "wsgi",
    ]
)


def _run(arguments: tuple[str, ...], environment: dict[str, str], log: Path) -> None:
    """In the new process: what ``python -m wsgi`` would do there."""
    import wsgi

    os.environ.clear()
    os.environ.update(environment)
    with log.open("wb", buffering=0) as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    sys.argv = ["wsgi", *arguments]
    sys.exit(wsgi.main())


class Forked:
    """As much of ``subprocess.Popen`` as the tests use; what the process prints goes to *log*."""

    def __init__(self, arguments: tuple[str, ...], environment: dict[str, str], log: Path) -> None:
        self._process = _METHOD.Process(target=_run, args=(arguments, environment, log), daemon=True)
        self._process.start()

    def wait(self, seconds: float | None = None) -> int:
        """The exit status, -N after signal N. Raises ``TimeoutExpired`` while it still runs."""
        self._process.join(seconds)
        if self._process.exitcode is None:
            raise TimeoutExpired("wsgi", seconds or 0)
        return self._process.exitcode

    def terminate(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()
