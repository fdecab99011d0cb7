"""The sorts of steps that can be put in. What is offered follows what the engine executes: the rest is not shown."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from engine.advice.task_types.exchange import Notify
from engine.workflow.bpmn.validator import Capabilities

#: How a process or a part of one may begin, in the order they are offered.
STARTS = ("none", "timer", "message", "signal", "conditional")
#: What may happen at any time in a scope: how an event subprocess begins.
HANDLERS = ("timer", "message", "signal", "conditional", "error", "escalation", "compensation")
#: What may happen on the edge of a step.
EDGES = ("timer", "message", "signal", "conditional", "error", "escalation", "compensation", "cancel")
#: What does the undoing of a step that has been done.
UNDOING = ("confirmation", "form", "manual", "plain", "notify", "job", "rule", "script", "send", "part", "call")
#: What an ad-hoc part holds: steps that may be done in any order.
ANY_ORDER = (*UNDOING, "signing", "message", "adhoc", "whole")


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of step that can be put in.

    id        names its text, ``kind.<id>``
    element   BPMN local name;  ``event`` the kind of event it needs, if any
    task_type user task type or job type;  ``person``: somebody does it, so access comes with it
    group     the heading it is offered under, text ``kind.group.<group>``
    """

    id: str
    element: str
    event: str = ""
    task_type: str = ""
    person: bool = False
    group: str = "person"


KINDS = (
    Kind("confirmation", "userTask", task_type="confirmation", person=True),
    Kind("form", "userTask", task_type="data", person=True),
    Kind("signing", "userTask", task_type="signing", person=True),
    Kind("manual", "manualTask", task_type="confirmation", person=True),
    Kind("plain", "task", task_type="confirmation", person=True),
    Kind("notify", "serviceTask", task_type=Notify.name, group="job"),
    Kind("job", "serviceTask", group="job"),
    Kind("rule", "businessRuleTask", group="job"),
    Kind("script", "scriptTask", group="job"),
    Kind("send", "sendTask", group="job"),
    Kind("wait", "intermediateCatchEvent", event="timer", group="wait"),
    Kind("message", "receiveTask", group="wait"),
    Kind("hear", "intermediateCatchEvent", event="message", group="wait"),
    Kind("signal", "intermediateCatchEvent", event="signal", group="wait"),
    Kind("until", "intermediateCatchEvent", event="conditional", group="wait"),
    Kind("say", "intermediateThrowEvent", event="signal", group="say"),
    Kind("tell", "intermediateThrowEvent", event="message", group="say"),
    Kind("escalate", "intermediateThrowEvent", event="escalation", group="say"),
    Kind("undo", "intermediateThrowEvent", event="compensation", group="say"),
    Kind("reached", "intermediateThrowEvent", group="say"),
    Kind("choice", "exclusiveGateway", group="ways"),
    Kind("several", "inclusiveGateway", group="ways"),
    Kind("parallel", "parallelGateway", group="ways"),
    Kind("first", "eventBasedGateway", group="ways"),
    Kind("complex", "complexGateway", group="ways"),
    Kind("jump", "intermediateThrowEvent", event="link", group="ways"),
    Kind("part", "subProcess", group="part"),
    Kind("whole", "transaction", group="part"),
    Kind("adhoc", "adHocSubProcess", group="part"),
    Kind("call", "callActivity", group="part"),
    Kind("end", "endEvent", group="end"),
    Kind("stop", "endEvent", event="terminate", group="end"),
    Kind("fail", "endEvent", event="error", group="end"),
    Kind("end_tell", "endEvent", event="message", group="end"),
    Kind("end_say", "endEvent", event="signal", group="end"),
    Kind("end_escalate", "endEvent", event="escalation", group="end"),
    Kind("end_undo", "endEvent", event="compensation", group="end"),
    Kind("end_cancel", "endEvent", event="cancel", group="end"),
)


def offered(can: Capabilities, jobs: Collection[str], user_tasks: Collection[str]) -> tuple[Kind, ...]:
    """The kinds this engine can run."""
    return tuple(
        kind
        for kind in KINDS
        if kind.element in can.elements
        and (not kind.element.endswith("Event") or (kind.event or "none") in can.events.get(kind.element, ()))
        and (not kind.task_type or kind.task_type in (user_tasks if kind.person else jobs))
    )


def events(can: Capabilities, place: str, wanted: Collection[str]) -> list[str]:
    """Those of *wanted* that the engine honours in *place*."""
    return [kind for kind in wanted if kind in can.events.get(place, ())]
