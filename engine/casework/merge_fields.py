"""What a case knows, in words, for the blanks of letters and notes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from engine.platform.vault import ErasedError, Vault
from engine.workflow.authorization import sessions
from engine.workflow.authorization.sessions import session_table
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.execution.data import read_in_case
from engine.workflow.instances.rows import CaseRow
from forms import formatting
from forms.values import Value

LANGUAGES = ("nb", "nn", "en")
_YES_NO = {"nb": ("Ja", "Nei"), "nn": ("Ja", "Nei"), "en": ("Yes", "No")}


def language_of(connection: Connection, person_id: str) -> str:
    """The language a citizen chose, else the one they read when they were last here; bokmål when we do not know."""
    chosen = sessions.language_of(connection, person_id)
    if chosen in LANGUAGES:
        return chosen
    row = connection.execute(
        select(session_table.c.language)
        .where(session_table.c.person_id == person_id)
        .order_by(session_table.c.created_at.desc())
        .limit(1)
    ).scalar()
    return row if row in LANGUAGES else "nb"


def values(
    connection: Connection,
    vault: Vault,
    *,
    case: CaseRow,
    bundle: Bundle,
    language: str,
    now: datetime,
    adviser: str,
    office: str,
) -> dict[str, str]:
    """Blank → words: the case, the people, and every answer of the journey's forms as ``<data type>.<field>``."""
    found = {
        "number": case.number,
        "adviser": adviser,
        "office": office,
        "today": formatting.long_date(now, language),
        "journey": bundle.title(language).lower(),
    }
    try:
        found["citizen"] = vault.person(connection, case.owner_id).name
    except (KeyError, ErasedError):
        pass
    for kind in bundle.data_types.values():
        if kind.per_party:
            continue
        content = read_in_case(connection, vault, case.id, kind.id) or {}
        schema = (bundle.schema(kind.id) or {}).get("properties", {})
        for name, value in content.items():
            rows = isinstance(value, list) and any(isinstance(row, dict) for row in value)
            if value not in (None, "", []) and not isinstance(value, dict) and not rows:
                found[f"{kind.id}.{name}"] = shown(bundle, kind.id, name, value, schema.get(name, {}), language)
    return found


def shown(bundle: Bundle, data_type: str, path: str, value: Value, rule: Mapping[str, Any], language: str) -> str:
    """An answer as a person reads it; *rule* is the schema of its field."""

    if isinstance(value, bool):
        return _YES_NO[language][0 if value else 1]
    if isinstance(value, list):
        return ", ".join(bundle.option(data_type, path, item, language) for item in value)
    if isinstance(value, int | float):
        number = Decimal(str(value))
        return formatting.kroner(number, language) if rule.get("unit") == "NOK" else f"{number:f}"
    if rule.get("format") == "date":
        try:
            return formatting.long_date(date.fromisoformat(str(value)), language)
        except ValueError:
            return str(value)
    return bundle.option(data_type, path, value, language)
