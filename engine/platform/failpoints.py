"""Named places where a test may kill the process. Refused in production by ``settings``.

``IBALANSE_FAIL_POINT=before_commit:3`` kills at the third time the place is reached.
"""

from __future__ import annotations

import os
import signal


class FailPoints:
    """Kills the process, as kill -9 would, when the chosen place is reached often enough."""

    def __init__(self, setting: str) -> None:
        self._place, _, count = setting.partition(":")
        self._left = int(count or 1)

    def reach(self, place: str) -> None:
        if place != self._place:
            return
        self._left -= 1
        if self._left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
