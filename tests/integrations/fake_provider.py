"""A provider that answers what a test tells it to: examples from the providers' own pages, and mutants of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Unpack, cast
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator

from engine.advice.evidence.datasets import EvidenceRequest, Subject
from engine.platform.provider_errors import SourceError, SourceRefusedError
from integrations.http import CallOptions, HttpClient, Response

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
PID = "14842249091"


def example(name: str) -> dict[str, Any]:
    """An example as its provider published it: ``<source>/<file>``."""
    found: dict[str, Any] = json.loads(_text(*name.split("/")))
    return found


def list_example(name: str) -> list[Any]:
    """An example that is a list."""
    found: list[Any] = json.loads(_text(*name.split("/")))
    return found


@cache
def _text(source: str, file: str) -> str:
    return (HERE / source / "examples" / f"{file}.json").read_text(encoding="utf-8")


def in_kroner(answer: dict[str, Any]) -> dict[str, Any]:
    """The same of a bank whose money is kroner and not euro: the shape is the published one."""
    return {k: "NOK" if k == "currency" and v == "EUR" else _in_kroner(v) for k, v in answer.items()}


def _in_kroner(value: object) -> object:
    if isinstance(value, dict):
        return in_kroner(value)
    return [_in_kroner(one) for one in value] if isinstance(value, list) else value


def contract(source: str, name: str) -> Draft202012Validator:
    """What the provider says an answer of that name must be, and no field besides."""
    told = json.loads((HERE / source / "contract.json").read_text(encoding="utf-8"))
    return Draft202012Validator({**told, "$ref": f"#/$defs/{name}"})


class FakeProvider:
    """Answers by path, with or without the query; what it was not told of is not found. ``asked``: each address."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self._answers = answers
        self.asked: list[str] = []

    def call(self, method: str, url: str, **options: Unpack[CallOptions]) -> Response:
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        self.asked.append(f"{parts.scheme}://{parts.netloc}{path}")
        found = self._answers.get(path, self._answers.get(parts.path, SourceRefusedError("http_404")))
        if callable(found):
            found = found(**options)
        if isinstance(found, SourceError):
            raise found
        body = found if isinstance(found, bytes) else json.dumps(found, ensure_ascii=True).encode()
        return Response(200, {}, body)

    def get(self, url: str, **options: Unpack[CallOptions]) -> Response:
        return self.call("GET", url, **options)

    def post(self, url: str, **options: Unpack[CallOptions]) -> Response:
        return self.call("POST", url, **options)


def http(answers: Mapping[str, Any]) -> HttpClient:
    return cast(HttpClient, FakeProvider(answers))


def request(name: str = "Anne Eksempel", since: date = date(2026, 5, 1)) -> EvidenceRequest:
    return EvidenceRequest(Subject("anne", PID, name, date(2000, 3, 14)), "grant", "c", "i", NOW, since)
