"""``ibalanse versions`` and ``ibalanse migrate``: what is deployed and runs, and moving that to another version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import click
from sqlalchemy import Connection

from engine.application import Application
from engine.cli.groups import Command
from engine.cli.output import SOME_REFUSED, answer, run_batch
from engine.cli.session import json_option, on_database, reason_option
from engine.platform.progress import Bar
from engine.workflow.definitions.library import Deployed, UnknownDefinitionError
from engine.workflow.errors import BadInputError
from engine.workflow.execution import migration
from engine.workflow.operations import batches, history, selection
from engine.workflow.operations.batch_commands import reasons
from engine.workflow.operations.dry_run import tried
from engine.workflow.operations.selection import Query

_EPILOG = """\
Examples:
  ibalanse migrate advice --from 3 --to latest --dry-run
  ibalanse migrate advice --from 3 --to latest --map Assess=Judge --reason "new law"
  ibalanse migrate --undo BATCH

Elements keep their ids unless --map says otherwise; sequence flows too, where tokens wait before a
joining gateway. --map OLD= drops what an event waits for that the new version has not.

--dry-run carries out every migration and rolls it back: the answer is that of the real thing.
A run that was stopped or killed goes on with: ibalanse batch run BATCH

Exit status: 0 all moved or all would fit, 1 some did not, 2 bad input.
"""


@click.command(cls=Command, epilog="Example: ibalanse versions advice --json")
@click.argument("key", default="")
@json_option()
@on_database
def versions(application: Application, key: str, as_json: bool) -> int:
    """Deployed versions, and how many instances run on each.

    KEY names one process; without it all are shown.
    """
    with application.db.read() as connection:
        rows = history.versions(connection, key)
    if key and not rows:
        raise BadInputError(f"there is no process {key}")
    words = "\n".join(
        f"{row['key']} {row['version']}{' ' + row['tag'] if row['tag'] else ''}: {row['active']} active, "
        f"{row['suspended']} suspended, {row['ended']} ended"
        for row in rows
    )
    answer(as_json, rows, words or "nothing is deployed")
    return 0


@click.command(cls=Command, epilog=_EPILOG)
@click.argument("key", default="")
@click.option("--from", "source", default="", metavar="VERSION", help="number or tag")
@click.option("--to", "target", default="", metavar="VERSION", help="number, tag or latest")
@click.option(
    "--map",
    "pairs",
    multiple=True,
    metavar="OLD=NEW",
    help="an element that got another id; stage:OLD=NEW for a stage",
)
@click.option("--dry-run", is_flag=True, help="tell what would not fit, and move nothing")
@click.option("--undo", default="", metavar="BATCH", help="put back what a migration moved")
@reason_option("kept with the batch")
@json_option()
@on_database
def migrate(
    application: Application,
    key: str,
    source: str,
    target: str,
    pairs: tuple[str, ...],
    dry_run: bool,
    undo: str,
    reason: str,
    as_json: bool,
) -> int:
    """Move running instances to another version of their process.

    KEY names the process. An instance that does not fit stays where it is.
    """
    if undo:
        if key or source or target or pairs or dry_run:
            raise BadInputError("--undo takes the batch alone")
        return run_batch(application, _undone(application, undo, reason), as_json)
    if not (key and source and target):
        raise BadInputError("say which process, --from and --to; or --undo BATCH")
    mapping = _mapping(pairs)
    with application.db.read() as connection:
        old, new = _version(application, connection, key, source), _version(application, connection, key, target)
        if old.id == new.id:
            raise BadInputError(f"--from and --to are both version {old.version}")
        slips = migration.unknown_names(old.bundle.process, new.bundle.process, mapping)
        stages = [{stage.id for stage in version.bundle.stages} for version in (old, new)]
        slips += migration.unknown_stages(stages[0], stages[1], mapping)
        if slips:
            raise BadInputError("; ".join(f"--map {slip.element}: {slip.message}" for slip in slips))
        query = Query(process=key, version=str(old.version))
        found = list(selection.instances(connection, application.library, query, application.clock.now()))
    if dry_run:
        return _dry_run(application, found, new, mapping, as_json)
    settings = {"from": old.id, "to": new.id, "mapping": mapping}
    batch = batches.create(application, "migrate", found, chosen=query.to_json(), settings=settings, reason=reason)
    return run_batch(application, batch, as_json)


def _version(application: Application, connection: Connection, key: str, name: str) -> Deployed:
    try:
        if name == "latest":
            return application.library.newest(connection, key)
        return application.library.version(connection, key, name)
    except UnknownDefinitionError:
        raise BadInputError(f"there is no version {name} of {key}") from None


def _mapping(pairs: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in pairs:
        old, equals, new = pair.partition("=")
        if not old or not equals:
            raise BadInputError(f"--map {pair!r} is not OLD=NEW")
        if old in found:
            raise BadInputError(f"--map names {old} twice")
        found[old] = new
    return found


def _dry_run(
    application: Application, found: list[str], target: Deployed, mapping: dict[str, str], as_json: bool
) -> int:
    bar = Bar("dry run", len(found))
    refused: list[dict[str, Any]] = []
    for count, (instance, why) in enumerate(tried(application, target.id, mapping, found), 1):
        if why is not None:
            refused.append({"instance": instance, **why})
        bar(count, f"{len(refused)} would not fit" if refused else "")
    bar.close()
    summary = Counter(reasons({"reasons": [reason]}) for item in refused for reason in item["reasons"])
    value = {
        "dryRun": True,
        "total": len(found),
        "fit": len(found) - len(refused),
        "unfit": refused,
        "summary": [{"reason": reason, "instances": count} for reason, count in summary.most_common()],
    }
    lines = [f"{len(found) - len(refused)} of {len(found)} instances fit into version {target.version}"]
    lines += [f"  {count} instances: {reason}" for reason, count in summary.most_common()]
    answer(as_json, value, "\n".join(lines))
    return SOME_REFUSED if refused else 0


def _undone(application: Application, identity: str, reason: str) -> str:
    """A new batch that puts back what a migration moved."""
    try:
        moved = batches.migrated_by(application, identity)
    except batches.UnknownBatchError as error:
        raise BadInputError(error.args[0]) from None
    of = {"of": identity}
    return batches.create(application, "undo", moved, chosen=of, settings=of, reason=reason)
