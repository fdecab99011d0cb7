"""Everything about one step, on a page of its own: settings, ways on, interruptions, its place, and taking it out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from engine.advice.task_types.exchange import Notify
from engine.studio import bpmn_editor
from engine.studio.bpmn_editor import EditRefused, conditions, flows
from engine.studio.bpmn_editor.conditions import OFFERED, Choice
from engine.studio.bpmn_editor.document import find_step, open_process
from engine.studio.bpmn_editor.events import THROWING, can_be_interrupted
from engine.studio.bpmn_editor.settings import PEOPLE, SETTINGS, read_settings
from engine.studio.drafts import DraftConflict
from engine.studio.element_kinds import EDGES, UNDOING, Kind, events, offered
from engine.studio.replace_element import becomes
from engine.web.shared import view
from engine.web.studio import conflicts, job_form, step_choices
from engine.web.studio.element_words import in_words, label
from engine.web.studio.finding_sentences import finding_text
from engine.web.studio.process_sentences import ProcessWording
from engine.web.studio.session import CAPABILITIES, blueprint, draft_of, offer_of
from engine.workflow.bpmn.elements import JOB_ELEMENTS, Element, SequenceFlow
from engine.workflow.bpmn.xml import BpmnSyntaxError
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.errors import NotFound
from engine.workflow.findings import Offer, bundle_findings


@blueprint.get("/prosesser/<key>/steg/<element>")
def step_page(key: str, element: str) -> ResponseReturnValue:
    return drawn(key, element)


@blueprint.get("/prosesser/<key>/vilkar")
def condition_value(key: str) -> ResponseReturnValue:
    """How a chosen field is compared, and with what: put in beside the field when it is chosen."""
    name, field_id = next(((n, v) for n, v in request.args.items() if "field-" in n), ("field-0", ""))
    with view.application().db.read() as connection:
        bundle = draft_of(connection, key).bundle
    element = bundle.process.elements.get(request.args.get("steg", ""))
    row = {"field": field_id, "operator": "equals", "value": ""}
    known = {field.id: field for field in step_choices.askable(bundle, element)}
    before, _, number = name.rpartition("field-")
    return render_template(
        "parts/studio_condition.html",
        row=row,
        field=known.get(field_id),
        n=number,
        before=before,
        flow=request.args.get("flow", ""),
        operators=OFFERED,
    )


def drawn(
    key: str, element_id: str, refused: EditRefused | None = None, conflict: DraftConflict | None = None
) -> ResponseReturnValue:
    """The page of a step of the draft. What was written stands in it when it could not be saved."""
    with view.application().db.read() as connection:
        draft = draft_of(connection, key)
        offer = offer_of(connection)
        bundle = draft.bundle
        titles = {d.key: d.bundle.title(g.language) for d in view.application().library.every_newest(connection)}
    try:
        element = bundle.process.elements[element_id]
    except (KeyError, BpmnSyntaxError, StopIteration):
        raise NotFound(element_id) from None
    wording = ProcessWording(bundle, g.language)
    submitted = posted() if refused or conflict else {}
    error = view.t(refused.key, **refused.values) if refused else conflicts.sentence(conflict) if conflict else ""
    settings = _settings(bundle, element_id, submitted)
    job = job_form.shown(bundle, wording, settings.get("task_type", ""), settings.get("config", ""), submitted)
    settings |= {"config": job.lines} if job else {}
    found = [
        finding_text(f, bundle.process)
        for f in bundle_findings(bundle, offer)
        if f.element in (element_id, *element.outgoing)
    ]
    fragment = bool(request.headers.get("X-Part"))
    is_event = element.type.endswith("Event")
    body = render_template(
        "parts/studio_step.html" if fragment else "studio_step.html",
        key=key,
        bundle=bundle,
        draft=draft,
        element=element,
        label=label(element.type),
        error=error,
        both=conflicts.both(conflict, element_id) if conflict else (),
        error_field=_field(refused, submitted),
        submitted=submitted,
        findings=found,
        wording=wording,
        titles=titles,
        settings=settings,
        job=job,
        is_job=element.type in JOB_ELEMENTS,
        options=_options(bundle, offer, titles, element),
        chosen=_chosen(bundle, element, settings, submitted),
        about=wording.about(element),
        outgoing_flows=[
            _outgoing_flow(wording, bundle, bundle.process.flows[flow], submitted) for flow in element.outgoing
        ],
        fields=step_choices.askable(bundle, element),
        operators=OFFERED,
        kinds=_kinds(offer),
        jobs=sorted(offer.jobs, key=task_type),
        sorts=_sorts(offer, element),
        undoing=[k for k in offered_here(offer) if k.id in UNDOING],
        targets=targets(wording, bundle, element.scope),
        places=_places(wording, bundle, element),
        boundary=[bundle.process.elements[event] for event in element.boundary],
        catches=[
            k
            for k in events(CAPABILITIES, "boundaryEvent", EDGES)
            if k != "compensation" and (k != "cancel" or element.type == "transaction")
        ],
        handler=bundle.process.elements.get(element.handler),
        hosts=_interruptible(bundle, element_id),
        holds=element.id in bundle.process.children,
        happens=wording.triggers(element) if is_event else [],
        more_events=_more_events(bundle, element) if is_event else [],
        throws=element.type in THROWING,
        touched=bpmn_editor.touched_by_removing(bundle.files, element_id),
        decides=element.type in flows.DECIDING,
        may_branch=_may_branch(element),
        dropped=[w for w in request.args.get("falt", "").split(",") if w][:30],
        empty_row=step_choices.rows(None, submitted if submitted.get("act") == "branch" else {}, True),
        current_sort=_current_sort(offer, element),
        task_type_name=task_type,
        one_flow=len(element.outgoing) == 1,
        is_person=element.type in PEOPLE,
        fragment=fragment,
    )
    return (body, 422 if refused else 409) if error else body


def _interruptible(bundle: Bundle, element_id: str) -> bool:
    """Whether something may break into the step, and whether it can be done undone."""
    step = find_step(open_process(bundle.files), element_id)
    return can_be_interrupted(step) and step.get("triggeredByEvent") not in ("true", "1")


def _may_branch(element: Element) -> bool:
    """A gateway, or what has no way on yet, unless it ends or jumps."""
    jumps = element.type == "intermediateThrowEvent" and any(event.kind == "link" for event in element.events)
    if element.type == "endEvent" or jumps or element.for_compensation or element.triggered_by_event:
        return False
    return element.type.endswith("Gateway") or not element.outgoing


def _more_events(bundle: Bundle, element: Element) -> list[str]:
    """What an event that has one thing may wait for or throw besides."""
    allowed = CAPABILITIES.events.get(place_of(bundle, element), frozenset())
    if not element.events or "multiple" not in allowed:
        return []
    return sorted(allowed - {"none", "multiple", "link", "terminate", "cancel"})


def _chosen(
    bundle: Bundle, element: Element, settings: Mapping[str, str], submitted: Mapping[str, str]
) -> dict[str, Any]:
    """The settings that are built by choosing, as they are drawn."""
    typed = submitted if submitted.get("act") == "settings" else {}
    found: dict[str, Any] = {}
    saved = read_settings(bundle.files, element.id)
    for name in settings:
        if name in step_choices.CONDITIONS:
            known = step_choices.askable(bundle, element)
            found[name] = step_choices.drawn_condition(saved.get(name, ""), known, typed, name)
        elif name in (*step_choices.VALUES, *step_choices.VARIABLES):
            text = saved.get(name, "") if name in step_choices.VALUES else ""
            found[name] = step_choices.drawn_value(text, step_choices.giving(bundle, name), typed, name)
    return found


def offered_here(offer: Offer) -> tuple[Kind, ...]:
    return offered(CAPABILITIES, offer.jobs, offer.user_tasks)


def _sorts(offer: Offer, element: Element) -> list[Kind]:
    """The sorts the step may become."""
    others = becomes(element.type) if not element.triggered_by_event else ()
    return [kind for kind in offered_here(offer) if kind.element in others]


def _current_sort(offer: Offer, element: Element) -> str:
    """The sort the step is now, as it is offered; "" when it is none of those."""
    kind, task = element.type, element.extension.task_type
    found = [k.id for k in offered_here(offer) if k.element == kind and (k.task_type or task) == task]
    if kind == "serviceTask" and task:
        return "notify" if task == Notify.name else f"job:{task}"
    return f"call:{element.called}" if kind == "callActivity" else next(iter(found), "")


def _kinds(offer: Offer) -> dict[str, list[Kind]]:
    found: dict[str, list[Kind]] = {}
    for kind in offered_here(offer):
        found.setdefault(kind.group, []).append(kind)
    return found


def _field(refused: EditRefused | None, submitted: Mapping[str, str]) -> str:
    """The id of the field a refusal is about."""
    if refused is None or not refused.field:
        return "innhold"
    act, flow = submitted.get("act", ""), submitted.get("flow", "")
    if act == "settings" and refused.field.startswith(("field-", "operator-", "value-", "more-")):
        return refused.field
    if act == "settings":
        return f"s-{refused.field}"
    return f"{refused.field}-{flow}" if act == "way" else f"{refused.field}-{act}"


_DURATIONS = [setting.name for setting in SETTINGS if setting.kind == "duration"]


def _settings(bundle: Bundle, element_id: str, submitted: Mapping[str, str]) -> dict[str, str]:
    """What the step says, over it what was written and not saved."""
    found = read_settings(bundle.files, element_id)
    found |= {name: in_words(found[name]) for name in _DURATIONS if name in found}
    if found.get("timer") == "duration":
        found["time"] = in_words(found["time"])
    if submitted.get("act") == "settings":
        found |= {
            name: submitted.get(f"s-{name}", "") for name in submitted.get("shown", "").split(",") if name in found
        }
    return found


def _options(bundle: Bundle, offer: Offer, titles: Mapping[str, str], element: Element) -> dict[str, list[Any]]:
    """Choices of the settings that are chosen: value and what it is called."""
    types = offer.user_tasks if element.type in PEOPLE else offer.jobs
    stages = [(s["id"], s["title"].get(g.language) or s["title"]["nb"]) for s in bundle.metadata.get("stages", ())]
    place = place_of(bundle, element)
    kinds = sorted(CAPABILITIES.events.get(place, frozenset()) - {"none", "multiple"})
    nodes = bundle.process.elements.values()
    undone = [e for e in nodes if e.scope == element.scope and (e.handler or e.id in bundle.process.children)]
    none = [""] if "none" in CAPABILITIES.events.get(place, frozenset()) else []
    return {
        "task_type": [(t, task_type(t)) for t in sorted(types, key=task_type)],
        "performer": [(p, view.t(f"studio.performer.{p}")) for p in ("citizen", "caseworker")],
        "called": sorted(titles.items(), key=lambda pair: pair[1].lower()),
        "stage": stages,
        "connected": [(kind, kind) for kind in bundle.data_types],
        "ordering": [(o, view.t(f"flow.ordering.{o}")) for o in ("Parallel", "Sequential")],
        "event": [(kind, view.t(f"flow.event.{kind or 'none'}")) for kind in [*none, *kinds]],
        "timer": [(kind, view.t(f"flow.timer.{kind}")) for kind in ("duration", "date", "cycle")],
        "keep_rest": [(k, view.t(f"flow.keep_rest.{k}")) for k in ("true", "false")],
        "gateway_type": [(k, view.t(f"flow.gateway_type.{k}")) for k in ("Exclusive", "Parallel")],
        "undoes": [(e.id, e.name or e.id) for e in undone],
        "loop": [(k, view.t(f"flow.loop.{k or 'none'}")) for k in ("", "each", "each_in_turn", "while")],
    }


def place_of(bundle: Bundle, element: Element) -> str:
    """Where an event stands, as the engine's table of events has it."""
    scope = bundle.process.elements.get(element.scope)
    handles = element.type == "startEvent" and scope is not None and scope.triggered_by_event
    return "eventSubProcessStart" if handles else element.type


