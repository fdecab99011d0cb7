"""``ibalanse batch``: cancel, suspend, resume or retry every case a query finds, with a result per case."""

from __future__ import annotations

import argparse

from engine.application import Application
from engine.cli.output import answer, as_json, in_words, run_batch
from engine.workflow.bpmn.timing import TimerSyntaxError
from engine.workflow.definitions.library import UnknownDefinitionError
from engine.workflow.errors import BadInputError
from engine.workflow.operations import batches, selection
from engine.workflow.operations.selection import Query

ACTIONS = ("cancel", "suspend", "resume", "retry")
_EPILOG = """\
  ibalanse batch suspend --process advice --element Decide --older-than P90D --reason "new law"
  ibalanse batch run BATCH       go on after a stop or a crash
  ibalanse batch stop BATCH      the runner ends after the case it has in hand
  ibalanse batch show BATCH      progress, and what was refused and why
  ibalanse batch list            the newest batches

A migration is a batch too: see ibalanse migrate. Exit status: 0, 1 some cases refused, 2 bad input.
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "batch",
        help="one operation on many cases, stored with a result per case",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True)
    for name in ACTIONS:
        action = actions.add_parser(name, help=f"{name} every case that fits")
        action.add_argument("--process", default="", metavar="KEY")
        action.add_argument("--version", default="", help="number or tag; needs --process")
        action.add_argument("--element", default="", metavar="ID", help="a token rests here")
        action.add_argument("--stage", default="", metavar="ID")
        action.add_argument("--older-than", default="", metavar="DURATION", help="ISO 8601, since the start")
        action.add_argument("--everything", action="store_true", help="needed when no condition is given")
        action.add_argument("--reason", default="", help="kept with the batch and in each case's trail")
        action.add_argument("--dry-run", action="store_true", help="count, and do nothing")
        action.add_argument("--later", action="store_true", help="store it, run it with: ibalanse batch run")
        action.add_argument("--json", action="store_true")
    for name, text in (
        ("run", "go on with a batch"),
        ("stop", "let its runners end"),
        ("show", "progress and refusals"),
    ):
        one = actions.add_parser(name, help=text)
        one.add_argument("batch", metavar="BATCH")
        one.add_argument("--json", action="store_true")
    listing = actions.add_parser("list", help="the newest batches")
    listing.add_argument("--json", action="store_true")


def run(application: Application, options: argparse.Namespace) -> int:
    try:
        if options.action in ACTIONS:
            return _new(application, options)
        if options.action == "list":
            found = batches.latest(application)
            words = "\n".join(in_words(reported) for reported in found) or "there are no batches"
            answer(options, [as_json(reported) for reported in found], words)
            return 0
        if options.action == "run":
            batches.let_run(application, options.batch)
            return run_batch(application, options.batch, options)
        reported = (
            batches.stop(application, options.batch)
            if options.action == "stop"
            else batches.progress_of(application, options.batch)
        )
        refused = batches.results(application, options.batch, "refused")
        answer(options, {**as_json(reported), "refusals": refused}, in_words(reported, refused))
        return 0
    except batches.UnknownBatchError as error:
        raise BadInputError(error.args[0]) from None


def _new(application: Application, options: argparse.Namespace) -> int:
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
