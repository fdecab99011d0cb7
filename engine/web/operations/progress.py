"""What a worker does in the background: how far it has come, what refused and why, stop and go on."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from engine.web.operations.session import blueprint
from engine.web.shared import view
from engine.web.shared.commands import send, sends
from engine.workflow.errors import NotFound
from engine.workflow.execution.models import incident
from engine.workflow.instances.models import case_file
from engine.workflow.operations import batches, checks
from engine.workflow.operations.batch_commands import reasons
from engine.workflow.operations.batches import Progress
from engine.workflow.operations.commands import ContinueBatch, StopBatch


def _progress(identity: str) -> Progress:
    try:
        return batches.progress_of(view.application(), identity)
    except batches.UnknownBatchError:
        raise NotFound(identity) from None


@blueprint.get("/drift/jobb/<identity>")
def batch(identity: str) -> str:
    """The whole page, or for htmx its moving part."""
    application = view.application()
    progress = _progress(identity)
    refused = batches.results(application, identity, "refused")
    moved = bool(request.headers.get("HX-Request"))  # its buttons are swapped only when it ends: focus may be on one
    template = "parts/batch.html" if moved else "operations_batch.html"
    return render_template(template, progress=progress, refused=_named(refused), moved=moved)


def _named(refused: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """The case number of each item that refused, and why."""
    targets = [item["target"] for item in refused]
    with view.application().db.read() as connection:
        cases = {
            row.id: row.case_id
            for row in connection.execute(select(incident.c.id, incident.c.case_id).where(incident.c.id.in_(targets)))
        }
        ids = {cases.get(target, target) for target in targets}
        numbers = {
            row.id: row.number
            for row in connection.execute(select(case_file.c.id, case_file.c.number).where(case_file.c.id.in_(ids)))
        }
    return [
        (numbers.get(cases.get(item["target"], item["target"]), item["target"]), f"{item['code']}: {reasons(item)}")
        for item in refused
    ]


@blueprint.post("/drift/jobb/<identity>/stopp")
@sends(StopBatch)
def stop(identity: str) -> Response:
    send(StopBatch(identity))
    return redirect(url_for("operations.batch", identity=identity), 303)


@blueprint.post("/drift/jobb/<identity>/videre")
@sends(ContinueBatch)
def go_on(identity: str) -> Response:
    """Go on with a batch that was stopped."""
    send(ContinueBatch(identity))
    return redirect(url_for("operations.batch", identity=identity), 303)


@blueprint.get("/drift/kontroll")
def check() -> str:
    """The moving part: how far the verification of the audit trail has come."""
    return render_template("parts/audit_check.html", check=checks.latest(view.application()))
