"""What holds for the whole workshop: whether two must agree on a publishing, and whose bundles are trusted.

Where two must agree, one asks for a rule to be turned off, and another does it: nobody is alone for a moment.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from engine.studio.event_kinds import StudioEvent
from engine.studio.models import studio_setting
from engine.workflow.audit import chain
from engine.workflow.authorization.actor import Actor

#: Rule → the person who asks a colleague to turn it off.
ASKED = "turn_off"
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
            pass  # another was first; her row is what is waited for
        found = connection.execute(wanted).one()
    return found[0]


def turn(connection: Connection, name: str, on: bool, actor: Actor, now: datetime) -> None:
    """Turn a rule on or off. Where two must agree, the first who turns it off only asks for it; on is on at once."""
    asked = held(connection, ASKED)
    there = get(connection, name)
    asks = asked.get(name)
    if there and not on and get(connection, "two_persons") and asks in (None, actor.person_id):
        if asks is None:
            told = (StudioEvent.STUDIO_SETTING_ASKED, {"name": name, "value": on})
            put(connection, ASKED, {**asked, name: actor.person_id}, actor, now, told)
        return
    put(connection, name, on, actor, now)
    gone = set(asked) if name == "two_persons" else {name}
    if gone & set(asked):
        left = {rule: by for rule, by in asked.items() if rule not in gone}
        put(connection, ASKED, left, actor, now, (StudioEvent.STUDIO_SETTING_ASKED_NO_MORE, {"names": sorted(gone)}))


def put(
    connection: Connection, name: str, value: Any, actor: Actor, now: datetime,
    told: tuple[StudioEvent, dict[str, Any]] | None = None,
) -> None:  # fmt: skip
    """Keep a setting, with a line in the trail: *told* is its kind and content where it says more than the value."""
    assert name in DEFAULTS, name
    values = {"value": value, "changed_at": now, "changed_by": actor.person_id}
    if not connection.execute(update(studio_setting).where(studio_setting.c.name == name).values(**values)).rowcount:
        connection.execute(insert(studio_setting).values(name=name, **values))
    kind, data = told or (StudioEvent.STUDIO_SETTING_CHANGED, {"name": name, "value": value})
    chain.append(connection, chain.SYSTEM_CHAIN, now, actor, kind, data)
