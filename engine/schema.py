"""The schema of the database, kept by alembic from the first table on."""

from __future__ import annotations

import logging
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from engine.db import Database

_SCRIPTS = Path(__file__).parent / "migrations"


def config(database: Database) -> Config:
    """Alembic's settings for this database; migrations run on its own connection."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    settings = Config()
    settings.set_main_option("script_location", str(_SCRIPTS))
    settings.attributes["database"] = database
    return settings


def upgrade(database: Database) -> None:
    """Bring the database to the newest version. Does nothing when it is there."""
    command.upgrade(config(database), "head")


def revision() -> str:
    """The version of the schema this code was written for."""
    return str(ScriptDirectory(str(_SCRIPTS)).get_current_head())


def is_current(database: Database) -> bool:
    """Whether the database is at the version this code was written for."""
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision() == revision()
