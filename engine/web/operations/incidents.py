"""One kind of incident: each with case, step and last error, retry or skip one, or all of them in the background."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from engine.web.operations.session import blueprint, error_text, process_name, step_name
from engine.web.shared import view
from engine.web.shared.commands import send, sends
from engine.workflow.errors import NotFound, Refusal
from engine.workflow.execution.commands import ResolveIncident
from engine.workflow.execution.execution import ExecutionError
from engine.workflow.execution.steps.reasons import MAX_REASON
from engine.workflow.instances.models import case_file
from engine.workflow.operations import incidents
from engine.workflow.operations.commands import ResolveIncidents
from engine.workflow.operations.incidents import Selection

PAGE = 25
MAX_INCIDENTS = 100_000
HOW = ("retry", "skip")
#: Parameters of the address → fields of the selection.
CHOICE = {"kode": "code", "prosess": "process", "steg": "element", "slag": "kind"}


def _chosen(limit: int) -> tuple[Selection, dict[str, str]]:
    chosen = {name: request.values.get(name, "")[:200] for name in CHOICE}
    selection = Selection(**{CHOICE[name]: value for name, value in chosen.items()}, limit=limit)
    if not selection.narrows:
        raise NotFound("incidents")
    return selection, {name: value for name, value in chosen.items() if value}


def _address(chosen: dict[str, str], **more: str) -> str:
    values: dict[str, Any] = {**chosen, **more}
    return url_for("operations.incident_group", **values)


@blueprint.get("/drift/feil")
def incident_group() -> ResponseReturnValue:
    return _page("")


def _page(error: str) -> ResponseReturnValue:
    application = view.application()
    selection, address = _chosen(PAGE)
    with application.db.read() as connection:
        found = incidents.find(connection, selection)
        count = sum(
            group.count
            for group in incidents.groups(connection)
            if all(getattr(group, CHOICE[name]) == value for name, value in address.items())
        )
        numbers = {
            row.id: row.number
            for row in connection.execute(
                select(case_file.c.id, case_file.c.number).where(case_file.c.id.in_([one.case for one in found]))
            )
        }
        body = render_template(
            "operations_incidents.html",
            found=found,
            count=count,
            address=address,
            what=error_text(selection.code),
            process=process_name(connection, selection.process),
            step=step_name(connection, selection.process, selection.element),
            numbers=numbers,
            error=error,
            submitted=request.form if error else {},
            reported=request.args.get("gjort", ""),
            refused=request.args.get("nektet", "")[:60],
        )
    return (body, 422) if error else body


def _submitted() -> tuple[str, str]:
    """What to do, and why. A skip without a reason is no skip."""
    how = request.form.get("how", "")
    if how not in HOW:
        raise NotFound(how)
    return how, request.form.get("reason", "").strip()


def _reason_error(how: str, reason: str) -> str:
    """The text key of what is wrong with the reason, "" when it will do."""
    if how == "skip" and not reason:
        return "drift.reason_needed"
    return "drift.reason_long" if len(reason) > MAX_REASON else ""


@blueprint.post("/drift/feil/en")
@sends(ResolveIncident)
def resolve_one() -> ResponseReturnValue:
    """Retry or skip one incident, at once."""
    how, reason = _submitted()
    _, address = _chosen(1)
    if error := _reason_error(how, reason):
        return _page(error)
    try:
        send(ResolveIncident(request.form.get("id", ""), how, reason))
    except (Refusal, ExecutionError) as refusal:
        return redirect(_address(address, nektet=refusal.code), 303)
    return redirect(_address(address, gjort=how), 303)


@blueprint.post("/drift/feil/alle")
@sends(ResolveIncidents)
def resolve_all() -> ResponseReturnValue:
    """Retry or skip every incident of this kind: a batch, carried out by a worker, with a result for each."""
    how, reason = _submitted()
    selection, address = _chosen(MAX_INCIDENTS)
    if error := _reason_error(how, reason):
        return _page(error)
    application = view.application()
    with application.db.read() as connection:
        targets = [one.id for one in incidents.find(connection, selection)]
    if not targets:
        return redirect(_address(address), 303)
    outcome = send(ResolveIncidents(how, tuple(targets), address, reason or view.t("drift.all_again")))
    return redirect(url_for("operations.batch", identity=outcome.made), 303)
