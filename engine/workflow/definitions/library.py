"""The deployed versions: put in once, parsed once per process, never changed."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from engine.platform.clock import Clock
from engine.workflow.bpmn.elements import Element, EventDefinition, Process
from engine.workflow.bpmn.timing import TimerSyntaxError
from engine.workflow.definitions import starts
from engine.workflow.definitions.bundle import Bundle, BundleError
from engine.workflow.definitions.models import process_definition, start_event

MAX_TAG = 60
#: Among the readers of a version: everyone with a role in the case.
EVERYONE = "*"


@dataclass(frozen=True, slots=True)
class Deployed:
    """One version in use.

    readers  role codes that read its cases whatever its policy says: who did before reading was asked about
    """

    id: str
    key: str
    version: int
    bundle: Bundle
    readers: frozenset[str] = frozenset()

    @property
    def tag(self) -> str:
        """The name people use for this version, "" when it has none."""
        return self.bundle.version_tag


class VersionTakenError(Exception):
    """Another definition has this id, or this tag."""


class UnknownDefinitionError(KeyError):
    """No such process, or no such version of it."""


class Library:
    """Finds definitions by id or the newest by key, and keeps them parsed."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._by_id: dict[str, Deployed] = {}

    def get(self, connection: Connection, definition_id: str) -> Deployed:
        found = self._by_id.get(definition_id)
        if found is None:
            row = connection.execute(select(process_definition).where(process_definition.c.id == definition_id)).first()
            if row is None:
                raise UnknownDefinitionError(definition_id)
            found = Deployed(
                row.id, row.key, row.version, Bundle.unpack(row.key, row.bundle), frozenset(row.readers or ())
            )
            self._by_id[definition_id] = found
        return found

    def ids(self, connection: Connection) -> list[str]:
        """The id of every version there is."""
        return list(connection.execute(select(process_definition.c.id)).scalars())

    def forget(self, definition_id: str) -> None:
        """A version that was only tried, and rolled back."""
        self._by_id.pop(definition_id, None)

    def newest(self, connection: Connection, key: str) -> Deployed:
        row = connection.execute(
            select(process_definition.c.id)
            .where(process_definition.c.key == key)
            .order_by(process_definition.c.version.desc())
            .limit(1)
        ).first()
        if row is None:
            raise UnknownDefinitionError(key)
        return self.get(connection, row.id)

    def version(self, connection: Connection, key: str, version: str) -> Deployed:
        """One version by its number or its tag. Raises ``UnknownDefinitionError``."""
        wanted = process_definition.c.version_tag == version
        if version.isdigit() and len(version) < 10:
            wanted = process_definition.c.version == int(version)
        row = connection.execute(select(process_definition.c.id).where(process_definition.c.key == key, wanted)).first()
        if row is None:
            raise UnknownDefinitionError(f"{key} {version}")
        return self.get(connection, row.id)

    def every_newest(self, connection: Connection) -> list[Deployed]:
        """The newest version of every process, by key."""
        newest = (
            select(process_definition.c.key, func.max(process_definition.c.version).label("version"))
            .group_by(process_definition.c.key)
            .subquery()
        )
        ids = connection.execute(
            select(process_definition.c.id)
            .join(
                newest,
                (process_definition.c.key == newest.c.key) & (process_definition.c.version == newest.c.version),
            )
            .order_by(process_definition.c.key)
        ).scalars()
        return [self.get(connection, definition_id) for definition_id in ids.all()]

    def versions(self, connection: Connection, key: str) -> list[Deployed]:
        """Every version of a process, newest first."""
        ids = connection.execute(
            select(process_definition.c.id)
            .where(process_definition.c.key == key)
            .order_by(process_definition.c.version.desc())
        ).scalars()
        return [self.get(connection, definition_id) for definition_id in ids.all()]

    def deploy(self, connection: Connection, bundle: Bundle, *, by: str) -> tuple[Deployed, bool]:
        """Store *bundle* as the next version of its key; the same content is not stored twice.

        Returns the version and whether it is new. Raises ``BundleError`` when its tag
        names another version already: a version, and what it is called, never changes.
        """
        try:
            newest = self.newest(connection, bundle.key)
        except UnknownDefinitionError:
            newest = None
        if newest is not None and newest.bundle.checksum == bundle.checksum:
            return newest, False
        if bundle.version_tag:
            _free(connection, bundle.key, bundle.version_tag)
        _ = bundle.retention  # one that cannot be read must not be found out when cases are due
        deployed = Deployed(str(uuid.uuid4()), bundle.key, _last(connection, bundle.key) + 1, bundle)
        _store(connection, deployed, self._clock.now(), by)
        _listen(connection, deployed)
        _schedule_starts(connection, deployed, newest, self._clock.now())
        return deployed, True

    def adopt(
        self,
        connection: Connection,
        bundle: Bundle,
        *,
        identity: str,
        version: int,
        at: datetime,
        by: str,
        readers: frozenset[str] = frozenset(),
    ) -> tuple[Deployed, bool]:
        """A version from another installation: the one with the same content, else a new one under its own id.

        It keeps its number when that is free, and its *readers*. Raises ``VersionTakenError``.
        """
        row = connection.execute(
            select(process_definition.c.id).where(
                process_definition.c.key == bundle.key, process_definition.c.checksum == bundle.checksum
            )
        ).first()
        if row is not None:
            return self.get(connection, row.id), False
        taken = connection.execute(
            select(process_definition.c.version, process_definition.c.id).where(process_definition.c.key == bundle.key)
        ).all()
        if connection.execute(select(process_definition.c.id).where(process_definition.c.id == identity)).first():
            raise VersionTakenError(f"{bundle.key} {version}: another definition has its id here")
        try:
            if bundle.version_tag:
                _free(connection, bundle.key, bundle.version_tag)
        except BundleError as error:
            raise VersionTakenError(str(error)) from None
        last = max((r.version for r in taken), default=0)
        number = version if all(r.version != version for r in taken) else last + 1
        deployed = Deployed(identity, bundle.key, number, bundle, readers)
        _store(connection, deployed, at, by)
        if number > last:
            _listen(connection, deployed)
        return deployed, True


