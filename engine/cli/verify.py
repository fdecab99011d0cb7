"""``ibalanse verify-audit``: the hash chain of every case, followed from its beginning."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from engine.application import Application
from engine.cli.groups import Command
from engine.cli.session import json_option, on_database
from engine.workflow.audit import chain

_EPILOG = """\
Example: ibalanse verify-audit --json

Exit status: 0 whole, 1 a chain is broken: where, on stderr. Nothing is changed.
"""


@click.command(cls=Command, epilog=_EPILOG)
@json_option()
@on_database
def verify_audit(application: Application, as_json: bool) -> int:
    """Verify the hash chain of every case."""
    broken: list[dict[str, Any]] = []
    count = 0
    with application.db.read() as connection:
        for _, error in chain.verify_all(connection):
            count += 1
            if error is not None:
                broken.append({"case": error.case_id, "seq": error.seq, "reason": error.reason})
    if as_json:
        print(json.dumps({"chains": count, "broken": broken}))
    else:
        print(f"{count} chains, {'whole' if not broken else f'{len(broken)} broken'}")
        for row in broken:
            print(f"{row['case']} at event {row['seq']}: {row['reason']}", file=sys.stderr)
    return 1 if broken else 0
