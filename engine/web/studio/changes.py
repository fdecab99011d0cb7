"""Changes to one step and the ways from it: each is one act, kept as a revision of the draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine.studio import bpmn_editor
from engine.studio.bpmn_editor import EditRefused, Files, flows
from engine.studio.bpmn_editor.events import add_interruption
from engine.studio.bpmn_editor.settings import PEOPLE, read_settings, write_settings
from engine.studio.commands import EditDraft, Edited
from engine.studio.create_element import READY
from engine.studio.diagram_merge import permitted
from engine.studio.drafts import DraftConflict
from engine.studio.element_kinds import Kind
from engine.studio.insert_element import add_branch, add_step
from engine.studio.replace_element import change_sort
from engine.studio.unconnected_elements import add_undoing, also, no_longer
from engine.web.shared import view
from engine.web.shared.commands import sends
from engine.web.studio import job_submission, step_choices
from engine.web.studio.edits import send_edit
from engine.web.studio.flow import drawn, offered_here, posted
from engine.web.studio.session import blueprint, offer_of
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.findings import Offer

Form = Mapping[str, str]
#: The files as they became, and the step whose page shows it.
Done = tuple[Mapping[str, bytes], str]
Act = Callable[[Bundle, Offer, str, Form], Done]


@blueprint.post("/prosesser/<key>/steg/<element>")
@sends(EditDraft)
def step_change(key: str, element: str) -> ResponseReturnValue:
    """One change to a step or to a way from it; on to where it shows, or back with what stood in the way."""
    return carry_out(key, element, _ACTS, drawn)


def carry_out(
    key: str, place: str, acts: Mapping[str, Act], draw: Callable[..., ResponseReturnValue]
) -> ResponseReturnValue:
    """Do the act that was posted on a step or a scope, and save it as a revision; else *draw* the page with the reason.

    draw  called with the key, the place, and the ``EditRefused`` or ``conflict=`` what a colleague was faster with
    """
    with view.application().db.read() as connection:
        offer = offer_of(connection)
    form = posted()

    def change(bundle: Bundle) -> Edited:
        act = acts.get(form.get("act", ""))
        if act is None:
            raise EditRefused("edit.gone")
        return Edited(*act(bundle, offer, place, form))

    try:
        made = send_edit(key, change)
    except EditRefused as refused:
        return draw(key, place, refused)
    except DraftConflict as conflict:
        return draw(key, place, conflict=conflict)
    return shows(key, made.made)


def shows(key: str, show: str) -> ResponseReturnValue:
    """On to the page of the step to look at; what it dropped on becoming another sort stands after a ``?``."""
    show, _, dropped = show.partition("?")
    if request.headers.get("X-Part"):
        if not show:
            return "", 204
        return redirect(url_for("studio.step_page", key=key, element=show, falt=dropped or None), 303)
    if not show:
        return redirect(url_for("studio.show", key=key, fane="steg", lagret=1), 303)
    return redirect(url_for("studio.step_page", key=key, element=show, lagret=1, falt=dropped or None), 303)


def _change(bundle: Bundle, _: Offer, element: str, form: Form) -> Done:
    if element not in bundle.process.elements:
        raise EditRefused("edit.gone")
    shown = [name for name in form.get("shown", "").split(",") if name]
    now = read_settings(bundle.files, element)
    submitted = step_choices.submitted(bundle, bundle.process.elements[element], form, shown, now)
    texts: list[tuple[str, str, str]] = []
    if "config" in submitted:
        submitted["config"], texts = job_submission.posted(bundle, element, now.get("config", ""), form)
    changed: Files = write_settings(bundle.files, element, submitted)
    for key, language, words in texts:
        changed = bpmn_editor.set_text(changed, key, language, words)
    node = Bundle(bundle.key, changed).process.elements[element]
    if node.type in PEOPLE:
        if node.name and node.name != bundle.process.elements[element].name:
            changed = bpmn_editor.set_text(changed, f"task.{element}", "nb", node.name)
        changed = permitted(changed, bundle.key, element, node.extension.performer)
    return changed, element


def kind_of(offer: Offer, form: Form, field: str = "kind") -> tuple[Kind, str]:
    """The sort that was chosen, and the job or process that goes with it."""
    wanted, _, called = form.get(field, "").partition(":")
    kinds = {kind.id: kind for kind in offered_here(offer)}
    if wanted not in kinds:
        raise EditRefused("edit.kind", field)
    return kinds[wanted], called


def _add(bundle: Bundle, offer: Offer, element: str, form: Form) -> Done:
    kind, called = kind_of(offer, form)
    changed = add_step(
        bundle.files,
        element,
        kind=kind,
        name=form.get("name", ""),
        performer=form.get("performer", ""),
        called=called,
        way=form.get("way", ""),
    )
    return changed, _new(bundle, changed)


def _new(bundle: Bundle, changed: Files) -> str:
    """The step that was put in."""
    there = bundle.process.elements
    return next((e for e in Bundle(bundle.key, changed).process.elements if e not in there), "")


def _branch(bundle: Bundle, offer: Offer, element: str, form: Form) -> Done:
    """A way to a step that is there, or to a new one."""
    if form.get("kind"):
        kind, called = kind_of(offer, form)
        changed, way = add_branch(
            bundle.files,
            element,
            kind=kind,
            name=form.get("name", ""),
            performer=form.get("performer", ""),
            called=called,
            target=form.get("target", ""),
            flow_name=form.get("way_name", ""),
        )
    elif not form.get("target"):
        raise EditRefused("edit.target", "target")
    else:
        changed, way = flows.connect(bundle.files, element, form.get("target", ""), form.get("way_name", ""))
    text = _condition(bundle, element, form)
    return (flows.set_condition(changed, way, text) if text else changed), element


def _condition(bundle: Bundle, element: str, form: Form, before: str = "") -> str:
    """What was written by hand or chosen; what was written *before* stays until another is chosen."""
    raw = form.get("raw", "").strip()
    has_rows = any(form.get(f"field-{n}") for n in range(step_choices.MAX_ROWS))
    if raw and not (has_rows and raw == before.strip()):
        return raw
    return step_choices.condition(form, step_choices.askable(bundle, bundle.process.elements.get(element)))


def _flow_change(bundle: Bundle, _: Offer, element: str, form: Form) -> Done:
    flow = form.get("flow", "")
    changed: Files = flows.name_flow(bundle.files, flow, form.get("name", ""))
    if form.get("target"):
        changed = flows.lead_to(changed, flow, form["target"])
    if form.get("default"):
        return flows.make_default(changed, flow), element
    if bundle.process.elements[element].type in flows.DECIDING:
        there = bundle.process.flows.get(flow)
        text = _condition(bundle, element, form, there.condition.text if there and there.condition else "")
        changed = flows.set_condition(changed, flow, text)
    return changed, element


def _flow_remove(bundle: Bundle, _: Offer, element: str, form: Form) -> Done:
    return flows.disconnect(bundle.files, form.get("flow", "")), element


def _flow_up(bundle: Bundle, _: Offer, element: str, form: Form) -> Done:
    return flows.evaluate_earlier(bundle.files, form.get("flow", "")), element


def _catch(bundle: Bundle, _: Offer, element: str, form: Form) -> Done:
    value = form.get("value", "").strip()
    changed, event = add_interruption(
        bundle.files,
        element,
        kind=form.get("kind", "timer"),
        name=form.get("name", ""),
        target=form.get("target", ""),
        interrupting=bool(form.get("interrupting")),
        values=event_values(value),
    )
    return changed, event


def event_values(value: str) -> dict[str, str]:
    """What stands in the one field of a new event: how long, a name, or a condition that is filled in afterwards."""
    return {"time": value, "reference": value, "condition": value or READY}


def _undoing(bundle: Bundle, offer: Offer, element: str, form: Form) -> Done:
    kind, called = kind_of(offer, form, "undoing")
    changed, _ = add_undoing(
        bundle.files, element, kind=kind, name=form.get("name", ""), performer=form.get("performer", ""), called=called
    )
    return changed, element


def _also(bundle: Bundle, _: Offer, element: str, form: Form) -> Done:
    return also(bundle.files, element, form.get("kind", ""), event_values(form.get("value", "").strip())), element


def _less(bundle: Bundle, _: Offer, element: str, form: Form) -> Done:
    number = form.get("number", "")
    return no_longer(bundle.files, element, int(number) if number.isdigit() and len(number) < 4 else -1), element


def _sort(bundle: Bundle, offer: Offer, element: str, form: Form) -> Done:
    kind, called = kind_of(offer, form, "sort")
    changed, dropped = change_sort(
        bundle.files, element, kind, called=called, performer=form.get("performer", ""), types=offer.user_tasks
    )
    return changed, f"{element}?{','.join(dropped)}"


def _remove(bundle: Bundle, _: Offer, element: str, form: Form) -> Done:
    return bpmn_editor.remove_step(bundle.files, element), ""


def _move(bundle: Bundle, _: Offer, element: str, form: Form) -> Done:
    if not form.get("way"):
        raise EditRefused("edit.target", "way")
    return bpmn_editor.move_step(bundle.files, element, form["way"]), element


_ACTS: Mapping[str, Act] = {
    "settings": _change,
    "add": _add,
    "branch": _branch,
    "way": _flow_change,
    "way_remove": _flow_remove,
    "way_up": _flow_up,
    "catch": _catch,
    "remove": _remove,
    "move": _move,
    "undoing": _undoing,
    "also": _also,
    "less": _less,
    "sort": _sort,
}
