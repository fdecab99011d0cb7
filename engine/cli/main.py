"""The console command ``ibalanse``. Exits 0 on success and 2 on bad input, with the reason on stderr."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.advice.evidence.datasets import DataSetError
from engine.advice.task_types.task_type_registry import USER_TASKS
from engine.application import Application
from engine.cli import (
    batch,
    case,
    check,
    draw,
    estimate,
    history,
    migrate,
    overview,
    purge,
    read_amount,
    run,
    settings,
    stimuli,
    transfer,
)  # fmt: skip
from engine.cli import worker as jobs_cli
from engine.platform import schema
from engine.platform.logs import set_up
from engine.platform.settings import Settings, SettingsError
from engine.studio.bundle_rules import BUNDLE_RULES
from engine.workflow.audit import chain
from engine.workflow.authorization.actor import SYSTEM
from engine.workflow.bpmn.validator import Capabilities
from engine.workflow.bpmn.xml import BpmnSyntaxError
from engine.workflow.definitions.bundle import Bundle, BundleError
from engine.workflow.errors import BadInputError
from engine.workflow.execution.behaviours import BEHAVIOUR_BY_TYPE, EVENT_KINDS
from engine.workflow.findings import Offer, bundle_findings

BAD_INPUT = 2
_OPERATIONS: Mapping[str, Callable[[Application, argparse.Namespace], int]] = {
    "versions": migrate.versions,
    "migrate": migrate.migrate,
    "batch": batch.run,
    "case": case.run,
    "history": history.run,
    "purge-expired": purge.run,
    "export": transfer.export,
    "import": transfer.import_cases,
}
CAPABILITIES = Capabilities(frozenset(BEHAVIOUR_BY_TYPE), EVENT_KINDS)
REFUSED = (
    SettingsError, DataSetError, BundleError, BpmnSyntaxError, OSError, estimate.EstimateError, draw.DrawingError,
    stimuli.StimuliError, BadInputError, schema.SchemaError,
)  # fmt: skip


def main(
    argv: list[str],
    *,
    wire: Callable[[Settings], Application],
    prepare: Callable[[Application], None],
    create_sandbox: Callable[[Settings], Any],
    shipped: Collection[str] = (),
    read_answers: Callable[[Path, datetime, Settings], overview.Recorded] | None = None,
) -> int:
    """Run one sub-command and return its exit status.

    shipped       keys of the processes that come with the product
    read_answers  reads a folder of recorded answers of providers
    """
    options = _parser().parse_args(argv)
    set_up(logging.INFO if options.verbose else logging.WARNING)
    try:
        if options.command == "check":
            return check.run(options, CAPABILITIES, shipped)
        if options.command == "run":
            return run.run(options, CAPABILITIES)
        if options.command == "estimate":
            return estimate.run(options)
        if options.command == "read-amount":
            return read_amount.run(options)
        if options.command == "draw":
            return draw.run(options)
        if options.command == "settings":
            return settings.run(options)
        in_force = Settings.from_env()
        if options.command == "overview":
            return _overview(in_force, options, read_answers)
        if options.command == "sandbox":
            return _sandbox(in_force, create_sandbox)
        if options.command == "serve":
            return _serve(in_force, options, wire, prepare)
        application = wire(in_force)
        if options.command == "prepare":
            prepare(application)
            return 0
        return _on_the_database(application, options)
    except run.NotRunnableError as refused:
        rows = [{"element": f.element, "rule": f.rule, "message": f.message, "line": f.line} for f in refused.findings]
        print(json.dumps(rows, ensure_ascii=False))
        print(refused, file=sys.stderr)
        return BAD_INPUT
    except REFUSED as error:
        print(error, file=sys.stderr)
        return BAD_INPUT


def _overview(
    settings: Settings,
    options: argparse.Namespace,
    read: Callable[[Path, datetime, Settings], overview.Recorded] | None,
) -> int:
    assert read is not None, "wsgi.py hands it over"
    return overview.run(
        options.answers,
        options.at,
        options.supplements,
        as_json=options.json,
        read=lambda folder, at: read(folder, at, settings),
    )


def _on_the_database(application: Application, options: argparse.Namespace) -> int:
    schema.require_current(application.db)
    if options.command in jobs_cli.NAMES:
        return jobs_cli.run(application, options)
    if options.command == "deploy":
        return _deploy(application, options)
    if options.command in _OPERATIONS:
        return _OPERATIONS[options.command](application, options)
    return _verify(application, options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ibalanse", description="iBalanse: workflow and case management")
    parser.add_argument("-v", "--verbose", action="store_true", help="log what happens")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="run everything on this machine")
    serve.add_argument("--no-sandbox", action="store_true", help="do not start the sandbox")
    commands.add_parser("prepare", help="migrate the database and deploy the product's journeys")
    jobs_cli.add_parsers(commands)
    commands.add_parser("sandbox", help="stand in for ID-porten, Altinn and the sources")
    deploy = commands.add_parser("deploy", help="deploy a bundle as the next version of its process")
    deploy.add_argument("folder", type=Path)
    deploy.add_argument("--json", action="store_true")
    check.add_parser(commands)
    for add in (migrate.add_parsers, batch.add_parser, case.add_parser, history.add_parser):
        add(commands)
    purge.add_parser(commands)
    transfer.add_parsers(commands)
    run.add_parser(commands)
    draw.add_parser(commands)
    estimate.add_parser(commands)
    read_amount.add_parser(commands)
    overview.add_parser(commands)
    settings.add_parser(commands)
    verify = commands.add_parser("verify-audit", help="verify the hash chain of every case")
    verify.add_argument("--json", action="store_true")
    return parser


def _serve(
    settings: Settings,
    options: argparse.Namespace,
    wire: Callable[[Settings], Application],
    prepare: Callable[[Application], None],
) -> int:
    from engine.cli import supervisor
    from engine.workflow.jobs.valkey import ensure_redis

    def echo(text: str) -> None:
        print(text, flush=True)

    echo("preparing the database")
    _, valkey = ensure_redis(settings)
    prepare(wire(settings))
    sandbox = not options.no_sandbox and not settings.production
    status = supervisor.serve(settings, sandbox=sandbox, echo=echo, ready=lambda: _welcome(settings, sandbox, echo))
    if valkey is not None:
        valkey.terminate()
    return status


def _welcome(settings: Settings, sandbox: bool, echo: Callable[[str], None]) -> None:
    """The addresses, and who can log in as what."""
    echo("")
    echo(f"  iBalanse         {settings.base_url}")
    if sandbox:
        echo(f"  caseworkers      {settings.base_url}/ansatt/logg-inn")
        echo(f"  sandbox          {settings.sandbox_url}")
        echo("")
        echo("  Citizens:        Anne Eksempel, Truls Eksempel, Andreas Eksempel, and ten ordinary people")
        echo("  Caseworkers:     Kari Rådgiver and Ola Rådgiver (Nav Lillestrøm), Bente Veileder (Brønnøysund)")
        echo("  At two offices:  Tone Toparts chooses which one at log-in")
        echo("  Leaders:         Liv Leder (Nav Lillestrøm), Hans Husleder (every office)")
        echo("  Administrator:   Ada Administrator")
        echo("  No password: choose the person at log-in. Stop with Ctrl-C.")
    echo("")


def _sandbox(settings: Settings, create_sandbox: Callable[[Settings], Any]) -> int:
    from urllib.parse import urlsplit

    from werkzeug.serving import make_server

    port = urlsplit(settings.sandbox_url).port or 8001
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    make_server("127.0.0.1", port, create_sandbox(settings), threaded=True).serve_forever()
    return 0


def _deploy(application: Application, options: argparse.Namespace) -> int:
    bundle = Bundle.read(options.folder)
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
    print(json.dumps(answer) if options.json else f"{deployed.key} version {deployed.version}{named}")
    return 0


def _verify(application: Application, options: argparse.Namespace) -> int:
    broken, count = [], 0
    with application.db.read() as connection:
        for _, error in chain.verify_all(connection):
            count += 1
            if error is not None:
                broken.append({"case": error.case_id, "seq": error.seq, "reason": error.reason})
    if options.json:
        print(json.dumps({"chains": count, "broken": broken}))
    else:
        print(f"{count} chains, {'whole' if not broken else f'{len(broken)} broken'}")
        for row in broken:
            print(f"{row['case']} at event {row['seq']}: {row['reason']}", file=sys.stderr)
    return 1 if broken else 0
