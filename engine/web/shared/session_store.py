"""Sessions, and the events of who came in and who was refused: the one place where the pages write by themselves.

They belong to no case and change nothing in one, and nobody has a policy to ask about them: whoever holds the cookie
starts, renews and ends their own session. So they are rows and events of the system's chain, and no commands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import g, request
from sqlalchemy import Connection

from engine.casework import members
from engine.casework.event_kinds import OfficeEvent
from engine.web.shared import view
from engine.web.shared.event_kinds import AccessEvent
from engine.workflow.audit import chain
from engine.workflow.audit.kinds import EventKind
from engine.workflow.authorization import sessions, unsent_forms
from engine.workflow.authorization.actor import SYSTEM, Actor, Office, Role
from engine.workflow.authorization.login import Identity
from engine.workflow.authorization.sessions import Session
from engine.workflow.authorization.unsent_forms import UnsentForm

#: The cookie of somebody who is logged in.
COOKIE = "ibalanse_session"


def begin_log_in(state: dict[str, Any], issuer: str) -> str:
    """A session of a log-in that is under way. Returns the cookie's value."""
    application = view.application()
    with application.db.write() as connection:
        return sessions.begin(connection, application.clock.now(), language=g.language, state=state, issuer=issuer)


def take_log_in(token: str) -> dict[str, Any] | None:
    """The state of a log-in that is under way, once; ``None`` where there is none."""
    application = view.application()
    with application.db.write() as connection:
        return sessions.take_login(connection, token, application.clock.now())


def log_in(
    identity: Identity,
    name: str,
    born: date,
    role: Role,
    office: Office | None,
    parts: Sequence[Mapping[str, Any]],
    former: Sequence[str] = (),
) -> str:
    """Register the person and start their session. Returns the cookie's value.

    identity  what the issuer says of the person
    former    numbers they had before
    parts     what they may choose between; while they have chosen none they have no role in the event
    """
    application = view.application()
    now = application.clock.now()
    with application.db.write() as connection:
        person = application.vault.register(connection, pid=identity.pid, name=name, birth_date=born, former=former)
        token = sessions.log_in(
            connection,
            now,
            person_id=person.id,
            role=role,
            office=office,
            level=identity.level,
            language=g.language,
            issuer=identity.issuer,
            sid=identity.sid,
            id_token=identity.id_token,
            offices=parts,
        )
        if role is Role.CASEWORKER and office is not None:
            members.note_login(connection, office.orgno, person.id, office.orgno in identity.leads, now)
        _record(connection, AccessEvent.LOGGED_IN, {"person": person.id, "role": None if parts else role.value})
    return token


def part_ended(connection: Connection, token: str, orgno: str) -> bool:
    """Whether the part at an office ended after this log-in: the log-in before that does not give it again."""
    member = members.find(connection, orgno, g.actor.person_id)
    row = sessions.find(connection, token, view.application().clock.now())
    return bool(row and member and member.ended_at and member.ended_at >= row.created_at)


def choose_office(token: str, part: Mapping[str, Any]) -> str | None:
    """Act for another of one's offices from now on.

    Returns the cookie's new value, ``None`` where the part there has ended.
    """
    application = view.application()
    with application.db.write() as connection:
        if part_ended(connection, token, part["orgno"]):
            return None
        renewed = sessions.choose(connection, token, part)
        if part["role"] == Role.CASEWORKER.value:
            members.note_login(connection, part["orgno"], g.actor.person_id, part["leads"], application.clock.now())
        was = g.actor.office.orgno if g.actor.office else None
        data = {"person": g.actor.person_id, "from": was, "to": part["orgno"], "role": part["role"]}
        _record(connection, OfficeEvent.OFFICE_CHOSEN, data, g.actor)
    return renewed


def log_out(token: str) -> Session | None:
    """End a session. Returns it as it was, ``None`` where there was none."""
    application = view.application()
    with application.db.write() as connection:
        row = sessions.find(connection, token, application.clock.now())
        sessions.end(connection, token, application.clock.now())
    return row


def log_out_everywhere(issuer: str, sid: str) -> None:
    """End every session that an issuer began under this id of theirs."""
    application = view.application()
    with application.db.write() as connection:
        sessions.end_by_sid(connection, issuer, sid, application.clock.now())


def renew(token: str) -> None:
    """The session was used just now."""
    application = view.application()
    with application.db.write() as connection:
        sessions.seen(connection, token, application.clock.now())


def set_language(token: str, language: str) -> None:
    """The person reads this language from now on."""
    with view.application().db.write() as connection:
        sessions.set_language(connection, token, language)


def session_of_form(token: str) -> Session | None:
    """The session a form was drawn in, in force or not, by the form's token."""
    application = view.application()
    with application.db.read() as connection:
        return sessions.of_form(connection, token, application.settings.secret_keys)


def store_unsent(person_id: str, form: UnsentForm) -> str:
    """Store what was typed until its writer is back. Returns its id; raises ``ErasedError``."""
    application = view.application()
    with application.db.write() as connection:
        return unsent_forms.save(connection, application.vault, person_id, form, application.clock.now())


def unsent(person_id: str, identity: str) -> UnsentForm | None:
    """What this person typed and did not get sent."""
    application = view.application()
    with application.db.read() as connection:
        return unsent_forms.find(connection, application.vault, person_id, identity, application.clock.now())


def remove_unsent(person_id: str, identity: str) -> None:
    """It was sent after all."""
    with view.application().db.write() as connection:
        unsent_forms.remove(connection, person_id, identity)


def record_failed_log_in(which: str, code: str) -> None:
    """By which way it failed, and why: a code, never who it was."""
    data = {"by": which, "code": code[:60], "reference": g.reference}
    with view.application().db.write() as connection:
        _record(connection, AccessEvent.LOG_IN_FAILED, data)


def record_refusal(code: str) -> None:
    """Somebody tried what was not allowed or not there: who, where and the reference on the page."""
    who = g.get("actor")
    data = {
        "code": code,
        "endpoint": request.endpoint or "",
        "actor": who.person_id if who else "",
        "reference": g.get("reference", ""),
    }
    with view.application().db.write() as connection:
        _record(connection, AccessEvent.REQUEST_REFUSED, data)


def _record(connection: Connection, kind: EventKind, data: Mapping[str, Any], by: Actor = SYSTEM) -> None:
    chain.append(connection, chain.SYSTEM_CHAIN, view.application().clock.now(), by, kind, data)
