"""What a diagram editor sends back: it takes the place of what was there, and what belongs to a step follows it."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from engine.studio.bpmn_editor.diagram_interchange import is_drawn, with_picture
from engine.studio.bpmn_editor.document import open_process, written
from engine.studio.diagram_merge import dropped, merged
from engine.workflow.bpmn.xml import BpmnSyntaxError
from engine.workflow.definitions.bundle import Bundle
from tests.engine.studio.test_editing import errors

ROOT = Path(__file__).resolve().parents[3]
SOURCE = Bundle.read(ROOT / "docs" / "examples" / "guardianship_status")
NEW = (
    '<bpmn:userTask id="Ask" name="Spør verge"><bpmn:extensionElements><altinn:taskExtension>'
    "<altinn:taskType>confirmation</altinn:taskType></altinn:taskExtension>"
    '<ib:assignment performer="caseworker"/></bpmn:extensionElements></bpmn:userTask>'
    '<bpmn:sequenceFlow id="Ask_Fine" sourceRef="Ask" targetRef="Fine"/>'
)


def drawn(old: str = "", new: str = "", *more: tuple[str, str]) -> bytes:
    """What an editor would send: the process with a picture, without comments, changed."""
    root = with_picture(open_process(SOURCE.files))
    etree.strip_tags(root, etree.Comment)
    text = written(root).decode()
    for before, after in ((old, new), *more):
        assert not before or before in text, before
        text = text.replace(before, after, 1) if before else text
    return text.encode()


def test_a_new_step_of_a_person_comes_with_text_and_access() -> None:
    files = merged(
        SOURCE.files,
        drawn(
            'sourceRef="Control" targetRef="Fine"',
            'sourceRef="Control" targetRef="Ask"',
            ("<bpmn:sequenceFlow", NEW + "<bpmn:sequenceFlow"),
        ),
    )
    made = Bundle(SOURCE.key, files)

    assert errors(made) == []
    assert [made.texts[language]["task.Ask"] for language in ("nb", "nn", "en")] == ["Spør verge"] * 3


def test_a_new_name_is_the_text_people_read() -> None:
    made = Bundle(SOURCE.key, merged(SOURCE.files, drawn('name="Kontroller status"', 'name="Se på status"')))

    assert made.texts["nb"]["task.Control"] == "Se på status"
    assert made.texts["en"] == SOURCE.texts["en"], "nobody has translated it"


def test_comments_an_editor_throws_away_come_back_in_their_place() -> None:
    text = (
        SOURCE.files["process.bpmn"]
        .decode()
        .replace('<bpmn:userTask id="Control"', '<!-- R17 -->\n<bpmn:userTask id="Control"')
    )
    files = merged({**SOURCE.files, "process.bpmn": text.encode()}, drawn())

    found = next(open_process(files).iter(etree.Comment))
    assert found.text == " R17 " and found.getnext().get("id") == "Control"
    assert is_drawn(open_process(files), Bundle(SOURCE.key, files).process)


def test_a_step_that_is_gone_takes_its_form_along() -> None:
    root = with_picture(open_process(SOURCE.files))
    for node in root.xpath("//*[@id='Control' or @targetRef='Control' or @sourceRef='Control']"):
        node.getparent().remove(node)
    made = Bundle(SOURCE.key, merged(SOURCE.files, written(root)))

    assert "control" not in made.data_types and "status" in made.data_types


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<a/>",
        b"<!DOCTYPE a><a/>",
        drawn('id="Control"', 'id="Status"'),
        drawn('targetRef="Fine"', 'targetRef="No"'),
    ],
)
def test_what_cannot_be_read_is_refused(data: bytes) -> None:
    with pytest.raises(BpmnSyntaxError):
        merged(SOURCE.files, data)


def test_a_step_that_became_another_sort_keeps_what_both_have_and_the_rest_is_named() -> None:
    root = open_process(drawn_files())
    step = root.xpath("//*[@id='Control']")[0]
    assert step.tag.endswith("userTask")
    bare = etree.Element(step.tag.replace("userTask", "manualTask"), id="Control", name=step.get("name", ""))
    step.getparent().replace(step, bare)
    files = merged(SOURCE.files, written(root))
    before, after = SOURCE.process.elements["Control"], Bundle(SOURCE.key, files).process.elements["Control"]
    assert after.type == "manualTask"
    assert (after.extension, after.name) == (before.extension, before.name) and dropped(SOURCE.files, files) == []
    assert Bundle(SOURCE.key, files).data_type_of("Control") == SOURCE.data_type_of("Control")

    root = open_process(drawn_files())
    step = root.xpath("//*[@id='Control']")[0]
    bare = etree.Element(step.tag.replace("userTask", "serviceTask"), id="Control", name=step.get("name", ""))
    step.getparent().replace(step, bare)
    files = merged(SOURCE.files, written(root))
    after = Bundle(SOURCE.key, files).process.elements["Control"]
    assert after.type == "serviceTask" and after.extension.performer == "" and after.extension.task_type == ""
    assert after.extension.stage == before.extension.stage
    ((name, lost),) = dropped(SOURCE.files, files)
    assert name == before.name and {"performer", "task_type"} <= set(lost)


def drawn_files() -> dict[str, bytes]:
    return {**SOURCE.files, "process.bpmn": drawn()}
