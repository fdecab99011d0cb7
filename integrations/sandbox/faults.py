"""Make a source fail, for one person or for all, while everything runs.

slow      answers after some seconds          garbage           answers something else
hangs     does not answer                     half              cuts its answer in the middle
error     answers 500                         refuses           answers 403
busy      answers 429, come again in 30 s       huge    answers far too much
creditor_silent   answers, but one behind it has not
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec

from flask import Blueprint, Response, abort, current_app, jsonify, make_response, request
from flask.typing import ResponseReturnValue

KINDS = ("slow", "hangs", "error", "garbage", "half", "refuses", "creditor_silent", "busy", "huge")
#: What may be made to fail: every name a stand-in fails by, noted as the stand-ins are loaded.
sources: set[str] = set()
HANG_SECONDS = 25
SLOW_SECONDS = 2

blueprint = Blueprint("faults", __name__)
P = ParamSpec("P")


def _path() -> Path:
    return Path(current_app.config["SANDBOX_DATA"]) / "faults.json"


def _read() -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(_path().read_text())
    except FileNotFoundError:
        return {}
    return found


def _write(faults: dict[str, str]) -> None:
    temporary = _path().with_suffix(f".{os.getpid()}")
    temporary.write_text(json.dumps(faults))
    temporary.replace(_path())


def fault_of(source: str, person_key: str) -> str:
    """The fault in force, "" when none. A person's own comes before everyone's."""
    faults = _read()
    return faults.get(f"{source}/{person_key}") or faults.get(f"{source}/*", "")


def failing(
    source: str, person_key: Callable[[], str]
) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, Response]]:
    """Decorate a view of a stand-in: its faults happen here and nowhere else."""
    sources.add(source)

    def decorate(view: Callable[P, ResponseReturnValue]) -> Callable[P, Response]:
        @wraps(view)
        def faulty(*arguments: P.args, **named: P.kwargs) -> Response:
            fault = fault_of(source, person_key())
            if fault == "slow":
                time.sleep(SLOW_SECONDS)
            elif fault == "hangs":
                time.sleep(HANG_SECONDS)
            elif fault == "error":
                return Response("Internal Server Error", 500)
            elif fault == "refuses":
                return Response(json.dumps({"error": "forbidden"}), 403, content_type="application/json")
            elif fault == "busy":
                return Response("Too Many Requests", 429, {"Retry-After": "30"})
            elif fault == "huge":
                return Response(json.dumps({"reference": "x" * 11_000_000}), 200, content_type="application/json")
            elif fault == "garbage":
                return Response("<html>Vedlikehold</html>", 200, content_type="text/html")
            answer = make_response(view(*arguments, **named))
            if fault == "half" and answer.status_code == 200:
                body = answer.get_data()
                return Response(body[: len(body) // 2], 200, content_type="application/json")
            return answer

        return faulty

    return decorate


@blueprint.get("/faults")
def show() -> ResponseReturnValue:
    return jsonify(_read())


@blueprint.put("/faults/<source>/<person_key>")
def put(source: str, person_key: str) -> ResponseReturnValue:
    kind = request.get_json(force=True).get("kind")
    if source not in sources or kind not in KINDS:
        abort(400)
    _write({**_read(), f"{source}/{person_key}": kind})
    return "", 204


@blueprint.delete("/faults/<source>/<person_key>")
def remove(source: str, person_key: str) -> ResponseReturnValue:
    _write({name: kind for name, kind in _read().items() if name != f"{source}/{person_key}"})
    return "", 204


@blueprint.delete("/faults")
def clear() -> ResponseReturnValue:
    _write({})
    return "", 204
