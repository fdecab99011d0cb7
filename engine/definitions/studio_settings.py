"""What holds for the whole workshop: whether two must agree on a publishing, and whose bundles are trusted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from engine.audit import chain
from engine.authorization.actor import Actor
from engine.definitions.models import studio_setting

#: Name → value until somebody chooses another.
DEFAULTS: dict[str, Any] = {"two_persons": False, "only_trusted": False, "trusted_keys": []}


def get(connection: Connection, name: str) -> Any:
    found = connection.execute(select(studio_setting.c.value).where(studio_setting.c.name == name)).first()
    return DEFAULTS[name] if found is None else found[0]


def put(
    connection: Connection, name: str, value: Any, actor: Actor, now: datetime,
    told: tuple[str, dict[str, Any]] | None = None,
) -> None:  # fmt: skip
    """Keep a setting, with a line in the trail: *told* is its kind and content where it says more than the value."""
    assert name in DEFAULTS, name
    values = {"value": value, "changed_at": now, "changed_by": actor.person_id}
    if not connection.execute(update(studio_setting).where(studio_setting.c.name == name).values(**values)).rowcount:
        connection.execute(insert(studio_setting).values(name=name, **values))
    kind, data = told or ("StudioSettingChanged", {"name": name, "value": value})
    chain.append(connection, chain.SYSTEM_CHAIN, now, actor, kind, data)
