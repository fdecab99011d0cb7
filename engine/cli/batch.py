"""``ibalanse batch``: cancel, suspend, resume or retry every case a query finds, with a result per case."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from engine.application import Application
from engine.cli.groups import Group
from engine.cli.output import answer, in_words, progress_json, run_batch
from engine.cli.session import json_option, on_database, reason_option
from engine.workflow.bpmn.timing import TimerSyntaxError
from engine.workflow.definitions.library import UnknownDefinitionError
from engine.workflow.errors import BadInputError
from engine.workflow.operations import batches, selection
from engine.workflow.operations.batches import Progress
from engine.workflow.operations.selection import Query

ACTIONS = ("cancel", "suspend", "resume", "retry")
_EXAMPLES = {
    "cancel": '--process advice --version 2 --reason "opened by mistake" --dry-run',
    "suspend": '--process advice --element Decide --older-than P90D --reason "new law"',
    "resume": "--process advice",
    "retry": "--process advice --later",
}
_EPILOG = """\
Examples:
  ibalanse batch suspend --process advice --element Decide --older-than P90D --reason "new law"
  ibalanse batch run BATCH       go on after a stop or a crash
  ibalanse batch stop BATCH      the runner ends after the case it has in hand
  ibalanse batch show BATCH      progress, and what was refused and why
  ibalanse batch list            the newest batches

A migration is a batch too: see ibalanse migrate. Exit status: 0, 1 some cases refused, 2 bad input.
"""


@click.group(cls=Group, epilog=_EPILOG)
def batch() -> None:
    """One operation on many cases, stored with a result per case."""


def _act(name: str) -> None:
    """A command of the group that makes a batch of every case a query finds."""

    @batch.command(
        name,
        help=f"{name.capitalize()} every case that fits.",
        epilog=f"Example: ibalanse batch {name} {_EXAMPLES[name]}",
    )
    @click.option("--process", default="", metavar="KEY", help="only of this process")
    @click.option("--version", default="", help="number or tag; needs --process")
    @click.option("--element", default="", metavar="ID", help="a token rests here")
    @click.option("--stage", default="", metavar="ID", help="only in this stage")
    @click.option("--older-than", default="", metavar="DURATION", help="ISO 8601, since the start")
    @click.option("--everything", is_flag=True, help="needed when no condition is given")
    @reason_option("kept with the batch and in each case's trail")
    @click.option("--dry-run", is_flag=True, help="count, and do nothing")
    @click.option("--later", is_flag=True, help="store it, run it with: ibalanse batch run")
    @json_option()
    @on_database
    def act(
        application: Application,
        process: str,
        version: str,
        element: str,
        stage: str,
        older_than: str,
        everything: bool,
        reason: str,
        dry_run: bool,
        later: bool,
        as_json: bool,
    ) -> int:
        if not (process or version or element or stage or older_than or everything):
            raise BadInputError("name a condition, or --everything")
        if version and not process:
            raise BadInputError("--version needs --process")
        if not reason and name in ("cancel", "suspend"):
            raise BadInputError(f"--reason is needed to {name}")
        query = Query(
            process=process,
            version=version,
            element=element,
            stage=stage,
            older_than=older_than,
            state={"suspend": "active", "resume": "suspended"}.get(name, ""),
            incident=name == "retry",
        )
        found = _found(application, query)
        if dry_run:
            answer(as_json, {"dryRun": True, "total": len(found), "cases": found}, f"{len(found)} cases fit")
            return 0
        batch = batches.create(application, name, found, chosen=query.to_json(), reason=reason)
        if later:
            reported = batches.progress_of(application, batch)
            answer(as_json, progress_json(reported), in_words(reported))
            return 0
        return run_batch(application, batch, as_json)


for _name in ACTIONS:
    _act(_name)


@batch.command(epilog="Example: ibalanse batch run BATCH. What is done stays done; the rest is taken in order.")
@click.argument("batch")
@json_option()
@on_database
def run(application: Application, batch: str, as_json: bool) -> int:
    """Go on with a batch."""
    with _known_batch():
        batches.let_run(application, batch)
        return run_batch(application, batch, as_json)


@batch.command(
    epilog="Example: ibalanse batch stop BATCH. The case in hand is finished; go on with: ibalanse batch run BATCH"
)
@click.argument("batch")
@json_option()
@on_database
def stop(application: Application, batch: str, as_json: bool) -> int:
    """Let its runners end."""
    with _known_batch():
        return _state(application, batches.stop(application, batch), as_json)


@batch.command(epilog="Example: ibalanse batch show BATCH --json")
@click.argument("batch")
@json_option()
@on_database
def show(application: Application, batch: str, as_json: bool) -> int:
    """Progress and refusals."""
    with _known_batch():
        return _state(application, batches.progress_of(application, batch), as_json)


@batch.command("list", epilog="Example: ibalanse batch list --json")
@json_option()
@on_database
def list_batches(application: Application, as_json: bool) -> int:
    """The newest batches."""
    found = batches.latest(application)
    words = "\n".join(in_words(progress) for progress in found) or "there are no batches"
    answer(as_json, [progress_json(progress) for progress in found], words)
    return 0


def _state(application: Application, progress: Progress, as_json: bool) -> int:
    refused = batches.results(application, progress.id, "refused")
    answer(as_json, {**progress_json(progress), "refusals": refused}, in_words(progress, refused))
    return 0


@contextmanager
def _known_batch() -> Iterator[None]:
    """A batch nobody knows is bad input."""
    try:
        yield
    except batches.UnknownBatchError as error:
        raise BadInputError(error.args[0]) from None


def _found(application: Application, query: Query) -> list[str]:
    """The cases that fit. Raises ``BadInputError``."""
    try:
        with application.db.read() as connection:
            return list(selection.cases(connection, application.library, query, application.clock.now()))
    except UnknownDefinitionError as unknown:
        raise BadInputError(f"there is no such version: {unknown.args[0]}") from None
    except TimerSyntaxError as error:
        raise BadInputError(str(error)) from None
