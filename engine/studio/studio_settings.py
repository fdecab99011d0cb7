"""What holds for the whole studio: whether two must agree on a publishing, and whose bundles are trusted.

Where two must agree, one asks for a rule to be turned off, and another does it: nobody is alone for a moment.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from engine.studio.models import studio_setting

#: Rule → the person who asks a colleague to turn it off.
ASKED = "turn_off"
#: What may be turned on and off.
RULES = ("two_persons", "only_trusted")
#: Name → value until somebody chooses another.
DEFAULTS: dict[str, Any] = {"two_persons": False, "only_trusted": False, "trusted_keys": [], ASKED: {}}


def get(connection: Connection, name: str) -> Any:
    found = connection.execute(select(studio_setting.c.value).where(studio_setting.c.name == name)).first()
    return DEFAULTS[name] if found is None else found[0]


def held(connection: Connection, name: str) -> Any:
    """The same, for one who writes it back: others who mean to wait until this transaction is over."""
    wanted = select(studio_setting.c.value).where(studio_setting.c.name == name).with_for_update()
    found = connection.execute(wanted).first()
    if found is None:
        now = datetime.fromtimestamp(0, UTC)
        try:
            with connection.begin_nested():
                row = {"name": name, "value": DEFAULTS[name], "changed_at": now, "changed_by": ""}
                connection.execute(insert(studio_setting).values(**row))
        except IntegrityError:
            pass  # another was first; the other's row is what is waited for
        found = connection.execute(wanted).one()
    return found[0]


def turn(connection: Connection, name: str, on: bool, by: str, now: datetime) -> str:
    """Turn a rule on or off. Where two must agree, the first who turns it off only asks for it; on is on at once.

    Returns "changed", "asked", or "" where one has asked already and waits for a colleague.
    """
    requested = held(connection, ASKED)
    there = get(connection, name)
    asker = requested.get(name)
    if there and not on and get(connection, "two_persons") and asker in (None, by):
        if asker is not None:
            return ""
        save(connection, ASKED, {**requested, name: by}, by, now)
        return "asked"
    save(connection, name, on, by, now)
    return "changed"


def clear_requests(connection: Connection, name: str, by: str, now: datetime) -> list[str]:
    """A rule has been turned: nobody is asked about it any more, nor about any once one alone decides.

    Returns the rules that were asked about until now.
    """
    requested = held(connection, ASKED)
    gone = set(requested) if name == "two_persons" else {name} & set(requested)
    if gone:
        save(connection, ASKED, {rule: who for rule, who in requested.items() if rule not in gone}, by, now)
    return sorted(gone)


def save(connection: Connection, name: str, value: Any, by: str, now: datetime) -> None:
    """Write a setting."""
    assert name in DEFAULTS, name
    values = {"value": value, "changed_at": now, "changed_by": by}
    if not connection.execute(update(studio_setting).where(studio_setting.c.name == name).values(**values)).rowcount:
        connection.execute(insert(studio_setting).values(name=name, **values))
