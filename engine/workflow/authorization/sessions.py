"""Who is logged in: a row on the server, found by the hash of a random id in a cookie.

Thirty minutes idle, eight hours at most. A new id at every log-in; the cookie
tells nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, String, Table, insert, select, update

from engine.platform.db import Json, UTCDateTime, metadata
from engine.workflow.authorization.actor import Actor, Office, Role

IDLE = timedelta(minutes=30)
MAX_AGE = timedelta(hours=8)
LOGIN_LIFE = timedelta(minutes=15)

session_table = Table(
    "session",
    metadata,
    Column("id", LargeBinary(32), primary_key=True),
    Column("person_id", String(36)),
    Column("role", String(20), nullable=False),
    Column("office", Json),
    Column("offices", Json),  # every part they may choose between: [{"orgno", "name", "leads", "role"}]
    Column("level", String(20), nullable=False),
    Column("language", String(2), nullable=False),
    Column("issuer", String(200), nullable=False),
    Column("sid", String(100), nullable=False, index=True),
    Column("state", Json),  # of a log-in under way: state, nonce, verifier, way back
    Column("id_token", LargeBinary),
    Column("created_at", UTCDateTime, nullable=False),
    Column("seen_at", UTCDateTime, nullable=False),
    Column("ended_at", UTCDateTime),
)

#: What each person chose to read: theirs at every log-in, in every browser, and in what is written to them.
person_language = Table(
    "person_language",
    metadata,
    Column("person_id", String(36), primary_key=True),
    Column("language", String(2), nullable=False),
)


@dataclass(frozen=True, slots=True)
class Session:
    """A log-in in force: who it is, as what, and where.

    office    the part they act in, of those in ``offices``: ``{"orgno", "name", "leads"}``
    offices   every part they may choose between, each with its ``role``
    id_token  as the issuer signed it, for the log-out there
    """

    person_id: str
    role: str
    office: Mapping[str, Any] | None
    offices: Sequence[Mapping[str, Any]] | None
    level: str
    language: str
    id_token: bytes | None = field(repr=False)
    created_at: datetime
    seen_at: datetime


_SESSION = select(*(session_table.c[column.name] for column in fields(Session)))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def csrf_token(token: str, secret: str) -> str:
    """Bound to the session, so that one page's token is worth nothing in another's.

    It names the session by its hash: whose form it was is known when the session has ended and the cookie is gone.
    """
    return _signed(_digest(token), secret)


def _signed(digest: bytes, secret: str) -> str:
    return f"{digest.hex()}.{hmac.new(secret.encode(), digest, hashlib.sha256).hexdigest()}"


def of_form(connection: Connection, submitted: str, secrets_known: Sequence[str]) -> Session | None:
    """The session whose page a form was on, in force or not; ``None`` for a token we did not make.

    submitted      the form's token
    secrets_known  of the installation, the newest first
    """
    try:
        digest = bytes.fromhex(submitted.partition(".")[0])
    except ValueError:
        return None
    if not any(hmac.compare_digest(submitted, _signed(digest, secret)) for secret in secrets_known):
        return None
    row = connection.execute(_SESSION.where(session_table.c.id == digest, session_table.c.role != "anonymous")).first()
    return None if row is None else Session(*row)


def begin(connection: Connection, now: datetime, *, language: str, state: dict[str, Any], issuer: str) -> str:
    """A session of a log-in that is under way; nobody is logged in by it."""
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(session_table).values(
            id=_digest(token),
            role="anonymous",
            level="",
            language=language,
            issuer=issuer,
            sid="",
            state=state,
            created_at=now,
            seen_at=now,
        )
    )
    return token


def take_login(connection: Connection, token: str, now: datetime) -> dict[str, Any] | None:
    """The state of a log-in under way, once."""
    row = connection.execute(
        update(session_table)
        .where(
            session_table.c.id == _digest(token),
            session_table.c.role == "anonymous",
            session_table.c.ended_at.is_(None),
            session_table.c.created_at > now - LOGIN_LIFE,
        )
        .values(ended_at=now)
        .returning(session_table.c.state)
    ).first()
    return None if row is None else row.state


def log_in(
    connection: Connection,
    now: datetime,
    *,
    person_id: str,
    role: Role,
    office: Office | None,
    level: str,
    language: str,
    issuer: str,
    sid: str,
    id_token: str,
    offices: Sequence[Mapping[str, Any]] = (),
) -> str:
    """A new session. Returns the cookie's value, which is kept nowhere.

    language  the browser's, for somebody who has chosen none
    offices  what the employee may choose between; until they have chosen the session has no office
    """
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(session_table).values(
            id=_digest(token),
            person_id=person_id,
            role=role.value,
            office=None if office is None else {"orgno": office.orgno, "name": office.name, "leads": office.leads},
            offices=[dict(one) for one in offices] or None,
            level=level,
            language=language_of(connection, person_id) or language,
            issuer=issuer,
            sid=sid,
            id_token=id_token.encode(),
            created_at=now,
            seen_at=now,
        )
    )
    return token


def find(connection: Connection, token: str, now: datetime) -> Session | None:
    """The session in force, or ``None``."""
    row = connection.execute(
        _SESSION.where(
            session_table.c.id == _digest(token),
            session_table.c.role != "anonymous",
            session_table.c.ended_at.is_(None),
            session_table.c.seen_at > now - IDLE,
            session_table.c.created_at > now - MAX_AGE,
        )
    ).first()
    return None if row is None else Session(*row)


def seen(connection: Connection, token: str, now: datetime) -> None:
    connection.execute(update(session_table).where(session_table.c.id == _digest(token)).values(seen_at=now))


def choose(connection: Connection, token: str, part: Mapping[str, Any]) -> str:
    """From now on the employee acts for this one of their offices, with the role they have there.

    Returns the cookie's new value; the old one is worth nothing any more (ASVS 7.2.4).
    """
    office = {name: part[name] for name in ("orgno", "name", "leads")}
    renewed = secrets.token_urlsafe(32)
    connection.execute(
        update(session_table)
        .where(session_table.c.id == _digest(token))
        .values(id=_digest(renewed), office=office, role=part["role"])
    )
    return renewed


def language_of(connection: Connection, person_id: str) -> str | None:
    """The language a person chose when they last chose one."""
    return connection.execute(
        select(person_language.c.language).where(person_language.c.person_id == person_id)
    ).scalar_one_or_none()


def set_language(connection: Connection, token: str, language: str) -> None:
    """The person of this session reads this language from now on, here and wherever they log in."""
    mine = session_table.c.id == _digest(token)
    connection.execute(update(session_table).where(mine).values(language=language))
    person_id = connection.execute(select(session_table.c.person_id).where(mine)).scalar_one_or_none()
    if person_id is None:
        return
    chosen = person_language.c.person_id == person_id
    if not connection.execute(update(person_language).where(chosen).values(language=language)).rowcount:
        connection.execute(insert(person_language).values(person_id=person_id, language=language))


def end(connection: Connection, token: str, now: datetime) -> None:
    connection.execute(
        update(session_table).where(session_table.c.id == _digest(token)).values(ended_at=now, id_token=None)
    )


def end_by_sid(connection: Connection, issuer: str, sid: str, now: datetime) -> int:
    """Front-channel log-out: every session of one issuer session. Returns how many."""
    done = connection.execute(
        update(session_table)
        .where(session_table.c.issuer == issuer, session_table.c.sid == sid, session_table.c.ended_at.is_(None))
        .values(ended_at=now, id_token=None)
    )
    return done.rowcount


def actor(session: Session, name: str) -> Actor:
    part = session.office
    office = Office(part["orgno"], part["name"], bool(part.get("leads"))) if part else None
    return Actor(Role(session.role), session.person_id, name, office, session.level)
