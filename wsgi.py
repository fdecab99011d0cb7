"""Puts the application together: the one file that imports engine, forms, integrations and processes.

``wsgi:application()`` is the web application, ``ibalanse`` the console command.
A name that does not resolve stops here, at start-up, and not at a citizen's click. Each function
imports what it puts together: ``ibalanse --help`` and completion in the shell answer without the product.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import processes
from engine.platform.gc_tuning import raise_gc_threshold

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from flask import Flask

    from engine.advice.task_types.user_tasks import Hook
    from engine.application import Application
    from engine.platform.settings import Settings
    from integrations.recorded import Recorded
    from integrations.wiring import Integrations


def wire(settings: Settings) -> tuple[Application, Integrations]:
    """The application with everything it needs. Starts no server: that is for ``serve`` and ``worker``."""
    import engine.studio.tables  # noqa: F401  deleting and moving a case asks the metadata for every table
    from engine.advice.task_types import task_type_registry
    from engine.application import build
    from engine.platform.clock import SandboxClock, SystemClock
    from engine.studio import drafts
    from engine.workflow.jobs.valkey import socket_url
    from engine.workflow.jobs.wakeup import Wakeup
    from integrations.wiring import connect

    outside = connect(settings)
    redis_url = settings.redis_url or socket_url(settings)
    receiver = {"party_id": settings.organisation_number, "name": settings.organisation_name}
    hooks = task_type_registry.hooks(outside.data_sets, receiver)

    def hook(_key: str, _element_id: str, task_type: str) -> Hook | None:
        return hooks.get(task_type)

    app = build(
        settings,
        clock=SystemClock() if settings.production else SandboxClock(settings.sandbox_clock),
        wakeup=Wakeup(redis_url, waiting=2 * settings.workers),
        redis_url=redis_url,
        data_sets=outside.data_sets,
        channels=outside.channels,
        hooks=hook,
        draft_at=drafts.at_revision,
    )
    app.job_types.update(
        task_type_registry.jobs(
            app, outside.registers, outside.receivers, outside.events, outside.targets, outside.notifications
        )
    )
    app.provider_urls.update(outside.provider_urls)
    app.offers.update(task_type_registry.offers(outside.registers, outside.receivers, outside.targets))
    return app, outside


def prepare(app: Application) -> None:
    """Migrate the database and deploy the journeys that come with the product."""
    from engine.platform import schema
    from engine.workflow.authorization.actor import SYSTEM
    from engine.workflow.definitions.bundle import Bundle

    schema.upgrade(app.db)
    with app.db.write() as connection:
        for folder in processes.ALL:
            app.library.deploy(connection, Bundle.read(folder), by=SYSTEM.person_id)
        app.vault.index_names(connection)


def application() -> Flask:
    """The web application, for gunicorn and ``flask --app wsgi``. Raises ``SchemaError`` on other tables."""
    from sqlalchemy.exc import DBAPIError

    from engine.platform import schema
    from engine.platform.settings import Settings
    from engine.web import create_app

    raise_gc_threshold()
    app, outside = wire(Settings.from_env())
    with suppress(DBAPIError):  # a database that is away comes back; one of another version does not change by itself
        schema.require_current(app.db)
    register = outside.folkeregisteret
    return create_app(
        app,
        logins=outside.logins,
        identify=register.identify,
        former_numbers=register.former_numbers,
        residence=register.residence,
        registered=register.person,
    )


def sandbox(settings: Settings) -> Flask:
    """What stands in for everybody outside; loaded by the one command that runs it."""
    from integrations.sandbox.app import create_sandbox

    return create_sandbox(settings)


def read_answers(folder: Path, at: datetime, settings: Settings) -> Recorded:
    """A folder of recorded answers, read as the providers' own would be."""
    from integrations import recorded

    return recorded.read(folder, at, settings)


def main() -> int:
    """The console command."""
    from engine.cli import main as cli

    raise_gc_threshold()
    return cli.main(
        sys.argv[1:],
        wire=lambda settings: wire(settings)[0],
        prepare=prepare,
        create_sandbox=sandbox,
        shipped=[folder.name for folder in processes.ALL],
        read_answers=read_answers,
    )


if __name__ == "__main__":
    raise SystemExit(main())
