"""Personal values at rest: sealed with a key per person, so that deleting the key erases them all.

Envelope encryption: each person has a data key, wrapped by a key of the ring in
``settings.data_keys``. Values are AES-256-GCM with the table, column and row as
additional data, so a ciphertext moved elsewhere does not open. Erasure
(crypto-shredding) deletes the wrapped key; the audit chain stays verifiable.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Column, Connection, LargeBinary, String, Table, insert, select

from engine.platform import name_index, stored_json
from engine.platform.clock import Clock
from engine.platform.db import UTCDateTime, metadata
from engine.platform.name_index import person_name
from engine.platform.settings import Settings

person_table = Table(
    "person",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("lookup", LargeBinary(32), nullable=False, unique=True),
    Column("identity", LargeBinary, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
)
person_key_table = Table(
    "person_key",
    metadata,
    Column("person_id", String(36), primary_key=True),
    Column("key_id", String(20), nullable=False, index=True),
    Column("wrapped", LargeBinary, nullable=False),
)


#: Whose value it is, its place and what is sealed → the value, as ``Vault.open``.
Opener = Callable[[str, str, bytes], Any]


class ErasedError(Exception):
    """The person's key is gone: what it sealed cannot be read by anyone."""


class TamperedError(Exception):
    """A sealed value does not open: it was changed or moved."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person we know. ``pid`` is the national identity number: never logged, queued or in a URL."""

    id: str
    pid: str
    name: str
    birth_date: date


