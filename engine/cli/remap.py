"""``ibalanse remap``: read stored answers of the sources anew, after a mapping was mended. Nobody is asked."""

from __future__ import annotations

from dataclasses import asdict

import click

from engine.advice.evidence.remap import remap
from engine.application import Application
from engine.cli.groups import Command
from engine.cli.output import answer
from engine.cli.session import json_option, on_database
from engine.workflow.errors import BadInputError


@click.command(cls=Command, epilog="Example: ibalanse remap --data-set bank.accounts --json")
@click.option("--data-set", default="", help="only this one")
@json_option()
@on_database
def remap_answers(application: Application, data_set: str, as_json: bool) -> int:
    """Read stored answers of the sources anew, after a mapping was mended.

    Nobody is asked. The overviews of the cases that changed are built anew.
    """
    if data_set and data_set not in application.data_sets:
        raise BadInputError(f"{data_set} is no data set: {', '.join(sorted(application.data_sets))}")
    now = application.clock.now()
    with application.db.write() as connection:
        found = remap(connection, application.vault, application.data_sets, now, data_set)
    answer(as_json, asdict(found), f"{found.read} read, {found.changed} changed, {found.failed} could not be read")
    return 0
