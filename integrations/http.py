"""One client for every call out: allow-listed hosts, no redirects, bounded size and time.

Every failure becomes one of the three errors of ``engine.platform.provider_errors``.
Nothing of a request or an answer is logged.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from socket import SHUT_RDWR, socket
from typing import TypedDict, Unpack
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from engine.platform import raw_answers, trace
from engine.platform.provider_errors import SourceBrokenError, SourceRefusedError, SourceUnavailableError
from engine.platform.strict_json import Json, JsonError, loads

MAX_ANSWER = 10 * 1024 * 1024
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
#: A source that asks for a longer pause than this is asked again after it all the same: seconds.
MAX_RETRY_AFTER = 7 * 24 * 3600.0
CONNECTING = 3.0


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Json:
        """The body as strict JSON with exact decimals. Raises ``SourceBrokenError``."""
        try:
            return loads(self.body, decimals=True)
        except JsonError:
            raise SourceBrokenError("not_json") from None

    def fields(self) -> dict[str, Json]:
        """The body where it is a JSON object. Raises ``SourceBrokenError``."""
        found = self.json()
        if not isinstance(found, dict):
            raise SourceBrokenError("schema")
        return found


class CallOptions(TypedDict, total=False):
    """What a call may say beside its method and address; ``HttpClient.call`` tells what each means."""

    headers: Mapping[str, str] | None
    params: Mapping[str, str | Sequence[str]] | None
    json: object
    form: Mapping[str, str] | None
    auth: tuple[str, str] | None
    timeout: float | None
    most: int
    expected: frozenset[int]


def _asked_pause(headers: Mapping[str, str]) -> float | None:
    """``Retry-After`` in seconds, or as a date (RFC 9110, 10.2.3), which is read by the answer's own ``Date``."""
    wait = headers.get("Retry-After", "").strip()
    if wait.isascii() and wait.isdigit():
        return min(float(wait[:12]), MAX_RETRY_AFTER)
    try:
        until, now = parsedate_to_datetime(wait), _moment(headers.get("Date", ""))
        return min(max(0.0, (until - now).total_seconds()), MAX_RETRY_AFTER)
    except (TypeError, ValueError, OverflowError):
        return None


def _moment(text: str) -> datetime:
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return datetime.now(UTC)


class _Deadline:
    """When one call must be over, whatever the other side does in between: the connection is shut then."""

    now = threading.local()

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self._timers: list[threading.Timer] = []

    def __enter__(self) -> _Deadline:
        _Deadline.now.value = self
        return self

    def __exit__(self, *_: object) -> None:
        _Deadline.now.value = None
        for timer in self._timers:
            timer.cancel()

    @property
    def passed(self) -> bool:
        return time.monotonic() >= self._ends

    def watch(self, connected: socket) -> None:
        """Shut what *connected* is when the time is out."""
        timer = threading.Timer(max(0.0, self._ends - time.monotonic()), _shut, (connected,))
        timer.daemon = True
        self._timers.append(timer)
        timer.start()


def _shut(connected: socket) -> None:
    try:
        connected.shutdown(SHUT_RDWR)
    except OSError:
        pass  # the other side was quicker


class _Connection(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        _watched(self)


class _SecureConnection(HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        _watched(self)


def _watched(connection: HTTPConnection) -> None:
    deadline: _Deadline | None = getattr(_Deadline.now, "value", None)
    if deadline is not None and connection.sock is not None:
        deadline.watch(connection.sock)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _Adapter(HTTPAdapter):
    """Connections that know when the call they are made for must be over."""

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **named: object) -> None:
        super().init_poolmanager(connections, maxsize, block, **named)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}


class HttpClient:
    """Calls the hosts it was made for and no other. *timeout* is for a whole call, however the answer trickles."""

    def __init__(self, base_urls: tuple[str, ...], timeout: float = 8.0) -> None:
        self._hosts = frozenset(urlsplit(url).netloc for url in base_urls)
        self._timeout = timeout

    def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | Sequence[str]] | None = None,
        json: object = None,
        form: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        most: int = MAX_ANSWER,
        expected: frozenset[int] = frozenset({200}),
    ) -> Response:
        """One request. Statuses in *expected* come back; others raise a ``SourceError``.

        most  bytes of an answer that are taken
        """
        if urlsplit(url).netloc not in self._hosts:
            raise SourceRefusedError("host_not_allowed")
        asked = raw_answers.address_of(url, params)
        if raw_answers.is_replaying():
            return _again(method, asked, form, expected)
        limit = timeout or self._timeout
        sent = {"X-Request-ID": str(uuid.uuid4()), "Accept": "application/json", **(headers or {})}
        traced = trace.header()
        if traced is not None:
            sent["traceparent"] = traced
        with _Deadline(limit) as deadline:
            try:
                with (
                    _session() as session,
                    session.request(
                        method,
                        url,
                        headers=sent,
                        params=params,
                        json=json,
                        data=form,
                        auth=auth,
                        timeout=(min(CONNECTING, limit), limit),
                        allow_redirects=False,
                        stream=True,
                    ) as answer,
                ):
                    body = answer.raw.read(most + 1, decode_content=True)
                    arrived: int = answer.raw.tell()
                    status, found = answer.status_code, answer.headers
            except requests.Timeout:
                raise SourceUnavailableError("timeout") from None
            except Exception as error:  # a connection cut in the middle of the body surfaces as urllib3's own
                raise SourceUnavailableError("timeout" if deadline.passed else _network(error)) from None
            if deadline.passed:
                raise SourceUnavailableError("timeout")
        if len(body) > most:
            raise SourceBrokenError("answer_too_large")
        length = found.get("Content-Length", "")
        if length.isascii() and length.isdigit() and int(length[:18]) > arrived and method != "HEAD":
            raise SourceUnavailableError("cut_short")
        raw_answers.record(method, asked, status, body)
        return _judged(Response(status, found, body), expected)

    def get(self, url: str, **options: Unpack[CallOptions]) -> Response:
        return self.call("GET", url, **options)

    def post(self, url: str, **options: Unpack[CallOptions]) -> Response:
        return self.call("POST", url, **options)


def _judged(answer: Response, expected: frozenset[int]) -> Response:
    """The answer, where its status is one of *expected*. Raises a ``SourceError``."""
    if answer.status in expected:
        return answer
    if answer.status in PASSING:
        raise SourceUnavailableError(f"http_{answer.status}", retry_after=_asked_pause(answer.headers))
    if 300 <= answer.status < 400:
        raise SourceBrokenError("unexpected_redirect")
    raise SourceRefusedError(f"http_{answer.status}")


def _again(method: str, asked: str, form: Mapping[str, str] | None, expected: frozenset[int]) -> Response:
    """What was answered when it was asked. Tokens are not noted: none is needed, since nobody is called."""
    if form is not None and "grant_type" in form:
        return Response(200, {}, b'{"access_token": "noted", "token_type": "Bearer", "expires_in": 3600}')
    try:
        noted = raw_answers.replay(method, asked)
    except raw_answers.NotRecordedError:
        raise SourceUnavailableError("not_noted") from None
    return _judged(Response(noted.status, {}, noted.body), expected)


def _session() -> requests.Session:
    session = requests.Session()
    adapter = _Adapter()
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def _network(error: Exception) -> str:
    return "network" if isinstance(error, requests.RequestException) else f"network_{type(error).__name__.lower()}"