def task_type(name: str) -> str:
    """What a task type is called; one without a text of ours keeps its name."""
    name_text = view.t(f"tasktype.{name}")
    return name if name_text == f"tasktype.{name}" else name_text


def _outgoing_flow(
    wording: ProcessWording, bundle: Bundle, flow: SequenceFlow, submitted: Mapping[str, str]
) -> dict[str, Any]:
    text = flow.condition.text if flow.condition else ""
    choice = conditions.read(text, wording.fields) if text else Choice(())
    typed = submitted if submitted.get("flow") == flow.id else {}
    source = bundle.process.elements[flow.source]
    return {
        "id": flow.id,
        "name": typed.get("name", flow.name),
        "target": typed.get("target", flow.target),
        "default": source.default == flow.id,
        "sentence": wording.flow(flow, source.default == flow.id),
        "raw": typed.get("raw", text) if choice is None else typed.get("raw", ""),
        "join": typed.get("join", choice.join if choice else "and"),
        "rows": step_choices.rows(choice, typed, bool(typed)),
        "chosen": choice is not None,
    }


def targets(wording: ProcessWording, bundle: Bundle, scope: str) -> list[tuple[str, str]]:
    """Where a way in the scope may lead."""
    return [
        (other, wording.name(other))
        for other in wording.order
        if bundle.process.elements[other].scope == scope
        and bundle.process.elements[other].type not in ("startEvent", "boundaryEvent")
        and not bundle.process.elements[other].triggered_by_event
        and not bundle.process.elements[other].for_compensation
    ]


def _places(wording: ProcessWording, bundle: Bundle, element: Element) -> list[tuple[str, str]]:
    """The ways a step may be moved into."""
    if (
        element.type in ("startEvent", "endEvent", "boundaryEvent")
        or len(element.outgoing) != 1
        or not element.incoming
    ):
        return []
    return [
        (flow.id, view.t("flow.between", first=wording.name(flow.source), second=wording.name(flow.target)))
        for flow in bundle.process.flows.values()
        if bundle.process.elements[flow.source].scope == element.scope and element.id not in (flow.source, flow.target)
    ]


def posted() -> dict[str, str]:
    """The form's fields; what the button that was pressed says counts over what the form says."""
    return {name: request.form.getlist(name)[-1] for name in request.form}