def _last(connection: Connection, key: str) -> int:
    """The highest version number of a process, 0 when there is none."""
    found: int = connection.execute(
        select(func.coalesce(func.max(process_definition.c.version), 0)).where(process_definition.c.key == key)
    ).scalar_one()
    return found


def _store(connection: Connection, deployed: Deployed, at: datetime, by: str) -> None:
    connection.execute(
        insert(process_definition).values(
            id=deployed.id,
            key=deployed.key,
            version=deployed.version,
            checksum=deployed.bundle.checksum,
            bundle=deployed.bundle.pack(),
            deployed_at=at,
            deployed_by=by,
            version_tag=deployed.tag or None,
            readers=sorted(deployed.readers) or None,
        )
    )


def _free(connection: Connection, key: str, tag: str) -> None:
    """A tag is a name, not a number, and names one version for good."""
    if tag.isdigit() or tag == "latest" or len(tag) > MAX_TAG:
        raise BundleError([f"metadata.json: versionTag {tag[:MAX_TAG]!r} must not be a number, latest, or longer"])
    taken = connection.execute(
        select(process_definition.c.version).where(
            process_definition.c.key == key, process_definition.c.version_tag == tag
        )
    ).scalar()
    if taken is not None:
        raise BundleError([f"metadata.json: versionTag {tag!r} is version {taken} of {key} already"])


def _schedule_starts(connection: Connection, deployed: Deployed, before: Deployed | None, now: datetime) -> None:
    """Timers that begin cases are moved to this version."""
    timers = start_timers(deployed.bundle.process)
    known = start_timers(before.bundle.process) if before is not None else {}
    try:
        starts.move(connection, deployed.key, timers, known.keys(), now)
    except TimerSyntaxError as error:
        raise BundleError([str(error)]) from error


def start_timers(process: Process) -> dict[tuple[str, str], EventDefinition]:
    """The timers that begin the process, by (element id, cause)."""
    return {
        (element_id, event.cause): event
        for element_id in process.triggers.get(process.id, ())
        if not process.elements[element_id].all_events or len(process.elements[element_id].events) == 1
        for event in starting_events(process, process.elements[element_id])
        if event.kind == "timer"
    }


def _listen(connection: Connection, deployed: Deployed) -> None:
    """From now on the start events of this version begin cases, no longer those of the one before."""
    connection.execute(delete(start_event).where(start_event.c.key == deployed.key))
    process = deployed.bundle.process
    rows = [
        {
            "definition_id": deployed.id,
            "element_id": element_id,
            "kind": event.kind,
            "name": event.reference,
            "key": deployed.key,
        }
        for element_id in process.triggers.get(process.id, ())
        for event in starting_events(process, process.elements[element_id])
        if event.kind in ("message", "signal")
    ]
    if rows:
        connection.execute(insert(start_event), rows)


def starting_events(process: Process, element: Element) -> Iterator[EventDefinition]:
    """What begins a process at *element*: its own events, its message, or the events after its gateway."""
    if element.type == "eventBasedGateway":
        for flow in process.outgoing_flows[element.id]:
            yield from starting_events(process, process.elements[flow.target])
    elif element.type == "receiveTask":
        yield EventDefinition("message", element.message)
    else:
        yield from element.events
