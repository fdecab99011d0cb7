"""The schema: what the migrations make is what the code declares, on both databases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect
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
