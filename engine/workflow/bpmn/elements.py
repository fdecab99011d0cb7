"""A BPMN 2.0 process as frozen objects: what ``parser.py`` makes and ``execution`` reads.

Names are the standard's own. Nothing here knows of a database, a clock or a
person, and nothing here is ever changed after parsing, so one definition is
shared by every instance and thread.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeAlias

#: An Altinn expression (a JSON array) or a literal: JSON. Nothing of ours is imported here, so it is named here too.
Expression: TypeAlias = None | bool | int | float | str | Sequence["Expression"] | Mapping[str, "Expression"]
#: The elements a machine does: each may be a job of a task type.
JOB_ELEMENTS = ("serviceTask", "businessRuleTask", "scriptTask", "sendTask")


@dataclass(frozen=True, slots=True)
class Condition:
    """The text of a condition and the Altinn expression it means. ``error`` says why it cannot be read, or ""."""

    text: str
    expression: Expression
    line: int = 0
    error: str = ""


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
    reference  the *name* of the message, signal or link, the *code* of the error
               or escalation (empty catches every code), or the id of the activity
               to compensate (empty = all of the scope)
    timer      "date" | "duration" | "cycle" for timers
    value      ISO 8601 text, a cron line, or an Altinn expression that gives one
    key        correlation key of a message, an expression; ``None`` = the case
    waits      a compensation throw waits until the handlers are done
    """

    kind: str
    reference: str = ""
    timer: str = ""
    value: Expression = None
    key: Expression = None
    condition: Condition | None = None
    waits: bool = True

    @property
    def cause(self) -> str:
        """What an event of this definition is told apart by among several on one element."""
        if self.kind == "conditional":
            return f"conditional:{self.condition.text if self.condition else ''}"
        return f"{self.kind}:{self.value if self.kind == 'timer' else self.reference}"


@dataclass(frozen=True, slots=True)
class MultiInstance:
    """Multi-instance characteristics: one inner instance per item.

    collection  expression that gives a list; or ``cardinality``, one that gives a number
    item        name of the variable each inner instance finds its item in
    completion  boolean expression evaluated after each inner instance; true ends the rest
    output      name of the variable that collects ``output_item`` of every inner instance
    behavior    All | None | One | Complex: when an inner instance that is done throws an event
    events      what it throws then; for Complex each with the condition it hangs on
    """

    sequential: bool
    collection: Expression = None
    item: str = "item"
    cardinality: Expression = None
    completion: Condition | None = None
    output: str = ""
    output_item: Expression = None
    behavior: str = "All"
    events: tuple[tuple[Condition | None, EventDefinition], ...] = ()


@dataclass(frozen=True, slots=True)
class StandardLoop:
    """Standard loop characteristics: the activity again while ``condition`` holds.

    test_before  evaluated before each turn instead of after
    maximum      the most turns there may be, or ``None``
    """

    test_before: bool = False
    condition: Condition | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class RetrySettings:
    """What a diagram says about trying a job again (``ib:retry``); ``None`` = as the task type has it.

    See ``engine.workflow.jobs.retry.RetryPolicy`` for what each means.
    """

    attempts: int | None = None
    first: timedelta | None = None
    factor: float | None = None
    longest: timedelta | None = None
    jitter: float | None = None
    give_up_after: timedelta | None = None
    wait_for: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """What Altinn's and our own extension elements say about one element.

    task_type   Altinn task type: data, confirmation, signing, fetch, overview …
    actions     (name, "processAction" | "serverAction") pairs
    performer   who does a user task: "citizen" or "caseworker"; empty = citizen
    party       expression that gives the person id of the one citizen who does it; ``None`` = the case's owner
    due_after   ISO 8601 duration from activation to deadline, or ""
    working_days  whether the days of due_after are those somebody works
    warn_before ISO 8601 duration of the warning window before the deadline, or ""
    follow_up_after  ISO 8601 duration from activation to the planned date, or ""
    escalate    code of the escalation thrown from the task when its deadline passes, or ""
    pause_stops_clock  whether a pause moves deadline and warning
    stage       case stage entered when the element is activated, or ""
    config      settings of the task type: name → text or expression
    inputs      (target variable, expression) evaluated in the outer scope on activation
    outputs     (target variable, expression) evaluated in the inner scope on completion
    retry       when its job is tried again, where that differs from its task type's own
    """

    task_type: str = ""
    actions: tuple[tuple[str, str], ...] = ()
    performer: str = ""
    party: Expression = None
    due_after: str = ""
    working_days: bool = False
    warn_before: str = ""
    follow_up_after: str = ""
    escalate: str = ""
    pause_stops_clock: bool = False
    stage: str = ""
    connected_data_type: str = ""
    config: Mapping[str, Expression] = field(default_factory=dict)
    inputs: tuple[tuple[str, Expression], ...] = ()
    outputs: tuple[tuple[str, Expression], ...] = ()
    retry: RetrySettings | None = None


NO_EXTENSION = Extension()


@dataclass(frozen=True, slots=True)
class DataAssociation:
    """Copies a value when an activity or event begins (``inputs``) or is done (``outputs``).

    source  variable or expression read; "" when only assignments are given
    target  variable written
    """

    source: Expression
    target: str


@dataclass(frozen=True, slots=True)
class AdHoc:
    """How the activities of an ad-hoc subprocess are done, and when it is enough."""

    sequential: bool = False
    completion: Condition | None = None
    cancel_remaining: bool = True


