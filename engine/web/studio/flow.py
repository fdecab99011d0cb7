"""Everything about one step, on a page of its own: settings, ways on, interruptions, its place, and taking it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import g, redirect, render_template, request, url_for

from engine.bpmn.elements import Element
from engine.bpmn.xml import BpmnSyntaxError
from engine.definitions import drafts, editing
from engine.definitions.adding import Kind, add_branch, add_step, offered
from engine.definitions.asking import fields as askable
from engine.definitions.bundle import Bundle
from engine.definitions.editing import EditRefused, Files, conditions, flows
from engine.definitions.editing.conditions import OPERATORS, Choice, Comparison
from engine.definitions.editing.events import add_interruption
from engine.definitions.editing.merging import permitted
from engine.definitions.editing.settings import JOBS, PEOPLE, SETTINGS, read_settings, write_settings
from engine.definitions.faults import House, faults
from engine.execution.commands import Conflict, NotFound
from engine.web import view
from engine.web.guards import actor
from engine.web.studio import job_form, job_posted
from engine.web.studio.desk import CAPABILITIES, blueprint, draft_of, house_of
from engine.web.studio.process import _told, in_words, label
from engine.web.studio.steps import conflict_text, revision
from engine.web.studio.telling import Teller

MOST_ROWS = 6


@blueprint.get("/prosesser/<key>/steg/<element>")
def step_page(key: str, element: str) -> Any:
    return drawn(key, element)


@blueprint.get("/prosesser/<key>/vilkar")
def condition_value(key: str) -> Any:
    """How a chosen field is compared, and with what: put in beside the field when it is chosen."""
    name, field_id = next(((n, v) for n, v in request.args.items() if n.startswith("field-")), ("field-0", ""))
    with view.house().db.read() as connection:
        bundle = draft_of(connection, key).bundle
    row = {"field": field_id, "operator": "equals", "value": ""}
    known = {field.id: field for field in askable(bundle, g.language)}
    return render_template(
        "parts/studio_condition.html", row=row, asked=known.get(field_id), n=name.rpartition("-")[2],
        flow=request.args.get("flow", ""), operators=OPERATORS,
    )  # fmt: skip


def drawn(key: str, element_id: str, refused: EditRefused | None = None, conflict: str = "") -> Any:
    """The page of a step of the draft. What was written stands in it when it could not be kept."""
    with view.house().db.read() as connection:
        draft = draft_of(connection, key)
        house = house_of(connection)
        bundle = draft.bundle
        titles = {d.key: d.bundle.title(g.language) for d in view.house().library.every_newest(connection)}
    try:
        element = bundle.process.elements[element_id]
    except (KeyError, BpmnSyntaxError, StopIteration):
        raise NotFound(element_id) from None
    tell = Teller(bundle, g.language)
    given = _posted() if refused or conflict else {}
    wrong = view.t(refused.key, **refused.values) if refused else conflict
    settings = _settings(bundle, element_id, given)
    job = job_form.shown(bundle, tell, settings.get("task_type", ""), settings.get("config", ""), given)
    settings |= {"config": job.lines} if job else {}
    found = [_told(f, bundle.process) for f in faults(bundle, house) if f.element in (element_id, *element.outgoing)]
    fragment = bool(request.headers.get("X-Part"))
    body = render_template(
        "parts/studio_step.html" if fragment else "studio_step.html",
        key=key, bundle=bundle, draft=draft, element=element, label=label(element.type), wrong=wrong,
        wrong_field=_field(refused, given), given=given, faults=found, tell=tell, titles=titles,
        settings=settings, job=job, options=_options(bundle, house, titles, element),
        ways=[_way(tell, bundle, bundle.process.flows[flow], given) for flow in element.outgoing],
        fields=tell.fields, operators=OPERATORS, kinds=_kinds(house), jobs=sorted(house.jobs, key=task_type),
        is_job=element.type in JOBS,
        targets=_targets(tell, bundle, element), places=_places(tell, bundle, element),
        boundary=[bundle.process.elements[event] for event in element.boundary],
        catches=sorted(CAPABILITIES.events.get("boundaryEvent", frozenset()) & _CATCHES),
        touched=editing.touched_by_removing(bundle.files, element_id), decides=element.type in flows.DECIDING,
        may_branch=element.type.endswith("Gateway") or not element.outgoing,
        empty_row=_rows(None, given if given.get("act") == "branch" else {}, True),
        tell_type=task_type, one_way=len(element.outgoing) == 1, is_person=element.type in PEOPLE, fragment=fragment,
    )  # fmt: skip
    return (body, 422 if refused else 409) if wrong else body


_CATCHES = frozenset({"timer", "message", "signal", "error", "escalation", "conditional"})


def _kinds(house: House) -> dict[str, list[Kind]]:
    found: dict[str, list[Kind]] = {}
    for kind in offered(CAPABILITIES, house.jobs, house.user_tasks):
        found.setdefault(kind.group, []).append(kind)
    return found


def _field(refused: EditRefused | None, given: Mapping[str, str]) -> str:
    """The id of the field a refusal is about."""
    if refused is None or not refused.field:
        return "innhold"
    act, flow = given.get("act", ""), given.get("flow", "")
    if act == "settings":
        return f"s-{refused.field}"
    return f"{refused.field}-{flow}" if act == "way" else f"{refused.field}-{act}"


_DURATIONS = [setting.name for setting in SETTINGS if setting.kind == "duration"]


def _settings(bundle: Bundle, element_id: str, given: Mapping[str, str]) -> dict[str, str]:
    """What the step says, over it what was written and not kept."""
    found = read_settings(bundle.files, element_id)
    found |= {name: in_words(found[name]) for name in _DURATIONS if name in found}
    if found.get("timer") == "duration":
        found["time"] = in_words(found["time"])
    if given.get("act") == "settings":
        found |= {name: given.get(f"s-{name}", "") for name in given.get("shown", "").split(",") if name in found}
    return found


def _options(bundle: Bundle, house: House, titles: Mapping[str, str], element: Element) -> dict[str, list[Any]]:
    """Choices of the settings that are chosen: value and what it is called."""
    types = house.user_tasks if element.type in PEOPLE else house.jobs
    stages = [(s["id"], s["title"].get(g.language) or s["title"]["nb"]) for s in bundle.metadata.get("stages", ())]
    place = element.type
    if element.type == "startEvent" and element.scope in bundle.process.elements:
        if bundle.process.elements[element.scope].triggered_by_event:
            place = "eventSubProcessStart"
    kinds = sorted(CAPABILITIES.events.get(place, frozenset()) - {"none", "multiple", "compensation", "cancel"})
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
        "loop": [(k, view.t(f"flow.loop.{k or 'none'}")) for k in ("", "each", "each_in_turn", "while")],
    }


def task_type(name: str) -> str:
    """What a task type is called; one without a text of ours keeps its name."""
    said = view.t(f"tasktype.{name}")
    return name if said == f"tasktype.{name}" else said


def _way(tell: Teller, bundle: Bundle, flow: Any, given: Mapping[str, str]) -> dict[str, Any]:
    text = flow.condition.text if flow.condition else ""
    choice = conditions.read(text, tell.fields) if text else Choice(())
    typed = given if given.get("flow") == flow.id else {}
    source = bundle.process.elements[flow.source]
    return {
        "id": flow.id,
        "name": typed.get("name", flow.name),
        "target": typed.get("target", flow.target),
        "default": source.default == flow.id,
        "sentence": tell.way(flow, source.default == flow.id),
        "raw": typed.get("raw", text) if choice is None else typed.get("raw", ""),
        "join": typed.get("join", choice.join if choice else "and"),
        "rows": _rows(choice, typed, bool(typed)),
        "chosen": choice is not None,
    }


def _rows(choice: Choice | None, typed: Mapping[str, str], use: bool) -> list[dict[str, str]]:
    """The lines of a condition, and one more to write in."""
    if use and "field-0" in typed:
        written = [
            {part: typed.get(f"{part}-{n}", "") for part in ("field", "operator", "value")} for n in range(MOST_ROWS)
        ]
        rows = [row for row in written if row["field"]]
    else:
        rows = [
            {"field": c.field, "operator": c.operator, "value": c.value} for c in (choice.comparisons if choice else ())
        ]
    return [*rows, {"field": "", "operator": "equals", "value": ""}][:MOST_ROWS]


def _targets(tell: Teller, bundle: Bundle, element: Element) -> list[tuple[str, str]]:
    """Where a way from the step may lead."""
    return [
        (other, tell.name(other))
        for other in tell.order
        if bundle.process.elements[other].scope == element.scope
        and bundle.process.elements[other].type not in ("startEvent", "boundaryEvent")
        and not bundle.process.elements[other].triggered_by_event
    ]


def _places(tell: Teller, bundle: Bundle, element: Element) -> list[tuple[str, str]]:
    """The ways a step may be moved into."""
    if (
        element.type in ("startEvent", "endEvent", "boundaryEvent")
        or len(element.outgoing) != 1
        or not element.incoming
    ):
        return []
    return [
        (flow.id, view.t("flow.between", first=tell.name(flow.source), second=tell.name(flow.target)))
        for flow in bundle.process.flows.values()
        if bundle.process.elements[flow.source].scope == element.scope and element.id not in (flow.source, flow.target)
    ]


# Changes


@blueprint.post("/prosesser/<key>/steg/<element>")
def step_change(key: str, element: str) -> Any:
    """One change to a step or to a way from it; on to where it shows, or back with what stood in the way."""
    house = view.house()
    with house.db.read() as connection:
        bundle = draft_of(connection, key).bundle
        offer = house_of(connection)
    form = _posted()
    act = _ACTS.get(form.get("act", ""))
    try:
        if act is None:
            raise EditRefused("edit.gone")
        changed, show = act(bundle, offer, element, form)
    except EditRefused as refused:
        return drawn(key, element, refused)
    if changed == dict(bundle.files):
        return _on(key, show)
    try:
        with house.db.write() as connection:
            drafts.save(connection, key, changed, revision(), actor(), house.clock.now())
    except Conflict:
        return drawn(key, element, conflict=conflict_text(key))
    return _on(key, show)


def _posted() -> dict[str, str]:
    """The form's fields; what the button that was pressed says counts over what the form says."""
    return {name: request.form.getlist(name)[-1] for name in request.form}


