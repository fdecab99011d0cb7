"""``ibalanse worker``, ``ibalanse incidents`` and ``ibalanse metrics``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import click

from engine.application import Application
from engine.cli.groups import Command, Group
from engine.cli.session import BAD_INPUT, Decorator, json_option, on_database, reason_option
from engine.workflow.execution.steps.reasons import MAX_REASON
from engine.workflow.jobs.models import QUEUES
from engine.workflow.operations.incidents import Selection, resolve
from engine.workflow.operations.incidents import find as find_incidents

_WORKER = """\
Examples:
  ibalanse worker                         every queue
  ibalanse worker --queues timers,work    people first
  ibalanse worker --status --json         how the work stands

The first SIGTERM or Ctrl-C finishes what is in hand and gives the rest back, the second stops now: a lease ends
within a minute, and another worker goes on.
"""
_INCIDENTS = """\
Examples:
  ibalanse incidents list --process advice
  ibalanse incidents retry --code source_unavailable
  ibalanse incidents skip ID --reason "told by telephone"
"""


@click.command(cls=Command, epilog=_WORKER)
@click.option("--queues", default=",".join(QUEUES), help=f"which to serve, in order: {', '.join(QUEUES)}")
@click.option("--burst", is_flag=True, help="stop when nothing is due; needs no Redis")
@click.option("--status", is_flag=True, help="only tell how the work stands")
@json_option("one JSON object a line")
@on_database
def worker(application: Application, queues: str, burst: bool, status: bool, as_json: bool) -> int:
    """Perform due work until told to stop."""
    from engine.workflow.jobs import valkey
    from engine.workflow.workers import worker as workers

    names = tuple(name.strip() for name in queues.split(","))
    unknown = [name for name in names if name not in QUEUES]
    if unknown or len(set(names)) != len(names):
        print(f"--queues takes {', '.join(QUEUES)}, each once, not {queues!r}", file=sys.stderr)
        return BAD_INPUT
    if status:
        return workers.print_status(application, as_json)
    if not burst:
        valkey.ensure_redis(application.settings)
    return workers.run(application, queues=names, burst=burst, as_json=as_json)


@click.command(cls=Command, epilog="Example: ibalanse metrics --port 9464, one on each machine.")
@click.option("--port", type=int, default=0, metavar="N", help="instead of IBALANSE_METRICS_PORT")
@click.option("--print", "once", is_flag=True, help="print them once")
@on_database
def metrics(application: Application, port: int, once: bool) -> int:
    """Answer Prometheus on a port of its own."""
    from engine.cli import exporter

    if once:
        print(exporter.text(application), end="")
        return 0
    port = port or application.settings.metrics_port
    if not port:
        print("say which port: --port or IBALANSE_METRICS_PORT", file=sys.stderr)
        return BAD_INPUT
    return exporter.run(application, port, lambda text: print(text, flush=True))


@click.group(cls=Group, epilog=_INCIDENTS)
def incidents() -> None:
    """List, retry or skip what waits for a person."""


def _what(name: str, text: str, *more: Decorator) -> None:
    """A command of the group: which incidents, and its own options."""

    @on_database
    def act(
        application: Application,
        code: str,
        process: str,
        kind: str,
        limit: int,
        as_json: bool,
        ids: tuple[str, ...] = (),
        everything: bool = False,
        reason: str = "",
    ) -> int:
        chosen = Selection(code, process, kind, ids, limit)
        if name == "list":
            return _list(application, chosen, as_json)
        if not (chosen.narrows or everything):
            print("say which: ids, --code, --process, --kind or --all", file=sys.stderr)
            return BAD_INPUT
        return _resolve(application, chosen, name, reason, as_json)

    chosen: tuple[Decorator, ...] = (
        click.option("--code", default="", help="only with this code"),
        click.option("--process", default="", metavar="KEY", help="only of this process"),
        click.option("--kind", default="", help="only of this kind of work: job, timer, pass_on, signal, start …"),
        click.option("--limit", type=int, default=1000, metavar="N", help="at most so many (1000)"),
        json_option("one JSON object a line"),
    )
    call: Callable[..., Any] = act
    for decorate in reversed((*more, *chosen)):
        call = decorate(call)
    incidents.command(name, help=text, epilog=f"Example: ibalanse incidents {name} --process advice --limit 10")(call)


_BY_ID = click.argument("ids", nargs=-1, metavar="[ID ...]")
_ALL = click.option("--all", "everything", is_flag=True, help="every open incident")
_what("list", "The open incidents, oldest first.")
_what("retry", "Do it again from its beginning; choose by ID or by the options below.", _BY_ID, _ALL)
_what(
    "skip",
    "Go on as if it were done; choose by ID or by the options below.",
    _BY_ID,
    _ALL,
    reason_option("why; needed, and kept with the incident"),
)


def _list(application: Application, chosen: Selection, as_json: bool) -> int:
    with application.db.read() as connection:
        for found in find_incidents(connection, chosen):
            _answer(as_json, found.row(), f"{found.raised_at:%Y-%m-%d %H:%M}  {found.text}")
    return 0


def _resolve(application: Application, chosen: Selection, how: str, reason: str, as_json: bool) -> int:
    """Retry or skip, one after another; 1 when one could not be."""
    if how == "skip" and not reason.strip():
        print("a skip needs --reason", file=sys.stderr)
        return BAD_INPUT
    if len(reason.strip()) > MAX_REASON:
        print(f"--reason has more than {MAX_REASON} characters", file=sys.stderr)
        return BAD_INPUT
    failed = 0
    for found, outcome in resolve(application.db, application.dispatch, chosen, how, reason):
        failed += outcome not in ("retried", "skipped")
        _answer(as_json, {**found.row(), "outcome": outcome}, f"{outcome:14} {found.text}")
    return 1 if failed else 0


def _answer(as_json: bool, row: dict[str, Any], text: str) -> None:
    print(json.dumps(row, ensure_ascii=False) if as_json else text, flush=True)
