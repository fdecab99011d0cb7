"""What holds for the whole studio: whether two must agree on a publishing, and whose bundles are trusted.

Where two must agree, one asks for a rule to be turned off, and another does it: nobody is alone for a moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from engine.studio.models import studio_setting

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """A setting by the name it is stored under, with its value until somebody chooses another."""

    name: str
    default: T


#: Whether two must agree on a publishing.
TWO_PERSONS = Setting("two_persons", False)
#: Whether bundles of others than the trusted are refused.
ONLY_TRUSTED = Setting("only_trusted", False)
#: The keys that are trusted, see ``trusted_issuers``.
TRUSTED_KEYS: Setting[list[dict[str, str]]] = Setting("trusted_keys", [])
#: Rule → the person who asks a colleague to turn it off.
ASKED: Setting[dict[str, str]] = Setting("turn_off", {})
#: What may be turned on and off, by name.
RULES = {rule.name: rule for rule in (TWO_PERSONS, ONLY_TRUSTED)}


def get(connection: Connection, setting: Setting[T]) -> T:
    """The value in force."""
    found = connection.execute(select(studio_setting.c.value).where(studio_setting.c.name == setting.name)).first()
    value: T = setting.default if found is None else found[0]
    return value


def held(connection: Connection, setting: Setting[T]) -> T:
    """The same, for one who writes it back: others who mean to wait until this transaction is over."""
    wanted = select(studio_setting.c.value).where(studio_setting.c.name == setting.name).with_for_update()
    found = connection.execute(wanted).first()
    if found is None:
        now = datetime.fromtimestamp(0, UTC)
        try:
            with connection.begin_nested():
                row = {"name": setting.name, "value": setting.default, "changed_at": now, "changed_by": ""}
                connection.execute(insert(studio_setting).values(**row))
        except IntegrityError:
            pass  # another was first; the other's row is what is waited for
        found = connection.execute(wanted).one()
    value: T = found[0]
    return value


def turn(connection: Connection, name: str, on: bool, by: str, now: datetime) -> str:
    """Turn a rule on or off. Where two must agree, the first who turns it off only asks for it; on is on at once.

    Returns "changed", "asked", or "" where one has asked already and waits for a colleague.
    """
    requested = held(connection, ASKED)
    there = get(connection, RULES[name])
    asker = requested.get(name)
    if there and not on and get(connection, TWO_PERSONS) and asker in (None, by):
        if asker is not None:
            return ""
        save(connection, ASKED, {**requested, name: by}, by, now)
        return "asked"
    save(connection, RULES[name], on, by, now)
    return "changed"


def clear_requests(connection: Connection, name: str, by: str, now: datetime) -> list[str]:
    """A rule has been turned: nobody is asked about it any more, nor about any once one alone decides.

    Returns the rules that were asked about until now.
    """
    requested = held(connection, ASKED)
    gone = set(requested) if name == TWO_PERSONS.name else {name} & set(requested)
    if gone:
        save(connection, ASKED, {rule: who for rule, who in requested.items() if rule not in gone}, by, now)
    return sorted(gone)


def save(connection: Connection, setting: Setting[T], value: T, by: str, now: datetime) -> None:
    """Write a setting."""
    values = {"value": value, "changed_at": now, "changed_by": by}
    ours = studio_setting.c.name == setting.name
    if not connection.execute(update(studio_setting).where(ours).values(**values)).rowcount:
        connection.execute(insert(studio_setting).values(name=setting.name, **values))
