"""Is this process fit to be executed? Every error at once, each with element, line, rule and what to do.

A rule is one small function: those of ``executable`` without which a definition cannot be executed at all, and those
of ``sound`` that make it sound, which is asked of what is deployed. ``Capabilities`` is what the engine executes,
handed over by ``execution.behaviours``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine.workflow.bpmn.elements import Definitions, Finding
from engine.workflow.bpmn.executable import EXECUTABLE
from engine.workflow.bpmn.rule import Capabilities, Rule
from engine.workflow.bpmn.soundness import SOUND

__all__ = ["EXECUTABLE", "RULES", "SUGGESTIONS", "Capabilities", "Rule", "validate"]

RULES: tuple[Rule, ...] = (*EXECUTABLE, *SOUND)

#: Every rule, and what to do when it is broken.
SUGGESTIONS: Mapping[str, str] = {
    "boundary-on-wrong-host": "attach it to a task, subprocess or call activity of the same scope",
    "boundary-without-host": "attach it to an activity",
    "call-without-process": "name the process or global task to call in calledElement",
    "cancel-without-transaction": "use an error event, or make the subprocess a transaction",
    "compensation-of-nothing": "name an activity that has a compensation event or is a subprocess",
    "compensation-without-handler": "draw an association to the handler",
    "condition-unreadable": 'write an Altinn expression, for example ["equals", ["gatewayAction"], "reject"]',
    "deadline-unreadable": "write ISO 8601, for example P7D",
    "default-not-outgoing": "name one of its own outgoing flows as default",
    "element-not-executable": "use an element from the table in docs/engine.md",
    "error-must-interrupt": "let it interrupt, or throw an escalation instead of an error",
    "event-not-executable": "use an event from the table in docs/engine.md",
    "flow-into-start": "let the flow end at the element after it",
    "flow-out-of-end": "use an intermediate throw event",
    "flow-without-condition": "give it a condition or make it the default flow",
    "gateway-without-events": "let each flow lead to a catch event or a receive task",
    "handler-in-flow": "remove its sequence flows; only the association leads to it",
    "handler-without-event": "give it one start event with a definition",
    "join-never-completes": "join with an exclusive gateway, or split with a parallel one",
    "link-target-twice": "keep one catching link of the name in each scope",
    "link-without-target": "add a catching link event of the same name in the same scope",
    "loop-without-end": "give it a loop condition or a loopMaximum",
    "message-without-name": "refer to a message of the file",
    "multi-instance-without-items": "give it a loopCardinality or a collection",
    "no-end": "add an end event",
    "no-start-event": "add a start event",
    "no-way-on": "draw a sequence flow from it",
    "signal-without-name": "refer to a signal of the file",
    "timer-unreadable": "write ISO 8601, for example PT15M",
    "timer-without-time": "add a timeDate, timeDuration or timeCycle",
    "two-loops": "keep either the standard loop or the multi-instance",
    "unreachable": "connect it or remove it",
}


def validate(
    definitions: Definitions, capabilities: Capabilities, rules: Sequence[Rule] | None = None
) -> tuple[Finding, ...]:
    """Every finding of *rules* (all of ``RULES`` when not given), in document order."""
    found = [
        finding
        for process in definitions.processes.values()
        for rule in (RULES if rules is None else rules)
        for finding in rule(process, capabilities)
    ]
    found = [replace(finding, suggestion=SUGGESTIONS[finding.rule]) for finding in found]
    return tuple(sorted(found, key=lambda finding: (finding.line, finding.element, finding.rule)))
