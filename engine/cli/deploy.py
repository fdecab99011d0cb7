"""``ibalanse deploy``: a bundle as the next version of its process."""

from __future__ import annotations

import json
from pathlib import Path

import click

from engine.advice.task_types.task_type_registry import USER_TASKS
from engine.application import Application
from engine.cli.capabilities import CAPABILITIES
from engine.cli.groups import Command
from engine.cli.session import json_option, on_database
from engine.studio.bundle_rules import BUNDLE_RULES
from engine.workflow.authorization.actor import SYSTEM
from engine.workflow.definitions.bundle import Bundle, BundleError
from engine.workflow.findings import Offer, bundle_findings

_EPILOG = """\
Examples:
  ibalanse check processes/advice && ibalanse deploy processes/advice

A bundle with errors is refused whole; running cases stay on their version (see ibalanse migrate).
"""


@click.command(cls=Command, epilog=_EPILOG)
@click.argument("folder", type=click.Path(path_type=Path))
@json_option()
@on_database
def deploy(application: Application, folder: Path, as_json: bool) -> int:
    """Deploy a bundle as the next version of its process."""
    bundle = Bundle.read(folder)
    with application.db.write() as connection:
        processes = [deployed.key for deployed in application.library.every_newest(connection)]
        offer = Offer(
            CAPABILITIES, application.job_types.keys(), USER_TASKS, processes, application.named, BUNDLE_RULES
        )
        errors = [f for f in bundle_findings(bundle, offer) if f.severity == "error"]
        if errors:
            raise BundleError([f"line {f.line}: {f.element}: {f.message}" for f in errors])
        deployed, new = application.library.deploy(connection, bundle, by=SYSTEM.person_id)
    answer = {
        "key": deployed.key,
        "version": deployed.version,
        "tag": deployed.tag,
        "checksum": deployed.bundle.checksum,
        "new": new,
    }
    named = f" ({deployed.tag})" if deployed.tag else ""
    print(json.dumps(answer) if as_json else f"{deployed.key} version {deployed.version}{named}")
    return 0
