"""What two may change side by side in a draft: different files, different texts, different templates."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Overlap:
    """One thing two have changed: the file, which text or template of it ("" the file as a whole), and both versions.

    mine, theirs  as text, where it is one; a file as a whole has none to show
    """

    file: str
    part: str = ""
    mine: str = ""
    theirs: str = ""


def overlaps(before: Files, current: Files, files: Files) -> list[Overlap]:
    """What *files* changes of *current* that is not as it was *before*; empty where both may stand."""
    found: list[Overlap] = []
    for name in sorted({*current, *files}):
        if current.get(name) == files.get(name) or before.get(name) == current.get(name):
            continue
        read = texts if name.startswith("texts/") else templates if name == "templates.json" else None
        if read is None:
            found.append(Overlap(name))
            continue
        was, theirs, mine = (read(version.get(name)) for version in (before, current, files))
        found += [
            Overlap(name, part, mine.get(part, ""), theirs.get(part, ""))
            for part in dict.fromkeys([*theirs, *mine])
            if theirs.get(part) != mine.get(part) and was.get(part) != theirs.get(part)
        ]
    return found


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
