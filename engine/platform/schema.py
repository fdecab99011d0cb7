"""The schema of the database, kept by alembic from the first table on.

Alembic is loaded where it is used: it takes a tenth of a second, and most commands and every worker do without.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from engine.platform.db import Database

if TYPE_CHECKING:
    from alembic.config import Config

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
    """The version of the schema this code was written for."""
    from alembic.script import ScriptDirectory

    return str(ScriptDirectory(str(_SCRIPTS)).get_current_head())


def is_current(database: Database) -> bool:
    """Whether the database is at the version this code was written for."""
    from alembic.runtime.migration import MigrationContext

    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision() == revision()
