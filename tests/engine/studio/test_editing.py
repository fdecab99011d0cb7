"""Small changes to a draft: what is offered, what is written, what is refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.advice.task_types.task_type_registry import JOBS, USER_TASKS
from engine.studio import bpmn_editor, drafts
from engine.studio.bundle_rules import BUNDLE_RULES
from engine.studio.difference import differences
from engine.studio.element_kinds import KINDS, offered
from engine.studio.insert_element import add_step
from engine.workflow.bpmn.timing import TimerSyntaxError
from engine.workflow.bpmn.validator import Capabilities
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.definitions.durations import parts, read_duration
from engine.workflow.execution.behaviours import BEHAVIOUR_BY_TYPE, EVENT_KINDS
from engine.workflow.findings import Offer, faults

ROOT = Path(__file__).resolve().parents[3]
CAPABILITIES = Capabilities(frozenset(BEHAVIOUR_BY_TYPE), EVENT_KINDS)
OFFER = Offer(CAPABILITIES, JOBS, USER_TASKS, ("consent", "mandate", "data_collection", "callback"), rules=BUNDLE_RULES)
ESTATE = Bundle.read(ROOT / "docs" / "examples" / "estate_settlement")


def errors(bundle: Bundle) -> list[str]:
    return [f"{f.element}: {f.rule}" for f in faults(bundle, OFFER) if f.severity == "error"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("14 dager", "P14D"), ("14", "P14D"), ("1 dag", "P1D"), ("4 timer", "PT4H"), ("2 veker", "P2W"),
        ("3 months", "P3M"), ("90 minutes", "PT90M"), ("p14d", "P14D"), ("P1DT2H", "P1DT2H"), ("  ", ""),
    ],
)  # fmt: skip
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

    assert [f.rule for f in faults(copy, offer)] == [f.rule for f in faults(source, offer)]
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
