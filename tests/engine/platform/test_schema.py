"""The schema: what the migrations make is what the code declares, on both databases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import ForeignKey, UniqueConstraint, inspect
from sqlalchemy.engine import Inspector

from engine.platform.db import Database
from engine.studio.tables import metadata


@pytest.fixture
def declared_url(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of the kind of the migrated one."""
    if database_url.startswith("sqlite"):
        return f"sqlite:///{tmp_path / 'declared.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


def described(database: Database) -> dict[str, Any]:
    """Every table with its columns, keys, checks and indexes, as the database itself tells of them."""
    inspector = inspect(database.engine)
    tables = sorted(set(inspector.get_table_names()) - {"alembic_version"})
    return {table: _described(inspector, table) for table in tables}


def _described(inspector: Inspector, table: str) -> dict[str, Any]:
    keys = inspector.get_foreign_keys(table)
    return {
        "columns": sorted((one["name"], str(one["type"]), one["nullable"]) for one in inspector.get_columns(table)),
        "primary key": inspector.get_pk_constraint(table)["constrained_columns"],
        "unique": sorted(str(sorted(one["column_names"])) for one in inspector.get_unique_constraints(table)),
        "indexes": sorted(
            (str(one["name"]), str(one["column_names"]), bool(one["unique"])) for one in inspector.get_indexes(table)
        ),
        "foreign keys": sorted(
            (
                str(one["name"]),
                one["constrained_columns"],
                one["referred_table"],
                one["referred_columns"],
                one["options"],
            )
            for one in keys
        ),
        "checks": sorted((str(one["name"]), one["sqltext"]) for one in inspector.get_check_constraints(table)),
    }


def test_the_migrations_make_the_tables_the_code_declares(database_url: str, declared_url: str) -> None:
    migrated, declared = Database(database_url), Database(declared_url)
    try:
        metadata.create_all(declared.engine)

        found, wanted = described(migrated), described(declared)

        assert found.keys() == wanted.keys()
        for table in wanted:
            assert found[table] == wanted[table], table
    finally:
        migrated.engine.dispose()
        declared.engine.dispose()


#: Their rows stay: a person is erased by their key.
KEPT = {"person"}


def is_found_by_index(key: ForeignKey) -> bool:
    """Whether the rows of a key are found without reading the whole table."""
    table = key.parent.table
    unique = [one for one in table.constraints if isinstance(one, UniqueConstraint)]
    first = [next(iter(one.columns), None) for one in (table.primary_key, *table.indexes, *unique)]
    return key.parent in first


def test_deleting_what_a_key_names_reads_no_whole_table() -> None:
    """A purge deletes a case of thousands: for each the database looks for rows that still name it."""
    keys = [key for table in metadata.sorted_tables for key in table.foreign_keys if key.column.table.name not in KEPT]

    assert len(keys) > 20
    assert [str(key.parent) for key in keys if not is_found_by_index(key)] == []
