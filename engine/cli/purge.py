"""``ibalanse purge-expired``: delete what has had its time: answers and consents, then finished cases, then trails."""

from __future__ import annotations

import click

from engine.advice.retention import purge as purge_evidence
from engine.application import Application
from engine.cli.groups import Command
from engine.cli.output import answer
from engine.cli.session import json_option, on_database
from engine.platform.progress import Bar
from engine.workflow.operations import retention


@click.command(cls=Command, epilog="Example: ibalanse purge-expired --json, once a night. What has time left is kept.")
@json_option()
@on_database
def purge_expired(application: Application, as_json: bool) -> int:
    """Delete what has had its time.

    Finished cases are kept as long as metadata.json of their process says (retention).
    """
    with application.db.write() as connection:
        done = purge_evidence(connection, application.clock.now(), application.data_sets)
    bar = Bar("finished cases", 0)
    done |= retention.purge(application, bar)
    bar.close()
    answer(as_json, done, ", ".join(f"{count} {name}" for name, count in done.items()))
    return 0
