"""What a step says of itself, as named settings: read from its XML for a form, written back where it changed.

Everything the engine honours has a name here; whatever else stands in the step is left alone. Durations may be
written in words ("14 dager"); expressions are Altinn's, as JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from engine.bpmn.conditions import ConditionSyntaxError, read_json
from engine.bpmn.timing import TimerSyntaxError, parse_cycle, parse_date
from engine.definitions.durations import read_duration
from engine.definitions.editing.document import (
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
    put,
)
from engine.definitions.editing.events import event_settings, write_event

PEOPLE = ("userTask", "manualTask", "task")
JOBS = ("serviceTask", "businessRuleTask", "scriptTask", "sendTask")
ACTIVITIES = (*PEOPLE, *JOBS, "receiveTask", "callActivity", "subProcess", "transaction", "adHocSubProcess")
MAX_TEXT = 4_000
_PREFIXES = {"altinn": ALTINN, "ib": IB, "": BPMN}


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
    Setting("task_type", f"{_EXT}/altinn:taskExtension/altinn:taskType", "choice", (*PEOPLE, *JOBS)),
    Setting("performer", f"{_ASSIGN}/@performer", "choice", PEOPLE),
    Setting("due", f"{_ASSIGN}/@dueAfter", "duration", PEOPLE),
    Setting("warn", f"{_ASSIGN}/@warnBefore", "duration", PEOPLE),
    Setting("follow_up", f"{_ASSIGN}/@followUpAfter", "duration", PEOPLE, True),
    Setting("escalate", f"{_ASSIGN}/@escalate", "text", PEOPLE, True),
    Setting("pause_stops", f"{_ASSIGN}/@pauseStopsClock", "flag", PEOPLE, True),
    Setting("party", f"{_ASSIGN}/@party", "expression", PEOPLE, True),
    Setting("called", "@calledElement", "choice", ("callActivity",)),
    Setting("called_version", "@ib:calledVersion", "text", ("callActivity",), True),
    Setting("connected", f"{_EXT}/altinn:gatewayExtension/altinn:connectedDataTypeId", "choice",
            ("exclusiveGateway", "inclusiveGateway"), True),
    Setting("stage", f"{_EXT}/ib:stage/@id", "choice",
            (*ACTIVITIES, "startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent")),
    Setting("retry_attempts", f"{_RETRY}/@attempts", "number", JOBS, True),
    Setting("retry_first", f"{_RETRY}/@first", "duration", JOBS, True),
    Setting("retry_factor", f"{_RETRY}/@factor", "number", JOBS, True),
    Setting("retry_longest", f"{_RETRY}/@longest", "duration", JOBS, True),
    Setting("retry_give_up", f"{_RETRY}/@giveUpAfter", "duration", JOBS, True),
    Setting("retry_wait", f"{_RETRY}/@waitFor", "duration", JOBS, True),
    Setting("script", "script", "text", ("scriptTask",), True),
    Setting("ordering", "@ordering", "choice", ("adHocSubProcess",)),
    Setting("completion", "completionCondition", "expression", ("adHocSubProcess",), True),
)  # fmt: skip
#: Lines of "name: value" that stand as elements of our own.
LINES: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "config": ("config", "name", JOBS),
    "inputs": ("input", "target", ACTIVITIES),
    "outputs": ("output", "target", ACTIVITIES),
}


def settings_of(step: Any) -> Iterator[Setting]:
    """The settings an element of this kind has."""
    return (setting for setting in SETTINGS if local(step) in setting.on)


def read_settings(files: Files, element_id: str) -> dict[str, str]:
    """Every setting of a step as text, "" where it says nothing."""
    step = find_step(open_process(files), element_id)
    found = {"name": step.get("name", "")}
    for setting in settings_of(step):
        found[setting.name] = _get(step, setting.path)
    for name, (tag, key, on) in LINES.items():
        if local(step) in on:
            found[name] = _lines(step, tag, key)
    if local(step) in PEOPLE:
        found["actions"] = ", ".join(
            a.text or "" for a in step.findall(f"{BPMN}{_EXT}/{ALTINN}taskExtension/{ALTINN}actions/{ALTINN}action")
        )
    if local(step) in ACTIVITIES:
        found |= _loop(step)
    return found | event_settings(step)


def write_settings(files: Files, element_id: str, given: Mapping[str, str]) -> dict[str, bytes]:
    """The step with the settings that are *given*; the others, and whatever else it holds, stay.

    Raises ``EditRefused`` with the name of the setting that cannot be read.
    """
    root = open_process(files)
    step = find_step(root, element_id)
    now = read_settings(files, element_id)
    changed = {name: value.strip() for name, value in given.items() if value.strip() != now.get(name, "")}
    if "name" in given and not given["name"].strip() and local(step) in ACTIVITIES:
        raise EditRefused("edit.name_missing", "name")
    if "name" in changed:
        _set(step, "@name", changed["name"][:120])
    for setting in settings_of(step):
        if setting.name in changed:
            _set(step, setting.path, _READ[setting.kind](changed[setting.name], setting.name))
    for name, (tag, key, on) in LINES.items():
        if name in changed and local(step) in on:
            _write_lines(step, tag, key, changed[name], name)
    if "actions" in changed and local(step) in PEOPLE:
        _write_actions(step, changed["actions"])
    if local(step) in ACTIVITIES and any(name.startswith("loop") for name in changed):
        _write_loop(step, now | {k: v for k, v in changed.items() if k.startswith("loop")})
    write_event(root, step, now | changed, changed)
    return close_process(files, root)


# Values


def _as_text(text: str, name: str) -> str:
    if len(text) > MAX_TEXT:
        raise EditRefused("edit.too_long", name)
    return text


def duration(text: str, name: str) -> str:
    try:
        return read_duration(text)
    except TimerSyntaxError:
        raise EditRefused("edit.duration", name) from None


def expression(text: str, name: str) -> str:
    try:
        read_json(_as_text(text, name))
    except ConditionSyntaxError:
        raise EditRefused("edit.expression", name) from None
    return text


def _flag(text: str, _: str) -> str:
    return "true" if text in ("true", "1", "on") else ""


def _number(text: str, name: str) -> str:
    try:
        if text and not 0 <= float(text) <= 1_000_000:
            raise ValueError
    except ValueError:
        raise EditRefused("edit.number", name) from None
    return text


_READ: Mapping[str, Callable[[str, str], str]] = {
    "text": _as_text, "choice": _as_text, "duration": duration, "expression": expression, "flag": _flag,
    "number": _number,
}  # fmt: skip


def timer_value(kind: str, text: str, name: str) -> str:
    """What a timer waits for, as BPMN keeps it."""
    if text.startswith("["):
        return expression(text, name)
    try:
        if kind == "duration":
            return read_duration(text)
        parse_date(text) if kind == "date" else parse_cycle(text)
    except TimerSyntaxError:
        raise EditRefused("edit.duration" if kind == "duration" else f"edit.timer_{kind}", name) from None
    return text


# Places


def _tag(part: str) -> str:
    prefix, _, name = part.rpartition(":")
    return f"{_PREFIXES[prefix]}{name}" if prefix else name


def _get(step: Any, path: str) -> str:
    *parts, last = path.split("/")
    node = step
    for part in parts:
        node = node.find(_element(part))
        if node is None:
            return ""
    if last.startswith("@"):
        return str(node.get(_tag(last[1:]), ""))
    return str(node.findtext(_element(last), "")).strip()


def _element(part: str) -> str:
    return _tag(part) if ":" in part else f"{BPMN}{part}"


def _set(step: Any, path: str, value: str) -> None:
    """Write the value, making what it stands in; an empty one takes it away, and what then stands empty."""
    *parts, last = path.split("/")
    if not last.startswith("@"):
        parts.append(last)
    node = step
    for part in parts:
        child = node.find(_element(part))
        if child is None:
            if not value:
                return
            child = extensions(step) if part == _EXT else put(node, etree.Element(_element(part)))
        node = child
    if last.startswith("@"):
        if value:
            node.set(_tag(last[1:]), value)
        else:
            node.attrib.pop(_tag(last[1:]), None)
    else:
        node.text = value or None
    while node is not step and not len(node) and not node.attrib and not (node.text or "").strip():
        parent = node.getparent()
        drop(node)
        node = parent


def _lines(step: Any, tag: str, key: str) -> str:
    nodes = step.findall(f"{BPMN}{_EXT}/{IB}{tag}")
    return "\n".join(f"{node.get(key, '')}: {' '.join((node.text or '').split())}" for node in nodes)


def _write_lines(step: Any, tag: str, key: str, text: str, name: str) -> None:
    pairs = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        target, colon, value = line.partition(":")
        if not colon or not target.strip():
            raise EditRefused("edit.lines", name)
        pairs.append((target.strip(), expression(value.strip(), name)))
    for node in step.findall(f"{BPMN}{_EXT}/{IB}{tag}"):
        drop(node)
    for target, value in pairs:
        node = etree.SubElement(extensions(step), f"{IB}{tag}")
        node.set(key, target)
        node.text = value
    _prune(step)


def _prune(step: Any) -> None:
    found = step.find(f"{BPMN}{_EXT}")
    if found is not None and not len(found):
        drop(found)


def _write_actions(step: Any, text: str) -> None:
    """The buttons of a task; those that stay keep their type."""
    wanted = [name.strip() for name in text.split(",") if name.strip()]
    if any(not name.replace("_", "").replace("-", "").isalnum() for name in wanted):
        raise EditRefused("edit.actions", "actions")
    _set(step, f"{_EXT}/altinn:taskExtension/altinn:taskType", _get(step, SETTINGS[0].path) or "confirmation")
    task = step.find(f"{BPMN}{_EXT}/{ALTINN}taskExtension")
    actions = task.find(f"{ALTINN}actions")
    if actions is None:
        actions = etree.SubElement(task, f"{ALTINN}actions")
    there = {(a.text or "").strip(): a for a in actions.findall(f"{ALTINN}action")}
    for action in there.values():
        drop(action)
    for name in wanted:
        kept = there.get(name)
        if kept is None:
            kept = etree.Element(f"{ALTINN}action")
            kept.text = name
        actions.append(kept)
    if not wanted:
        drop(actions)


# Loops


def _loop(step: Any) -> dict[str, str]:
    """loop: "" | each | each_in_turn | times | while"""
    many, again = (step.find(f"{BPMN}{tag}LoopCharacteristics") for tag in ("multiInstance", "standard"))
    found = dict.fromkeys(
        ("loop", "loop_over", "loop_item", "loop_times", "loop_until", "loop_max", "loop_collect", "loop_output"), ""
    )
    if again is not None:
        found["loop"] = "while"
        found["loop_until"] = again.findtext(f"{BPMN}loopCondition", "").strip()
        found["loop_max"] = again.get("loopMaximum", "")
    elif many is not None:
        found["loop"] = "each_in_turn" if many.get("isSequential") in ("true", "1") else "each"
        collection = many.find(f"{BPMN}{_EXT}/{IB}collection")
        output = many.find(f"{BPMN}{_EXT}/{IB}output")
        if collection is not None:
            found["loop_over"] = (collection.text or "").strip()
            found["loop_item"] = collection.get("item", "")
        if output is not None:
            found["loop_collect"], found["loop_output"] = output.get("collection", ""), (output.text or "").strip()
        found["loop_times"] = many.findtext(f"{BPMN}loopCardinality", "").strip()
        found["loop_until"] = many.findtext(f"{BPMN}completionCondition", "").strip()
    return found


def _write_loop(step: Any, given: Mapping[str, str]) -> None:
    for name in ("loop_over", "loop_until", "loop_output", "loop_times"):
        expression(given[name], name)
    many, again = (step.find(f"{BPMN}{tag}LoopCharacteristics") for tag in ("multiInstance", "standard"))
    kind = given["loop"]
    if again is not None and kind != "while":
        drop(again)
    if many is not None and kind in ("", "while"):
        drop(many)
    if kind == "while":
        if not given["loop_until"] and not given["loop_max"]:
            raise EditRefused("edit.loop_end", "loop_until")
        again = again if again is not None else put(step, etree.Element(f"{BPMN}standardLoopCharacteristics"))
        _number(given["loop_max"], "loop_max")
        _set(again, "@loopMaximum", given["loop_max"])
        _set(again, "loopCondition", given["loop_until"])
    elif kind:
        if not given["loop_over"] and not given["loop_times"]:
            raise EditRefused("edit.loop_items", "loop_over")
        many = many if many is not None else put(step, etree.Element(f"{BPMN}multiInstanceLoopCharacteristics"))
        _set(many, "@isSequential", "true" if kind == "each_in_turn" else "")
        _set(many, f"{_EXT}/ib:collection", given["loop_over"])
        _set(many, f"{_EXT}/ib:collection/@item", (given["loop_item"] or "item") if given["loop_over"] else "")
        _set(many, f"{_EXT}/ib:output", given["loop_output"])
        _set(many, f"{_EXT}/ib:output/@collection", given["loop_collect"] if given["loop_output"] else "")
        _set(many, "loopCardinality", given["loop_times"])
        _set(many, "completionCondition", given["loop_until"])
