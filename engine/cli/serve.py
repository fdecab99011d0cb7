"""``ibalanse serve``, ``ibalanse prepare`` and ``ibalanse sandbox``: the product on one machine."""

from __future__ import annotations

import logging
from collections.abc import Callable

import click

from engine.cli.groups import Command
from engine.cli.session import Session, with_session
from engine.platform.settings import Settings

_EPILOG = """\
Examples:
  ibalanse serve                    web, workers, Valkey and the sandbox, on http://localhost:8000
  ibalanse serve --no-sandbox       with real providers: see docs/settings.md

Ctrl-C or SIGTERM stops all of it; work in hand is finished, and what is due waits in the database.
"""


@click.command(cls=Command, epilog=_EPILOG)
@click.option("--no-sandbox", is_flag=True, help="do not start the sandbox")
@with_session
def serve(session: Session, no_sandbox: bool) -> int:
    """Run everything on this machine."""
    from engine.cli import supervisor
    from engine.workflow.jobs.valkey import ensure_redis

    def echo(text: str) -> None:
        print(text, flush=True)

    echo("preparing the database")
    settings = session.settings()
    redis = ensure_redis(settings)
    session.prepare(session.wire(settings))
    sandbox = not no_sandbox and not settings.production
    return supervisor.serve(
        settings, redis, sandbox=sandbox, echo=echo, ready=lambda: _welcome(settings, sandbox, echo)
    )


@click.command(cls=Command, epilog="A database that is current is left as it is. Example: ibalanse prepare")
@with_session
def prepare(session: Session) -> int:
    """Migrate the database and deploy the product's journeys."""
    session.prepare(session.wire(session.settings()))
    return 0


@click.command(cls=Command, epilog="Example: IBALANSE_SANDBOX_URL=http://localhost:9001 ibalanse sandbox")
@with_session
def sandbox(session: Session) -> int:
    """Stand in for ID-porten, Altinn and the sources."""
    from urllib.parse import urlsplit

    from werkzeug.serving import make_server

    settings = session.settings()
    port = urlsplit(settings.sandbox_url).port or 8001
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    make_server("127.0.0.1", port, session.create_sandbox(settings), threaded=True).serve_forever()
    return 0


def _welcome(settings: Settings, sandbox: bool, echo: Callable[[str], None]) -> None:
    """The addresses, and who can log in as what."""
    echo("")
    echo(f"  iBalanse         {settings.base_url}")
    if sandbox:
        echo(f"  caseworkers      {settings.base_url}/ansatt/logg-inn")
        echo(f"  sandbox          {settings.sandbox_url}")
        echo("")
        echo("  Citizens:        Anne Eksempel, Truls Eksempel, Andreas Eksempel, and ten ordinary people")
        echo("  Caseworkers:     Kari Rådgiver and Ola Rådgiver (Nav Lillestrøm), Bente Veileder (Brønnøysund)")
        echo("  At two offices:  Tone Toparts chooses which one at log-in")
        echo("  Leaders:         Liv Leder (Nav Lillestrøm), Hans Husleder (every office)")
        echo("  Administrator:   Ada Administrator")
        echo("  No password: choose the person at log-in. Stop with Ctrl-C.")
    echo("")
