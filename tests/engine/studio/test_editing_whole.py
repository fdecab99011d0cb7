"""Whatever is done to a process, the result parses, keeps what was not touched, and is drawn whole."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.advice.task_types.task_type_registry import JOBS, USER_TASKS
from engine.studio.bpmn_editor import EditRefused, Files, conditions, find_step, flows, move_step, remove_step
from engine.studio.bpmn_editor.conditions import Choice, Comparison
from engine.studio.bpmn_editor.diagram_interchange import is_drawn, with_picture
from engine.studio.bpmn_editor.document import BPMN, is_node, open_process
from engine.studio.bpmn_editor.events import add_interruption
from engine.studio.bpmn_editor.settings import read_settings, write_settings
from engine.studio.bundle_rules import BUNDLE_RULES
from engine.studio.condition_fields import fields
from engine.studio.element_kinds import EDGES, KINDS
from engine.studio.insert_element import ENDING, add_branch, add_step
from engine.studio.unconnected_elements import add_handler, add_inside, add_start, add_undoing, also, no_longer
from engine.workflow.bpmn.validator import Capabilities
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.execution.behaviours import BEHAVIOUR_BY_TYPE, EVENT_KINDS
from engine.workflow.findings import Offer, bundle_findings
from tests.factories.sampling import examples

ROOT = Path(__file__).resolve().parents[3]
BUNDLES = [
    Bundle.read(folder.parent)
    for pattern in ("processes/*/process.bpmn", "docs/examples/*/process.bpmn")
    for folder in sorted(ROOT.glob(pattern))
]
OFFER = Offer(
    Capabilities(frozenset(BEHAVIOUR_BY_TYPE), EVENT_KINDS),
    JOBS,
    USER_TASKS,
    [b.key for b in BUNDLES],
    rules=BUNDLE_RULES,
)
GUARDIANSHIP = next(b for b in BUNDLES if b.key == "guardianship_status")


def marked(bundle: Bundle) -> Files:
    """The bundle with a comment in front of every step, and a foreign element and attribute on each."""
    root = open_process(bundle.files)
    for node in [n for n in root.iter(f"{BPMN}*") if is_node(n)]:
        node.addprevious(etree.Comment(f" about {node.get('id')} "))
        node.set("{urn:other}mark", node.get("id"))
        extension = node.find(f"{BPMN}extensionElements")
        if extension is None:
            extension = etree.Element(f"{BPMN}extensionElements")
            node.insert(0, extension)
        etree.SubElement(extension, "{urn:other}note").text = f"note {node.get('id')}"
    return {**bundle.files, "process.bpmn": etree.tostring(root)}


def canonical(node: etree._Element) -> bytes:
    """The node alone, without what says where ways go and without the white space between elements."""
    copy = etree.fromstring(etree.tostring(node))
    for child in [c for c in copy.iter(f"{BPMN}*") if c is not copy and (is_node(c) or _way(c))]:
        child.getparent().remove(child)
    for child in copy.iter():
        child.tail = None
        if not (child.text or "").strip():
            child.text = None
    copy.attrib.pop("default", None)
    out = io.BytesIO()
    etree.ElementTree(copy).write_c14n(out, with_comments=False)
    return out.getvalue()


def _way(node: etree._Element) -> bool:
    return etree.QName(node).localname in ("incoming", "outgoing", "sequenceFlow", "association")


def steps(files: Files) -> dict[str, bytes]:
    return {n.get("id"): canonical(n) for n in open_process(files).iter(f"{BPMN}*") if is_node(n)}


def comments(files: Files) -> set[str]:
    return {(node.text or "").strip() for node in open_process(files).iter(etree.Comment)}


def scoped(node: etree._Element) -> bool:
    return etree.QName(node).localname in ("subProcess", "transaction", "adHocSubProcess")


def act(data: st.DataObject, files: Files) -> tuple[Files, set[str]]:
    """One edit a person could make, and the steps it may have changed."""
    root = open_process(files)
    nodes = sorted(n.get("id") for n in root.iter(f"{BPMN}*") if is_node(n))
    ways = sorted(n.get("id") for n in root.iter(f"{BPMN}sequenceFlow"))
    node, other = data.draw(st.sampled_from(nodes)), data.draw(st.sampled_from(nodes))
    way = data.draw(st.sampled_from(ways)) if ways else ""
    kind = data.draw(st.sampled_from(KINDS))
    name = data.draw(st.sampled_from(["Be om innsyn", "Æ <& \"'", "7 dager", "…"]))
    what = data.draw(
        st.sampled_from(
            [
                "add",
                "branch",
                "remove",
                "move",
                "connect",
                "lead",
                "cut",
                "settings",
                "catch",
                "ask",
                "up",
                "start",
                "handler",
                "inside",
                "undoing",
                "also",
                "less",
            ]
        )
    )
    scopes = [root.find(f"{BPMN}process").get("id"), *(n.get("id") for n in root.iter(f"{BPMN}*") if scoped(n))]
    scope, event = data.draw(st.sampled_from(scopes)), data.draw(st.sampled_from(EDGES))
    said = {"time": "3 dager", "reference": name, "condition": '["equals", 1, 1]'}
    if what == "start":
        return add_start(files, scope, kind=event, name=name, target=node, values=said)[0], set()
    if what == "handler":
        return add_handler(files, scope, kind=event, name=name, values=said, interrupting=False)[0], {scope}
    if what == "inside":
        return add_inside(files, scope, kind=kind, name=name, performer="citizen", called="notify")[0], {scope}
    if what == "undoing":
        return add_undoing(files, node, kind=kind, name=name, performer="citizen", called="notify")[0], set()
    if what == "also":
        return also(files, node, event, said), {node}
    if what == "less":
        return no_longer(files, node, 0), {node}
    if what == "add":
        return add_step(files, node, kind=kind, name=name, performer="citizen", called="callback"), set()
    if what == "branch":
        return add_branch(files, node, kind=kind, name=name, performer="caseworker", called="notify", target=other)[
            0
        ], set()
    if what == "remove":
        return remove_step(files, node), {node}
    if what == "move":
        return move_step(files, node, way), set()
    if what == "connect":
        return flows.connect(files, node, other, name)[0], set()
    if what == "lead":
        return flows.lead_to(files, way, other), set()
    if what == "cut":
        return flows.disconnect(files, way), set()
    if what == "settings":
        given = dict(read_settings(files, node)) | {"name": name, "due": "14 dager", "outputs": "granted: true"}
        return write_settings(files, node, given), {node}
    if what == "catch":
        event = data.draw(st.sampled_from(["timer", "message", "signal", "error", "escalation"]))
        given = {"time": "3 dager", "reference": name}
        return add_interruption(files, node, kind=event, name=name, target=other, values=given)[0], set()
    if what == "ask":
        return flows.set_condition(files, way, '["equals", ["dataModel", "a", "variables"], "<&\\""]'), set()
    return flows.evaluate_earlier(files, way), set()


@given(st.data())
@settings(max_examples=examples(40))
def test_whatever_is_done_the_result_parses_and_what_was_untouched_is_unchanged(data: st.DataObject) -> None:
    bundle = data.draw(st.sampled_from(BUNDLES))
    files = marked(bundle)
    for _ in range(data.draw(st.integers(1, 6))):
        before, said = steps(files), comments(files)
        try:
            changed, touched = act(data, files)
        except EditRefused as refused:
            assert refused.key.startswith("edit.")
            continue
        after = steps(changed)
        assert {k: v for k, v in after.items() if k in before and k not in touched} == {
            k: v for k, v in before.items() if k in after and k not in touched
        }
        gone = before.keys() - after.keys()
        kept = {text for text in said if text.partition(" ")[2] not in gone}
        assert kept <= comments(changed)
        made = Bundle(bundle.key, changed)
        assert made.process.id == bundle.key
        bundle_findings(made, OFFER)
        root = open_process(changed)
        assert is_drawn(with_picture(root), made.process)
        files = changed


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda b: b.key)
def test_settings_written_back_as_they_were_read_change_nothing(bundle: Bundle) -> None:
    for element in bundle.process.elements:
        given = read_settings(bundle.files, element)
        assert steps(write_settings(bundle.files, element, given)) == steps(bundle.files), element


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda b: b.key)
def test_a_condition_that_is_read_as_a_choice_is_written_as_it_was(bundle: Bundle) -> None:
    asked = fields(bundle, "nb")
    for flow in bundle.process.flows.values():
        choice = conditions.read(flow.condition.text, asked) if flow.condition else None
        if choice is not None and flow.condition is not None:
            assert conditions.read(conditions.write(choice, asked), asked) == choice


def test_a_choice_about_a_form_reads_as_what_was_chosen() -> None:
    asked = fields(GUARDIANSHIP, "nb")
    flow = GUARDIANSHIP.process.flows["Fine_TellMore"]
    assert flow.condition is not None

    found = conditions.read(flow.condition.text, asked)

    assert found == Choice((Comparison("control:result", "equals", "more"),))
    assert conditions.write(found, asked) == flow.condition.text


@pytest.mark.parametrize(
    ("comparison", "key"),
    [
        (Comparison("no:where", "equals", "x"), "edit.cond_field"),
        (Comparison("control:result", "greaterThan", "more"), "edit.cond_operator"),
        (Comparison("control:result", "equals", "perhaps"), "edit.cond_value"),
        (Comparison("control:remark", "equals", ""), "edit.cond_value"),
    ],
)
def test_a_choice_that_means_nothing_is_refused_at_its_line(comparison: Comparison, key: str) -> None:
    with pytest.raises(EditRefused) as refused:
        conditions.write(
            Choice((Comparison("control:result", "equals", "more"), comparison)), fields(GUARDIANSHIP, "nb")
        )
    assert refused.value.key == key and refused.value.field.endswith("-1")


def test_a_parallel_part_is_built_by_choosing_and_can_be_published() -> None:
    kinds = {kind.id: kind for kind in KINDS}
    files = add_step(GUARDIANSHIP.files, "Status", kind=kinds["parallel"], name="Samtidig", performer="citizen")
    for name in ("Les regnskapet", "Ring banken"):
        files, _ = add_branch(
            files, "Samtidig", kind=kinds["confirmation"], name=name, performer="caseworker", target="SamtidigJoin"
        )
    made = Bundle(GUARDIANSHIP.key, files)

    assert [f for f in bundle_findings(made, OFFER) if f.severity == "error"] == []
    assert {made.process.flows[w].target for w in made.process.elements["Samtidig"].outgoing} == {
        "LesRegnskapet",
        "RingBanken",
    }
    assert made.process.flows[made.process.elements["SamtidigJoin"].outgoing[0]].target == "Control"


def test_an_end_is_only_put_at_the_end_of_a_way_of_its_own() -> None:
    end = next(kind for kind in KINDS if kind.element in ENDING)
    with pytest.raises(EditRefused, match=r"edit\.end_needs_way"):
        add_step(GUARDIANSHIP.files, "Status", kind=end, name="Slutt", performer="citizen")
    files, way = add_branch(GUARDIANSHIP.files, "Fine", kind=end, name="Avvist", performer="citizen")
    assert find_step(open_process(files), way).get("targetRef") == "Avvist"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"due": "om to uker"}, "due"),
        ({"party": '["dataModel"'}, "party"),
        ({"outputs": "without colon"}, "outputs"),
        ({"name": " "}, "name"),
        ({"loop": "each"}, "loop_over"),
        ({"loop": "while"}, "loop_until"),
    ],
)
def test_what_cannot_be_read_is_refused_by_field(given: dict[str, str], field: str) -> None:
    with pytest.raises(EditRefused) as refused:
        write_settings(GUARDIANSHIP.files, "Status", given)
    assert refused.value.field == field


def test_a_loop_a_retry_and_variables_are_written_where_the_engine_reads_them() -> None:
    files = write_settings(
        GUARDIANSHIP.files,
        "TellMore",
        {"retry_attempts": "3", "retry_first": "10 minutter", "outputs": "told: true", "config": "text: notice.more"},
    )
    files = write_settings(
        files,
        "Control",
        {
            "loop": "each",
            "loop_over": '["dataModel", "parties", "variables"]',
            "loop_item": "party",
            "actions": "confirm, reject",
            "stage": "kontroll",
        },
    )
    elements = Bundle(GUARDIANSHIP.key, files).process.elements

    assert elements["TellMore"].extension.retry is not None and elements["TellMore"].extension.retry.attempts == 3
    assert elements["TellMore"].extension.outputs == (("told", "true"),)
    assert elements["Control"].multi_instance is not None and elements["Control"].multi_instance.item == "party"
    assert [name for name, _ in elements["Control"].extension.actions] == ["confirm", "reject"]
