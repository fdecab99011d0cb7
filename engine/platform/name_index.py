"""Finding people by name although names are sealed: a blind index of whole words.

Each word of a name is normalised and kept as the first 16 bytes of an HMAC-SHA-256
with a key derived from the application's lookup key. Who has the database alone
cannot read a name, nor try names without the key; who has both could read the names
anyway. What the table does tell is how many persons share a word.

Whole words only: an index of beginnings ("an", "ann", "anne") would find more, and
would let whoever has the table build names up letter by letter. Therefore "Ann" does
not find "Anne", and the page says so. Erasing a person deletes their words.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Index,
    LargeBinary,
    Select,
    String,
    Table,
    delete,
    exists,
    insert,
    select,
)

from engine.platform.db import metadata

person_name = Table(
    "person_name",
    metadata,
    Column("word", LargeBinary(16), primary_key=True),
    Column("person_id", String(36), primary_key=True),
    Index("ix_person_name_person_id", "person_id"),
)
_WORD = re.compile(r"[^\W\d_]+")
_NORWEGIAN_LETTERS = "æøåÆØÅ"


def words(name: str) -> list[str]:
    """The words of a name as they are compared: small letters, accents off (é is e; æ, ø and å are letters)."""
    plain = "".join(
        char if char in _NORWEGIAN_LETTERS else unicodedata.normalize("NFD", char)[0]
        for char in unicodedata.normalize("NFC", name)
    )
    return list(dict.fromkeys(_WORD.findall(plain.casefold())))


def blind(key: bytes, word: str) -> bytes:
    """What stands in the index for a word."""
    own = hmac.new(key, b"name index", hashlib.sha256).digest()
    return hmac.new(own, word.encode(), hashlib.sha256).digest()[:16]


def index(connection: Connection, key: bytes, person_id: str, name: str) -> None:
    """Let a person be found by every word of their name, and by no word of an earlier one."""
    forget(connection, person_id)
    rows = [{"word": blind(key, word), "person_id": person_id} for word in words(name)]
    if rows:
        connection.execute(insert(person_name), rows)


def forget(connection: Connection, person_id: str) -> None:
    connection.execute(delete(person_name).where(person_name.c.person_id == person_id))


def having(word: bytes, *more: bytes) -> Select[tuple[str]]:
    """The ids of everybody whose name has all these (blinded) words."""
    found = select(person_name.c.person_id).where(person_name.c.word == word)
    for other in more:
        also = person_name.alias()
        found = found.join(also, (also.c.person_id == person_name.c.person_id) & (also.c.word == other))
    return found


def has(person_id: ColumnElement[str], word: bytes) -> ColumnElement[bool]:
    """Whether the person a row is about has this (blinded) word in their name."""
    return exists().where(person_name.c.word == word, person_name.c.person_id == person_id)