def _on(key: str, show: str) -> Any:
    if request.headers.get("X-Part"):
        return redirect(url_for("studio.step_page", key=key, element=show), 303) if show else ("", 204)
    if not show:
        return redirect(url_for("studio.show", key=key, fane="steg", lagret=1), 303)
    return redirect(url_for("studio.step_page", key=key, element=show, lagret=1), 303)


Form = Mapping[str, str]
Done = tuple[Mapping[str, bytes], str]


def _change(bundle: Bundle, _: House, element: str, form: Form) -> Done:
    shown = form.get("shown", "").split(",")
    given = {name: form.get(f"s-{name}", "") for name in shown if name}
    texts: list[tuple[str, str, str]] = []
    if "config" in given:
        config = read_settings(bundle.files, element).get("config", "")
        given["config"], texts = job_posted.posted(bundle, element, config, form)
    changed: Files = write_settings(bundle.files, element, given)
    for key, language, said in texts:
        changed = editing.set_text(changed, key, language, said)
    node = Bundle(bundle.key, changed).process.elements[element]
    if node.type in PEOPLE:
        if node.name and node.name != bundle.process.elements[element].name:
            changed = editing.set_text(changed, f"task.{element}", "nb", node.name)
        changed = permitted(changed, bundle.key, element, node.extension.performer)
    return changed, element


