"""The page of one process: its findings, diagram, steps, texts, access and versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from engine.studio import case_migration, drafts, trusted_issuers
from engine.studio.difference import differences
from engine.studio.drafts import DraftConflict
from engine.studio.element_kinds import offered
from engine.studio.open_cases import cases_by_version, left_behind
from engine.web.shared import view
from engine.web.studio import conflicts
from engine.web.studio.access_sentences import changed, named
from engine.web.studio.element_words import PEOPLE, in_order
from engine.web.studio.finding_sentences import finding_place, finding_text
from engine.web.studio.session import CAPABILITIES, LANGUAGES, blueprint, offer_of
from engine.web.studio.tabs import TABS, context_of
from engine.workflow.authorization.policy import PolicyError, read_policy
from engine.workflow.authorization.policy_queries import allowed, roles_named
from engine.workflow.bpmn.drawing import to_svg
from engine.workflow.bpmn.elements import Process
from engine.workflow.bpmn.xml import BpmnSyntaxError
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.errors import NotFound
from engine.workflow.findings import bundle_findings, missing_texts
from forms.layout import Field


@blueprint.get("/prosesser/<key>")
def show(key: str) -> ResponseReturnValue:
    return page(key, "")


def page(
    key: str,
    error: str,
    tab: str = "",
    step: str = "",
    preview: Sequence[Field] | None = None,
    conflict: DraftConflict | None = None,
) -> ResponseReturnValue:
    """The draft, or the version in use when there is none.

    error     what stood in the way of a change;  ``conflict`` what a colleague was faster with
    step      whose form is open, and *preview* that form with answers in it
    """
    application = view.application()
    error = conflicts.sentence(conflict) if conflict else error
    tab = tab or request.args.get("fane", "diagram")
    tab = tab if tab in TABS else "diagram"
    with application.db.read() as connection:
        draft = drafts.find(connection, key)
        versions = application.library.versions(connection, key)
        if draft is None and not versions:
            raise NotFound(key)
        bundle = draft.bundle if draft else versions[0].bundle
        offer = offer_of(connection)
        found = bundle_findings(bundle, offer)
        counts = cases_by_version(connection, versions)
        process = _process(bundle)
        left = left_behind(connection, versions, process.elements) if draft and process else []
        changes = differences(versions[0].bundle, bundle) if draft and process and versions else []
        signers = trusted_issuers.names(connection)
        titles = {d.key: d.bundle.title(g.language) for d in application.library.every_newest(connection)}
    parts = {"form": {}, "who": {}, "liste": {}, "mal": {}, "steps": []} | dict(
        context_of(tab, bundle, process, step or request.args.get("steg", ""))
    )
    if preview is not None:
        parts["form"] = parts["form"] | {"preview": preview}
    body = render_template(
        "studio_process.html",
        key=key,
        bundle=bundle,
        draft=draft,
        versions=versions,
        counts=counts,
        left=left,
        changes=[changed(bundle, *change) for change in changes],
        findings=[finding_text(finding, process) | finding_place(key, bundle, finding) for finding in found],
        errors=sum(f.severity == "error" for f in found),
        svg=to_svg(process, title=bundle.title(g.language), findings={f.element for f in found}) if process else "",
        access=_access(bundle) if process else [],
        missing=dict(missing_texts(bundle)) if process else {},
        texts=_texts(bundle) if process else [],
        kinds=offered(CAPABILITIES, offer.jobs, offer.user_tasks),
        titles=titles,
        signers=signers,
        moves=case_migration.batches_of(application, key) if tab == "versjoner" else [],
        can=sorted({*CAPABILITIES.elements}),
        languages_=LANGUAGES,
        tabs=TABS,
        tab=tab,
        error=error,
        both=conflicts.both(conflict) if conflict else (),
        submitted=request.form if error else {},
        **parts,
    )
    return (body, 422) if error else body


def _process(bundle: Bundle) -> Process | None:
    """The diagram, where it can be read at all."""
    try:
        return bundle.process
    except (BpmnSyntaxError, StopIteration):
        return None


def _access(bundle: Bundle) -> list[dict[str, Any]]:
    """Who may do which step, as the policy says."""
    try:
        policy = read_policy(bundle.files["policy.xml"])
    except (KeyError, PolicyError, BpmnSyntaxError):
        return []
    found = []
    for element in in_order(bundle.process):
        if element.type in PEOPLE:
            may = [role for role in roles_named(policy) if allowed(policy, bundle.key, element.id, role) - {"read"}]
            found.append({"name": element.name, "roles": [named(bundle, role) for role in may]})
    return found


def _texts(bundle: Bundle) -> list[str]:
    keys = {key for texts in bundle.texts.values() for key in texts}
    lacking = {key for key, _ in missing_texts(bundle)}
    return sorted(keys | lacking, key=lambda key: (key not in lacking, key))
