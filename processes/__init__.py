"""The journeys: one bundle each, in Altinn's format one level flatter.

``ALL`` is handed to the engine by ``wsgi.py``; a journey names data sets, never providers.

A journey more is a folder here and its name in ``ALL``, or a bundle deployed without touching the code. What it holds
and may say is told in ``docs/process-authors.md``.
"""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent

#: Folders of the bundles, called ones before their callers.
ALL: tuple[Path, ...] = tuple(
    _HERE / name
    for name in (
        "consent",
        "mandate",
        "data_collection",
        "supplement",
        "advice",
        "self_help",
        "enk_start",
        "enk_run",
        "enk_close",
        "callback",
    )
)
