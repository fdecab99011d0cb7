"""What Altinn's and our own extension elements say of one flow node. Used by ``parser.py`` and ``parts.py`` only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from lxml import etree

from engine.workflow.bpmn.conditions import ConditionSyntaxError, read_json
from engine.workflow.bpmn.elements import NO_EXTENSION, Expression, Extension, RetrySettings
from engine.workflow.bpmn.timing import TimerSyntaxError, parse_duration
from engine.workflow.bpmn.xml import ALTINN, BPMN, IB, BpmnSyntaxError


def extension(node: etree._Element) -> Extension:
    root = node.find(f"{BPMN}extensionElements")
    if root is None:
        return NO_EXTENSION
    task_type = root.findtext(f"{ALTINN}taskExtension/{ALTINN}taskType", "").strip()
    actions = tuple(
        ((action.text or "").strip(), action.get("type") or action.get(f"{ALTINN}type") or "processAction")
        for action in root.findall(f"{ALTINN}taskExtension/{ALTINN}actions/{ALTINN}action")
    )
    assignment = root.find(f"{IB}assignment")
    stage = root.find(f"{IB}stage")
    return Extension(
        task_type=task_type,
        actions=actions,
        performer="" if assignment is None else assignment.get("performer", ""),
        party=None if assignment is None else _party(assignment),
        due_after="" if assignment is None else assignment.get("dueAfter", ""),
        working_days=assignment is not None and assignment.get("workingDays") in ("true", "1"),
        warn_before="" if assignment is None else assignment.get("warnBefore", ""),
        follow_up_after="" if assignment is None else assignment.get("followUpAfter", ""),
        escalate="" if assignment is None else assignment.get("escalate", ""),
        pause_stops_clock=assignment is not None and assignment.get("pauseStopsClock") in ("true", "1"),
        stage="" if stage is None else stage.get("id", ""),
        connected_data_type=root.findtext(f"{ALTINN}gatewayExtension/{ALTINN}connectedDataTypeId", "").strip(),
        config={child.get("name", ""): read_value(child) for child in root.findall(f"{IB}config")},
        inputs=tuple((child.get("target", ""), read_value(child)) for child in root.findall(f"{IB}input")),
        outputs=tuple((child.get("target", ""), read_value(child)) for child in root.findall(f"{IB}output")),
        retry=_retry(root.find(f"{IB}retry")),
    )


def _moments(text: str) -> timedelta:
    found = parse_duration(text)
    if not isinstance(found, timedelta) or found <= timedelta(0):
        raise TimerSyntaxError(f"{text!r} is not a time in days, hours, minutes and seconds")
    return found


def _share(text: str) -> float:
    found = float(text)
    if not 0 <= found < 1:
        raise ValueError(text)
    return found


def _growth(text: str) -> float:
    found = float(text)
    if not 1 <= found <= 100:
        raise ValueError(text)
    return found


_RETRY: dict[str, tuple[str, Callable[[str], Any]]] = {
    "attempts": ("attempts", int),
    "first": ("first", _moments),
    "factor": ("factor", _growth),
    "longest": ("longest", _moments),
    "jitter": ("jitter", _share),
    "giveUpAfter": ("give_up_after", _moments),
    "waitFor": ("wait_for", _moments),
}


def _retry(node: etree._Element | None) -> RetrySettings | None:
    """``<ib:retry attempts="5" first="PT10S" factor="3" longest="PT1H" giveUpAfter="P2D"/>`` and the like."""
    if node is None:
        return None
    settings: dict[str, Any] = {}
    for name, text in node.attrib.items():
        if name not in _RETRY:
            raise BpmnSyntaxError(f"a retry has no setting {name[:40]!r}", node.sourceline or 0)
        field_name, read_setting = _RETRY[name]
        try:
            settings[field_name] = read_setting(text)
        except ValueError:
            raise BpmnSyntaxError(f"{name} of a retry cannot be {text[:40]!r}", node.sourceline or 0) from None
    if settings.get("attempts", 1) < 1:
        raise BpmnSyntaxError("attempts of a retry must be at least 1", node.sourceline or 0)
    return RetrySettings(**settings)


def _party(assignment: etree._Element) -> Expression:
    """The expression of attribute ``party``, or ``None``."""
    text = assignment.get("party")
    if not text:
        return None
    try:
        return read_json(text)
    except ConditionSyntaxError as error:
        raise BpmnSyntaxError(str(error), assignment.sourceline or 0) from None


def read_value(node: etree._Element) -> Expression:
    """Text, or the Altinn expression it writes when it begins with a bracket."""
    try:
        return read_json(node.text or "")
    except ConditionSyntaxError as error:
        raise BpmnSyntaxError(str(error), node.sourceline or 0) from None


def first_value(node: etree._Element, tag: str) -> Expression:
    for root in node.findall(f"{BPMN}extensionElements"):
        child = root.find(tag)
        if child is not None:
            return read_value(child)
    return None
