"""The console command ``ibalanse``. Exits 0 on success and 2 on bad input, with the reason on stderr.

A command more is a function in a module of this package and its line in ``AUDIENCES``.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

import click

from engine.cli.groups import SETTINGS, LazyGroup, Place
from engine.cli.session import BAD_INPUT, Recorded, Session

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from engine.application import Application
    from engine.platform.settings import Settings

#: Exit status after Ctrl-C, as shells have it: 128 and the number of SIGINT.
INTERRUPTED = 130
AUDIENCES: Mapping[str, Mapping[str, Place]] = {
    "Run the product": {
        "serve": Place("serve:serve", "Run everything on this machine"),
        "prepare": Place("serve:prepare", "Migrate the database and deploy the product's journeys"),
        "worker": Place("worker:worker", "Perform due work until told to stop"),
        "sandbox": Place("serve:sandbox", "Stand in for ID-porten, Altinn and the sources"),
        "settings": Place("settings:settings", "Show the settings in force, without secrets"),
    },
    "Operate an installation": {
        "incidents": Place("worker:incidents", "List, retry or skip what waits for a person"),
        "metrics": Place("worker:metrics", "Answer Prometheus on a port of its own"),
        "case": Place("case:case", "Suspend, resume, cancel or modify one case"),
        "batch": Place("batch:batch", "One operation on many cases, stored with a result per case"),
        "versions": Place("migrate:versions", "Deployed versions, and how many instances run on each"),
        "migrate": Place("migrate:migrate", "Move running instances to another version of their process"),
        "history": Place("history:history_group", "What has happened, from the rows and the audit trail"),
        "verify-audit": Place("verify:verify_audit", "Verify the hash chain of every case"),
        "quarantine": Place("quarantine:list_quarantine", "Count the rows a migration set aside"),
        "purge-expired": Place("purge:purge_expired", "Delete what has had its time"),
        "remap": Place("remap:remap_answers", "Read stored answers of the sources anew, after a mapping was mended"),
        "export": Place("transfer:export", "Write cases as JSON lines"),
        "import": Place("transfer:import_cases", "Bring exported cases in; the whole file is checked first"),
    },
    "Make processes": {
        "check": Place("check:check", "Validate a BPMN file or a bundle"),
        "run": Place("run:run", "Execute a BPMN file or bundle in memory, on a clock that is moved"),
        "draw": Place("draw:draw_process", "Draw a process as SVG"),
        "deploy": Place("deploy:deploy", "Deploy a bundle as the next version of its process"),
    },
    "Try the economy's rules": {
        "estimate": Place(
            "estimate:estimate_group", "Compute tax or VAT roughly, or the time to complain, line by line"
        ),
        "overview": Place("overview:overview", "Compile recorded answers into an overview, every krone accounted for"),
        "read-amount": Place("read_amount:read", "Tell what is read of an amount as people write it"),
    },
}
_EPILOG = """\
Examples:
  ibalanse serve                          everything on this machine, with the sandbox
  ibalanse check processes/advice         what is wrong with a bundle
  ibalanse incidents list --json          what waits for a person

Exit status: 0 done, 1 done in part, 2 bad input: the reason on stderr, and nothing was changed.
Completion in the shell, for bash: eval "$(_IBALANSE_COMPLETE=bash_source ibalanse)"; also zsh_source, fish_source.
"""


class Commands(LazyGroup):
    """What ``ibalanse`` can do."""

    audiences = AUDIENCES


@click.command(cls=Commands, epilog=_EPILOG, context_settings=SETTINGS)
@click.option("-v", "--verbose", is_flag=True, help="log what happens")
def ibalanse(verbose: bool) -> None:
    """Workflow and case management: run it, operate it, and make processes for it."""
    from engine.platform.logs import set_up

    set_up(logging.INFO if verbose else logging.WARNING)


def main(
    argv: list[str],
    *,
    wire: Callable[[Settings], Application],
    prepare: Callable[[Application], None],
    create_sandbox: Callable[[Settings], Any],
    shipped: Collection[str] = (),
    read_answers: Callable[[Path, datetime, Settings], Recorded] | None = None,
) -> int:
    """Run one sub-command and return its exit status. The parameters are those of ``Session``."""
    session = Session(wire, prepare, create_sandbox, shipped, read_answers)
    try:
        return int(ibalanse.main(argv, prog_name="ibalanse", standalone_mode=False, obj=session) or 0)
    except click.UsageError as misuse:
        print(_told(misuse), file=sys.stderr)
        return BAD_INPUT
    except click.Abort:
        print("Stopped. What was committed is kept; a batch goes on with: ibalanse batch run BATCH", file=sys.stderr)
        return INTERRUPTED
    except Exception as error:
        if not isinstance(error, _refusals()):
            raise
        print(error, file=sys.stderr)
        return BAD_INPUT


def _told(misuse: click.UsageError) -> str:
    """What is wrong, and where to read how it is right. Without a command it is the list."""
    if isinstance(misuse, click.exceptions.NoArgsIsHelpError):
        return misuse.format_message()
    path = misuse.ctx.command_path if misuse.ctx else "ibalanse"
    return f"{misuse.format_message()}\nNothing was changed. How it is used: {path} --help"


def _refusals() -> tuple[type[Exception], ...]:
    """The errors that are bad input of the caller: their text is for them, and no traceback is."""
    from engine.advice.evidence.datasets import DataSetError
    from engine.cli.draw import DrawingError
    from engine.cli.estimate import EstimateError
    from engine.cli.stimuli import StimuliError
    from engine.platform.schema import SchemaError
    from engine.platform.settings import SettingsError
    from engine.workflow.bpmn.xml import BpmnSyntaxError
    from engine.workflow.definitions.bundle import BundleError
    from engine.workflow.errors import BadInputError

    ours = (SettingsError, DataSetError, BundleError, BpmnSyntaxError, EstimateError, DrawingError, StimuliError)
    return (*ours, BadInputError, SchemaError, OSError)
