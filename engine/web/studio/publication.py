"""A draft becomes the next version; a bundle leaves as a zip."""

from __future__ import annotations

from typing import Any

from flask import g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.studio import bundle_signature, case_migration, drafts, scenarios, studio_settings
from engine.studio.difference import differences, touched
from engine.studio.open_cases import cases_by_version
from engine.studio.scenarios import replays
from engine.web.shared import view
from engine.web.shared.guards import actor
from engine.web.studio import access, running_cases
from engine.web.studio.process import page
from engine.web.studio.session import blueprint, current, draft_of, errors
from engine.web.studio.steps import conflict_text, revision
from engine.workflow.bpmn.drawing import to_svg
from engine.workflow.errors import Conflict, NotFound


@blueprint.get("/prosesser/<key>/publiser")
def review(key: str) -> Any:
    """What publishing would mean: what is different, how the scenarios end, and what becomes of running cases.

    ``prov`` names a try-out that is done: what it came to is told, and what was chosen for it is chosen still.
    """
    with view.house().db.read() as connection:
        draft = draft_of(connection, key)
    plan, given = running_cases.tried_before(key, draft)
    return review_page(key, plan, given=given)


def review_page(key: str, plan: case_migration.Plan | None, wrong: str = "", given: Any = None) -> Any:
    house = view.house()
    with house.db.read() as connection:
        draft = draft_of(connection, key)
        versions = house.library.versions(connection, key)
        found = errors(connection, draft.bundle)
        lost = [] if found else running_cases.lost(connection, versions, draft.bundle)
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
        lost=lost,
        plan=plan,
        replays=[] if found else replays(house, draft.bundle),
        told=running_cases.told,
        names=running_cases.names(versions),
        wrong=wrong,
        given=given or request.form,
        two=two,
    )
    return (body, 422) if wrong else body


@blueprint.post("/prosesser/<key>/publiser/prov")
def try_move(key: str) -> Any:
    """Move every running case to the draft, tell how it went, and roll it all back."""
    house = view.house()
    with house.db.read() as connection:
        draft = draft_of(connection, key)
        faulty = bool(errors(connection, draft.bundle))
    if faulty:
        return review_page(key, None, view.t("studio.has_faults"))
    if case_migration.how_many(house, key) > case_migration.MOST_TRIED:
        batch = case_migration.try_all(house, key, draft.revision, running_cases.mapping(), actor())
        return redirect(url_for("studio.moved", key=key, batch=batch), 303)
    return review_page(
        key, case_migration.dry_run(house, key, draft.bundle, running_cases.mapping(), actor().person_id)
    )


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
        batch = case_migration.move(
            house, key, deployed, running_cases.mapping(), request.form.get("reason", ""), actor()
        )
        return redirect(url_for("studio.moved", key=key, batch=batch), 303)
    return redirect(url_for("studio.show", key=key, fane="versjoner", publisert=deployed.version if new else "0"), 303)


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
    own = bundle_signature.signing_key(house.settings.client_key)
    answer = make_response(
        bundle_signature.sealed(bundle, version, house.settings.organisation_name, house.clock.now(), own)
    )
    answer.headers["Content-Type"] = "application/zip"
    answer.headers["Content-Disposition"] = f"attachment; filename={bundle.key}.zip"
    return answer