@dataclass(frozen=True, slots=True)
class Element:
    """One flow node.

    type         BPMN local name: startEvent, userTask, exclusiveGateway, subProcess …
    scope        id of the process or subprocess it stands in
    incoming     ids of sequence flows, in document order
    outgoing     ids of sequence flows, in document order
    default      id of the default flow, or ""
    events       what an event waits for or throws, in document order; empty for a none event
    all_events   parallelMultiple: all of ``events`` must happen, not one of them
    attached_to  id of the activity a boundary event hangs on, or ""
    interrupting boundary events: cancelActivity; event subprocess starts: isInterrupting
    boundary     ids of the boundary events attached to this activity
    handler      id of the activity that compensates this one, or ""
    called       process or global task a call activity calls, or ""
    called_version  version or "latest" of the called definition; "" = latest
    triggered_by_event  an event subprocess
    for_compensation    started by compensation only, never by a flow
    instantiate  an event-based gateway or receive task that starts the process
    start_quantity, completion_quantity  tokens an activity waits for and leaves per outgoing flow
    activation   activationCondition of a complex gateway
    lane         name of the innermost lane, or ""
    groups       potential owners named by the model
    properties   variables the activity holds for itself
    repeats      the activity has inner instances: multi-instance or a standard loop
    plain        nothing to prepare and nothing to carry out: no boundary events, mappings or stage
    """

    id: str
    type: str
    scope: str
    name: str = ""
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    default: str = ""
    events: tuple[EventDefinition, ...] = ()
    all_events: bool = False
    attached_to: str = ""
    interrupting: bool = True
    boundary: tuple[str, ...] = ()
    handler: str = ""
    multi_instance: MultiInstance | None = None
    called: str = ""
    called_version: str = ""
    triggered_by_event: bool = False
    for_compensation: bool = False
    instantiate: bool = False
    event_gateway_type: str = "Exclusive"
    start_quantity: int = 1
    completion_quantity: int = 1
    activation: Condition | None = None
    ad_hoc: AdHoc | None = None
    script: str = ""
    message: str = ""
    correlation_key: Expression = None
    extension: Extension = NO_EXTENSION
    inputs: tuple[DataAssociation, ...] = ()
    outputs: tuple[DataAssociation, ...] = ()
    properties: tuple[str, ...] = ()
    lane: str = ""
    groups: tuple[str, ...] = ()
    line: int = 0
    loop: StandardLoop | None = None
    plain: bool = field(default=False, init=False)
    repeats: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        extension = self.extension
        plain = not (
            self.boundary
            or self.inputs
            or self.outputs
            or self.properties
            or extension.stage
            or extension.inputs
            or extension.outputs
        )
        object.__setattr__(self, "plain", plain)
        object.__setattr__(self, "repeats", self.multi_instance is not None or self.loop is not None)

    @property
    def event(self) -> EventDefinition | None:
        """The one event definition, ``none`` for a plain event, ``multiple`` for several; ``None`` for no event."""
        if not self.type.endswith("Event"):
            return None
        if not self.events:
            return NONE_EVENT
        return self.events[0] if len(self.events) == 1 else MULTIPLE_EVENT


NONE_EVENT = EventDefinition("none")
MULTIPLE_EVENT = EventDefinition("multiple")


@dataclass(frozen=True, slots=True)
class Process:
    """One executable process.

    elements  every flow node of the process and of the subprocesses in it, by id
    flows     every sequence flow, by id
    children  scope id → ids of the flow nodes directly in it (the process id is a scope too)
    starts    scope id → what begins there on its own: none start events, else every node no flow leads to
    triggers  scope id → ids of start events (or instantiating nodes) that wait for something
    handlers  scope id → ids of the event subprocesses in it
    links     (scope id, link name) → id of the catching link event
    data      names of data objects and properties the process declares
    outgoing_flows  element id → its outgoing flows, in document order
    choosing  ids of elements with a condition or a default on an outgoing flow
    compensates  whether anything here can be compensated; only then is what was done recorded
    cache     what is worked out once from the above
    """

    id: str
    name: str
    elements: Mapping[str, Element]
    flows: Mapping[str, SequenceFlow]
    children: Mapping[str, tuple[str, ...]]
    starts: Mapping[str, tuple[str, ...]]
    triggers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    handlers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    links: Mapping[tuple[str, str], str] = field(default_factory=dict)
    data: tuple[str, ...] = ()
    executable: bool = True
    line: int = 0
    outgoing_flows: Mapping[str, tuple[SequenceFlow, ...]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    choosing: frozenset[str] = field(default=frozenset(), init=False, compare=False, repr=False)
    compensates: bool = field(default=False, init=False)
    cache: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        nodes = self.elements.values()
        compensates = any(node.handler or node.for_compensation or node.type == "transaction" for node in nodes)
        compensates = compensates or any(event.kind == "compensation" for node in nodes for event in node.events)
        object.__setattr__(self, "compensates", compensates)
        flows = self.flows
        outgoing_flows = {node.id: tuple(flows[flow] for flow in node.outgoing if flow in flows) for node in nodes}
        object.__setattr__(self, "outgoing_flows", outgoing_flows)
        choosing = {flow.source for flow in flows.values() if flow.condition is not None}
        choosing |= {node.id for node in nodes if node.default}
        object.__setattr__(self, "choosing", frozenset(choosing))


@dataclass(frozen=True, slots=True)
class Definitions:
    """One BPMN file: its processes by id, in document order."""

    processes: Mapping[str, Process]
    target_namespace: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the validator found. ``severity`` is "error" or "warning".

    message     in English, for the command line; pages have a text for ``rule`` in each language
    parameters  what it is about, by name: names of elements, files and values, the same in every language
    """

    element: str
    rule: str
    message: str
    line: int = 0
    severity: str = "error"
    suggestion: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict, compare=False, repr=False)

    def row(self) -> dict[str, object]:
        """As the command line prints it: everything but the parameters, which the message has."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "parameters"}
