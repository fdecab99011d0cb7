"""Drafts of bundles: begun from a copy or an upload, changed step by step, undone once, published as a version.

Two who edit the same draft never lose each other's work: a change names the
revision it was made on, and an older one is refused.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from engine.audit import chain
from engine.authorization.actor import Actor
from engine.definitions.bundle import MAX_BYTES, Bundle, BundleError
from engine.definitions.models import draft
from engine.execution.commands import Conflict, NotFound

KEY = re.compile(r"[a-z][a-z0-9_]{1,60}")
MOST_FILES = 500
_KINDS = (".bpmn", ".xml", ".json")


@dataclass(frozen=True, slots=True)
class Draft:
    bundle: Bundle
    base_version: int
    revision: int
    changed_at: datetime
    changed_by: str
    can_undo: bool


def find(connection: Connection, key: str) -> Draft | None:
    row = connection.execute(select(draft).where(draft.c.key == key)).first()
    if row is None:
        return None
    return Draft(
        Bundle.unpack(key, row.bundle),
        row.base_version,
        row.revision,
        row.changed_at,
        row.changed_by,
        row.previous is not None,
    )


def every(connection: Connection) -> dict[str, Any]:
    """Key → row of every draft."""
    return {row.key: row for row in connection.execute(select(draft).order_by(draft.c.key))}


def begin(connection: Connection, bundle: Bundle, base_version: int, actor: Actor, now: datetime) -> None:
    """Put a draft in, or replace the one there is: what was there can be undone to."""
    there = connection.execute(select(draft.c.revision, draft.c.bundle).where(draft.c.key == bundle.key)).first()
    values = {
        "bundle": bundle.pack(),
        "base_version": base_version,
        "revision": there.revision + 1 if there else 1,
        "previous": there.bundle if there else None,
        "changed_at": now,
        "changed_by": actor.person_id,
    }
    if there is None:
        connection.execute(insert(draft).values(key=bundle.key, **values))
    else:
        connection.execute(update(draft).where(draft.c.key == bundle.key).values(**values))
    _audit(connection, "DraftBegun", bundle.key, actor, now)


def save(
    connection: Connection, key: str, files: Mapping[str, bytes], revision: int, actor: Actor, now: datetime
) -> None:
    """Change the draft. Raises ``Conflict`` when somebody else has changed it since *revision*."""
    row = connection.execute(select(draft.c.bundle).where(draft.c.key == key)).first()
    if row is None:
        raise NotFound(key)
    done = connection.execute(
        update(draft)
        .where(draft.c.key == key, draft.c.revision == revision)
        .values(
            bundle=Bundle(key, dict(files)).pack(),
            previous=row.bundle,
            revision=revision + 1,
            changed_at=now,
            changed_by=actor.person_id,
        )
    )
    if done.rowcount != 1:
        raise Conflict(key)
    _audit(connection, "DraftChanged", key, actor, now)


def undo(connection: Connection, key: str, actor: Actor, now: datetime) -> None:
    """Back to before the last change; undoing again brings the change back."""
    row = connection.execute(select(draft).where(draft.c.key == key)).first()
    if row is None or row.previous is None:
        raise NotFound(key)
    connection.execute(
        update(draft)
        .where(draft.c.key == key)
        .values(
            bundle=row.previous,
            previous=row.bundle,
            revision=row.revision + 1,
            changed_at=now,
            changed_by=actor.person_id,
        )
    )
    _audit(connection, "DraftUndone", key, actor, now)


def discard(connection: Connection, key: str, actor: Actor, now: datetime) -> None:
    connection.execute(delete(draft).where(draft.c.key == key))
    _audit(connection, "DraftDiscarded", key, actor, now)


def _audit(connection: Connection, kind: str, key: str, actor: Actor, now: datetime) -> None:
    chain.append(connection, chain.SYSTEM_CHAIN, now, actor, kind, {"process": key})


def read_upload(data: bytes) -> Bundle:
    """A bundle from a zip an administrator uploads. Raises ``BundleError`` with every reason in words.

    The files may lie in one folder. Only BPMN, XML and JSON are taken; a name that
    leads out of the bundle, or too much when unpacked, is refused.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        raise BundleError(["the file is not a zip"]) from None
    with archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MAX_BYTES:
            raise BundleError([f"more than {MOST_FILES} files or {MAX_BYTES // 1_048_576} MB"])
        names = [entry.filename for entry in entries]
        if any(name.startswith("/") or "\\" in name or ".." in name.split("/") for name in names):
            raise BundleError(["a file name leads out of the bundle"])
        root = next((name.removesuffix("process.bpmn") for name in names if name.endswith("process.bpmn")), None)
        if root is None:
            raise BundleError(["process.bpmn is missing"])
        try:
            files = {
                name.removeprefix(root): archive.read(name)
                for name in names
                if name.startswith(root) and name.endswith(_KINDS)
            }
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError):
            raise BundleError(["the zip is damaged or locked"]) from None
    key = _key(files)
    return Bundle(key, files)


def _key(files: Mapping[str, bytes]) -> str:
    """The key a bundle gives itself in metadata.json, else the id of its process."""
    import json

    from engine.bpmn.parser import parse
    from engine.bpmn.xml import BpmnSyntaxError

    try:
        key = str(json.loads(files.get("metadata.json", b"{}")).get("id", "")).rpartition("/")[2]
        key = key or next(iter(parse(files["process.bpmn"]).processes))
    except (ValueError, AttributeError, BpmnSyntaxError, StopIteration) as error:
        raise BundleError([f"metadata.json or process.bpmn cannot be read: {error}"]) from None
    if not KEY.fullmatch(key):
        raise BundleError([f"the key {key[:40]!r} must be lower-case letters, digits and underscores"])
    return key


def renamed(bundle: Bundle, key: str, title: str) -> Bundle:
    """A copy under another key, with everything inside that names the old one following along."""
    import json

    files = dict(bundle.files)
    old = bundle.key.encode()
    new = key.encode()
    for name in ("process.bpmn", "policy.xml"):
        if name in files:
            files[name] = re.sub(rb"(?<![A-Za-z0-9_])" + re.escape(old) + rb"(?![A-Za-z0-9])", new, files[name])
            files[name] = files[name].replace(b"app_ibalanse_" + old, b"app_ibalanse_" + new)
    metadata = json.loads(files["metadata.json"])
    metadata["id"] = f"{metadata.get('org', 'ibalanse')}/{key}"
    metadata["title"] = dict.fromkeys(("nb", "nn", "en"), title)
    files["metadata.json"] = json.dumps(metadata, ensure_ascii=False, indent=2).encode()
    return Bundle(key, files)
