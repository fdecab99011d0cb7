"""How a source can fail. Every failure of every provider becomes one of these three.

    SourceError
    ├── SourceUnavailableError   transient: ask again later (time-out, 408, 429, 5xx, network)
    ├── SourceRefusedError       our error for good: no consent, wrong scope, bad request
    └── SourceBrokenError        their error for good: an answer that cannot be understood

``code`` is a short name for logs and incidents; it never carries personal data.
"No data" is not a failure: it is an ``Evidence`` with state ``EMPTY``.
"""

from __future__ import annotations


class SourceError(Exception):
    """A source did not give a usable answer."""

    def __init__(self, code: str, *, retry_after: float | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after


class SourceUnavailableError(SourceError):
    """Ask again later. ``retry_after`` is seconds, where the source said so."""


class SourceRefusedError(SourceError):
    """Asking again without a change on our side gives the same no."""


class SourceBrokenError(SourceError):
    """The answer is not what the source's own documentation says."""
