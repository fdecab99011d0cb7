"""A definition executed in memory, on a clock that stands still until it is moved.

The same token loop as the durable engine, over plain objects: no database, no
outside world. Every instance of a simulation shares one case, so that messages
and signals cross between them. ``ibalanse run`` is its command.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from engine.bpmn.elements import Definitions, Element, EventDefinition, Process
from engine.bpmn.timing import add_duration, first_due
from engine.execution import advance, catching, correlation, deadlines
from engine.execution.behaviours import BEHAVIOURS, PALETTE
from engine.execution.behaviours.behaviour import Behaviour
from engine.execution.behaviours.timer import arm_again
from engine.execution.execution import MAX_STEPS, ElementBehaviour, Execution, Fault
from engine.execution.expressions import evaluate
from engine.execution.tokens import Instance, NewWork, Scope, Thrown, Token, Wait

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
CASE = "run"
WAITING_TASKS = frozenset({"userTask", "manualTask", "receiveTask", "task"})
AUTOMATIC = ("serviceTask", "scriptTask", "businessRuleTask", "sendTask")


class NobodyWaits(LookupError):
    """A stimulus names an element that waits for nothing now, or that is not there."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What an automatic task does, as data.

    set   variable → Altinn expression
    wait  ISO 8601 duration it takes
    error BPMN error it ends with, by its code
    fail  a failure with this text: whoever catches any error catches it too
    mark  text, or an expression that gives one, written beside its completion
    """

    set: Mapping[str, Any] = field(default_factory=dict)
    wait: str = ""
    error: str = ""
    fail: str = ""
    mark: Any = None


@dataclass(frozen=True, slots=True)
class TraceLine:
    """An element changed state. ``parent`` is the element instance it lives in, or "" at the top."""

    seq: int
    time: datetime
    element: str
    type: str
    state: str
    instance: str
    parent: str
    mark: str = ""


class _Memory:
    """The store of a simulation: everything is already held by the execution."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.messages: list[tuple[str, str, Mapping[str, Any]]] = []

    def instance(self, instance_id: str) -> Instance:
        raise KeyError(instance_id)

    def token(self, token_id: str) -> Token | None:
        return None

    def tokens_in(self, scope_id: str) -> list[Token]:
        return []

    def called_by(self, token_id: str) -> Instance | None:
        return None

    def waits(self, instance: Instance, kind: str, name: str) -> Iterable[Wait]:
        return ()

    def definition(self, key: str, version: str, caller: Instance) -> tuple[str, Process]:
        process = self.definitions.processes.get(key)
        if process is None:
            raise Fault("unknown_process", key)
        return key, process

    def buffered(self, message: str, key: str) -> Mapping[str, Any] | None:
        for index, (name, found, variables) in enumerate(self.messages):
            if (name, found) == (message, key):
                del self.messages[index]
                return variables
        return None

    def evaluate(self, expression: Any, scope: Scope, variables: Mapping[str, Any]) -> Any:
        return evaluate(expression, {"variables": variables}, "variables")


