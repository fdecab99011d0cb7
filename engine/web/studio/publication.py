"""A draft becomes the next version; a bundle leaves as a zip."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from engine.studio import bundle_signature, case_migration, drafts, scenarios, studio_settings
from engine.studio.commands import ProposeDraft, PublishDraft, TryMove
from engine.studio.difference import differences, touched
from engine.studio.drafts import Draft, DraftConflict
from engine.studio.open_cases import cases_by_version
from engine.studio.scenarios import replays
from engine.web.shared import view
from engine.web.shared.commands import send, sends
from engine.web.shared.guards import actor
from engine.web.studio import running_cases
from engine.web.studio.access_sentences import changed
from engine.web.studio.edits import revision
from engine.web.studio.process import page
from engine.web.studio.session import blueprint, current, draft_of, errors
from engine.workflow.bpmn.drawing import to_svg
from engine.workflow.errors import NotFound


@blueprint.get("/prosesser/<key>/publiser")
def review(key: str) -> ResponseReturnValue:
    """What publishing would mean: what is different, how the scenarios end, and what becomes of running cases.

    ``prov`` names a try-out that is done: what it came to is shown, and what was chosen for it is chosen still.
    """
    with view.application().db.read() as connection:
        draft = draft_of(connection, key)
    plan, submitted = running_cases.tried_before(key, draft)
    return review_page(key, plan, submitted=submitted)


def review_page(
    key: str, plan: case_migration.Plan | None, error: str = "", submitted: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    application = view.application()
    with application.db.read() as connection:
        draft = draft_of(connection, key)
        versions = application.library.versions(connection, key)
        found = errors(connection, draft.bundle)
        lost = [] if found else running_cases.lost(connection, versions, draft.bundle)
        counts = cases_by_version(connection, versions)
        changes = differences(versions[0].bundle, draft.bundle) if versions and not found else []
        two = studio_settings.get(connection, studio_settings.TWO_PERSONS)
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
        changes=[changed(draft.bundle, *change) for change in changes],
        lost=lost,
        plan=plan,
        replays=[] if found else replays(application, draft.bundle),
        reason_text=running_cases.reason_text,
        names=running_cases.names(versions),
        error=error,
        submitted=submitted or request.form,
        two=two,
    )
    return (body, 422) if error else body


@blueprint.post("/prosesser/<key>/publiser/prov")
@sends(TryMove)
def try_move(key: str) -> ResponseReturnValue:
    """Move every running case to the draft, report how it went, and roll it all back."""
    application = view.application()
    with application.db.read() as connection:
        draft = draft_of(connection, key)
        faulty = bool(errors(connection, draft.bundle))
    if faulty:
        return review_page(key, None, view.t("studio.has_faults"))
    if case_migration.how_many(application, key) > case_migration.MAX_TRIED:
        batch = send(TryMove(key, revision=draft.revision, mapping=running_cases.mapping())).made
        return redirect(url_for("studio.moved", key=key, batch=batch), 303)
    return review_page(
        key, case_migration.dry_run(application, key, draft.bundle, running_cases.mapping(), actor().person_id)
    )


@blueprint.post("/prosesser/<key>/publiser")
@sends(ProposeDraft, PublishDraft)
def publish(key: str) -> ResponseReturnValue:
    """The draft becomes the next version, as it was seen. Cases that run stay on theirs, or are moved.

    A press that has not seen what publishing means is led to the page that says it, where there is something to say.
    """
    application = view.application()
    with application.db.read() as connection:
        draft = drafts.find(connection, key)
        faulty = draft is not None and bool(errors(connection, draft.bundle))
    if faulty:
        return page(key, view.t("studio.has_faults"))
    held: tuple[str, ...] = ()
    if draft is not None and draft.revision == revision():
        if not request.form.get("cases") and _means_something(draft):
            return redirect(url_for("studio.review", key=key), 303)
        replayed = replays(application, draft.bundle)
        if any(replay.blocks and replay.differs for replay in replayed):
            return review_page(key, None, view.t("scenario.blocks"))
        held = tuple(replay.name for replay in replayed if not replay.differs)
    try:
        if draft is not None and _needs_a_colleague(draft):
            send(ProposeDraft(key, revision()))
            return redirect(url_for("studio.review", key=key), 303)
        done = _publish(key, held)
    except DraftConflict as conflict:
        return page(key, "", conflict=conflict)
    if done["batch"]:
        return redirect(url_for("studio.moved", key=key, batch=done["batch"]), 303)
    published = done["version"] if done["new"] else "0"
    return redirect(url_for("studio.show", key=key, fane="versjoner", publisert=published), 303)


def _publish(key: str, held: tuple[str, ...]) -> Mapping[str, Any]:
    """Send it. Returns which version it became, whether that is new, and the batch that moves cases to it."""
    form = request.form
    publishing = PublishDraft(
        key, revision(), held, form.get("cases") == "move", running_cases.mapping(), form.get("reason", "")
    )
    return send(publishing, once=True).detail or {}


def _means_something(draft: Draft) -> bool:
    """Whether publishing means more than a new version: cases that run, a colleague's yes, scenarios that must hold."""
    application, key = view.application(), draft.bundle.key
    with application.db.read() as connection:
        running = sum(cases_by_version(connection, application.library.versions(connection, key)).values())
        two = studio_settings.get(connection, studio_settings.TWO_PERSONS)
    return bool(running or two or scenarios.of(draft.bundle))


def _needs_a_colleague(draft: Draft) -> bool:
    """Whether two must agree, and nobody else has proposed it yet."""
    with view.application().db.read() as connection:
        two = studio_settings.get(connection, studio_settings.TWO_PERSONS)
    return bool(two) and draft.proposed_by in ("", actor().person_id)


@blueprint.get("/prosesser/<key>/eksport.zip")
def export(key: str) -> Response:
    """The draft, the version in use, or with ``?versjon=`` an older one, with its checksum and signed by us."""
    application = view.application()
    wanted = request.args.get("versjon", "")
    with application.db.read() as connection:
        if wanted:
            found = next((v for v in application.library.versions(connection, key) if str(v.version) == wanted), None)
            if found is None:
                raise NotFound(key)
            bundle, version = found.bundle, found.version
        else:
            bundle, version = current(connection, key), 0
            newest = next(iter(application.library.versions(connection, key)), None)
            if newest is not None and newest.bundle.checksum == bundle.checksum:
                version = newest.version
    own = bundle_signature.signing_key(application.settings.client_key)
    answer = make_response(
        bundle_signature.sealed(bundle, version, application.settings.organisation_name, application.clock.now(), own)
    )
    answer.headers["Content-Type"] = "application/zip"
    answer.headers["Content-Disposition"] = f"attachment; filename={bundle.key}.zip"
    return answer
