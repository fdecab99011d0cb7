"""A draft becomes the next version; a bundle leaves as a zip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask import g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.bpmn.drawing import to_svg
from engine.definitions import drafts, sealing, studio_settings
from engine.definitions.bundle import Bundle
from engine.definitions.difference import differences, touched
from engine.definitions.library import Deployed
from engine.definitions.waiting import Waiting, cases_by_version, left_behind
from engine.execution.commands import Conflict, NotFound, Reason
from engine.operations import batches
from engine.studio import moving, scenarios
from engine.studio.scenarios import replays
from engine.web import view
from engine.web.guards import actor
from engine.web.studio import access
from engine.web.studio.desk import blueprint, current, draft_of, errors
from engine.web.studio.desk import deployed as deployed_version
from engine.web.studio.process import page
from engine.web.studio.steps import conflict_text, revision
from engine.web.texts import texts as page_texts


@blueprint.get("/prosesser/<key>/publiser")
def review(key: str) -> Any:
    """What publishing would mean: what is different, how the scenarios end, and what becomes of running cases."""
    return review_page(key, None)


def review_page(key: str, plan: moving.Plan | None, wrong: str = "") -> Any:
    house = view.house()
    with house.db.read() as connection:
        draft = draft_of(connection, key)
        versions = house.library.versions(connection, key)
        found = errors(connection, draft.bundle)
        left = [] if found else left_behind(connection, versions, draft.bundle.process.elements)
        counts = cases_by_version(connection, versions)
        changes = differences(versions[0].bundle, draft.bundle) if versions and not found else []
        two = studio_settings.get(connection, "two_persons")
    process = None if found else draft.bundle.process
    marked = touched(versions[0].bundle.process, process) if versions and process else frozenset()
    body = render_template(
        "studio_publish.html",
        svg=to_svg(process, title=draft.bundle.title(g.language), current=marked) if process and marked else "",
        key=key,
        bundle=draft.bundle,
        draft=draft,
        versions=versions,
        faulty=bool(found),
        running=sum(counts.values()),
        counts=counts,
        changes=[access.changed(draft.bundle, *change) for change in changes],
        lost=_lost(draft.bundle, left) if left else [],
        plan=plan,
        replays=[] if found else replays(house, draft.bundle),
        told=told,
        names=_names(versions),
        wrong=wrong,
        given=request.form,
        two=two,
    )
    return (body, 422) if wrong else body


def _lost(bundle: Bundle, left: list[Waiting]) -> list[dict[str, Any]]:
    """Elements cases stand in that are gone: what is left of their kind may take their place."""
    rows: dict[str, dict[str, Any]] = {}
    for waiting in left:
        row = rows.setdefault(waiting.element, {"id": waiting.element, "name": waiting.name, "cases": 0})
        row["cases"] += waiting.cases
    there = [(e.id, e.name or e.id) for e in bundle.process.elements.values() if e.type.lower().endswith("task")]
    return [{**row, "there": there} for row in rows.values()]


def mapping() -> dict[str, str]:
    """What the page's choices say a lost element has become."""
    return {name[4:]: value for name, value in request.form.items() if name.startswith("map-") and value}


def told(reason: Any) -> str:
    """Why a case cannot be moved, in words."""
    key = f"moving.{reason.rule}"
    return view.t(key if key in page_texts("nb") else "moving.other", message=reason.message)


def _names(versions: Sequence[Deployed]) -> dict[str, str]:
    """Element id → what it is called, in the newest version that has it."""
    return {e.id: e.name for v in reversed(versions) for e in v.bundle.process.elements.values() if e.name}


@blueprint.post("/prosesser/<key>/publiser/prov")
def try_move(key: str) -> Any:
    """Move every running case to the draft, tell how it went, and roll it all back."""
    house = view.house()
    with house.db.read() as connection:
        draft = draft_of(connection, key)
        faulty = bool(errors(connection, draft.bundle))
    if faulty:
        return review_page(key, None, view.t("studio.has_faults"))
    return review_page(key, moving.dry_run(house, key, draft.bundle, mapping(), actor().person_id))


@blueprint.post("/prosesser/<key>/publiser")
def publish(key: str) -> Any:
    """The draft becomes the next version, as it was seen. Cases that run stay on theirs, or are moved.

    A press that has not seen what publishing means is led to the page that says it, where there is something to say.
    """
    house = view.house()
    asked = request.form.get("cases", "")
    with house.db.read() as connection:
        draft = draft_of(connection, key)
        faulty = bool(errors(connection, draft.bundle))
        running = sum(cases_by_version(connection, house.library.versions(connection, key)).values())
        two = studio_settings.get(connection, "two_persons")
    if faulty:
        return page(key, view.t("studio.has_faults"))
    if draft.revision != revision():
        return page(key, conflict_text(key))
    if not asked and (running or two or scenarios.of(draft.bundle)):
        return redirect(url_for("studio.review", key=key), 303)
    if any(replay.blocks and replay.differs for replay in replays(house, draft.bundle)):
        return review_page(key, None, view.t("scenario.blocks"))
    if two and draft.proposed_by in ("", actor().person_id):
        with house.db.write() as connection:
            drafts.propose(connection, key, draft.revision, actor(), house.clock.now())
        return redirect(url_for("studio.review", key=key), 303)
    with house.db.write() as connection:
        if draft_of(connection, key).revision != draft.revision:
            raise Conflict(key)
        deployed, new = house.library.deploy(connection, draft.bundle, by=actor().person_id)
        drafts.discard(connection, key, draft.revision, actor(), house.clock.now())
    if asked == "move" and running and new:
        batch = moving.move(house, key, deployed, mapping(), request.form.get("reason", ""), actor())
        return redirect(url_for("studio.moved", key=key, batch=batch), 303)
    return redirect(url_for("studio.show", key=key, fane="versjoner", publisert=deployed.version if new else "0"), 303)


