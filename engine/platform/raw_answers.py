"""What providers answered, word for word: noted while a question is asked, and given again when it is read anew.

A mapping that is mended later is run again on these, without asking anybody. Tokens are never noted. It is for the
caller to seal what was noted; nothing here is kept, logged or shown.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from urllib.parse import urlencode

#: What is noted of one question, before it is packed: bytes. Of more nothing is kept, and the question is asked again.
MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class RawAnswer:
    method: str
    address: str
    status: int
    body: bytes = field(repr=False)


class NotRecordedError(Exception):
    """A call that was not made when the answers were noted."""


_recorded: ContextVar[list[RawAnswer] | None] = ContextVar("recorded", default=None)
_replayed: ContextVar[dict[tuple[str, str], list[RawAnswer]] | None] = ContextVar("replayed", default=None)


def address_of(url: str, params: Mapping[str, str | Sequence[str]] | None) -> str:
    """What is asked for, with the query in a fixed order."""
    return f"{url}?{urlencode(sorted(params.items()))}" if params else url


@contextmanager
def recording() -> Iterator[list[RawAnswer]]:
    """Note every answer that comes meanwhile, in this thread."""
    found: list[RawAnswer] = []
    token = _recorded.set(found)
    try:
        yield found
    finally:
        _recorded.reset(token)


@contextmanager
def replaying(answers: Sequence[RawAnswer]) -> Iterator[None]:
    """Answer every call meanwhile with what was noted, in this thread. Nobody is called."""
    by_call: dict[tuple[str, str], list[RawAnswer]] = {}
    for one in answers:
        by_call.setdefault((one.method, one.address), []).append(one)
    token = _replayed.set(by_call)
    try:
        yield
    finally:
        _replayed.reset(token)


def record(method: str, address: str, status: int, body: bytes) -> None:
    """An answer came. One that holds a token is not noted."""
    found = _recorded.get()
    if found is not None and b"access_token" not in body[:2000]:
        found.append(RawAnswer(method, address, status, body))


def is_replaying() -> bool:
    """Whether calls are answered with what was noted."""
    return _replayed.get() is not None


def replay(method: str, address: str) -> RawAnswer:
    """The next answer to this call, the last one for ever. Raises ``NotRecordedError``."""
    answers = (_replayed.get() or {}).get((method, address))
    if not answers:
        raise NotRecordedError(method)
    return answers.pop(0) if len(answers) > 1 else answers[0]


def pack(answers: Sequence[RawAnswer]) -> str:
    """As short text, "" where it is too much."""
    if sum(len(one.body) for one in answers) > MAX_BYTES:
        return ""
    rows = [[one.method, one.address, one.status, base64.b64encode(one.body).decode()] for one in answers]
    return base64.b64encode(zlib.compress(json.dumps(rows).encode())).decode()


def unpack(text: str) -> tuple[RawAnswer, ...]:
    """What ``pack`` was given."""
    rows = json.loads(zlib.decompress(base64.b64decode(text)))
    return tuple(RawAnswer(method, address, status, base64.b64decode(body)) for method, address, status, body in rows)
