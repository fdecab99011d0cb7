"""Small changes to a draft: what is offered, what is written, what is refused in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.advice.task_types.task_type_registry import JOBS, USER_TASKS
from engine.studio import access, bpmn_editor, drafts, option_lists, stage_editor, template_editor
from engine.studio.bpmn_editor import EditRefused, flows
from engine.studio.bpmn_editor.events import add_interruption
from engine.studio.bundle_rules import BUNDLE_RULES
from engine.studio.difference import differences
from engine.studio.element_kinds import KINDS, offered
from engine.studio.form_builder import BY_ID, FormDraft
from engine.studio.insert_element import add_step
from engine.workflow.bpmn.timing import TimerSyntaxError
from engine.workflow.bpmn.validator import Capabilities
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.definitions.durations import parts, read_duration
from engine.workflow.execution.behaviours import BEHAVIOUR_BY_TYPE, EVENT_KINDS
from engine.workflow.findings import Offer, bundle_findings

ROOT = Path(__file__).resolve().parents[3]
CAPABILITIES = Capabilities(frozenset(BEHAVIOUR_BY_TYPE), EVENT_KINDS)
OFFER = Offer(CAPABILITIES, JOBS, USER_TASKS, ("consent", "mandate", "data_collection", "callback"), rules=BUNDLE_RULES)
ESTATE = Bundle.read(ROOT / "docs" / "examples" / "estate_settlement")


def errors(bundle: Bundle) -> list[str]:
    return [f"{f.element}: {f.rule}" for f in bundle_findings(bundle, OFFER) if f.severity == "error"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("14 dager", "P14D"),
        ("14", "P14D"),
        ("1 dag", "P1D"),
        ("4 timer", "PT4H"),
        ("2 veker", "P2W"),
        ("3 months", "P3M"),
        ("90 minutes", "PT90M"),
        ("p14d", "P14D"),
        ("P1DT2H", "P1DT2H"),
        ("  ", ""),
    ],
)
def test_a_deadline_is_written_in_words(written: str, kept: str) -> None:
    assert read_duration(written) == kept
    assert kept in ("", "P1DT2H") or parts(kept) is not None


@pytest.mark.parametrize("written", ["om to uker", "-3 dager", "14 fot", "P", "dager"])
def test_a_deadline_nobody_can_read_is_refused(written: str) -> None:
    with pytest.raises(TimerSyntaxError):
        read_duration(written)


def test_what_is_offered_follows_what_the_engine_can_execute() -> None:
    little = Capabilities(frozenset({"userTask", "intermediateCatchEvent"}), {"intermediateCatchEvent": frozenset()})

    assert {kind.element for kind in offered(little, JOBS, USER_TASKS)} == {"userTask"}
    everything = Capabilities(frozenset(kind.element for kind in KINDS), EVENT_KINDS)
    assert offered(everything, JOBS, USER_TASKS) == KINDS


@pytest.mark.parametrize(
    "kind",
    [kind for kind in offered(CAPABILITIES, JOBS, USER_TASKS) if kind.element != "endEvent"],
    ids=lambda kind: kind.id,
)
def test_every_kind_that_is_offered_can_be_published_as_it_is(kind: object) -> None:
    for performer in ("citizen",):
        files = add_step(
            ESTATE.files,
            "Declare",
            kind=kind,
            name="Et nytt steg",
            performer=performer,
            called="overview" if kind.id == "job" else "callback",  # type: ignore[attr-defined]
        )  # type: ignore[arg-type]
        bundle = Bundle("estate_settlement", files)

        split = kind.group == "ways"  # type: ignore[attr-defined]
        assert {e.partition(": ")[2] for e in errors(bundle)} <= ({"EXT.135", "EXT.136"} if split else set())
        assert bundle.process.elements["EtNyttSteg"].type == kind.element  # type: ignore[attr-defined]
        ways = [f.target for f in bundle.process.flows.values() if f.source == "EtNyttSteg"]
        if kind.id in ("parallel", "first"):  # type: ignore[attr-defined]
            ways = [f.target for f in bundle.process.flows.values() if f.source == ways[0]]
        if kind.id == "jump":  # type: ignore[attr-defined]
            landing = bundle.process.links[bundle.process.elements["EtNyttSteg"].scope, "Et nytt steg"]
            ways = [f.target for f in bundle.process.flows.values() if f.source == landing]
        assert ways == ["Sign"]


def test_a_step_with_several_ways_on_takes_no_step_after_it() -> None:
    with pytest.raises(bpmn_editor.EditRefused, match=r"edit\.many_ways"):
        add_step(ESTATE.files, "Changed", kind=KINDS[0], name="Nei", performer="citizen")


def test_a_removed_step_takes_its_form_along_and_leaves_a_whole_process() -> None:
    files = bpmn_editor.remove_step(ESTATE.files, "Declare")
    bundle = Bundle("estate_settlement", files)

    assert errors(bundle) == []
    assert "declaration" not in bundle.data_types and not bundle.layout_files("Declare")


def test_how_long_a_timer_waits_can_be_changed() -> None:
    files = bpmn_editor.change_step(ESTATE.files, "Deadline", name="90 dager er gått", wait="90 dager")
    event = Bundle("estate_settlement", files).process.elements["Deadline"].event
    assert event is not None and event.value == "P90D"


@pytest.mark.parametrize("folder", sorted((ROOT / "processes").glob("*/process.bpmn")), ids=lambda f: f.parent.name)
def test_a_copy_of_any_process_is_as_whole_as_the_one_it_came_from(folder: Path) -> None:
    source = Bundle.read(folder.parent)
    offer = Offer(CAPABILITIES, JOBS, USER_TASKS, [f.name for f in (ROOT / "processes").iterdir()], rules=BUNDLE_RULES)

    copy = drafts.renamed(source, "a_copy", "Kopi")

    assert [f.rule for f in bundle_findings(copy, offer)] == [f.rule for f in bundle_findings(source, offer)]
    types = {element.id: element.extension.task_type for element in source.process.elements.values()}
    assert {e.id: e.extension.task_type for e in copy.process.elements.values()} == types


@pytest.mark.parametrize(
    ("title", "key"), [("Avtal møte", "avtal_mote"), ("Æ, ø og å!", "ae_o_og_a"), ("2 løp", "p_2_lop"), ("…", "")]
)
def test_a_key_is_made_from_a_title(title: str, key: str) -> None:
    assert drafts.key_from(title) == key


def test_differences_are_told_one_by_one() -> None:
    files = bpmn_editor.change_step(
        ESTATE.files, "Declare", name="Fortell om boet", due="14 dager", performer="citizen"
    )
    files = bpmn_editor.remove_step(files, "TellIssued")
    files = bpmn_editor.set_text(files, "notice.changed", "nn", "Alle må signere på nytt.")

    told = [key for key, _ in differences(ESTATE, Bundle("estate_settlement", files))]

    assert told == ["diff.renamed", "diff.changed", "diff.removed", "diff.ways", "diff.texts"]
    assert differences(ESTATE, ESTATE) == []


FORM = next(kind for kind in KINDS if kind.id == "confirmation")
WHOLE = {"nb": "Navn", "nn": "Namn", "en": "Name"}


def _refusal_of_a_stage(text: str) -> object:
    files = stage_editor.add_stage(ESTATE.files, "Ny")
    stage = stage_editor.stages(files)[-1]["id"]
    return stage_editor.change_stage(files, stage, WHOLE, '["equals", 1, 1]', {"nb": "Vent", "nn": text})


def _title_of_a_stage(text: str) -> object:
    files = stage_editor.add_stage(ESTATE.files, "Ny")
    return stage_editor.change_stage(files, stage_editor.stages(files)[-1]["id"], {**WHOLE, "en": text}, "", {})


def _label_of_a_list(text: str) -> object:
    files, made = option_lists.create(ESTATE.files, "Ny")
    bundle = Bundle(ESTATE.key, files)
    return option_lists.change(bundle, made, WHOLE, [option_lists.Row("", {"nb": "En", "en": text})])


def _body_of_a_letter(text: str) -> object:
    files, made = template_editor.add(ESTATE.files, "letters", "Ny")
    return template_editor.change(files, "letters", made, {"nb": "Ny"}, {"nb": "Hei", "nn": text}, ())


def _name_of_a_component(text: str) -> object:
    form = FormDraft(ESTATE.files, "Declare")
    return form.add(next(iter(form.pages)), BY_ID["input"], text)


def _interruption(text: str, reference: str = "") -> object:
    return add_interruption(
        ESTATE.files,
        "Declare",
        kind="message" if reference else "timer",
        name=text,
        target="",
        values={"time": "P1D", "reference": reference},
    )


#: What an administrator writes: how, characters it may have, the field the refusal points to.
WRITTEN: dict[str, tuple[Callable[[str], object], int, str]] = {
    "a new step": (lambda t: add_step(ESTATE.files, "Declare", kind=FORM, name=t, performer="citizen"), 120, "name"),
    "a step": (lambda t: bpmn_editor.change_step(ESTATE.files, "Declare", name=t), 120, "name"),
    "a flow": (lambda t: flows.name_flow(ESTATE.files, "Declare_Sign", t), 120, "name"),
    "a new flow": (lambda t: flows.connect(ESTATE.files, "Both", "Sign", t), 120, "way_name"),
    "an event": (_interruption, 120, "name"),
    "a message": (lambda t: _interruption("Ny", t), 120, "reference"),
    "a stage": (lambda t: stage_editor.add_stage(ESTATE.files, t), 80, "title-nb"),
    "a stage in English": (_title_of_a_stage, 80, "title-en"),
    "a stage's sentence": (_refusal_of_a_stage, 400, "refusal-nn"),
    "a list": (lambda t: option_lists.create(ESTATE.files, t), 120, "title"),
    "a choice": (_label_of_a_list, 300, "label-en-0"),
    "a letter": (lambda t: template_editor.add(ESTATE.files, "letters", t), 200, "title"),
    "a letter's text": (_body_of_a_letter, 20_000, "body-nn"),
    "a question": (_name_of_a_component, 300, "title"),
    "a role": (lambda t: access.add_role(ESTATE.files, t), 60, "new_role"),
}


@pytest.mark.parametrize("what", WRITTEN)
def test_a_text_that_is_too_long_is_refused_at_its_field_and_never_cut(what: str) -> None:
    write, limit, field = WRITTEN[what]
    assert write("å" * limit)
    with pytest.raises(EditRefused) as refused:
        write("å" * (limit + 1))
    assert (refused.value.key, refused.value.field, refused.value.values) == (
        "edit.longer_than",
        field,
        {"limit": limit},
    )


def test_a_list_takes_its_last_choice_and_refuses_one_more_with_words() -> None:
    files, made = option_lists.create(ESTATE.files, "Ny")
    rows = [option_lists.Row("", {"nb": f"Valg {n}"}) for n in range(option_lists.MAX_ROWS)]
    bundle = Bundle(ESTATE.key, files)
    whole = option_lists.change(bundle, made, WHOLE, [*rows, option_lists.Row("", {})])
    assert len(option_lists.rows(whole, made)) == option_lists.MAX_ROWS, "the empty line of the page is no choice"
    with pytest.raises(EditRefused, match="list.too_many"):
        option_lists.change(bundle, made, WHOLE, [*rows, option_lists.Row("", {"nb": "En til"})])
