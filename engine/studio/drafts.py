"""Drafts of bundles: begun from a copy or an upload, changed step by step, undone and redone, published as a version.

Two who edit the same draft never lose each other's work: a change names the
revision it was made on, and is refused when what it touches is no longer as it was then.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime

from lxml import etree
from sqlalchemy import Connection, delete, func, insert, select, update

from engine.studio.identifiers import plain_words
from engine.studio.merge_conflicts import Files, Overlap, overlaps
from engine.studio.models import draft, draft_step
from engine.studio.rows import DRAFT, DraftRow
from engine.workflow.bpmn.xml import read_xml
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.errors import Conflict, NotFound

#: Steps that can be undone; older ones are forgotten.
MAX_STEPS = 100


class DraftConflict(Conflict):
    """A colleague has changed the draft since it was seen.

    by, at    who changed it last, and when
    overlaps  what both have changed, as both left it; empty where the whole draft is what both are about
    seen      the draft as the sender saw it, ``None`` when that is forgotten;  ``now`` as it stands
    """

    def __init__(self, row: DraftRow, overlaps: tuple[Overlap, ...] = (), seen: Bundle | None = None) -> None:
        super().__init__(row.key)
        self.by = row.changed_by
        self.at = row.changed_at
        self.overlaps = overlaps
        self.seen = seen
        self.now = Bundle.unpack(row.key, row.bundle)


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


def every(connection: Connection) -> dict[str, DraftRow]:
    """Every draft by its key, in the order of the keys."""
    return {row.key: DraftRow(*row) for row in connection.execute(DRAFT.order_by(draft.c.key))}


def locked(connection: Connection, key: str) -> DraftRow | None:
    """A draft, for one who changes it: others who mean to wait. ``None`` where there is none."""
    row = connection.execute(DRAFT.where(draft.c.key == key).with_for_update()).first()
    return None if row is None else DraftRow(*row)


def begin(connection: Connection, bundle: Bundle, base_version: int, by: str, now: datetime) -> int:
    """Put a draft in, or replace the one there is: what was there can be undone to. Returns the revision."""
    there, packed = locked(connection, bundle.key), bundle.pack()
    if there is not None:
        return _put(connection, there, packed, by, now, base_version=base_version)
    connection.execute(
        insert(draft).values(
            key=bundle.key,
            bundle=packed,
            base_version=base_version,
            revision=1,
            position=0,
            changed_at=now,
            changed_by=by,
        )
    )
    _remember(connection, bundle.key, 0, 1, packed, by, now)
    return 1


def save(connection: Connection, row: DraftRow, files: Files, revision: int, by: str, now: datetime) -> int:
    """Change the draft whose locked row this is. Returns the new revision.

    A colleague's change since *revision* is no hindrance where it touched other things: what *files* changes must be
    as it was when the sender saw it. Raises ``DraftConflict`` when it is not.
    """
    if row.revision != revision:
        seen = seen_at(connection, row.key, revision)
        current = Bundle.unpack(row.key, row.bundle)
        found = overlaps(seen.files, current.files, files) if seen else None
        if found is None or found:
            raise DraftConflict(row, tuple(found or ()), seen)
    return _put(connection, row, Bundle(row.key, dict(files)).pack(), by, now)


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
    connection: Connection, row: DraftRow, packed: bytes, by: str, now: datetime, base_version: int | None = None
) -> int:
    """The next step; what had been undone is gone."""
    revision, position = row.revision + 1, row.position + 1
    _write(
        connection, row, packed, position, by, now, **({} if base_version is None else {"base_version": base_version})
    )
    ours = draft_step.c.key == row.key
    gone = (draft_step.c.position >= position) | (draft_step.c.position <= position - MAX_STEPS)
    connection.execute(delete(draft_step).where(ours, gone))
    _remember(connection, row.key, position, revision, packed, by, now)
    return revision


def _write(
    connection: Connection, row: DraftRow, packed: bytes, position: int, by: str, now: datetime, **more: object
) -> None:
    """The draft as its next revision, which nobody has proposed yet."""
    done = connection.execute(
        update(draft)
        .where(draft.c.key == row.key, draft.c.revision == row.revision)
        .values(
            bundle=packed,
            revision=row.revision + 1,
            position=position,
            changed_at=now,
            changed_by=by,
            proposed_by=None,
            proposed_at=None,
            **more,
        )
    )
    if done.rowcount != 1:
        raise DraftConflict(row)


def _remember(
    connection: Connection, key: str, position: int, revision: int, packed: bytes, by: str, now: datetime
) -> None:
    connection.execute(
        insert(draft_step).values(key=key, position=position, revision=revision, bundle=packed, at=now, by=by)
    )


def undo(connection: Connection, row: DraftRow, by: str, now: datetime, steps: int = -1) -> int:
    """One step back in the draft's history, or with *steps* 1 forward again. Returns the new revision."""
    assert steps in (-1, 1), steps
    position = row.position + steps
    here = (draft_step.c.key == row.key, draft_step.c.position == position)
    packed = connection.execute(select(draft_step.c.bundle).where(*here)).scalar()
    if packed is None:
        raise NotFound(row.key)
    _write(connection, row, packed, position, by, now)
    connection.execute(update(draft_step).where(*here).values(revision=row.revision + 1))
    return row.revision + 1


def propose(connection: Connection, key: str, by: str, now: datetime) -> None:
    """Ask a colleague to publish the draft as it is."""
    connection.execute(update(draft).where(draft.c.key == key).values(proposed_by=by, proposed_at=now))


def discard(connection: Connection, key: str) -> None:
    """Take the draft and its history away."""
    connection.execute(delete(draft).where(draft.c.key == key))
    connection.execute(delete(draft_step).where(draft_step.c.key == key))


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