class Vault:
    """Seals and opens. Data keys are read per call and cached in memory only for the process."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._ring = settings.data_keys
        self._newest = settings.data_key_id
        self._lookup_key = settings.lookup_key
        self._clock = clock

    def seal(self, connection: Connection, person_id: str, place: str, value: object) -> bytes:
        """Encode (``stored_json``) and encrypt *value* for *person_id*. *place* is ``table.column:row id``."""
        return self.sealer(connection, person_id)(place, value)

    def sealer(self, connection: Connection, person_id: str) -> Callable[[str, object], bytes]:
        """As ``seal``, by place and value, with the key read now: it seals after the transaction has ended too."""
        key = AESGCM(self._key(connection, person_id))

        def sealed(place: str, value: object) -> bytes:
            nonce = os.urandom(12)
            return nonce + key.encrypt(nonce, stored_json.encode(value).encode(), place.encode())

        return sealed

    def open(self, connection: Connection, person_id: str, place: str, sealed: bytes) -> Any:
        """The value ``seal`` was given, in the shape its place has. Raises ``ErasedError`` or ``TamperedError``."""
        return stored_json.decode(self._decrypted(self._key(connection, person_id), place, sealed))

    def opener(self, connection: Connection) -> Opener:
        """As ``open``, for the rows of a list: each person's key is read once, and kept only as long as the list."""
        keys: dict[str, bytes] = {}

        def opened(person_id: str, place: str, sealed: bytes) -> Any:
            if person_id not in keys:
                keys[person_id] = self._key(connection, person_id)
            return stored_json.decode(self._decrypted(keys[person_id], place, sealed))

        return opened

    def _decrypted(self, key: bytes, place: str, sealed: bytes) -> bytes:
        try:
            return AESGCM(key).decrypt(sealed[:12], sealed[12:], place.encode())
        except InvalidTag as error:
            raise TamperedError(place.split(":")[0]) from error

    def _key(self, connection: Connection, person_id: str) -> bytes:
        row = connection.execute(
            select(person_key_table.c.key_id, person_key_table.c.wrapped).where(
                person_key_table.c.person_id == person_id
            )
        ).first()
        if row is None:
            raise ErasedError(person_id)
        return self._unwrapped(person_id, row.key_id, row.wrapped)

    def _unwrapped(self, person_id: str, key_id: str, wrapped: bytes) -> bytes:
        return AESGCM(self._ring[key_id]).decrypt(wrapped[:12], wrapped[12:], person_id.encode())

    def _new_key(self, connection: Connection, person_id: str) -> None:
        nonce = os.urandom(12)
        wrapped = nonce + AESGCM(self._ring[self._newest]).encrypt(nonce, secrets.token_bytes(32), person_id.encode())
        connection.execute(insert(person_key_table).values(person_id=person_id, key_id=self._newest, wrapped=wrapped))

    def lookup(self, pid: str) -> bytes:
        """The keyed hash a person is found by. Without its key the number space cannot be searched."""
        return hmac.new(self._lookup_key, pid.encode(), hashlib.sha256).digest()

    def person_by_pid(self, connection: Connection, pid: str) -> Person | None:
        row = connection.execute(
            select(person_table.c.id, person_table.c.identity).where(person_table.c.lookup == self.lookup(pid))
        ).first()
        return None if row is None else self._person(connection, row.id, row.identity)

    def person(self, connection: Connection, person_id: str) -> Person:
        """Raises ``KeyError`` for an unknown id and ``ErasedError`` for one that was erased."""
        row = connection.execute(select(person_table.c.identity).where(person_table.c.id == person_id)).first()
        if row is None:
            raise KeyError(person_id)
        return self._person(connection, person_id, row.identity)

    def people(self, connection: Connection, ids: Iterable[str]) -> dict[str, Person]:
        """Those of these whose name can be read, by id, in one statement: the unknown and the erased are left out."""
        rows = connection.execute(
            select(person_table.c.id, person_table.c.identity, person_key_table.c.key_id, person_key_table.c.wrapped)
            .join(person_key_table, person_key_table.c.person_id == person_table.c.id)
            .where(person_table.c.id.in_(list(ids)))
        )
        found: dict[str, Person] = {}
        for row in rows:
            key = self._unwrapped(row.id, row.key_id, row.wrapped)
            fields = stored_json.decode(self._decrypted(key, _identity(row.id), row.identity))
            found[row.id] = _person(row.id, cast(Mapping[str, str], fields))
        return found

    def _person(self, connection: Connection, person_id: str, identity: bytes) -> Person:
        return _person(person_id, self.open(connection, person_id, _identity(person_id), identity))

    def register(
        self, connection: Connection, *, pid: str, name: str, birth_date: date, former: Sequence[str] = ()
    ) -> Person:
        """The person with this number, made when unknown. The name follows the newest log-in.

        former  numbers the register says were theirs before: who is known by one of them keeps everything, under *pid*
        """
        found = self.person_by_pid(connection, pid) or self._renumbered(connection, pid, former)
        person_id = found.id if found else str(uuid.uuid4())
        if found and (found.name, found.birth_date) == (name, birth_date):
            return found
        if not found:
            self._new_key(connection, person_id)
        fields = {"pid": pid, "name": name, "birth_date": birth_date.isoformat()}
        identity = self.seal(connection, person_id, _identity(person_id), fields)
        if found:
            connection.execute(person_table.update().where(person_table.c.id == person_id).values(identity=identity))
        else:
            connection.execute(
                insert(person_table).values(
                    id=person_id, lookup=self.lookup(pid), identity=identity, created_at=self._clock.now()
                )
            )
        name_index.index(connection, self._lookup_key, person_id, name)
        return Person(person_id, pid, name, birth_date)

    def _renumbered(self, connection: Connection, pid: str, former: Sequence[str]) -> Person | None:
        """The person known by a former number, who is found by *pid* from now on."""
        for number in former:
            found = self.person_by_pid(connection, number)
            if found is not None:
                fields = {"pid": pid, "name": found.name, "birth_date": found.birth_date.isoformat()}
                identity = self.seal(connection, found.id, _identity(found.id), fields)
                connection.execute(
                    person_table.update()
                    .where(person_table.c.id == found.id)
                    .values(lookup=self.lookup(pid), identity=identity)
                )
                return Person(found.id, pid, found.name, found.birth_date)
        return None

    def blind(self, word: str) -> bytes:
        """What the blind index of names holds for a word, see ``engine.platform.name_index``."""
        return name_index.blind(self._lookup_key, word)

    def index_names(self, connection: Connection) -> int:
        """Index everybody who is not: those registered before there was an index. Returns how many."""
        indexed = select(person_name.c.person_id)
        found = select(person_table.c.id).where(person_table.c.id.not_in(indexed))
        done = 0
        for person_id in connection.execute(found).scalars().all():
            try:
                name_index.index(connection, self._lookup_key, person_id, self.person(connection, person_id).name)
            except ErasedError:
                continue
            done += 1
        return done

    def erase(self, connection: Connection, person_id: str) -> None:
        """Delete the person's key: everything sealed with it is gone for good."""
        connection.execute(person_key_table.delete().where(person_key_table.c.person_id == person_id))
        name_index.forget(connection, person_id)


def _identity(person_id: str) -> str:
    """The place a person's name and number are sealed for."""
    return f"person.identity:{person_id}"


def _person(person_id: str, fields: Mapping[str, str]) -> Person:
    return Person(person_id, fields["pid"], fields["name"], date.fromisoformat(fields["birth_date"]))
