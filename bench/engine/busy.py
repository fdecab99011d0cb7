"""One of the processes of ``throughput.py``: acts until its time is up and prints how often."""

from __future__ import annotations

import sys
import tempfile
import time

from bench.engine.database import Workbench
from engine.application import build
from engine.platform.clock import SystemClock
from engine.platform.gc_tuning import raise_gc_threshold
from engine.platform.settings import Settings
from engine.workflow.jobs.wakeup import no_wakeup


def main(what: str, url: str, begin: float, seconds: float) -> None:
    """One process: act until the time is up, print how often."""
    with tempfile.TemporaryDirectory() as name:
        settings = Settings.from_env({"IBALANSE_DATA": name, "IBALANSE_ENV": "test", "DATABASE_URL": url})
        here = Workbench.again(build(settings, clock=SystemClock(), wakeup=no_wakeup))
        act = here.stepper() if what == "complete" else here.own_floor()
        time.sleep(max(0.0, begin - time.time()))
        count, until = 0, time.monotonic() + seconds
        while time.monotonic() < until:
            act()
            count += 1
        print(count)


if __name__ == "__main__":
    raise_gc_threshold()
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4]))
