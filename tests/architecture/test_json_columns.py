"""JSON in a table is of one type, which keeps a ``Decimal``: ``Json`` of ``db.py``, or the vault's sealed bytes."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import JSON, PickleType
from sqlalchemy.types import TypeDecorator, TypeEngine

from engine.platform.db import Json
from engine.studio.tables import metadata

ROOT = Path(__file__).resolve().parents[2]
#: Where values become what is stored, and the other way round.
STORE = ("db.py", "vault.py", "row_json.py", "quarantine.py")


def holds_json(kind: TypeEngine[object]) -> bool:
    """Whether a column of this type takes lists and dictionaries."""
    inner = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    return isinstance(inner, JSON | PickleType) or isinstance(kind, Json) or "json" in type(kind).__name__.lower()


def test_no_table_has_json_of_another_type() -> None:
    found = [column for table in metadata.sorted_tables for column in table.c if holds_json(column.type)]

    assert len(found) > 20
    assert [str(column) for column in found if type(column.type) is not Json] == []


def test_what_stores_json_has_no_encoder_of_its_own() -> None:
    own = [name for name in STORE if "json.dumps(" in (ROOT / "engine" / "platform" / name).read_text()]

    assert own == []
