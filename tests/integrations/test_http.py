"""The client of every call out, against servers that answer as servers do: compressed, slowly, asking for pauses."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from engine.platform.provider_errors import SourceBrokenError, SourceRefusedError, SourceUnavailableError
from integrations.http import MAX_RETRY_AFTER, HttpClient

Parts = list[bytes]


@contextmanager
def answering(parts: Parts, pause: float = 0.0) -> Iterator[str]:
    """The address of a server that sends *parts* to whoever asks, with *pause* seconds before each but the first."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                for number, part in enumerate(parts):
                    if number and pause:
                        time.sleep(pause)
                    try:
                        connection.sendall(part)
                    except OSError:
                        break

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    listening.close()


def message(status: str = "200 OK", body: bytes = b"{}", **headers: str) -> bytes:
    told = {"Content-Length": str(len(body)), "Connection": "close"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items() if value)
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


def get(parts: Parts, pause: float = 0.0, timeout: float = 5.0) -> bytes:
    with answering(parts, pause) as url:
        return HttpClient((url,), timeout).get(url).body


@pytest.mark.parametrize("body", [b'{"accounts":[]}', b"{}", b'{"a":"' + b"x" * 5000 + b'"}'])
def test_a_compressed_answer_is_whole_however_short_it_is(body: bytes) -> None:
    sent = gzip.compress(body)
    assert get([message(body=sent, Content_Encoding="gzip")]) == body


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_an_answer_that_is_cut_is_no_answer(encoding: str) -> None:
    body = gzip.compress(b'{"accounts":[]}') if encoding else b'{"accounts":[]}'
    with pytest.raises(SourceUnavailableError):
        get([message(body=body, Content_Encoding=encoding, Content_Length=str(len(body) + 10))])


def test_a_length_no_answer_can_have_is_a_cut_answer() -> None:
    with pytest.raises(SourceUnavailableError):
        get([message(Content_Length="9" * 5000)])


@pytest.mark.parametrize("where", ["head", "body"])
def test_a_call_is_over_in_time_however_the_answer_trickles(where: str) -> None:
    whole = message(body=b'{"a":"' + b"x" * 60 + b'"}')
    head = whole.index(b"\r\n\r\n") + 4
    parts = (
        [whole[at : at + 1] for at in range(60)]
        if where == "head"
        else [whole[:head], *(whole[at : at + 1] for at in range(head, len(whole)))]
    )
    begun = time.monotonic()
    with pytest.raises(SourceUnavailableError, match="timeout"):
        get(parts, pause=0.1, timeout=0.6)
    assert time.monotonic() - begun < 2.0


def test_an_answer_without_a_length_that_is_shut_off_at_the_deadline_is_not_taken_for_whole() -> None:
    parts = [message(body=b"{", Content_Length=""), *([b" "] * 40), b"}"]
    with pytest.raises(SourceUnavailableError, match="timeout"):
        get(parts, pause=0.1, timeout=0.5)


@pytest.mark.parametrize(
    ("name", "wait", "date", "seconds"),
    [
        ("Retry_After", "30", "", 30.0),
        ("retry_after", "30", "", 30.0),
        ("Retry_After", "Fri, 27 Nov 2026 12:02:00 GMT", "Fri, 27 Nov 2026 12:00:00 GMT", 120.0),
        ("Retry_After", "Fri, 27 Nov 2026 11:00:00 GMT", "Fri, 27 Nov 2026 12:00:00 GMT", 0.0),
        ("Retry_After", "9" * 400, "", MAX_RETRY_AFTER),
        ("Retry_After", "Fri, 27 Nov 2099 12:00:00 GMT", "", MAX_RETRY_AFTER),
        ("Retry_After", "soon", "", None),
        ("Retry_After", "-5", "", None),
    ],
)
def test_a_pause_asked_for_is_told_in_seconds(name: str, wait: str, date: str, seconds: float | None) -> None:
    with pytest.raises(SourceUnavailableError, match="http_429") as raised:
        get([message("429 Too Many Requests", **{name: wait}, Date=date)])
    assert raised.value.retry_after == seconds


def test_a_pause_asked_for_by_date_is_counted_from_now_where_the_answer_tells_no_date() -> None:
    until = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 90))
    with pytest.raises(SourceUnavailableError) as raised:
        get([message("503 Service Unavailable", Retry_After=until)])
    assert raised.value.retry_after is not None and 80 < raised.value.retry_after <= 90


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("302 Found", SourceBrokenError),
        ("403 Forbidden", SourceRefusedError),
        ("404 Not Found", SourceRefusedError),
        ("503 Service Unavailable", SourceUnavailableError),
    ],
)
def test_every_other_status_is_an_error_of_its_kind(status: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        get([message(status)])


def test_a_host_that_was_not_named_is_not_called() -> None:
    with pytest.raises(SourceRefusedError, match="host_not_allowed"):
        HttpClient(("http://bank.test",)).get("http://bank.test.evil/")


def test_an_answer_that_grows_when_it_is_unpacked_is_stopped() -> None:
    sent = gzip.compress(b" " * (12 * 1024 * 1024))
    with pytest.raises(SourceBrokenError, match="answer_too_large"):
        get([message(body=sent, Content_Encoding="gzip")])
