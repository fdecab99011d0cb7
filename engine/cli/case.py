"""``ibalanse case``: suspend, resume, cancel or modify one case, and see where its tokens are."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import click
from sqlalchemy import Connection, select

from engine.application import Application
from engine.cli.groups import Group
from engine.cli.output import answer
from engine.cli.session import json_option, on_database, reason_option
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


@click.group(cls=Group, epilog=_EPILOG)
def case() -> None:
    """Suspend, resume, cancel or modify one case."""


@case.command(epilog="Example: ibalanse case show 2026-0412 --json")
@click.argument("case")
@json_option()
@on_database
def show(application: Application, case: str, as_json: bool) -> int:
    """Where its tokens are."""
    return _show(application, _case_id(application, case), as_json)


def _act(name: str, text: str, example: str, made: Callable[[str, str], Command]) -> None:
    """A command of the group that changes a case, with a reason."""

    @case.command(name, help=text, epilog=f"Example: ibalanse case {example}")
    @json_option()
    @click.argument("case")
    @_REASON
    @on_database
    def act(application: Application, case: str, reason: str, as_json: bool) -> int:
        case_id = _case_id(application, case)
        if not reason and name != "resume":
            raise BadInputError(f"--reason is needed to {name} a case")
        return _change(application, case_id, made(case_id, reason), as_json)


_REASON = reason_option("kept in the case's audit trail")
_act("suspend", "Let it stand still; what comes in waits.", 'suspend 2026-0412 --reason "looked into"', SuspendCase)
_act("resume", "Let it go on with what came in.", "resume 2026-0412", ResumeCase)
_act("cancel", "End it before its time.", 'cancel 2026-0412 --reason "wrong person"', CancelCase)


@case.command(
    help="Move tokens by hand.",
    epilog='Example: ibalanse case modify 2026-0412 --cancel Decide --start Assess --reason "wrong papers"',
)
@json_option()
@click.argument("case")
@_REASON
@click.option("--instance", default="", metavar="ID", help="a process the case has called")
@click.option("--cancel", multiple=True, metavar="ELEMENT", help="id or element instance")
@click.option("--start", multiple=True, metavar="ELEMENT", help="put a token before it")
@click.option("--in", "scope", default="", metavar="ID", help="the subprocess instance to start in")
@click.option("--set", "assigned", multiple=True, metavar="NAME=JSON", help="variables in that scope")
@on_database
def modify(
    application: Application,
    case: str,
    reason: str,
    instance: str,
    cancel: tuple[str, ...],
    start: tuple[str, ...],
    scope: str,
    assigned: tuple[str, ...],
    as_json: bool,
) -> int:
    case_id = _case_id(application, case)
    if not reason:
        raise BadInputError("--reason is needed to modify a case")
    variables = _variables(assigned)
    starts = tuple(StartAt(element, scope, variables if at == 0 else {}) for at, element in enumerate(start))
    return _change(application, case_id, ModifyInstance(instance or case_id, cancel, starts, reason), as_json)


def _case_id(application: Application, case: str) -> str:
    with application.db.read() as connection:
        return _find(connection, case)


def _change(application: Application, case_id: str, command: Command, as_json: bool) -> int:
    """Send the command, and show where the case then stands. Raises ``BadInputError`` with why it was refused."""
    try:
        application.dispatch.send(command, SYSTEM)
    except (Refusal, ExecutionError) as refused:
        why = refusal(refused)
        raise BadInputError(reasons(why) if why["reasons"] else why["code"]) from None
    return _show(application, case_id, as_json)


def _find(connection: Connection, name: str) -> str:
    found = connection.execute(
        select(case_file.c.id).where((case_file.c.number == name) | (case_file.c.id == name))
    ).scalar()
    if found is None:
        raise BadInputError(f"there is no case {name}")
    return str(found)


def _variables(pairs: Sequence[str]) -> dict[str, Any]:
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


def _show(application: Application, case_id: str, as_json: bool) -> int:
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
    answer(as_json, value, "\n".join(lines))
    return 0
