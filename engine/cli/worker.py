"""``ibalanse worker``, ``ibalanse incidents`` and ``ibalanse metrics``."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from engine.application import Application
from engine.workflow.execution.steps.incidents import MAX_REASON
from engine.workflow.jobs.models import QUEUES
from engine.workflow.operations.incidents import Selection, resolve
from engine.workflow.operations.incidents import find as find_incidents

NAMES = ("worker", "incidents", "metrics")
BAD_INPUT = 2


def add_parsers(commands: Any) -> None:
    worker = commands.add_parser(
        "worker",
        help="perform due work until told to stop",
        description="Performs due work. The first SIGTERM or Ctrl-C finishes what is in hand, the second stops now.",
    )
    worker.add_argument("--queues", default=",".join(QUEUES), help=f"which to serve, in order: {', '.join(QUEUES)}")
    worker.add_argument("--burst", action="store_true", help="stop when nothing is due; needs no Redis")
    worker.add_argument("--status", action="store_true", help="only tell how the work stands")
    worker.add_argument("--json", action="store_true", help="one JSON object a line")
    incidents = commands.add_parser("incidents", help="list, retry or skip what waits for a person")
    what = incidents.add_subparsers(dest="what", required=True)
    for name, text in (
        ("list", "the open incidents, oldest first"),
        ("retry", "do it again from its beginning"),
        ("skip", "go on as if it were done"),
    ):
        one = what.add_parser(name, help=text)
        if name != "list":
            one.add_argument("id", nargs="*", help="ids of incidents; or choose by the options below")
            one.add_argument("--all", action="store_true", help="every open incident")
        if name == "skip":
            one.add_argument("--reason", default="", help="why; needed, and kept with the incident")
        one.add_argument("--code", default="", help="only with this code")
        one.add_argument("--process", default="", help="only of this process")
        one.add_argument("--kind", default="", help="only of this kind of work: job, timer, pass_on, signal, start …")
        one.add_argument("--limit", type=int, default=1000, help="at most so many (1000)")
        one.add_argument("--json", action="store_true", help="one JSON object a line")
    metrics = commands.add_parser("metrics", help="answer Prometheus on a port of its own")
    metrics.add_argument("--port", type=int, default=0, help="instead of IBALANSE_METRICS_PORT")
    metrics.add_argument("--print", action="store_true", help="print them once")


def run(application: Application, options: argparse.Namespace) -> int:
    if options.command == "worker":
        return _worker(application, options)
    if options.command == "metrics":
        return _metrics(application, options)
    return _incidents(application, options)


def _worker(application: Application, options: argparse.Namespace) -> int:
    from engine.workflow.jobs import valkey
    from engine.workflow.workers import worker

    queues = tuple(name.strip() for name in options.queues.split(","))
    unknown = [name for name in queues if name not in QUEUES]
    if unknown or len(set(queues)) != len(queues):
        print(f"--queues takes {', '.join(QUEUES)}, each once, not {options.queues!r}", file=sys.stderr)
        return BAD_INPUT
    if options.status:
        return worker.print_status(application, options.json)
    if not options.burst:
        valkey.ensure_redis(application.settings)
    return worker.run(application, queues=queues, burst=options.burst, as_json=options.json)


def _metrics(application: Application, options: argparse.Namespace) -> int:
    from engine.cli import exporter

    if options.print:
        print(exporter.text(application), end="")
        return 0
    port = options.port or application.settings.metrics_port
    if not port:
        print("say which port: --port or IBALANSE_METRICS_PORT", file=sys.stderr)
        return BAD_INPUT
    return exporter.run(application, port, lambda text: print(text, flush=True))


def _incidents(application: Application, options: argparse.Namespace) -> int:
    chosen = Selection(options.code, options.process, options.kind, getattr(options, "id", ()), options.limit)
    if options.what == "list":
        with application.db.read() as connection:
            for found in find_incidents(connection, chosen):
                _answer(options, found.row(), f"{found.raised_at:%Y-%m-%d %H:%M}  {found.text}")
        return 0
    if not (chosen.narrows or options.all):
        print("say which: ids, --code, --process, --kind or --all", file=sys.stderr)
        return BAD_INPUT
    if options.what == "skip" and not options.reason.strip():
        print("a skip needs --reason", file=sys.stderr)
        return BAD_INPUT
    reason = getattr(options, "reason", "")
    if len(reason.strip()) > MAX_REASON:
        print(f"--reason has more than {MAX_REASON} characters", file=sys.stderr)
        return BAD_INPUT
    failed = 0
    for found, outcome in resolve(application.db, application.dispatch, chosen, options.what, reason):
        failed += outcome not in ("retried", "skipped")
        _answer(options, {**found.row(), "outcome": outcome}, f"{outcome:14} {found.text}")
    return 1 if failed else 0


def _answer(options: argparse.Namespace, row: dict[str, Any], text: str) -> None:
    print(json.dumps(row, ensure_ascii=False) if options.json else text, flush=True)
