"""Trace context (W3C ``traceparent``): one request is followed through its jobs and the calls they make.

Ids only: nothing of a person, a case or an address goes into it. The id travels
in the rows of due work a command leaves, in the logs, and in outgoing calls.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

#: https://www.w3.org/TR/trace-context/ section 3.2; a version we do not know is read as version 00.
_FORM = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")

_current: ContextVar[str | None] = ContextVar("traceparent", default=None)


def header() -> str | None:
    """The ``traceparent`` of what is going on here, or ``None`` outside of any trace."""
    return _current.get()


def trace_id() -> str:
    """The 32 characters every part of one trace shares, "" outside of any."""
    return (_current.get() or "")[3:35]


def follow(traceparent: str | None) -> str:
    """A ``traceparent`` of our own within *given*, or the beginning of a new trace when that is none."""
    found = _FORM.fullmatch(traceparent or "")
    if found is not None and (not traceparent or not traceparent.startswith("00") or found[4] is None):
        return f"00-{found[1]}-{secrets.token_hex(8)}-{found[3]}"
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"


def begin(traceparent: str | None) -> None:
    """Follow *given* from here on, in this thread."""
    _current.set(follow(traceparent))


def leave() -> None:
    """Outside of any trace again: the thread goes on with something else."""
    _current.set(None)


@contextmanager
def following(traceparent: str | None) -> Iterator[None]:
    """Follow *given* while the work goes on."""
    before = _current.set(follow(traceparent))
    try:
        yield
    finally:
        _current.reset(before)
