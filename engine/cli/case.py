"""``ibalanse case``: suspend, resume, cancel or modify one case, and see where its tokens are."""

from __future__ import annotations

import argparse
import json
from typing import Any

from sqlalchemy import Connection, select

from engine.application import Application
from engine.cli.output import answer
from engine.workflow.authorization.actor import SYSTEM
from engine.workflow.definitions.models import process_definition
from engine.workflow.errors import BadInputError, Refusal
from engine.workflow.execution.commands import (
    CancelCase,
    Command,
    ModifyInstance,
    ResumeCase,
    StartAt,
    SuspendCase,
)
from engine.workflow.execution.execution import ExecutionError
from engine.workflow.execution.models import element_instance, process_instance
from engine.workflow.instances.models import case_file
from engine.workflow.operations.batch_commands import reasons, refusal

_EPILOG = """\
CASE is a case number (2026-0412) or id.

  ibalanse case show 2026-0412
  ibalanse case modify 2026-0412 --cancel Decide --start Assess --reason "decided on the wrong papers"
  ibalanse case modify 2026-0412 --start Check --in ELEMENT_INSTANCE --set tries=3

A modification that would leave nothing, or that contradicts the diagram, is refused and changes nothing.
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "case",
        help="suspend, resume, cancel or modify one case",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True)
    for name, text in (
        ("show", "where its tokens are"),
        ("suspend", "let it stand still; what comes in waits"),
        ("resume", "let it go on with what came in"),
        ("cancel", "end it before its time"),
        ("modify", "move tokens by hand"),
    ):
        action = actions.add_parser(name, help=text)
        action.add_argument("case", metavar="CASE")
        if name != "show":
            action.add_argument("--reason", default="", help="kept in the case's audit trail")
        if name == "modify":
            action.add_argument("--instance", default="", metavar="ID", help="a process the case has called")
            action.add_argument(
                "--cancel", action="append", default=[], metavar="ELEMENT", help="id or element instance"
            )
            action.add_argument("--start", action="append", default=[], metavar="ELEMENT", help="put a token before it")
            action.add_argument(
                "--in", dest="scope", default="", metavar="ID", help="the subprocess instance to start in"
            )
            action.add_argument(
                "--set", action="append", default=[], metavar="NAME=JSON", help="variables in that scope"
            )
        action.add_argument("--json", action="store_true")


def run(application: Application, options: argparse.Namespace) -> int:
    with application.db.read() as connection:
        case_id = _find(connection, options.case)
    if options.action == "show":
        return _show(application, options, case_id)
    if not options.reason and options.action != "resume":
        raise BadInputError(f"--reason is needed to {options.action} a case")
    try:
        application.dispatch.send(_command(options, case_id), SYSTEM)
    except (Refusal, ExecutionError) as refused:
        why = refusal(refused)
        raise BadInputError(reasons(why) if why["reasons"] else why["code"]) from None
    return _show(application, options, case_id)


def _find(connection: Connection, name: str) -> str:
    found = connection.execute(
        select(case_file.c.id).where((case_file.c.number == name) | (case_file.c.id == name))
    ).scalar()
    if found is None:
        raise BadInputError(f"there is no case {name}")
    return str(found)


def _command(options: argparse.Namespace, case_id: str) -> Command:
    if options.action == "suspend":
        return SuspendCase(case_id, options.reason)
    if options.action == "resume":
        return ResumeCase(case_id, options.reason)
    if options.action == "cancel":
        return CancelCase(case_id, options.reason)
    variables = _variables(options.set)
    start = tuple(
        StartAt(element, options.scope, variables if at == 0 else {}) for at, element in enumerate(options.start)
    )
    return ModifyInstance(options.instance or case_id, tuple(options.cancel), start, options.reason)


def _variables(pairs: list[str]) -> dict[str, Any]:
    found = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        try:
            if not name or not equals:
                raise ValueError
            found[name] = json.loads(text)
        except ValueError:
            raise BadInputError(f"--set {pair!r} is not NAME=JSON") from None
    return found


def _show(application: Application, options: argparse.Namespace, case_id: str) -> int:
    with application.db.read() as connection:
        case = connection.execute(select(case_file).where(case_file.c.id == case_id)).one()
        instances = connection.execute(
            select(
                process_instance.c.id,
                process_instance.c.key,
                process_instance.c.state,
                process_definition.c.version,
                process_definition.c.version_tag,
            )
            .join(process_definition, process_definition.c.id == process_instance.c.definition_id)
            .where(process_instance.c.case_id == case_id)
            .order_by(process_instance.c.started_at, process_instance.c.id)
        ).all()
        tokens = connection.execute(
            select(element_instance)
            .where(element_instance.c.instance_id.in_([row.id for row in instances]))
            .order_by(element_instance.c.entered_at, element_instance.c.id)
        ).all()
    value = {
        "case": case.id,
        "number": case.number,
        "stage": case.stage,
        "state": next(row.state for row in instances if row.id == case_id),
        "instances": [
            {"instance": r.id, "process": r.key, "version": r.version, "tag": r.version_tag or "", "state": r.state}
            for r in instances
        ],
        "tokens": [
            {
                "element": t.element_id,
                "elementInstance": t.id,
                "instance": t.instance_id,
                "in": t.scope_id,
                "state": t.state,
            }
            for t in tokens
        ],
    }
    lines = [f"case {case.number} ({case.id}): {value['state']}"]
    lines += [f"  {row.key} version {row.version}: {row.state}" for row in instances]
    lines += [f"  at {token.element_id} ({token.id}): {token.state}" for token in tokens]
    answer(options, value, "\n".join(lines))
    return 0
