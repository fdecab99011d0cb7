"""What a step says of itself, as named settings: read from its XML for a form, written back where it changed.

Everything the engine honours has a name here; whatever else stands in the step is left alone. Durations may be
written in words ("14 dager"); expressions are Altinn's, as JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from engine.studio.bpmn_editor.document import (
    ALTINN,
    BPMN,
    IB,
    EditRefused,
    Files,
    close_process,
    drop,
    extensions,
    find_step,
    local,
    open_process,
)
from engine.studio.bpmn_editor.events import definitions_of, event_settings, write_event
from engine.studio.bpmn_editor.loops import loop, write_loop
from engine.studio.bpmn_editor.setting_paths import get, write
from engine.studio.bpmn_editor.values import MAX_NAME, READ, expression, within
from engine.workflow.bpmn.elements import JOB_ELEMENTS

PEOPLE = ("userTask", "manualTask", "task")
ACTIVITIES = (*PEOPLE, *JOB_ELEMENTS, "receiveTask", "callActivity", "subProcess", "transaction", "adHocSubProcess")


@dataclass(frozen=True, slots=True)
class Setting:
    """One value of a step.

    path  where it is kept: elements by prefix from the step, the last part ``@attribute`` or an element's text
    kind  text | duration | expression | flag | number | choice
    on    the elements that have it; ``advanced``: shown after the others
    """

    name: str
    path: str
    kind: str = "text"
    on: tuple[str, ...] = ACTIVITIES
    advanced: bool = False


_EXT = "extensionElements"
_ASSIGN = f"{_EXT}/ib:assignment"
_RETRY = f"{_EXT}/ib:retry"
SETTINGS: tuple[Setting, ...] = (
    Setting("task_type", f"{_EXT}/altinn:taskExtension/altinn:taskType", "choice", (*PEOPLE, *JOB_ELEMENTS)),
    Setting("performer", f"{_ASSIGN}/@performer", "choice", PEOPLE),
    Setting("due", f"{_ASSIGN}/@dueAfter", "duration", PEOPLE),
    Setting("warn", f"{_ASSIGN}/@warnBefore", "duration", PEOPLE),
    Setting("follow_up", f"{_ASSIGN}/@followUpAfter", "duration", PEOPLE, True),
    Setting("working_days", f"{_ASSIGN}/@workingDays", "flag", PEOPLE, True),
    Setting("escalate", f"{_ASSIGN}/@escalate", "text", PEOPLE, True),
    Setting("pause_stops", f"{_ASSIGN}/@pauseStopsClock", "flag", PEOPLE, True),
    Setting("party", f"{_ASSIGN}/@party", "expression", PEOPLE, True),
    Setting("called", "@calledElement", "choice", ("callActivity",)),
    Setting("called_version", "@ib:calledVersion", "text", ("callActivity",), True),
    Setting(
        "connected",
        f"{_EXT}/altinn:gatewayExtension/altinn:connectedDataTypeId",
        "choice",
        ("exclusiveGateway", "inclusiveGateway"),
        True,
    ),
    Setting(
        "stage",
        f"{_EXT}/ib:stage/@id",
        "choice",
        (*ACTIVITIES, "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent"),
    ),
    Setting("retry_attempts", f"{_RETRY}/@attempts", "number", JOB_ELEMENTS, True),
    Setting("retry_first", f"{_RETRY}/@first", "duration", JOB_ELEMENTS, True),
    Setting("retry_factor", f"{_RETRY}/@factor", "number", JOB_ELEMENTS, True),
    Setting("retry_longest", f"{_RETRY}/@longest", "duration", JOB_ELEMENTS, True),
    Setting("retry_give_up", f"{_RETRY}/@giveUpAfter", "duration", JOB_ELEMENTS, True),
    Setting("retry_wait", f"{_RETRY}/@waitFor", "duration", JOB_ELEMENTS, True),
    Setting("script", "script", "text", ("scriptTask",), True),
    Setting("ordering", "@ordering", "choice", ("adHocSubProcess",)),
    Setting("completion", "completionCondition", "expression", ("adHocSubProcess",)),
    Setting("keep_rest", "@cancelRemainingInstances", "choice", ("adHocSubProcess",), True),
    Setting("activation", "activationCondition", "expression", ("complexGateway",)),
    Setting("gateway_type", "@eventGatewayType", "choice", ("eventBasedGateway",), True),
    Setting("instantiate", "@instantiate", "flag", ("eventBasedGateway", "receiveTask"), True),
    Setting("all_events", "@parallelMultiple", "flag", ("startEvent", "intermediateCatchEvent", "boundaryEvent")),
    Setting("start_quantity", "@startQuantity", "number", ACTIVITIES, True),
    Setting("completion_quantity", "@completionQuantity", "number", ACTIVITIES, True),
)
#: Lines of "name: value" that stand as elements of our own.
LINES: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "config": ("config", "name", JOB_ELEMENTS),
    "inputs": ("input", "target", ACTIVITIES),
    "outputs": ("output", "target", ACTIVITIES),
}


def settings_of(step: etree._Element) -> Iterator[Setting]:
    """The settings an element of this kind has."""
    return (setting for setting in SETTINGS if local(step) in setting.on)


def read_settings(files: Files, element_id: str) -> dict[str, str]:
    """Every setting of a step as text, "" where it says nothing."""
    step = find_step(open_process(files), element_id)
    found = {"name": step.get("name", "")}
    for setting in settings_of(step):
        if setting.name != "all_events" or len(definitions_of(step)) > 1:
            found[setting.name] = get(step, setting.path)
    for name, (tag, key, on) in LINES.items():
        if local(step) in on:
            found[name] = _lines(step, tag, key)
    if local(step) in PEOPLE:
        found["actions"] = ", ".join(
            a.text or "" for a in step.findall(f"{BPMN}{_EXT}/{ALTINN}taskExtension/{ALTINN}actions/{ALTINN}action")
        )
    if local(step) in ACTIVITIES:
        found |= loop(step)
    return found | event_settings(step)


def write_settings(files: Files, element_id: str, values: Mapping[str, str]) -> dict[str, bytes]:
    """The step with the settings in *values*; the others, and whatever else it holds, stay.

    Raises ``EditRefused`` with the name of the setting that cannot be read.
    """
    root = open_process(files)
    step = find_step(root, element_id)
    now = read_settings(files, element_id)
    changed = {name: value.strip() for name, value in values.items() if value.strip() != now.get(name, "")}
    if "name" in values and not values["name"].strip() and local(step) in ACTIVITIES:
        raise EditRefused("edit.name_missing", "name")
    if "name" in changed:
        write(step, "@name", within(changed["name"], MAX_NAME, "name"))
    for setting in settings_of(step):
        if setting.name in changed:
            write(step, setting.path, READ[setting.kind](changed[setting.name], setting.name))
    for name, (tag, key, on) in LINES.items():
        if name in changed and local(step) in on:
            _write_lines(step, tag, key, changed[name], name)
    if "actions" in changed and local(step) in PEOPLE:
        _write_actions(step, changed["actions"])
    if local(step) in ACTIVITIES and any(name.startswith("loop") for name in changed):
        write_loop(step, now | {k: v for k, v in changed.items() if k.startswith("loop")})
    write_event(root, step, now | changed, changed)
    return close_process(files, root)


def _lines(step: etree._Element, tag: str, key: str) -> str:
    nodes = step.findall(f"{BPMN}{_EXT}/{IB}{tag}")
    return "\n".join(f"{node.get(key, '')}: {' '.join((node.text or '').split())}" for node in nodes)


def _write_lines(step: etree._Element, tag: str, key: str, text: str, name: str) -> None:
    pairs = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        target, colon, value = line.partition(":")
        if not colon or not target.strip():
            raise EditRefused("edit.lines", name)
        pairs.append((target.strip(), expression(value.strip(), name)))
    clear_lines(step, tag)
    for target, value in pairs:
        node = etree.SubElement(extensions(step), f"{IB}{tag}")
        node.set(key, target)
        node.text = value
    _prune(step)


def clear_lines(step: etree._Element, tag: str) -> None:
    for node in step.findall(f"{BPMN}{_EXT}/{IB}{tag}"):
        drop(node)


def _prune(step: etree._Element) -> None:
    found = step.find(f"{BPMN}{_EXT}")
    if found is not None and not len(found):
        drop(found)


def _write_actions(step: etree._Element, text: str) -> None:
    """The buttons of a task; those that stay keep their type."""
    wanted = [name.strip() for name in text.split(",") if name.strip()]
    if any(not name.replace("_", "").replace("-", "").isalnum() for name in wanted):
        raise EditRefused("edit.actions", "actions")
    write(step, f"{_EXT}/altinn:taskExtension/altinn:taskType", get(step, SETTINGS[0].path) or "confirmation")
    task = step.find(f"{BPMN}{_EXT}/{ALTINN}taskExtension")
    actions = task.find(f"{ALTINN}actions")
    if actions is None:
        actions = etree.SubElement(task, f"{ALTINN}actions")
    there = {(a.text or "").strip(): a for a in actions.findall(f"{ALTINN}action")}
    for action in there.values():
        drop(action)
    for name in wanted:
        action = there.get(name)
        if action is None:
            action = etree.Element(f"{ALTINN}action")
            action.text = name
        actions.append(action)
    if not wanted:
        drop(actions)
