"""Everything the engine executes is put in from the list, conditions are chosen, a step becomes another sort."""

from __future__ import annotations

import pytest
from lxml import html

from engine.advice.task_types.task_type_registry import JOBS, USER_TASKS
from engine.studio.bundle_rules import BUNDLE_RULES
from engine.studio.element_kinds import KINDS
from engine.workflow.bpmn.validator import Capabilities
from engine.workflow.execution.behaviours import BEHAVIOUR_BY_TYPE, EVENT_KINDS
from engine.workflow.findings import Offer, bundle_findings
from tests.engine.web.listing import Listed
from tests.engine.web.test_studio import ESTATE, Administrator, ada, app, bea
from tests.processes.conftest import product

__all__ = ["ada", "app", "bea", "product"]
KEY = "vergemal"
OFFER = Offer(
    Capabilities(frozenset(BEHAVIOUR_BY_TYPE), EVENT_KINDS),
    JOBS,
    USER_TASKS,
    ["consent", "mandate"],
    rules=BUNDLE_RULES,
)
KIND = {kind.id: kind for kind in KINDS}


@pytest.fixture
def listed(ada: Administrator) -> Listed:  # noqa: F811
    """A new process: start, Fyll ut (Apply), Behandle (Handle), end; and a choice between the two."""
    assert ada.post("/prosesser/kopi", source="", title="Vergemål")[0] == 303
    made = Listed(ada, KEY)
    made.done(made.step("Apply"), "add", {"name": "Hvilken vei", "kind": "choice"})
    return made


def errors(listed: Listed) -> list[str]:
    """What stands in the way of publishing; a choice with one way on is not finished and no matter here."""
    found = [f for f in bundle_findings(listed.bundle(), OFFER) if f.severity == "error"]
    return [f"{f.element}: {f.rule}" for f in found if f.rule not in ("EXT.135", "EXT.136")]


def test_the_list_offers_every_element_and_event_the_engine_executes(listed: Listed) -> None:
    gate, process = listed.step(listed.named("Hvilken vei")), listed.scope(KEY)
    listed.done(listed.step("Apply"), "add", {"name": "Del", "kind": "whole"})
    kinds = [KIND[v.partition(":")[0]] for v in listed.options(gate, "branch", "kind") if v]
    found = {(kind.element, kind.event or "none") for kind in kinds}
    found |= {("boundaryEvent", kind) for kind in listed.options(listed.step(listed.named("Del")), "catch", "kind")}
    assert listed.options(listed.step("Apply"), "undoing", "undoing")
    found.add(("boundaryEvent", "compensation"))
    found |= {("startEvent", kind) for kind in listed.options(process, "start", "kind")}
    found |= {("eventSubProcessStart", kind) for kind in listed.options(process, "handler", "kind")}
    for element, kinds_of_event in EVENT_KINDS.items():
        assert kinds_of_event - {kind for place, kind in found if place == element} <= {"multiple", "link"}, element
    assert ("intermediateThrowEvent", "link") in found, "a jump is put in with where it lands"
    assert {kind.element for kind in kinds} | {"startEvent", "boundaryEvent"} >= set(BEHAVIOUR_BY_TYPE)

    for place, name, page in (
        ("startEvent", "Søknad på papir", process),
        ("eventSubProcessStart", "Trukket", process),
    ):
        act = "start" if place == "startEvent" else "handler"
        given = {"name": name, "kind": "message", "value": "soknad.trukket"}
        listed.done(page, act, given | ({"target": "Apply"} if act == "start" else {}))
        event = next(e for e in listed.bundle().process.elements.values() if e.name == name and e.type == "startEvent")
        more = listed.options(listed.step(event.id), "also", "kind")
        assert set(more) == EVENT_KINDS[place] - {"none", "multiple"}


@pytest.mark.parametrize("kind", [k.id for k in KINDS if k.group == "end" or k.id in ("jump", "adhoc", "complex")])
def test_each_is_put_at_the_end_of_a_way_without_a_fault(listed: Listed, kind: str) -> None:
    source = listed.named("Hvilken vei")
    if kind == "end_cancel":
        status, page = listed.fill(listed.step(source), "branch", {"kind": kind, "name": "Avbryt"})
        assert status == 422 and "alt eller ingenting" in page
        listed.done(listed.step("Apply"), "add", {"name": "Del", "kind": "whole"})
        start = next(e for e in listed.bundle().process.elements if e.endswith("_start"))
        listed.done(listed.step(start), "add", {"name": "Inni", "kind": "choice"})
        source = listed.named("Inni")
    given = {"kind": kind, "name": "Ny", "field-0": "variables:granted", "value-0": "true"}
    if KIND[kind].group != "end":
        given["target"] = "Handle"
    given = {k: v for k, v in given.items() if not k.endswith("-0")}
    listed.done(listed.step(source), "branch", given)

    assert {e.partition(": ")[2] for e in errors(listed)} <= {"flow-without-condition"}
    element = listed.bundle().process.elements[listed.named("Ny")]
    assert (element.type, element.event.kind if element.event else "") == (
        KIND[kind].element,
        (KIND[kind].event or "none") if KIND[kind].element.endswith("Event") else "",
    )


