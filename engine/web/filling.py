"""What a case knows, in words, for the blanks of letters and notes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from engine.authorization.sessions import session_table
from engine.definitions.bundle import Bundle
from engine.execution.data import read_in_case
from engine.vault import Erased
from engine.web import answers, view
from engine.web.guards import actor
from engine.web.texts import LANGUAGES
from forms.formatting import long_date


def language_of(connection: Connection, person_id: str) -> str:
    """The language a citizen chose when she was last here; bokmål when we do not know."""
    row = connection.execute(
        select(session_table.c.language)
        .where(session_table.c.person_id == person_id)
        .order_by(session_table.c.created_at.desc())
        .limit(1)
    ).scalar()
    return row if row in LANGUAGES else "nb"


def values(connection: Connection, case: Any, bundle: Bundle, language: str) -> dict[str, str]:
    """Blank → words: the case, the people, and every answer of the journey's forms as ``<data type>.<field>``."""
    house = view.house()
    who = actor()
    found = {
        "number": case.number,
        "adviser": who.name,
        "office": who.office.name if who.office else "",
        "today": long_date(house.clock.now(), language),
        "journey": bundle.title(language).lower(),
    }
    try:
        found["citizen"] = house.vault.person(connection, case.owner_id).name
    except (KeyError, Erased):
        pass
    for kind in bundle.data_types.values():
        if kind.per_party:
            continue
        content = read_in_case(connection, house.vault, case.id, kind.id) or {}
        schema = (bundle.schema(kind.id) or {}).get("properties", {})
        for name, value in content.items():
            if value not in (None, "", []) and not isinstance(value, dict):
                shown = answers.shown(bundle, kind.id, name, value, schema.get(name, {}))
                found[f"{kind.id}.{name}"] = shown
    return found
