"""How alembic reaches the database: through the application's own engine, in one write transaction."""

from alembic import context

from engine.platform.db import metadata

with context.config.attributes["database"].restructure() as connection:
    context.configure(
        connection=connection, target_metadata=metadata, render_as_batch=connection.dialect.name == "sqlite"
    )
    with context.begin_transaction():
        context.run_migrations()