@pytest.mark.parametrize("kind", sorted(EVENT_KINDS["eventSubProcessStart"] - {"multiple"}))
def test_what_may_happen_at_any_time_is_put_in_and_filled(listed: Listed, kind: str) -> None:
    given = {"name": "Vergen dør", "kind": kind, "value": "" if kind == "conditional" else "3"}
    listed.done(listed.scope(KEY), "handler", given)
    part = next(e for e in listed.bundle().process.elements.values() if e.triggered_by_event)
    start = next(e for e in listed.bundle().process.elements.values() if e.scope == part.id and e.type == "startEvent")
    assert start.events[0].kind == kind and start.interrupting
    listed.done(listed.step(start.id), "add", {"name": "Varsle arvingene", "kind": "confirmation"})
    assert errors(listed) == []


def test_a_step_is_undone_by_another_when_something_asks_for_it(listed: Listed) -> None:
    listed.done(listed.step("Apply"), "undoing", {"name": "Trekk tilbake", "undoing": "confirmation"})
    process = listed.bundle().process
    handler = process.elements[process.elements["Apply"].handler]
    assert handler.name == "Trekk tilbake" and handler.for_compensation
    assert listed.fill(listed.step("Handle"), "undoing", {"name": "", "undoing": "manual"})[0] == 422
    listed.done(listed.step("Handle"), "add", {"name": "Gjør om", "kind": "undo"})
    undo = listed.named("Gjør om")
    listed.done(listed.step(undo), "settings", {"s-undoes": "Apply"})
    assert listed.bundle().process.elements[undo].events[0].reference == "Apply"
    assert "Noe skal gjøres om: Fyll ut" in listed.who.get(f"/prosesser/{KEY}?fane=steg")
    assert errors(listed) == []
    listed.done(listed.step("Apply"), "remove", {})
    assert handler.id not in listed.bundle().process.elements


def test_a_part_in_any_order_holds_steps_without_ways(listed: Listed) -> None:
    listed.done(listed.step("Apply"), "add", {"name": "Undersøk", "kind": "adhoc"})
    part = next(e for e in listed.bundle().process.elements.values() if e.type == "adHocSubProcess")
    for name, kind in (("Ring banken", "manual"), ("Be om regnskap", "form")):
        listed.done(listed.scope(part.id), "inside", {"name": name, "kind": kind, "performer": "caseworker"})
    listed.done(
        listed.step(part.id),
        "settings",
        {
            "s-ordering": "Sequential",
            "completion-field-0": f"form_{listed.named('Be om regnskap').lower()}:answer",
            "completion-operator-0": "filled",
        },
    )
    made = listed.bundle().process
    assert len(made.children[part.id]) == 3 and made.elements[part.id].ad_hoc is not None
    assert "Det er nok når «Be om regnskap» er fylt ut" in listed.who.get(listed.step(part.id))
    assert errors(listed) == []


def test_an_event_waits_for_several_things_and_again_for_one(listed: Listed) -> None:
    listed.done(listed.step("Apply"), "add", {"name": "Vent", "kind": "wait"})
    event = listed.named("Vent")
    listed.done(listed.step(event), "also", {"kind": "message", "value": "verge.svarte"})
    page = listed.who.get(listed.step(event))
    assert "En tid er gått: 7 dager" in page and "En melding: verge.svarte" in page
    listed.done(listed.step(event), "settings", {"s-all_events": "true"})
    element = listed.bundle().process.elements[event]
    assert element.all_events and [e.kind for e in element.events] == ["timer", "message"]
    assert errors(listed) == []
    listed.done(listed.step(event), "less", {}, number="0")
    assert [e.kind for e in listed.bundle().process.elements[event].events] == ["message"]


