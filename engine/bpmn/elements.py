"""A BPMN 2.0 process as frozen objects: what ``parser.py`` makes and ``execution`` reads.

Names are the standard's own. Nothing here knows of a database, a clock or a
person, and nothing here is ever changed after parsing, so one definition is
shared by every instance and thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: An Altinn expression (a JSON array) or a literal.
Expression = Any


@dataclass(frozen=True, slots=True)
class Condition:
    """The text of a ``conditionExpression`` and, when it is an Altinn expression, its JSON."""

    text: str
    expression: Expression
    line: int = 0


@dataclass(frozen=True, slots=True)
class SequenceFlow:
    """One arrow. ``source`` and ``target`` are element ids in the same scope."""

    id: str
    source: str
    target: str
    condition: Condition | None = None
    name: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class EventDefinition:
    """What an event waits for or throws.

    kind       none | timer | message | error | terminate | signal | escalation |
               conditional | compensation | cancel | link
    reference  the *name* of the message, signal or link, or the *code* of the
               error or escalation; empty catches every code
    timer      "date" | "duration" | "cycle" for timers
    value      ISO 8601 text or an Altinn expression that gives one
    key        correlation key of a message, an expression; ``None`` = the case
    """

    kind: str
    reference: str = ""
    timer: str = ""
    value: Expression = None
    key: Expression = None
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class MultiInstance:
    """Multi-instance characteristics: one inner instance per item.

    collection  expression that gives a list; or ``cardinality``, one that gives a number
    item        name of the variable each inner instance finds its item in
    completion  boolean expression judged after each inner instance; true ends the rest
    output      name of the variable that collects ``output_item`` of every inner instance
    """

    sequential: bool
    collection: Expression = None
    item: str = "item"
    cardinality: Expression = None
    completion: Condition | None = None
    output: str = ""
    output_item: Expression = None


@dataclass(frozen=True, slots=True)
class StandardLoop:
    """Standard loop characteristics: the activity again while ``condition`` holds.

    test_before  judged before each turn instead of after
    maximum      the most turns there may be, or ``None``
    """

    test_before: bool = False
    condition: Condition | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """What Altinn's and our own extension elements say about one element.

    task_type   Altinn task type: data, confirmation, signing, fetch, overview …
    actions     (name, "processAction" | "serverAction") pairs
    performer   who does a user task: "citizen" or "caseworker"; empty = citizen
    party       expression that gives the person id of the one citizen who does it; ``None`` = the case's owner
    due_after   ISO 8601 duration from activation to deadline, or ""
    warn_before ISO 8601 duration of the warning window before the deadline, or ""
    stage       case stage entered when the element is activated, or ""
    config      settings of the task type: name → text or expression
    inputs      (target variable, expression) evaluated in the outer scope on activation
    outputs     (target variable, expression) evaluated in the inner scope on completion
    """

    task_type: str = ""
    actions: tuple[tuple[str, str], ...] = ()
    performer: str = ""
    party: Expression = None
    due_after: str = ""
    warn_before: str = ""
    stage: str = ""
    connected_data_type: str = ""
    config: Mapping[str, Expression] = field(default_factory=dict)
    inputs: tuple[tuple[str, Expression], ...] = ()
    outputs: tuple[tuple[str, Expression], ...] = ()


NO_EXTENSION = Extension()


@dataclass(frozen=True, slots=True)
class Element:
    """One flow node.

    type         BPMN local name: startEvent, userTask, exclusiveGateway, subProcess …
    scope        id of the process or subprocess it stands in
    incoming     ids of sequence flows, in document order
    outgoing     ids of sequence flows, in document order
    default      id of the default flow, or ""
    attached_to  id of the activity a boundary event hangs on, or ""
    interrupting boundary events: cancelActivity; event subprocess starts: isInterrupting
    boundary     ids of the boundary events attached to this activity
    called       process id of a call activity, or ""
    triggered_by_event  an event subprocess
    """

    id: str
    type: str
    scope: str
    name: str = ""
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    default: str = ""
    event: EventDefinition | None = None
    attached_to: str = ""
    interrupting: bool = True
    boundary: tuple[str, ...] = ()
    multi_instance: MultiInstance | None = None
    called: str = ""
    triggered_by_event: bool = False
    script: str = ""
    message: str = ""
    correlation_key: Expression = None
    extension: Extension = NO_EXTENSION
    line: int = 0
    loop: StandardLoop | None = None


@dataclass(frozen=True, slots=True)
class Process:
    """One executable process.

    elements  every flow node of the process and of the subprocesses in it, by id
    flows     every sequence flow, by id
    children  scope id → ids of the flow nodes directly in it (the process id is a scope too)
    starts    scope id → ids of its start events, none-start first
    """

    id: str
    name: str
    elements: Mapping[str, Element]
    flows: Mapping[str, SequenceFlow]
    children: Mapping[str, tuple[str, ...]]
    starts: Mapping[str, tuple[str, ...]]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Definitions:
    """One BPMN file: its processes by id, in document order."""

    processes: Mapping[str, Process]
    target_namespace: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault the validator found. ``severity`` is "error" or "warning"."""

    element: str
    rule: str
    message: str
    line: int = 0
    severity: str = "error"
    suggestion: str = ""