class Simulation:
    """One run of a file. ``trace`` grows as elements change state."""

    def __init__(
        self,
        definitions: Definitions,
        process_id: str = "",
        *,
        effects: Mapping[str, Effect] | None = None,
        max_steps: int = MAX_STEPS,
        starts: int = 1,
    ) -> None:
        self.definitions = definitions
        self.process = self._chosen(process_id)
        self.effects = effects or {}
        self.marks: dict[str, str] = {}
        self._memory = _Memory(definitions)
        self._x = Execution(self._palette(), self._memory, BEGIN, max_steps=max_steps)
        self._timers: list[tuple[datetime, int, NewWork]] = []
        self._count = itertools.count()
        self._seq = itertools.count(1)
        self._armed: list[_Trigger] = []
        self._turns = self._order(starts)
        self._main: list[Instance] = []
        self._all: list[Instance] = []
        self._lines: list[TraceLine] = []
        self._begin_listening()

    @property
    def now(self) -> datetime:
        return self._x.now

    @property
    def begins_with(self) -> set[tuple[str, str]]:
        """(kind, name) of every message and signal that begins the process of the run."""
        return {
            (event.kind, event.reference)
            for trigger in self._armed
            if trigger.process is self.process
            for event in trigger.events
        }

    def _chosen(self, process_id: str) -> Process:
        if process_id:
            found = self.definitions.processes.get(process_id)
            if found is None:
                known = ", ".join(self.definitions.processes)
                raise NobodyWaits(f"the file has no process {process_id!r}, only {known}")
            return found
        processes = [p for p in self.definitions.processes.values() if p.flows or len(p.elements) != 1 or p.executable]
        alone = [p for p in processes if p.executable and p.starts.get(p.id)]
        runnable = [p for p in processes if p.executable]
        return (alone or runnable or processes)[0]

    def _order(self, starts: int) -> list[Process]:
        """Which process each start begins.

        Several starts of a file with several pools are dealt to the pools: they
        are one definition, and who only listens begins first, the process of the
        run last, so that it is heard.
        """
        partners = [
            p
            for p in self.definitions.processes.values()
            if p is not self.process and p.executable and _has_none_start(p)
        ]
        dealt = partners[::-1][: max(0, starts - 1)]
        turns = [*dealt, *[self.process] * (starts - len(dealt))]
        turns.sort(key=_speaks)
        return turns

    # Stimuli

    def start(self, variables: Mapping[str, Any]) -> None:
        """Begin an instance; one whose start events all wait for something begins when that happens."""
        process = self._turns.pop(0) if self._turns else self.process
        if process.starts.get(process.id):
            self._new_instance(process, dict(variables))
        else:
            self._know(variables, process)
        self.settle()

    def complete(self, element_id: str, variables: Mapping[str, Any], action: str = "") -> None:
        token = self._waiting(element_id, WAITING_TASKS)
        values = {**variables, "action": action} if action else dict(variables)
        self._x.later(advance.complete, token, values)
        self.settle()

    def error(self, element_id: str, code: str) -> None:
        token = self._waiting(element_id)
        if not catching.throw_error(self._x, token, code):
            self._x.fail(token, Fault("uncaught_error", code))
        self.settle()

    def escalation(self, element_id: str, code: str) -> None:
        catching.throw_escalation(self._x, self._waiting(element_id), code)
        self.settle()

    def message(self, name: str, key: str | None, variables: Mapping[str, Any]) -> None:
        """Give a message to who waits, else begin what it starts, else keep it."""
        found = CASE if key is None else key
        live = [instance for instance in self._all if not instance.ended]
        if not (live and correlation.deliver_message(self._x, live[0], name, found, variables)):
            if not self._begin("message", name, variables):
                self._memory.messages.append((name, found, variables))
        self.settle()

    def signal(self, name: str, variables: Mapping[str, Any]) -> None:
        live = [instance for instance in self._all if not instance.ended]
        heard = correlation.deliver_signal(self._x, live[0], name, variables) if live else ()
        self._begin("signal", name, variables, heard)
        self.settle()

    def set(self, variables: Mapping[str, Any]) -> None:
        """Data change: conditions are judged anew."""
        for instance in self._all:
            if not instance.ended:
                self._x.set_variables(instance, variables)
        self._know(variables)
        self.settle()

    def cancel(self) -> None:
        for instance in self._all:
            if not instance.ended and instance.parent_token is None:
                advance.cancel(self._x, instance)
        self._armed.clear()
        self.settle()

    def advance(self, duration: str) -> None:
        """Let time pass; what falls due on the way happens at its moment, in order, and what falls due together
        happens before anything goes on from it."""
        until = add_duration(self._x.now, duration)
        left = self._x.max_steps
        while self._timers and self._timers[0][0] <= until:
            due, _, work = heapq.heappop(self._timers)
            self._x.now = max(self._x.now, due)
            left -= 1
            if left < 0:
                raise Fault("endless_timer", f"more than {self._x.max_steps} timers fall due in {duration}")
            self._fire(work)
            if not self._timers or self._timers[0][0] > self._x.now:
                self.settle()
        self._x.now = until

    # What there is

    def settle(self) -> None:
        """Let everything move until it rests, throwing to the other processes of the file on the way.

        A timer whose moment has come, or had passed when it was set, fires once the rest is still.
        """
        for _ in range(self._x.max_steps):
            advance.run(self._x)
            self._write()
            for work in self._x.work:
                heapq.heappush(self._timers, (work.due_at, next(self._count), work))
            self._x.work.clear()
            if not self._x.thrown:
                if not self._timers or self._timers[0][0] > self._x.now:
                    return
                self._fire(heapq.heappop(self._timers)[2])
            thrown, self._x.thrown = self._x.thrown, []
            for item in thrown:
                if item.kind == "signal":
                    self._begin("signal", item.name, item.variables, item.heard)
                elif not self._passed_on(item) and not self._begin("message", item.name, item.variables):
                    self._memory.messages.append((item.name, item.key, item.variables))
        raise Fault("endless_timer", f"more than {self._x.max_steps} timers and throws without rest")

    def _passed_on(self, item: Thrown) -> bool:
        """Whether somebody has begun to listen since the message was thrown; then he has it."""
        return correlation.deliver_message(self._x, item.source, item.name, item.key, item.variables)

    def lines(self) -> Iterator[TraceLine]:
        """What happened since the last call."""
        lines, self._lines = self._lines, []
        return iter(lines)

    def _write(self) -> None:
        """Trace what has just happened, with its moment."""
        trace, self._x.trace = self._x.trace, []
        for token, state in trace:
            parent = token.scope_id if token.scope_id != token.instance.id else ""
            outer = token.role == "body" or (token.data or {}).get("each")
            kind = _BODIES[token.element.multi_instance is not None] if outer else token.element.type
            mark = self.marks.pop(token.id, "") if state in ("completed", "failed") else ""
            self._lines.append(
                TraceLine(next(self._seq), self._x.now, token.element.id, kind, state, token.id, parent, mark)
            )

    def drop_trace(self) -> None:
        """Forget what happened without telling it: a run of millions of steps need not keep them."""
        self._x.trace.clear()

    def result(self) -> dict[str, Any]:
        """Where it stands: state, what waits, variables of the latest instance, incidents."""
        instances = self._main or self._all
        waiting = list(self._waiting_for())
        incidents = [
            {"element": i.token.element.id, "type": i.token.element.type, "code": i.code, "message": i.detail}
            for i in self._x.incidents
            if not i.token.ended
        ]
        states = {instance.state for instance in self._all}
        if incidents and not waiting:
            state = "failed"
        elif "active" in states or not instances:
            state = "active"
        else:
            state = instances[-1].state
        variables = dict(instances[-1].variables) if instances else {}
        return {"state": state, "waiting": waiting, "variables": variables, "incidents": incidents}

    def _waiting_for(self) -> Iterator[dict[str, str]]:
        for token in self._x.tokens.values():
            busy = token.children or token.role == "body" or token.element.type == "callActivity"
            if token.state == "activated" and not busy:
                yield {"element": token.element.id, "type": token.element.type}
        scopes: list[Scope] = [*(i for i in self._all if not i.ended), *self._x.tokens.values()]
        for scope in scopes:
            elements = scope.instance.process.elements
            for gateway, flows in (scope.data or {}).get("joins", {}).items():
                if any(flows.values()):
                    yield {"element": gateway, "type": elements[gateway].type}
            for activity in (scope.data or {}).get("quantities", ()):
                yield {"element": activity, "type": elements[activity].type}
        for trigger in self._armed:
            if trigger.process is self.process and not self._main:
                yield {"element": trigger.element.id, "type": trigger.element.type}

    def _waiting(self, element_id: str, types: frozenset[str] | None = None) -> Token:
        """The oldest waiting instance of an element."""
        for token in self._x.tokens.values():
            if token.element.id == element_id and token.state == "activated" and token.role != "body":
                if types is None or token.element.type in types:
                    return token
        raise NobodyWaits(f"no instance of {element_id!r} waits")

    # Time, and processes that begin when something happens

    def _fire(self, work: NewWork) -> None:
        if isinstance(work.holder, _Trigger):
            self._fire_start(work)
            return
        if work.gone or work.holder.ended:
            return
        holder, cause = work.holder, work.payload.get("cause", "")
        if work.kind == "effect":
            assert isinstance(holder, Token)
            self._x.later(_do_effect, holder)
            return
        if work.kind == deadlines.KIND:
            assert isinstance(holder, Token)
            if work.name == deadlines.DEADLINE:
                deadlines.passed(self._x, holder)
            return
        element = holder.instance.process.elements[work.element_id]
        self._x.later(arm_again, holder, element, cause, work.payload.get("fired", 0))
        self._x.later(advance.trigger, holder, work.element_id, None, cause)

    def _new_instance(self, process: Process, variables: dict[str, Any], start: str | None = None) -> Instance:
        instance = self._x.new_instance(process.id, process, key=process.id, case_id=CASE, variables=variables)
        self._all.append(instance)
        if process is self.process:
            self._main.append(instance)
        if start is None:
            advance.start(self._x, instance)
        else:
            advance.start_at(self._x, instance, start)
        return instance

    def _begin_listening(self) -> None:
        """Every process of the file may be begun by an event."""
        for process in self.definitions.processes.values():
            for element_id in process.triggers.get(process.id, ()) if process.executable else ():
                begins = process.elements[element_id]
                for wanted in _starting(process, begins):
                    trigger = _Trigger(process, wanted, {}, shared=begins.type == "eventBasedGateway")
                    self._armed.append(trigger)
                    for event in wanted.events:
                        if event.kind == "timer":
                            self._arm_timer(trigger, event, 0)

    def _arm_timer(self, trigger: _Trigger, event: EventDefinition, fired: int) -> None:
        due = first_due(event.timer, str(event.value), self._x.now, fired)
        if due is not None:
            payload = {"fired": fired, "event": event}
            work = NewWork("timer", event.timer, trigger, trigger.element.id, payload, due, "")  # type: ignore[arg-type]
            heapq.heappush(self._timers, (due, next(self._count), work))

    def _fire_start(self, work: NewWork) -> None:
        trigger: _Trigger = work.holder  # type: ignore[assignment]
        event: EventDefinition = work.payload["event"]
        if trigger in self._armed:
            self._happened(trigger, event.cause)
            if event.timer == "cycle":
                self._arm_timer(trigger, event, work.payload["fired"] + 1)

    def _begin(self, kind: str, name: str, variables: Mapping[str, Any], heard: Collection[str] = ()) -> bool:
        """Begin every process a message or signal starts; a message only the first.

        What an instance has *heard* that waits at an event-based gateway already
        begins no second one there: a parallel gateway waits for all its events.
        """
        begun = False
        for trigger in list(self._armed):
            if trigger.shared and trigger.element.id in heard:
                continue
            for event in trigger.events:
                if event.kind == kind and event.reference == name:
                    trigger.received.update(variables)
                    self._happened(trigger, event.cause)
                    begun = True
                    break
            if begun and kind == "message":
                break
        return begun

    def _know(self, variables: Mapping[str, Any], process: Process | None = None) -> None:
        """What instances begun by an event will know; conditions of start events are judged on it."""
        for trigger in list(self._armed):
            if process is not None and trigger.process is not process:
                continue
            trigger.variables.update(variables)
            for event in trigger.events:
                if event.kind == "conditional" and event.condition is not None and not event.condition.error:
                    models = {"variables": trigger.variables}
                    true = evaluate(event.condition.expression, models, "variables") is True
                    was, trigger.true = trigger.true, true
                    if true and not was:
                        self._happened(trigger, event.cause)

    def _happened(self, trigger: _Trigger, cause: str) -> None:
        trigger.seen.add(cause)
        if trigger.all_events and any(event.cause not in trigger.seen for event in trigger.events):
            return
        trigger.seen.clear()
        variables = {**trigger.variables, **trigger.received}
        trigger.received.clear()
        self._new_instance(trigger.process, variables, trigger.element.id)

    def _palette(self) -> Any:
        """The palette with automatic tasks that do what they are bound to."""
        bound: dict[str, ElementBehaviour] = dict(BEHAVIOURS)
        for kind in AUTOMATIC:
            bound[kind] = _automatic(self, BEHAVIOURS[kind])
        return replace(PALETTE, behaviours=bound)