def test_conditions_are_chosen_wherever_they_occur_and_read_back(listed: Listed) -> None:
    listed.done(listed.step("Apply"), "add", {"name": "Til svar", "kind": "until"})
    listed.done(listed.step("Apply"), "add", {"name": "Regel", "kind": "complex"})
    until, rule = listed.named("Til svar"), listed.named("Regel")
    asks = {"field-0": "variables:ready", "operator-0": "equals", "value-0": "true"}
    listed.done(listed.step(until), "settings", {f"condition-{k}": v for k, v in asks.items()})
    counts = {"field-0": "variables:activationCount", "operator-0": "greaterThanEq", "value-0": "2"}
    listed.done(listed.step(rule), "settings", {f"activation-{k}": v for k, v in counts.items()})
    listed.done(
        listed.step("Handle"),
        "settings",
        {"s-loop": "while", **{f"loop_until-{k}": v for k, v in asks.items()}},
    )
    page = listed.who.get(f"/prosesser/{KEY}?fane=steg")
    for sentence in (
        "Et vilkår blir sant: «ready» er «ja»",
        "Saken går videre når «activationCount» er minst 2",
        "Om igjen så lenge «ready» er «ja»",
    ):
        assert sentence in page
    made = listed.bundle().process.elements
    assert made["Handle"].loop is not None and made["Handle"].loop.condition is not None
    assert made["Handle"].loop.condition.expression == ["equals", ["dataModel", "ready", "variables"], True]
    assert made[rule].activation is not None
    assert made[rule].activation.expression == ["greaterThanEq", ["dataModel", "activationCount", "variables"], 2]
    again = listed.form(listed.step("Handle"), "settings").fields
    assert again["loop_until-field-0"] == "variables:ready" and again["s-loop_until"].strip() == ""
    listed.done(listed.step("Handle"), "settings", {"s-loop_until": '["not", ["equals", 1, 2]]'})
    page = listed.who.get(listed.step("Handle"))
    assert "Vilkåret er skrevet for hånd" in page
    status, page = listed.fill(listed.step(rule), "settings", {"activation-value-0": "mye"})
    assert status == 422 and 'href="#value-0-s-activation"' in page and 'value="mye"' in page


def test_a_condition_of_a_way_written_by_hand_stays_until_another_is_chosen(listed: Listed) -> None:
    gate = listed.named("Hvilken vei")
    listed.done(listed.step("Apply"), "settings", {"more-outputs": "granted", "more-outputs-value": "true"})
    listed.done(listed.step(gate), "branch", {"kind": "end", "name": "Avvist"})
    flow = next(f.id for f in listed.bundle().process.flows.values() if f.target == listed.named("Avvist"))
    hand = '["not", ["equals", ["dataModel", "granted", "variables"], false]]'
    listed.done(listed.step(gate), "way", {"raw": hand}, flow=flow)
    assert "Vilkåret er skrevet for hånd" in listed.who.get(listed.step(gate))
    listed.done(listed.step(gate), "way", {"name": "Nei"}, flow=flow)
    condition = listed.bundle().process.flows[flow].condition
    assert condition is not None and condition.text == hand, "another change leaves it"
    chosen = {"field-0": "variables:granted", "operator-0": "equals", "value-0": "true"}
    listed.done(listed.step(gate), "way", chosen, flow=flow)
    assert "Når «granted» er «ja»: Avvist" in listed.who.get(listed.step(gate))


def test_lists_persons_and_variables_are_chosen(listed: Listed) -> None:
    parties = '["dataModel", "parties", "variables"]'
    listed.done(listed.step("Handle"), "settings", {"s-loop": "each", "pick-loop_over": parties, "s-loop_item": "heir"})
    acts = '["dataModel", "heir.actsBy", "variables"]'
    listed.done(
        listed.step("Handle"),
        "settings",
        {
            "pick-party": acts,
            "more-outputs": "done",
            "more-outputs-value": "true",
            "loop_until-field-0": "variables:numberOfCompletedInstances",
            "loop_until-operator-0": "greaterThan",
            "loop_until-value-0": "1",
        },
    )
    element = listed.bundle().process.elements["Handle"]
    assert element.extension.party == ["dataModel", "heir.actsBy", "variables"]
    assert element.multi_instance is not None and element.multi_instance.item == "heir"
    assert [name for name, _ in element.extension.outputs] == ["done"]
    page = listed.who.get(listed.step("Handle"))
    for sentence in (
        "For hver i «parties», samtidig",
        "Gjøres av «heir.actsBy»",
        "Etterpå er done true",
        "Resten avbrytes når «numberOfCompletedInstances» er mer enn 1",
    ):
        assert sentence in page, sentence
    listed.done(listed.step("Handle"), "settings", {"pick-party": ""})
    assert listed.bundle().process.elements["Handle"].extension.party is None


