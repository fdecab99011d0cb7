"""``ibalanse purge-expired``: delete what has had its time: answers and consents, then finished cases, then trails."""

from __future__ import annotations

import argparse

from engine.advice.retention import purge as purge_evidence
from engine.application import Application
from engine.cli.output import answer
from engine.platform.progress import Bar
from engine.workflow.operations import retention


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "purge-expired",
        help="delete what has had its time",
        description="Finished cases are kept as long as metadata.json of their process says (retention).",
    )
    parser.add_argument("--json", action="store_true")


def run(application: Application, options: argparse.Namespace) -> int:
    with application.db.write() as connection:
        done = purge_evidence(connection, application.clock.now())
    bar = Bar("finished cases", 0)
    done |= retention.purge(application, bar)
    bar.close()
    answer(options, done, ", ".join(f"{count} {name}" for name, count in done.items()))
    return 0