_BODIES = {True: "multiInstanceBody", False: "standardLoopBody"}


def _has_none_start(process: Process) -> bool:
    return any(process.elements[start].type == "startEvent" for start in process.starts[process.id])


def _speaks(process: Process) -> bool:
    """Whether the process throws signals, which only those hear who listen already."""
    return any(
        event.kind == "signal"
        for element in process.elements.values()
        if element.type in ("intermediateThrowEvent", "endEvent")
        for event in element.events
    )


@dataclass(eq=False)
class _Trigger:
    """A process that begins when *element* happens. ``shared``: its instance waits for the other events too."""

    process: Process
    element: Element
    variables: dict[str, Any]
    received: dict[str, Any] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    true: bool = False
    shared: bool = False

    @property
    def all_events(self) -> bool:
        return self.element.all_events

    @property
    def events(self) -> tuple[EventDefinition, ...]:
        if self.element.type == "receiveTask":
            return (EventDefinition("message", self.element.message),)
        return self.element.events


def _starting(process: Process, element: Element) -> Iterator[Element]:
    """A start event or receive task itself, or the events after a gateway that starts the process."""
    if element.type == "eventBasedGateway":
        yield from (process.elements[flow.target] for flow in process.ways[element.id])
    else:
        yield element


def _automatic(simulation: Simulation, plain: ElementBehaviour) -> Behaviour:
    def effect_of(token: Token) -> Effect | None:
        return simulation.effects.get(token.element.id) or simulation.effects.get(token.element.script)

    def activate(x: Execution, token: Token) -> None:
        effect = effect_of(token)
        if effect is None:
            _pass(x, token)
        elif effect.wait:
            due = add_duration(x.now, effect.wait)
            x.add_work(NewWork("effect", "", token, token.element.id, {}, due, ""))
        else:
            apply(x, token)

    def apply(x: Execution, token: Token) -> None:
        effect = effect_of(token)
        if effect is None:
            _pass(x, token)
            return
        if effect.set:
            values = {name: x.evaluate(value, token) for name, value in effect.set.items()}
            x.set_variables(token, values)
        if effect.fail:
            if not catching.throw_error(x, token, effect.fail):
                raise Fault("failed", effect.fail)
            return
        if effect.error:
            if not catching.throw_error(x, token, effect.error):
                raise Fault("uncaught_error", effect.error)
            return
        mark = x.evaluate(effect.mark, token)
        if mark:
            simulation.marks[token.id] = str(mark)
        _pass(x, token)

    def _pass(x: Execution, token: Token) -> None:
        if not token.element.message or token.element.type != "sendTask":
            advance.leave(x, token)
        else:
            plain.activate(x, token)

    return Behaviour(activate=activate, complete=apply)


def _do_effect(x: Execution, token: Token) -> None:
    x.palette.of(token).complete(x, token)
