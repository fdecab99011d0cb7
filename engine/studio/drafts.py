"""Drafts of bundles: begun from a copy or an upload, changed step by step, undone and redone, published as a version.

Two who edit the same draft never lose each other's work: a change names the
revision it was made on, and is refused when what it touches is no longer as it was then.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree
from sqlalchemy import Connection, delete, func, insert, select, update

from engine.studio.event_kinds import StudioEvent
from engine.studio.identifiers import plain_words
from engine.studio.merge_conflicts import apart
from engine.studio.models import draft, draft_step
from engine.workflow.audit import chain
from engine.workflow.authorization.actor import Actor
from engine.workflow.bpmn.xml import read_xml
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.errors import Conflict, NotFound

#: Steps that can be undone; older ones are forgotten.
MOST_STEPS = 100


@dataclass(frozen=True, slots=True)
class Draft:
    """``can_undo`` and ``can_redo``: a step lies before this one, or after it. ``proposed_by``: awaits a colleague."""

    bundle: Bundle
    base_version: int
    revision: int
    changed_at: datetime
    changed_by: str
    can_undo: bool
    can_redo: bool
    proposed_by: str


def find(connection: Connection, key: str) -> Draft | None:
    row = connection.execute(select(draft).where(draft.c.key == key)).first()
    if row is None:
        return None
    places = draft_step.c.position
    first, last = connection.execute(select(func.min(places), func.max(places)).where(draft_step.c.key == key)).one()
    return Draft(
        Bundle.unpack(key, row.bundle),
        row.base_version,
        row.revision,
        row.changed_at,
        row.changed_by,
        first is not None and first < row.position,
        last is not None and last > row.position,
        row.proposed_by or "",
    )


def every(connection: Connection) -> dict[str, Any]:
    """Key → row of every draft."""
    return {row.key: row for row in connection.execute(select(draft).order_by(draft.c.key))}


def begin(connection: Connection, bundle: Bundle, base_version: int, actor: Actor, now: datetime) -> None:
    """Put a draft in, or replace the one there is: what was there can be undone to."""
    there = connection.execute(select(draft).where(draft.c.key == bundle.key).with_for_update()).first()
    if there is None:
        connection.execute(
            insert(draft).values(
                key=bundle.key, bundle=bundle.pack(), base_version=base_version, revision=1, position=0,
                changed_at=now, changed_by=actor.person_id,
            )
        )  # fmt: skip
        _remember(connection, bundle.key, 0, 1, bundle.pack(), actor, now)
    else:
        _put(connection, there, bundle.pack(), actor, now, base_version=base_version)
    _audit(connection, StudioEvent.DRAFT_BEGUN, bundle.key, actor, now)


def save(
    connection: Connection, key: str, files: Mapping[str, bytes], revision: int, actor: Actor, now: datetime
) -> int:
    """Change the draft. Returns the new revision.

    A colleague's change since *revision* is no hindrance where it touched other things: what *files* changes must be
    as it was when she saw it. Raises ``Conflict`` when it is not.
    """
    row = connection.execute(select(draft).where(draft.c.key == key).with_for_update()).first()
    if row is None:
        raise NotFound(key)
    if row.revision != revision and not _apart(connection, key, revision, Bundle.unpack(key, row.bundle).files, files):
        raise Conflict(key)
    made = _put(connection, row, Bundle(key, dict(files)).pack(), actor, now)
    _audit(connection, StudioEvent.DRAFT_CHANGED, key, actor, now)
    return made


def _apart(
    connection: Connection, key: str, revision: int, current: Mapping[str, bytes], files: Mapping[str, bytes]
) -> bool:
    """Whether all that *files* changes is now as it was at *revision*."""
    seen = seen_at(connection, key, revision)
    if seen is None:
        return False
    return apart(seen.files, current, files)


def seen_at(connection: Connection, key: str, revision: int) -> Bundle | None:
    """The draft as it was seen at *revision*; ``None`` when that is forgotten."""
    seen = connection.execute(
        select(draft_step.c.bundle).where(draft_step.c.key == key, draft_step.c.revision == revision)
    ).scalar()
    return None if seen is None else Bundle.unpack(key, seen)


def at_revision(connection: Connection, key: str, revision: int) -> Bundle | None:
    """The draft at *revision*, whether that is how it is now or how it was seen; ``None`` when it is forgotten."""
    found = seen_at(connection, key, revision)
    if found is not None:
        return found
    now = find(connection, key)
    return now.bundle if now is not None and now.revision == revision else None


def _put(
    connection: Connection, row: Any, packed: bytes, actor: Actor, now: datetime, base_version: int | None = None
) -> int:
    """The next step; what had been undone is gone."""
    revision, position = row.revision + 1, row.position + 1
    done = connection.execute(
        update(draft)
        .where(draft.c.key == row.key, draft.c.revision == row.revision)
        .values(
            bundle=packed,
            revision=revision,
            position=position,
            changed_at=now,
            changed_by=actor.person_id,
            proposed_by=None,
            proposed_at=None,
            **({} if base_version is None else {"base_version": base_version}),
        )
    )
    if done.rowcount != 1:
        raise Conflict(row.key)
    ours = draft_step.c.key == row.key
    gone = (draft_step.c.position >= position) | (draft_step.c.position <= position - MOST_STEPS)
    connection.execute(delete(draft_step).where(ours, gone))
    _remember(connection, row.key, position, revision, packed, actor, now)
    return int(revision)


def _remember(
    connection: Connection, key: str, position: int, revision: int, packed: bytes, actor: Actor, now: datetime
) -> None:
    connection.execute(
        insert(draft_step).values(
            key=key, position=position, revision=revision, bundle=packed, at=now, by=actor.person_id
        )
    )


def undo(connection: Connection, key: str, revision: int, actor: Actor, now: datetime, by: int = -1) -> int:
    """One step back in the draft's history, or with *by* 1 forward again. Returns the new revision.

    Raises ``Conflict`` when somebody else has changed it since *revision*: nobody undoes what she has not seen.
    """
    assert by in (-1, 1), by
    row = connection.execute(select(draft).where(draft.c.key == key).with_for_update()).first()
    if row is None:
        raise NotFound(key)
    step = connection.execute(
        select(draft_step.c.bundle).where(draft_step.c.key == key, draft_step.c.position == row.position + by)
    ).first()
    if step is None:
        raise NotFound(key)
    done = connection.execute(
        update(draft)
        .where(draft.c.key == key, draft.c.revision == revision)
        .values(
            bundle=step.bundle,
            revision=row.revision + 1,
            position=row.position + by,
            changed_at=now,
            changed_by=actor.person_id,
            proposed_by=None,
            proposed_at=None,
        )
    )
    if done.rowcount != 1:
        raise Conflict(key)
    connection.execute(
        update(draft_step)
        .where(draft_step.c.key == key, draft_step.c.position == row.position + by)
        .values(revision=row.revision + 1)
    )
    _audit(connection, StudioEvent.DRAFT_UNDONE if by < 0 else StudioEvent.DRAFT_REDONE, key, actor, now)
    return int(row.revision + 1)


def propose(connection: Connection, key: str, revision: int, actor: Actor, now: datetime) -> None:
    """Ask a colleague to publish the draft as it is. Raises ``Conflict`` when it is not as it was at *revision*."""
    done = connection.execute(
        update(draft)
        .where(draft.c.key == key, draft.c.revision == revision)
        .values(proposed_by=actor.person_id, proposed_at=now)
    )
    if done.rowcount != 1:
        raise Conflict(key)
    _audit(connection, StudioEvent.DRAFT_PROPOSED, key, actor, now)


def discard(connection: Connection, key: str, revision: int, actor: Actor, now: datetime) -> None:
    """Take the draft away. Raises ``Conflict`` when it is not as it was at *revision*."""
    if connection.execute(delete(draft).where(draft.c.key == key, draft.c.revision == revision)).rowcount != 1:
        raise Conflict(key)
    connection.execute(delete(draft_step).where(draft_step.c.key == key))
    _audit(connection, StudioEvent.DRAFT_DISCARDED, key, actor, now)


def _audit(connection: Connection, kind: StudioEvent, key: str, actor: Actor, now: datetime) -> None:
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
    words = "_".join(plain_words(title))[:50].strip("_")
    return words if words[:1].isalpha() else f"p_{words}" if words else ""
