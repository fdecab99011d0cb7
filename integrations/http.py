"""One client for every call out: allow-listed hosts, no redirects, bounded size and time.

Every failure becomes one of the three errors of ``engine.platform.provider_errors``.
Nothing of a request or an answer is logged.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests

from engine.platform import trace
from engine.platform.provider_errors import SourceBrokenError, SourceRefusedError, SourceUnavailableError
from engine.platform.strict_json import JsonError, loads

MAX_ANSWER = 10 * 1024 * 1024
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as strict JSON with exact decimals. Raises ``SourceBrokenError``."""
        try:
            return loads(self.body, decimals=True)
        except JsonError:
            raise SourceBrokenError("not_json") from None


def _asked_pause(headers: Mapping[str, str]) -> float | None:
    """``Retry-After`` in seconds; one written as a date is read by the answer's own ``Date`` (RFC 9110, 10.2.3)."""
    wait = headers.get("Retry-After", "").strip()
    if wait.isdigit():
        return float(wait)
    try:
        until, now = parsedate_to_datetime(wait), parsedate_to_datetime(headers.get("Date", ""))
        return max(0.0, (until - now).total_seconds())
    except (TypeError, ValueError):
        return None


class HttpClient:
    """Calls the hosts it was made for and no other."""

    def __init__(self, base_urls: tuple[str, ...], timeout: float = 8.0) -> None:
        self._hosts = frozenset(urlsplit(url).netloc for url in base_urls)
        self._timeout = timeout

    def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        json: Any = None,
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
        limit = timeout or self._timeout
        sent = {"X-Request-ID": str(uuid.uuid4()), "Accept": "application/json", **(headers or {})}
        traced = trace.header()
        if traced is not None:
            sent["traceparent"] = traced
        try:
            with requests.request(
                method,
                url,
                headers=sent,
                params=params,
                json=json,
                data=form,
                auth=auth,
                timeout=(3.0, limit),
                allow_redirects=False,
                stream=True,
            ) as answer:
                body = answer.raw.read(most + 1, decode_content=True)
                status, found = answer.status_code, dict(answer.headers)
        except requests.Timeout:
            raise SourceUnavailableError("timeout") from None
        except requests.RequestException:
            raise SourceUnavailableError("network") from None
        except Exception as error:  # a connection cut in the middle of the body surfaces as urllib3's own
            raise SourceUnavailableError(f"network_{type(error).__name__.lower()}") from None
        if len(body) > most:
            raise SourceBrokenError("answer_too_large")
        length = found.get("Content-Length")
        if length is not None and length.isdigit() and int(length) > len(body) and method != "HEAD":
            raise SourceUnavailableError("cut_short")
        if status in expected:
            return Response(status, found, body)
        if status in PASSING:
            raise SourceUnavailableError(f"http_{status}", retry_after=_asked_pause(found))
        if 300 <= status < 400:
            raise SourceBrokenError("unexpected_redirect")
        raise SourceRefusedError(f"http_{status}")

    def get(self, url: str, **options: Any) -> Response:
        return self.call("GET", url, **options)

    def post(self, url: str, **options: Any) -> Response:
        return self.call("POST", url, **options)
