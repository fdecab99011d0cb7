"""Logs carry ids and codes. A last filter takes out what must never be there, should it slip in."""

from __future__ import annotations

import logging
import re

from engine.platform import trace

_NUMBER = re.compile(r"(?<!\d)\d{6}[ ]?\d{5}(?!\d)")
_TOKEN = re.compile(r"eyJ[\w-]{10,}\.[\w-]+\.[\w-]*")
_BEARER = re.compile(r"(?i)(bearer|dpop)\s+\S+")


def clean(text: str) -> str:
    """Without identity numbers and tokens."""
    return _BEARER.sub(r"\1 …", _TOKEN.sub("…", _NUMBER.sub("…", text)))


class Clean(logging.Filter):
    """Cleans every record before anything writes it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = clean(record.getMessage())
        record.args = None
        record.trace = trace.trace_id() or "-"
        return True


def set_up(level: int) -> None:
    """One handler, cleaned."""
    handler = logging.StreamHandler()
    handler.addFilter(Clean())
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(trace)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
