"""Small JSON files in the sandbox's data directory: what must outlive a restart."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from flask import current_app


def read(name: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(_path(name).read_text())
    except FileNotFoundError:
        return {}
    return found


def put(name: str, key: str, value: dict[str, Any]) -> None:
    everything = {**read(name), key: value}
    temporary = _path(name).with_suffix(f".{os.getpid()}")
    temporary.write_text(json.dumps(everything))
    temporary.replace(_path(name))


def _path(name: str) -> Path:
    return Path(current_app.config["SANDBOX_DATA"]) / f"{name}.json"