# Moving cases after a version was published


@blueprint.post("/prosesser/<key>/flytt")
def move(key: str) -> Any:
    """Move the cases that run on older versions to the one in use; with ``prov`` only tell what would happen."""
    house = view.house()
    with house.db.read() as connection:
        target = deployed_version(connection, key)
    if request.form.get("act") == "prov":
        return move_page(key, moving.dry_run(house, key, target, mapping(), actor().person_id))
    batch = moving.move(house, key, target, mapping(), request.form.get("reason", ""), actor())
    return redirect(url_for("studio.moved", key=key, batch=batch), 303)


@blueprint.get("/prosesser/<key>/flytt")
def move_plan(key: str) -> Any:
    return move_page(key, None)


def move_page(key: str, plan: moving.Plan | None) -> Any:
    house = view.house()
    with house.db.read() as connection:
        target = deployed_version(connection, key)
        versions = house.library.versions(connection, key)
        counts = cases_by_version(connection, versions)
        left = left_behind(connection, versions, target.bundle.process.elements)
    return render_template(
        "studio_move.html",
        key=key,
        bundle=target.bundle,
        version=target.version,
        counts={version: count for version, count in counts.items() if version != target.version and count},
        lost=_lost(target.bundle, left) if left else [],
        plan=plan,
        told=told,
        names=_names(versions),
        given=request.form,
    )


@blueprint.get("/prosesser/<key>/flytting/<batch>")
def moved(key: str, batch: str) -> Any:
    """How far a move has come, and what could not be moved."""
    house = view.house()
    found = next((pair for pair in moving.batches_of(house, key) if pair[0].id == batch), None)
    if found is None:
        raise NotFound(batch)
    with house.db.read() as connection:
        versions = house.library.versions(connection, key)
    bundle = versions[0].bundle
    refused: Counter[Reason] = Counter()
    for item in batches.results(house, batch, "refused"):
        refused.update(
            Reason(r.get("element", ""), r.get("rule", item.get("code", "")), r["message"]) for r in item["reasons"]
        )
    return render_template(
        "studio_moved.html", key=key, bundle=bundle, batch=found[0], progress=found[1],
        refused=refused.most_common(), told=told, names=_names(versions),
    )  # fmt: skip


@blueprint.post("/prosesser/<key>/flytting/<batch>")
def go_on(key: str, batch: str) -> Any:
    """Go on with a move for a while, stop it, or put back what it moved."""
    house = view.house()
    found = next((progress for row, progress in moving.batches_of(house, key) if row.id == batch), None)
    if found is None:
        raise NotFound(batch)
    act = request.form.get("act", "")
    if act == "stop":
        batches.stop(house, batch)
    elif act == "undo":
        batch = moving.put_back(house, key, batch, actor())
        moving.work(house, batch, 2)
    else:
        moving.work(house, batch, 2)
    target = url_for("studio.moved", key=key, batch=batch)
    if request.headers.get("HX-Request"):
        answer = make_response("", 200)
        answer.headers["HX-Redirect"] = target
        return answer
    return redirect(target, 303)


@blueprint.get("/prosesser/<key>/eksport.zip")
def export(key: str) -> Response:
    """The draft, the version in use, or with ``?versjon=`` an older one, with its checksum and signed by this house."""
    house = view.house()
    wanted = request.args.get("versjon", "")
    with house.db.read() as connection:
        if wanted:
            found = next((v for v in house.library.versions(connection, key) if str(v.version) == wanted), None)
            if found is None:
                raise NotFound(key)
            bundle, version = found.bundle, found.version
        else:
            bundle, version = current(connection, key), 0
            newest = next(iter(house.library.versions(connection, key)), None)
            if newest is not None and newest.bundle.checksum == bundle.checksum:
                version = newest.version
    own = sealing.signing_key(house.settings.client_key)
    answer = make_response(sealing.sealed(bundle, version, house.settings.organisation_name, house.clock.now(), own))
    answer.headers["Content-Type"] = "application/zip"
    answer.headers["Content-Disposition"] = f"attachment; filename={bundle.key}.zip"
    return answer