def _kind(offer: House, form: Form) -> tuple[Kind, str]:
    wanted, _, called = form.get("kind", "").partition(":")
    kinds = {kind.id: kind for kind in offered(CAPABILITIES, offer.jobs, offer.user_tasks)}
    if wanted not in kinds:
        raise EditRefused("edit.kind", "kind")
    return kinds[wanted], called


def _add(bundle: Bundle, offer: House, element: str, form: Form) -> Done:
    kind, called = _kind(offer, form)
    changed = add_step(
        bundle.files, element, kind=kind, name=form.get("name", ""), performer=form.get("performer", ""),
        called=called, way=form.get("way", ""),
    )  # fmt: skip
    return changed, _new(bundle, changed)


def _new(bundle: Bundle, changed: Files) -> str:
    """The step that was put in."""
    there = bundle.process.elements
    return next((e for e in Bundle(bundle.key, changed).process.elements if e not in there), "")


def _branch(bundle: Bundle, offer: House, element: str, form: Form) -> Done:
    """A way to a step that is there, or to a new one."""
    if form.get("kind"):
        kind, called = _kind(offer, form)
        changed, way = add_branch(
            bundle.files, element, kind=kind, name=form.get("name", ""), performer=form.get("performer", ""),
            called=called, target=form.get("target", ""), way_name=form.get("way_name", ""),
        )  # fmt: skip
    elif not form.get("target"):
        raise EditRefused("edit.target", "target")
    else:
        changed, way = flows.connect(bundle.files, element, form.get("target", ""), form.get("way_name", ""))
    text = _condition(bundle, form)
    return (flows.set_condition(changed, way, text) if text else changed), element


