"""``ibalanse quarantine``: how many rows a migration set aside, by table and rule."""

from __future__ import annotations

import json

import click

from engine.application import Application
from engine.cli.groups import Command
from engine.cli.session import json_option, on_database
from engine.platform import quarantine

_EPILOG = """\
Example: ibalanse quarantine --json

Exit status: 0 nothing is set aside, 1 something is. What the rows hold is never printed.
"""


@click.command("quarantine", cls=Command, epilog=_EPILOG)
@json_option()
@on_database
def list_quarantine(application: Application, as_json: bool) -> int:
    """Count the rows a migration set aside.

    They broke a foreign key or a check that it brought.
    """
    with application.db.read() as connection:
        found = quarantine.counts(connection)
    if as_json:
        print(json.dumps({"rows": sum(row.rows for row in found), "rules": [row._asdict() for row in found]}))
    else:
        for row in found:
            print(f"{row.table}: {row.rows} ({row.rule})")
        print(f"{sum(row.rows for row in found)} rows set aside")
    return 1 if found else 0
