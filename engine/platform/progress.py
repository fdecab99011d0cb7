"""A progress bar on a terminal, and nothing anywhere else: output that is read by programs stays clean."""

from __future__ import annotations

import sys
from typing import TextIO

WIDTH = 30


class Bar:
    """Drawn on stderr when that is a terminal. ``total`` 0 = unknown: then only a count is shown."""

    def __init__(self, label: str, total: int, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._label, self._total = label, total
        self._shown = self._stream.isatty()

    def __call__(self, count: int, note: str = "") -> None:
        if not self._shown:
            return
        if self._total:
            full = WIDTH * min(count, self._total) // self._total
            drawn = f"[{'#' * full}{'.' * (WIDTH - full)}] {count}/{self._total}"
        else:
            drawn = str(count)
        print(f"\r{self._label} {drawn} {note}\x1b[K", end="", file=self._stream, flush=True)

    def close(self) -> None:
        """End the line."""
        if self._shown:
            print(file=self._stream, flush=True)
