"""The schema of the database, kept by alembic from the first table on.

Alembic is loaded where it is used: it takes a tenth of a second, and most commands and every worker do without.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from engine.platform.db import Database

if TYPE_CHECKING:
    from alembic.config import Config


class SchemaError(Exception):
    """The database is not at the version of the schema this code was written for."""


_SCRIPTS = Path(__file__).parent / "migrations"


def config(database: Database) -> Config:
    """Alembic's settings for this database; migrations run on its own connection."""
    from alembic.config import Config

    logging.getLogger("alembic").setLevel(logging.WARNING)
    settings = Config()
    settings.set_main_option("script_location", str(_SCRIPTS))
    settings.attributes["database"] = database
    return settings


def upgrade(database: Database) -> None:
    """Bring the database to the newest version. Does nothing when it is there."""
    from alembic import command

    command.upgrade(config(database), "head")


def revision() -> str:
    """The version of the schema this code was written for: the number its newest migration's file begins with."""
    return max(file.name.partition("_")[0] for file in (_SCRIPTS / "versions").glob("[0-9]*.py"))


def stored_revision(database: Database) -> str:
    """The version of the schema the database has, "" when it has none."""
    with database.read() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return ""
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def is_current(database: Database) -> bool:
    """Whether the database is at the version this code was written for."""
    return stored_revision(database) == revision()


def require_current(database: Database) -> None:
    """Refuse to work on a database of another version: half of what is written there would be lost or wrong.

    Raises ``SchemaError``, which says what to do.
    """
    if not is_current(database):
        raise SchemaError("the database has not the tables of this version; run: ibalanse prepare")