def _condition(bundle: Bundle, form: Form) -> str:
    if form.get("raw", "").strip():
        return form["raw"].strip()
    rows = [
        Comparison(form.get(f"field-{n}", ""), form.get(f"operator-{n}", ""), form.get(f"value-{n}", ""))
        for n in range(MOST_ROWS)
        if form.get(f"field-{n}")
    ]
    return conditions.write(Choice(tuple(rows), form.get("join", "and")), askable(bundle, g.language))


def _way_change(bundle: Bundle, _: House, element: str, form: Form) -> Done:
    flow = form.get("flow", "")
    changed: Files = flows.name_way(bundle.files, flow, form.get("name", ""))
    if form.get("target"):
        changed = flows.lead_to(changed, flow, form["target"])
    if form.get("default"):
        return flows.make_default(changed, flow), element
    if bundle.process.elements[element].type in flows.DECIDING:
        text = _condition(bundle, form)
        changed = flows.set_condition(changed, flow, text)
    return changed, element


def _way_remove(bundle: Bundle, _: House, element: str, form: Form) -> Done:
    return flows.disconnect(bundle.files, form.get("flow", "")), element


def _way_up(bundle: Bundle, _: House, element: str, form: Form) -> Done:
    return flows.judge_earlier(bundle.files, form.get("flow", "")), element


def _catch(bundle: Bundle, _: House, element: str, form: Form) -> Done:
    value = form.get("value", "").strip()
    changed, event = add_interruption(
        bundle.files, element, kind=form.get("kind", "timer"), name=form.get("name", ""),
        target=form.get("target", ""), interrupting=bool(form.get("interrupting")),
        given={"time": value, "reference": value, "condition": value},
    )  # fmt: skip
    return changed, event


def _remove(bundle: Bundle, _: House, element: str, form: Form) -> Done:
    return editing.remove_step(bundle.files, element), ""


def _move(bundle: Bundle, _: House, element: str, form: Form) -> Done:
    if not form.get("way"):
        raise EditRefused("edit.target", "way")
    return editing.move_step(bundle.files, element, form["way"]), element


_ACTS: Mapping[str, Callable[[Bundle, House, str, Form], Done]] = {
    "settings": _change, "add": _add, "branch": _branch, "way": _way_change, "way_remove": _way_remove,
    "way_up": _way_up, "catch": _catch, "remove": _remove, "move": _move,
}  # fmt: skip