def test_a_step_becomes_another_sort_and_what_does_not_fit_is_named(listed: Listed) -> None:
    listed.done(listed.step("Handle"), "settings", {"s-due": "14 dager", "s-name": "Behandle saken"})
    before = listed.bundle().data_type_of("Handle")
    listed.done(listed.step("Handle"), "sort", {"sort": "manual"})
    element = listed.bundle().process.elements["Handle"]
    assert (element.type, element.name, element.extension.due_after) == ("manualTask", "Behandle saken", "P14D")
    assert element.extension.task_type == "data" and element.extension.performer == "caseworker"
    assert listed.bundle().data_type_of("Handle") == before
    status, _ = listed.fill(listed.step("Handle"), "sort", {"sort": "job:notify"})
    assert status == 303
    page = listed.who.get(f"{listed.step('Handle')}?falt=task_type,performer,due")
    assert "Dette fulgte ikke med" in page and "<li>Frist</li>" in page
    element = listed.bundle().process.elements["Handle"]
    assert (element.type, element.extension.task_type, element.extension.due_after) == ("serviceTask", "notify", "")
    listed.done(listed.step("Handle"), "sort", {"sort": "form"})
    assert listed.bundle().process.elements["Handle"].extension.task_type == "data"
    assert errors(listed) == []

    gate = listed.named("Hvilken vei")
    listed.done(listed.step(gate), "branch", {"kind": "end", "name": "Avvist"})
    listed.done(listed.step(gate), "sort", {"sort": "several"})
    element = listed.bundle().process.elements[gate]
    assert element.type == "inclusiveGateway" and element.default
    listed.done(listed.step(gate), "sort", {"sort": "parallel"})
    assert listed.bundle().process.elements[gate].type == "parallelGateway"


def test_every_page_of_every_step_of_a_large_process_is_drawn(ada: Administrator) -> None:  # noqa: F811
    ada.upload(ESTATE.files)
    process = ESTATE.process
    for element in process.elements:
        page = html.fromstring(ada.get(f"/prosesser/estate_settlement/steg/{element}"))
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids)), [i for i in ids if ids.count(i) > 1]
    for scope in process.children:
        ada.get(f"/prosesser/estate_settlement/del/{scope}")


def test_a_stage_is_added_named_guarded_and_read_back(listed: Listed) -> None:
    page = f"/prosesser/{KEY}/faser"
    assert listed.fill(page, "add", {"title-nb": " "})[0] == 422
    listed.done(page, "add", {"title-nb": "Etter kontroll"})
    listed.done(listed.step("Handle"), "settings", {"s-stage": "etter_kontroll"})
    listed.done(listed.step("Apply"), "settings", {"more-outputs": "granted", "more-outputs-value": "true"})
    asks = {"guard-field-0": "variables:granted", "guard-operator-0": "equals", "guard-value-0": "true"}
    status, told = listed.fill(page, "change", asks, stage="etter_kontroll")
    assert status == 422 and 'href="#refusal-nb-etter_kontroll"' in told and "variables:granted" in told
    asks |= {"title-nn": "Etter kontrollen", "refusal-nb": "Samtykke mangler."}
    listed.done(page, "change", asks, stage="etter_kontroll")
    told = listed.who.get(page)
    assert "Saken kan gå inn i fasen når «granted» er «ja»." in told and "Saken går inn i fasen ved: Behandle" in told
    (stage,) = [s for s in listed.bundle().stages if s.id == "etter_kontroll"]
    assert stage.guard == ["equals", ["dataModel", "granted", "variables"], True]
    assert listed.bundle().text(stage.refusal, "en") == "Samtykke mangler."
    assert errors(listed) == []
    status, told = listed.fill(page, "change", {"act": "remove"}, stage="etter_kontroll")
    assert status == 422 and "disse stegene fører inn i den: Behandle" in told
    listed.done(page, "change", {"act": "earlier"}, stage="etter_kontroll")
    assert [s.id for s in listed.bundle().stages].index("etter_kontroll") == len(listed.bundle().stages) - 2
    listed.done(listed.step("Handle"), "settings", {"s-stage": listed.bundle().stages[0].id})
    listed.done(page, "change", {"act": "remove"}, stage="etter_kontroll")
    assert "etter_kontroll" not in {s.id for s in listed.bundle().stages}
