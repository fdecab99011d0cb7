"""The form builder: what is chosen becomes an Altinn layout, and the data model, the lists and the texts follow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.advice.task_types.task_type_registry import JOBS, USER_TASKS
from engine.studio.blank import blank
from engine.studio.bpmn_editor import EditRefused, conditions
from engine.studio.bpmn_editor.conditions import Choice, Comparison
from engine.studio.bundle_rules import BUNDLE_RULES
from engine.studio.difference import differences
from engine.studio.form_builder import BY_ID, KINDS, FormDraft
from engine.workflow.bpmn.validator import Capabilities
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.execution.behaviours import BEHAVIOUR_BY_TYPE, EVENT_KINDS
from engine.workflow.findings import Offer, bundle_findings
from forms.values import Value

ROOT = Path(__file__).resolve().parents[3]
OFFICE = {"orgno": "312345672", "name": "Nav Lillestrøm"}


def errors(bundle: Bundle) -> list[str]:
    offer = Offer(Capabilities(frozenset(BEHAVIOUR_BY_TYPE), EVENT_KINDS), JOBS, USER_TASKS, (), rules=BUNDLE_RULES)
    return [f"{f.element}: {f.rule}" for f in bundle_findings(bundle, offer) if f.severity == "error"]


@pytest.fixture
def work() -> FormDraft:
    return FormDraft(blank("vergemal", "Vergemål", OFFICE).files, "Apply")


def schema(work: FormDraft) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(work.files()["models/form_apply.schema.json"])
    return found


def test_a_blank_process_has_no_faults() -> None:
    assert errors(blank("vergemal", "Vergemål", OFFICE)) == []


@pytest.mark.parametrize("kind", [kind.id for kind in KINDS])
def test_every_kind_leaves_a_bundle_without_faults_and_goes_again(work: FormDraft, kind: str) -> None:
    before = schema(work)
    identity = work.add("Side1", BY_ID[kind], "Hva er det?")
    made = Bundle("vergemal", work.files())
    assert errors(made) == []
    again = FormDraft(made.files, "Apply")
    page, component = again.component(identity)
    assert page == "Side1" and component["type"] == BY_ID[kind].type
    assert (identity in schema(again)["properties"]) == (BY_ID[kind].rule is not None)
    again.remove(identity)
    assert schema(again) == before


def test_the_model_asks_for_what_the_form_always_asks_for(work: FormDraft) -> None:
    name = work.add("Side1", BY_ID["input"], "Navn")
    debt = work.add("Side1", BY_ID["radio"], "Har du gjeld?")
    work.let(name, "required", True)
    assert schema(work)["required"] == [name]
    rule = Choice((Comparison(debt, "equals", "nei"),))
    work.let(name, "hidden", conditions.write_rule(rule, {}))
    assert "required" not in schema(work), "a field that may be hidden is asked for by the form, where it is shown"
    assert work.component(name)[1]["required"] is True
    work.let(name, "hidden", False)
    assert schema(work)["required"] == [name]
    work.remove(name)
    assert "required" not in schema(work)


def test_a_choice_keeps_its_value_when_it_is_said_otherwise(work: FormDraft) -> None:
    identity = work.add("Side1", BY_ID["dropdown"], "Type")
    work.choose_from(identity, {"nb": ["Lån", "Kort"], "en": ["Loan", "Card"]})
    assert schema(work)["properties"][identity]["enum"] == ["lan", "kort"]
    work.choose_from(identity, {"nb": ["Lån", "Kredittkort", "Annet"], "en": ["Loan", "Credit card", "Other"]})
    assert schema(work)["properties"][identity]["enum"] == ["lan", "kort", "annet"]
    options = work.options(work.component(identity)[1])
    assert [work.text(o["label"], "en") for o in options] == ["Loan", "Credit card", "Other"]
    with pytest.raises(EditRefused):
        work.choose_from(identity, {"nb": ["Lån", "Lån"]})


def test_fields_of_a_group_that_repeats_lie_in_its_rows(work: FormDraft) -> None:
    group = work.add("Side1", BY_ID["rows"], "Gjeld")
    amount = work.add("Side1", BY_ID["amount"], "Beløp", group)
    work.let(amount, "required", True)
    items = schema(work)["properties"][group]["items"]
    assert items["properties"][amount]["unit"] == "NOK" and items["required"] == [amount]
    work.remove(group)
    assert schema(work)["properties"] == {} and list(work.components()) == []


def test_order_pages_and_what_cannot_be_done(work: FormDraft) -> None:
    first, second = (work.add("Side1", BY_ID["input"], title) for title in ("A", "B"))
    work.move(second, -1)
    assert [c["id"] for c in work.top("Side1")] == [second, first]
    work.move(second, -1)
    page = work.add_page("Økonomi")
    work.move_to(first, page)
    work.move_page(page, -1)
    again = FormDraft(work.files(), "Apply")
    assert list(again.pages) == [page, "Side1"] and [c["id"] for c in again.top(page)] == [first]
    again.remove_page(page)
    assert first not in schema(again)["properties"]
    with pytest.raises(EditRefused):
        again.remove_page("Side1")
    with pytest.raises(EditRefused):
        again.add("Side1", BY_ID["input"], "  ")


def test_a_form_drawn_from_its_schema_gets_a_layout_with_the_same_fields() -> None:
    bundle = Bundle.read(ROOT / "processes" / "callback")
    work = FormDraft(bundle.files, "Ask")
    assert not bundle.layout_files("Ask")
    made = Bundle(bundle.key, work.files())
    before = {**(bundle.schema(work.data_type) or {})}
    assert [c["id"] for _, c in work.components()] == list(before["properties"])
    assert made.schema(work.data_type) == before


def test_a_layout_made_elsewhere_keeps_what_is_not_understood() -> None:
    bundle = Bundle.read(ROOT / "docs" / "examples" / "estate_settlement")
    work = FormDraft(bundle.files, "Declare")
    assert {c["id"]: c for _, c in work.components()} == {
        c["id"]: c for c in json.loads(bundle.files["layouts/Declare/Erklaering.json"])["data"]["layout"]
    }
    before, after = (json.loads(f["models/declaration.schema.json"]) for f in (bundle.files, work.files()))
    assert before == after


RULES = [
    Choice((Comparison("a", "equals", "x"),)),
    Choice((Comparison("a", "filled"), Comparison("b", "lessThan", "3")), "or"),
    Choice((Comparison("a", "empty"), Comparison("a", "contains", "y")), "and"),
]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_read_back_as_it_was_chosen(rule: Choice) -> None:
    assert conditions.read_rule(conditions.write_rule(rule, {"b": "number"})) == rule


@pytest.mark.parametrize(
    "expression",
    [
        True,
        [],
        ["and"],
        ["equals", "a", "b"],
        ["not", ["equals", ["dataModel", "a"], "b"]],
        ["equals", ["dataModel", "a", "other"], "b"],
        ["equals", ["dataModel", "a"], ["dataModel", "b"]],
    ],
)
def test_an_expression_of_another_shape_is_not_taken_for_a_rule(expression: Value) -> None:
    assert conditions.read_rule(expression) is None


def test_what_changed_in_a_form_is_said_field_by_field(work: FormDraft) -> None:
    kept = work.add("Side1", BY_ID["input"], "Navn")
    gone = work.add("Side1", BY_ID["date"], "Født")
    old = Bundle("vergemal", work.files())
    again = FormDraft(old.files, "Apply")
    again.remove(gone)
    again.let(kept, "required", True)
    again.add("Side1", BY_ID["amount"], "Inntekt")
    said = dict(differences(old, Bundle("vergemal", again.files())))
    assert said["diff.field_removed"] == {"step": "Fyll ut", "field": "Født"}
    assert said["diff.field_changed"] == {"step": "Fyll ut", "field": "Navn"}
    assert said["diff.field_added"] == {"step": "Fyll ut", "field": "Inntekt"}
    assert "diff.forms" not in said
