"""``ibalanse batch``: cancel, suspend, resume or retry every case a query finds, with a result per case."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from engine.application import Application
from engine.cli.groups import Group
from engine.cli.output import answer, as_json, in_words, run_batch
from engine.cli.session import Options, json_option, on_database, reason_option
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
    def act(application: Application, options: Options) -> int:
        return _new(application, Options(action=name, **vars(options)))


for _name in ACTIONS:
    _act(_name)


@batch.command(epilog="Example: ibalanse batch run BATCH. What is done stays done; the rest is taken in order.")
@click.argument("batch")
@json_option()
@on_database
def run(application: Application, options: Options) -> int:
    """Go on with a batch."""
    with _known_batch():
        batches.let_run(application, options.batch)
        return run_batch(application, options.batch, options)


@batch.command(
    epilog="Example: ibalanse batch stop BATCH. The case in hand is finished; go on with: ibalanse batch run BATCH"
)
@click.argument("batch")
@json_option()
@on_database
def stop(application: Application, options: Options) -> int:
    """Let its runners end."""
    with _known_batch():
        return _state(application, options, batches.stop(application, options.batch))


@batch.command(epilog="Example: ibalanse batch show BATCH --json")
@click.argument("batch")
@json_option()
@on_database
def show(application: Application, options: Options) -> int:
    """Progress and refusals."""
    with _known_batch():
        return _state(application, options, batches.progress_of(application, options.batch))


@batch.command("list", epilog="Example: ibalanse batch list --json")
@json_option()
@on_database
def list_batches(application: Application, options: Options) -> int:
    """The newest batches."""
    found = batches.latest(application)
    words = "\n".join(in_words(progress) for progress in found) or "there are no batches"
    answer(options, [as_json(progress) for progress in found], words)
    return 0


def _state(application: Application, options: Options, progress: Progress) -> int:
    refused = batches.results(application, options.batch, "refused")
    answer(options, {**as_json(progress), "refusals": refused}, in_words(progress, refused))
    return 0


@contextmanager
def _known_batch() -> Iterator[None]:
    """A batch nobody knows is bad input."""
    try:
        yield
    except batches.UnknownBatchError as error:
        raise BadInputError(error.args[0]) from None


def _new(application: Application, options: Options) -> int:
    query = Query(
        process=options.process,
        version=options.version,
        element=options.element,
        stage=options.stage,
        older_than=options.older_than,
        state={"suspend": "active", "resume": "suspended"}.get(options.action, ""),
        incident=options.action == "retry",
    )
    conditions = (options.process, options.version, options.element, options.stage, options.older_than)
    if not any(conditions) and not options.everything:
        raise BadInputError("name a condition, or --everything")
    if options.version and not options.process:
        raise BadInputError("--version needs --process")
    if not options.reason and options.action in ("cancel", "suspend"):
        raise BadInputError(f"--reason is needed to {options.action}")
    try:
        with application.db.read() as connection:
            found = list(selection.cases(connection, application.library, query, application.clock.now()))
    except UnknownDefinitionError as unknown:
        raise BadInputError(f"there is no such version: {unknown.args[0]}") from None
    except TimerSyntaxError as error:
        raise BadInputError(str(error)) from None
    if options.dry_run:
        answer(options, {"dryRun": True, "total": len(found), "cases": found}, f"{len(found)} cases fit")
        return 0
    batch = batches.create(application, options.action, found, chosen=query.to_json(), reason=options.reason)
    if options.later:
        reported = batches.progress_of(application, batch)
        answer(options, as_json(reported), in_words(reported))
        return 0
    return run_batch(application, batch, options)
