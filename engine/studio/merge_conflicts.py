"""What two may change side by side in a draft: different files, different texts, different templates."""

from __future__ import annotations

import json
from collections.abc import Mapping

Files = Mapping[str, bytes]


def apart(before: Files, current: Files, files: Files) -> bool:
    """Whether all that *files* changes of *current* is now as it was *before*."""
    for name in {*current, *files}:
        if current.get(name) == files.get(name) or before.get(name) == current.get(name):
            continue
        take = texts if name.startswith("texts/") else templates if name == "templates.json" else None
        if take is None:
            return False
        was, is_, to_be = (take(kept.get(name)) for kept in (before, current, files))
        if any(is_.get(k) != to_be.get(k) and was.get(k) != is_.get(k) for k in {*is_, *to_be}):
            return False
    return True


def texts(data: bytes | None) -> dict[str, str]:
    return {row["id"]: row["value"] for row in json.loads(data or b"{}").get("resources", ())}


def templates(data: bytes | None) -> dict[str, str]:
    """Each template by kind and id, as text: what two may change side by side."""
    try:
        whole = json.loads(data or b"{}")
    except ValueError:
        return {"": repr(data)}
    if not isinstance(whole, dict):
        return {"": json.dumps(whole)}
    found: dict[str, str] = {}
    for kind, rows in whole.items():
        for entry in rows if isinstance(rows, list) else [rows]:
            name = f"{kind}/{entry.get('id') if isinstance(entry, dict) else ''}"
            found[name] = found.get(name, "") + json.dumps(entry, sort_keys=True)
    return found
