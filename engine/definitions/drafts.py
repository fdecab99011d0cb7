"""Drafts of bundles: begun from a copy or an upload, changed step by step, undone once, published as a version.

Two who edit the same draft never lose each other's work: a change names the
revision it was made on, and an older one is refused.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree
from sqlalchemy import Connection, delete, insert, select, update

from engine.audit import chain
from engine.authorization.actor import Actor
from engine.bpmn.xml import read_xml
from engine.definitions.bundle import Bundle
from engine.definitions.models import draft
from engine.execution.commands import Conflict, NotFound


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


def undo(connection: Connection, key: str, revision: int, actor: Actor, now: datetime) -> None:
    """Back to before the last change; undoing again brings the change back.

    Raises ``Conflict`` when somebody else has changed it since *revision*: nobody undoes what she has not seen.
    """
    row = connection.execute(select(draft).where(draft.c.key == key)).first()
    if row is None or row.previous is None:
        raise NotFound(key)
    done = connection.execute(
        update(draft)
        .where(draft.c.key == key, draft.c.revision == revision)
        .values(
            bundle=row.previous,
            previous=row.bundle,
            revision=row.revision + 1,
            changed_at=now,
            changed_by=actor.person_id,
        )
    )
    if done.rowcount != 1:
        raise Conflict(key)
    _audit(connection, "DraftUndone", key, actor, now)


def discard(connection: Connection, key: str, revision: int, actor: Actor, now: datetime) -> None:
    """Take the draft away. Raises ``Conflict`` when it is not as it was at *revision*."""
    if connection.execute(delete(draft).where(draft.c.key == key, draft.c.revision == revision)).rowcount != 1:
        raise Conflict(key)
    _audit(connection, "DraftDiscarded", key, actor, now)


def _audit(connection: Connection, kind: str, key: str, actor: Actor, now: datetime) -> None:
    chain.append(connection, chain.SYSTEM_CHAIN, now, actor, kind, {"process": key})


def renamed(bundle: Bundle, key: str, title: str) -> Bundle:
    """A copy under another key, with everything inside that names the old one following along."""
    files, old = dict(bundle.files), bundle.key
    root = read_xml(files["process.bpmn"])
    for node in root.iter():
        for attribute in ("id", "processRef", "bpmnElement", "calledElement"):
            if node.get(attribute) == old:
                node.set(attribute, key)
    files["process.bpmn"] = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    if "policy.xml" in files:
        policy = read_xml(files["policy.xml"])
        for named in policy.iter("{*}AttributeDesignator"):
            value = named.getparent().find("{*}AttributeValue")
            if named.get("AttributeId") == "urn:altinn:app" and value is not None and value.text == old:
                value.text = key
        for node in policy.iter("{*}Policy", "{*}Rule"):
            for attribute in ("PolicyId", "RuleId"):
                if node.get(attribute):
                    node.set(attribute, re.sub(rf"(?<![a-z0-9]){re.escape(old)}(?![a-z0-9])", key, node.get(attribute)))
        files["policy.xml"] = etree.tostring(policy, xml_declaration=True, encoding="UTF-8")
    metadata = json.loads(files.get("metadata.json", b"{}"))
    metadata["id"] = f"{metadata.get('org', 'ibalanse')}/{key}"
    metadata["title"] = dict.fromkeys(("nb", "nn", "en"), title)
    files["metadata.json"] = json.dumps(metadata, ensure_ascii=False, indent=2).encode()
    return Bundle(key, files)


def key_from(title: str) -> str:
    """The key a title suggests: "Avtal møte" → "avtal_mote"; empty when nothing is left of it."""
    plain = title.lower().replace("æ", "ae").replace("ø", "o")
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:50].strip("_")
    return words if words[:1].isalpha() else f"p_{words}" if words else ""
