"""Running cases follow a version: what steps and stages have become, what a move would come to, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from engine.studio import case_migration
from engine.studio.commands import MoveCases, RevertMove, TryMove
from engine.studio.drafts import Draft
from engine.studio.open_cases import cases_by_version, left_behind, left_in_stages
from engine.web.shared import view
from engine.web.shared.commands import send, sends
from engine.web.shared.guards import actor
from engine.web.shared.texts import texts as page_texts
from engine.web.studio.session import blueprint, deployed
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.definitions.library import Deployed
from engine.workflow.errors import NotFound, Reason
from engine.workflow.execution.migration import STAGE, alike
from engine.workflow.operations import batches
from engine.workflow.operations.commands import ContinueBatch, StopBatch
from engine.workflow.operations.models import BatchRow

#: How long a page that is looked at works at a move itself, beside the worker that does.
SECONDS = 2.0


def lost(connection: Connection, versions: Sequence[Deployed], bundle: Bundle) -> list[dict[str, Any]]:
    """Steps and stages that cases are in and that are gone: what is left of their kind may take their place."""
    rows: dict[str, dict[str, Any]] = {}
    sorts = {e.id: alike(e) for v in versions for e in v.bundle.process.elements.values()}
    elements = bundle.process.elements.values()
    for waiting in left_behind(connection, versions, bundle.process.elements):
        row = rows.setdefault(waiting.element, {"id": waiting.element, "name": waiting.name, "cases": 0})
        row["cases"] += waiting.cases
        row["there"] = [(e.id, e.name or e.id) for e in elements if alike(e) == sorts[waiting.element]]
    titles = _stages(bundle)
    for waiting in left_in_stages(connection, versions, bundle, g.language):
        name = view.t("moving.stage", name=waiting.name)
        row = rows.setdefault(STAGE + waiting.element, {"id": STAGE + waiting.element, "name": name, "cases": 0})
        row["cases"] += waiting.cases
        row["there"] = titles
    return list(rows.values())


def _stages(bundle: Bundle) -> list[tuple[str, str]]:
    return [(s["id"], s["title"].get(g.language) or s["title"]["nb"]) for s in bundle.metadata.get("stages", ())]


def mapping() -> dict[str, str]:
    """What the page's choices say a lost step or stage has become."""
    return {name[4:]: value for name, value in request.form.items() if name.startswith("map-") and value}


def reason_text(reason: Reason) -> str:
    """Why a case cannot be moved, in words."""
    key = f"moving.{reason.rule}"
    return view.t(key if key in page_texts("nb") else "moving.other", message=reason.message)


def names(versions: Sequence[Deployed]) -> dict[str, str]:
    """What steps and stages are called, in the newest version that has them."""
    found: dict[str, str] = {}
    for version in reversed(versions):
        found |= {e.id: e.name for e in version.bundle.process.elements.values() if e.name}
        found |= {STAGE + identity: title for identity, title in _stages(version.bundle)}
    return found


def tried_before(key: str, aim: Draft | Deployed) -> tuple[case_migration.Plan | None, Mapping[str, str]]:
    """The plan of the try-out the address names, and what was chosen for it: once it is done, and if of *aim* as is."""
    application = view.application()
    row = case_migration.batch_of(application, key, request.args.get("prov", ""))
    if row is None or row.action != "try" or row.state != "done" or not _tried(row, aim):
        return None, {}
    return case_migration.plan_of(application, row.id), {
        f"map-{old}": new for old, new in row.settings["mapping"].items()
    }


def _tried(row: BatchRow, aim: Draft | Deployed) -> bool:
    """Whether a try-out was of this: the revisions of a draft begin anew with the next draft."""
    if isinstance(aim, Deployed):
        return bool(row.settings.get("to") == aim.id)
    return bool(row.settings.get("revision") == aim.revision and row.created_at >= aim.changed_at)


@blueprint.post("/prosesser/<key>/flytt")
@sends(MoveCases, TryMove)
def move(key: str) -> ResponseReturnValue:
    """Move the cases that run on older versions to the one in use; with ``prov`` only show what would happen."""
    application = view.application()
    with application.db.read() as connection:
        target = deployed(connection, key)
    if request.form.get("act") != "prov":
        moving = MoveCases(key, target.id, mapping(), request.form.get("reason", ""))
        return redirect(url_for("studio.moved", key=key, batch=send(moving, once=True).made), 303)
    if case_migration.how_many(application, key, target.id) > case_migration.MAX_TRIED:
        batch = send(TryMove(key, target.id, mapping=mapping())).made
        return redirect(url_for("studio.moved", key=key, batch=batch), 303)
    return move_page(key, case_migration.dry_run(application, key, target, mapping(), actor().person_id), request.form)


@blueprint.get("/prosesser/<key>/flytt")
def move_plan(key: str) -> ResponseReturnValue:
    with view.application().db.read() as connection:
        target = deployed(connection, key)
    return move_page(key, *tried_before(key, target))


def move_page(key: str, plan: case_migration.Plan | None, submitted: Mapping[str, str]) -> ResponseReturnValue:
    application = view.application()
    with application.db.read() as connection:
        target = deployed(connection, key)
        versions = application.library.versions(connection, key)
        counts = cases_by_version(connection, versions)
        rows = lost(connection, versions, target.bundle)
    return render_template(
        "studio_move.html",
        key=key,
        bundle=target.bundle,
        version=target.version,
        counts={version: count for version, count in counts.items() if version != target.version and count},
        lost=rows,
        plan=plan,
        reason_text=reason_text,
        names=names(versions),
        submitted=submitted,
    )


@blueprint.get("/prosesser/<key>/flytting/<batch>")
def moved(key: str, batch: str) -> ResponseReturnValue:
    """How far a move or a try-out has come, and what could not be moved."""
    application = view.application()
    row = case_migration.batch_of(application, key, batch)
    if row is None:
        raise NotFound(batch)
    progress = batches.progress_of(application, batch)
    with application.db.read() as connection:
        versions = application.library.versions(connection, key)
    back = ""
    if row.action == "try" and progress.state == "done":
        back = url_for("studio.review" if "draft" in row.settings else "studio.move_plan", key=key, prov=batch)
    return render_template(
        "studio_moved.html",
        key=key,
        bundle=versions[0].bundle,
        batch=row,
        progress=progress,
        back=back,
        held=case_migration.plan_of(application, batch).held,
        reason_text=reason_text,
        names=names(versions),
    )


@blueprint.post("/prosesser/<key>/flytting/<batch>")
@sends(StopBatch, ContinueBatch, RevertMove)
def go_on(key: str, batch: str) -> ResponseReturnValue:
    """Go on with a move for a while, stop it, or put back what it moved. Only a press goes on with what was stopped."""
    application = view.application()
    found = case_migration.batch_of(application, key, batch)
    if found is None:
        raise NotFound(batch)
    act = request.form.get("act", "")
    if act == "stop":
        send(StopBatch(batch))
    else:
        if act == "undo" and found.action == "migrate":
            batch = send(RevertMove(key, batch), once=True).made
        elif act == "on":
            send(ContinueBatch(batch))
        case_migration.work(application, batch, SECONDS)
    target = url_for("studio.moved", key=key, batch=batch)
    if request.headers.get("HX-Request"):
        answer = make_response("", 200)
        answer.headers["HX-Redirect"] = target
        return answer
    return redirect(target, 303)
