"""What a process, or a part of it, holds that no way leads to: how it begins, and what may happen at any time."""

from __future__ import annotations

from collections.abc import Mapping

from flask import g, render_template
from flask.typing import ResponseReturnValue

from engine.studio.bpmn_editor import EditRefused
from engine.studio.commands import EditDraft
from engine.studio.drafts import DraftConflict
from engine.studio.element_kinds import ANY_ORDER, HANDLERS, STARTS, events
from engine.studio.unconnected_elements import add_handler, add_inside, add_start
from engine.web.shared import view
from engine.web.shared.commands import sends
from engine.web.studio import conflicts
from engine.web.studio.changes import Act, Done, Form, carry_out, event_values, kind_of
from engine.web.studio.flow import offered_here, posted, targets, task_type
from engine.web.studio.process_sentences import ProcessWording
from engine.web.studio.session import CAPABILITIES, blueprint, draft_of, offer_of
from engine.workflow.bpmn.elements import Element
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.errors import NotFound
from engine.workflow.findings import Offer


@blueprint.get("/prosesser/<key>/del/<scope>")
def scope_page(key: str, scope: str) -> ResponseReturnValue:
    return drawn_scope(key, scope)


def drawn_scope(
    key: str, scope: str, refused: EditRefused | None = None, conflict: DraftConflict | None = None
) -> ResponseReturnValue:
    """The page of a scope of the draft: what is there already, and what may be put in."""
    with view.application().db.read() as connection:
        draft = draft_of(connection, key)
        offer = offer_of(connection)
        titles = {d.key: d.bundle.title(g.language) for d in view.application().library.every_newest(connection)}
    bundle = draft.bundle
    process = bundle.process
    if scope not in process.children:
        raise NotFound(scope)
    wording = ProcessWording(bundle, g.language)
    own = process.elements.get(scope)
    members = [process.elements[child] for child in process.children[scope]]
    submitted = posted() if refused or conflict else {}
    error = view.t(refused.key, **refused.values) if refused else conflicts.sentence(conflict) if conflict else ""
    any_order = own is not None and own.type == "adHocSubProcess"
    body = render_template(
        "studio_scope.html",
        key=key,
        bundle=bundle,
        draft=draft,
        scope=scope,
        own=own,
        wording=wording,
        error=error,
        both=conflicts.both(conflict) if conflict else (),
        submitted=submitted,
        titles=titles,
        error_field=f"{refused.field}-{submitted.get('act', '')}" if refused and refused.field else "innhold",
        starts=[e for e in members if e.type == "startEvent"],
        handlers=[(e, _begins(bundle, e)) for e in members if e.triggered_by_event],
        undoing=[e for e in members if e.for_compensation],
        loose=[e for e in members if not e.attached_to and not e.for_compensation] if any_order else [],
        any_order=any_order,
        handles=own is not None and own.triggered_by_event,
        start_kinds=events(CAPABILITIES, "startEvent", STARTS),
        handler_kinds=events(CAPABILITIES, "eventSubProcessStart", HANDLERS),
        inside_kinds=[k for k in offered_here(offer) if k.id in ANY_ORDER],
        jobs=sorted(offer.jobs),
        targets=targets(wording, bundle, scope),
        task_type_name=task_type,
        performers=[(p, view.t(f"studio.performer.{p}")) for p in ("citizen", "caseworker")],
    )
    return (body, 422 if refused else 409) if error else body


def _begins(bundle: Bundle, handler: Element) -> Element:
    """The start of an event subprocess, whose page says what it waits for; without one the part itself."""
    process = bundle.process
    inside = [process.elements[child] for child in process.children.get(handler.id, ())]
    return next((e for e in inside if e.type == "startEvent"), handler)


@blueprint.post("/prosesser/<key>/del/<scope>")
@sends(EditDraft)
def scope_change(key: str, scope: str) -> ResponseReturnValue:
    """Put one thing into the scope, and on to its page."""
    return carry_out(key, scope, _ACTS, drawn_scope)


def _start(bundle: Bundle, _: Offer, scope: str, form: Form) -> Done:
    return add_start(
        bundle.files,
        scope,
        kind=_wanted(form, STARTS),
        name=form.get("name", ""),
        target=form.get("target", ""),
        values=event_values(form.get("value", "").strip()),
    )


def _handler(bundle: Bundle, _: Offer, scope: str, form: Form) -> Done:
    return add_handler(
        bundle.files,
        scope,
        kind=_wanted(form, HANDLERS),
        name=form.get("name", ""),
        values=event_values(form.get("value", "").strip()),
        interrupting=bool(form.get("interrupting")),
    )


def _wanted(form: Form, known: tuple[str, ...]) -> str:
    if form.get("kind") not in known:
        raise EditRefused("edit.kind", "kind")
    return form["kind"]


def _inside(bundle: Bundle, offer: Offer, scope: str, form: Form) -> Done:
    kind, called = kind_of(offer, form)
    return add_inside(
        bundle.files, scope, kind=kind, name=form.get("name", ""), performer=form.get("performer", ""), called=called
    )


_ACTS: Mapping[str, Act] = {
    "start": _start,
    "handler": _handler,
    "inside": _inside,
}
