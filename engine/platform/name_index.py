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
#: Letters Unicode does not take apart, as they are written by who does not have them.
_PLAIN = str.maketrans(
    {"ł": "l", "đ": "d", "ð": "d", "ŋ": "n", "ŧ": "t", "ħ": "h", "ı": "i", "ĸ": "k", "þ": "th", "œ": "oe", "ə": "e"}
)


def words(name: str) -> list[str]:
    """The words of a name as they are compared: small letters, accents and strokes off, signs nobody sees left out.

    é is e and ł is l; æ, ø and å are letters; a hyphen parts two words.
    """
    seen = "".join(char for char in unicodedata.normalize("NFC", name) if unicodedata.category(char) != "Cf")
    plain = "".join(char if char in _NORWEGIAN_LETTERS else unicodedata.normalize("NFD", char)[0] for char in seen)
    return list(dict.fromkeys(_WORD.findall(plain.casefold().translate(_PLAIN))))


def same_person_name(one: str, other: str) -> bool:
    """Whether two ways to write a name may be one person's: the same first and last word, middle names as one likes.

    Together with the day of birth it tells persons apart; alone it does not.
    """
    some, others = words(one), words(other)
    if not some or not others:
        return False
    fewer, more = sorted((some, others), key=len)
    return fewer == more or (len(fewer) > 1 and set(fewer) <= set(more) and fewer[-1] == more[-1])


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
