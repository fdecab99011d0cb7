"""Numbers somebody had before the one they have now: a D-number becomes an identity number, the person is the same."""

from __future__ import annotations

from collections.abc import Sequence

from flask import current_app

from engine.web.shared import view


def former_numbers(pid: str) -> tuple[str, ...]:
    """Of somebody we do not know by this number: those the register says they had before. Raises a ``SourceError``."""
    with view.application().db.read() as connection:
        if view.application().vault.person_by_pid(connection, pid) is not None:
            return ()
    numbers: Sequence[str] = current_app.extensions["former_numbers"](pid)
    return tuple(numbers)
