"""A definition executed in memory, on a clock that stands still until it is moved.

The same token loop as the durable engine, over plain objects: no database, no
outside world. Every instance of a simulation shares one case, so that messages
and signals cross between them. ``ibalanse run`` is its command.
"""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from engine.workflow.bpmn.elements import Definitions, Process
from engine.workflow.bpmn.timing import add_duration
from engine.workflow.execution import advance, correlation, deadlines, error_propagation, triggers
from engine.workflow.execution.behaviours.timer import schedule_next
from engine.workflow.execution.execution import MAX_STEPS, Execution, ExecutionError
from engine.workflow.execution.simulation.effects import KIND, Effect, behaviours_with_effects, happen
from engine.workflow.execution.simulation.memory import Memory
from engine.workflow.execution.simulation.starts import Starts, Trigger
from engine.workflow.execution.tokens import Instance, NewWork, Scope, Thrown, Token

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
CASE = "run"
WAITING_TASKS = frozenset({"userTask", "manualTask", "receiveTask", "task"})


class NobodyWaitsError(LookupError):
    """A stimulus names an element that waits for nothing now, or that is not there."""


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


class Simulation:
    """One run of a file.

    starts      how many starts there will be, dealt to the pools of the file
    record_trace  whether ``lines`` has something to tell; a run of millions of steps need not record them
    """

    def __init__(
        self,
        definitions: Definitions,
        process_id: str = "",
        *,
        effects: Mapping[str, Effect] | None = None,
        max_steps: int = MAX_STEPS,
        starts: int = 1,
        record_trace: bool = True,
    ) -> None:
        self.definitions = definitions
        self.process = self._chosen(process_id)
        self.effects = effects or {}
        self.marks: dict[str, str] = {}
        self._memory = Memory(definitions)
        self._execution = Execution(
            behaviours_with_effects(self.effects, self.marks), self._memory, BEGIN, max_steps=max_steps
        )
        self._record_trace = record_trace
        if not record_trace:
            self._execution.trace = deque(maxlen=0)
        self._timers: list[tuple[datetime, int, NewWork]] = []
        self._count = itertools.count()
        self._seq = itertools.count(1)
        self._starts = Starts(self._new_instance, self._set_timer)
        self._turns = self._order(starts)
        self._main: list[Instance] = []
        self._all: list[Instance] = []
        self._lines: list[TraceLine] = []
        self._starts.listen(definitions, BEGIN)

    @property
    def now(self) -> datetime:
        return self._execution.now

    @property
    def begins_with(self) -> set[tuple[str, str]]:
        """(kind, name) of every message and signal that begins the process of the run."""
        return {
            (event.kind, event.reference)
            for trigger in self._starts.subscribed
            if trigger.process is self.process
            for event in trigger.events
        }

    def _chosen(self, process_id: str) -> Process:
        if process_id:
            found = self.definitions.processes.get(process_id)
            if found is None:
                known = ", ".join(self.definitions.processes)
                raise NobodyWaitsError(f"the file has no process {process_id!r}, only {known}")
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
            self._starts.set_variables(variables, process)
        self.run_until_idle()

    def complete(self, element_id: str, variables: Mapping[str, Any], action: str = "") -> None:
        token = self._waiting(element_id, WAITING_TASKS)
        values = {**variables, "action": action} if action else dict(variables)
        self._execution.enqueue(advance.complete, token, values)
        self.run_until_idle()

    def error(self, element_id: str, code: str) -> None:
        token = self._waiting(element_id)
        if not error_propagation.throw_error(self._execution, token, code):
            self._execution.fail(token, ExecutionError("uncaught_error", code))
        self.run_until_idle()

    def escalation(self, element_id: str, code: str) -> None:
        error_propagation.throw_escalation(self._execution, self._waiting(element_id), code)
        self.run_until_idle()

    def message(self, name: str, key: str | None, variables: Mapping[str, Any]) -> None:
        """Give a message to who waits, else begin what it starts, else keep it."""
        found = CASE if key is None else key
        live = [instance for instance in self._all if not instance.ended]
        if not (live and correlation.deliver_message(self._execution, live[0], name, found, variables)):
            if not self._starts.begin("message", name, variables):
                self._memory.messages.append((name, found, variables))
        self.run_until_idle()

    def signal(self, name: str, variables: Mapping[str, Any]) -> None:
        live = [instance for instance in self._all if not instance.ended]
        heard = correlation.deliver_signal(self._execution, live[0], name, variables) if live else ()
        self._starts.begin("signal", name, variables, heard)
        self.run_until_idle()

    def set(self, variables: Mapping[str, Any]) -> None:
        """Data change: conditions are evaluated anew."""
        for instance in self._all:
            if not instance.ended:
                self._execution.set_variables(instance, variables)
        self._starts.set_variables(variables)
        self.run_until_idle()

    def cancel(self) -> None:
        for instance in self._all:
            if not instance.ended and instance.parent_token is None:
                advance.cancel(self._execution, instance)
        self._starts.subscribed.clear()
        self.run_until_idle()

    def advance(self, duration: str) -> None:
        """Let time pass; what falls due on the way happens at its moment, in order, and what falls due together
        happens before anything goes on from it."""
        until = add_duration(self._execution.now, duration)
        left = self._execution.max_steps
        while self._timers and self._timers[0][0] <= until:
            due, _, work = heapq.heappop(self._timers)
            self._execution.now = max(self._execution.now, due)
            left -= 1
            if left < 0:
                raise ExecutionError(
                    "endless_timer", f"more than {self._execution.max_steps} timers fall due in {duration}"
                )
            self._fire(work)
            if not self._timers or self._timers[0][0] > self._execution.now:
                self.run_until_idle()
        self._execution.now = until

    # What there is

    def run_until_idle(self) -> None:
        """Let everything move until it rests, throwing to the other processes of the file on the way.

        A timer whose moment has come, or had passed when it was set, fires once the rest is still.
        """
        for _ in range(self._execution.max_steps):
            advance.run(self._execution)
            self._write()
            for work in self._execution.work:
                self._set_timer(work)
            self._execution.work.clear()
            if not self._execution.thrown:
                if not self._timers or self._timers[0][0] > self._execution.now:
                    return
                self._fire(heapq.heappop(self._timers)[2])
            thrown, self._execution.thrown = self._execution.thrown, []
            for item in thrown:
                if item.kind == "signal":
                    self._starts.begin("signal", item.name, item.variables, item.heard)
                elif not self._passed_on(item) and not self._starts.begin("message", item.name, item.variables):
                    self._memory.messages.append((item.name, item.key, item.variables))
        raise ExecutionError("endless_timer", f"more than {self._execution.max_steps} timers and throws without rest")

    def _passed_on(self, item: Thrown) -> bool:
        """Whether somebody has begun to listen since the message was thrown; then they have it."""
        return correlation.deliver_message(self._execution, item.source, item.name, item.key, item.variables)

    def lines(self) -> Iterator[TraceLine]:
        """What happened since the last call."""
        lines, self._lines = self._lines, []
        return iter(lines)

    def _write(self) -> None:
        """Trace what has just happened, with its moment."""
        if not self._record_trace:
            return
        trace, self._execution.trace = self._execution.trace, []
        for token, state in trace:
            parent = token.scope_id if token.scope_id != token.instance.id else ""
            outer = token.role == "body" or (token.data or {}).get("each")
            kind = _BODIES[token.element.multi_instance is not None] if outer else token.element.type
            mark = self.marks.pop(token.id, "") if state in ("completed", "failed") else ""
            self._lines.append(
                TraceLine(next(self._seq), self._execution.now, token.element.id, kind, state, token.id, parent, mark)
            )

    def result(self) -> dict[str, Any]:
        """Where it stands: state, what waits, variables of the latest instance, incidents."""
        instances = self._main or self._all
        waiting = list(self._waiting_for())
        incidents = [
            {"element": i.token.element.id, "type": i.token.element.type, "code": i.code, "message": i.detail}
            for i in self._execution.incidents
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
        for token in self._execution.tokens.values():
            busy = token.children or token.role == "body" or token.element.type == "callActivity"
            if token.state == "activated" and not busy:
                yield {"element": token.element.id, "type": token.element.type}
        scopes: list[Scope] = [*(i for i in self._all if not i.ended), *self._execution.tokens.values()]
        for scope in scopes:
            elements = scope.instance.process.elements
            for gateway, flows in (scope.data or {}).get("joins", {}).items():
                if any(flows.values()):
                    yield {"element": gateway, "type": elements[gateway].type}
            for activity in (scope.data or {}).get("quantities", ()):
                yield {"element": activity, "type": elements[activity].type}
        for trigger in self._starts.subscribed:
            if trigger.process is self.process and not self._main:
                yield {"element": trigger.element.id, "type": trigger.element.type}

    def _waiting(self, element_id: str, types: frozenset[str] | None = None) -> Token:
        """The oldest waiting instance of an element."""
        for token in self._execution.tokens.values():
            if token.element.id == element_id and token.state == "activated" and token.role != "body":
                if types is None or token.element.type in types:
                    return token
        raise NobodyWaitsError(f"no instance of {element_id!r} waits")

    # Time, and processes that begin when something happens

    def _fire(self, work: NewWork) -> None:
        if isinstance(work.holder, Trigger):
            self._starts.fire(work, self._execution.now)
            return
        if work.gone or work.holder.ended:
            return
        holder, cause = work.holder, work.payload.get("cause", "")
        if work.kind == KIND:
            assert isinstance(holder, Token)
            self._execution.enqueue(happen, holder)
            return
        if work.kind == deadlines.KIND:
            assert isinstance(holder, Token)
            if work.name == deadlines.DEADLINE:
                deadlines.passed(self._execution, holder)
            return
        element = holder.instance.process.elements[work.element_id]
        self._execution.enqueue(schedule_next, holder, element, cause, work.payload.get("fired", 0))
        self._execution.enqueue(triggers.trigger, holder, work.element_id, None, cause)

    def _set_timer(self, work: NewWork) -> None:
        heapq.heappush(self._timers, (work.due_at, next(self._count), work))

    def _new_instance(self, process: Process, variables: dict[str, Any], start: str | None = None) -> Instance:
        instance = self._execution.new_instance(process.id, process, key=process.id, case_id=CASE, variables=variables)
        self._all.append(instance)
        if process is self.process:
            self._main.append(instance)
        if start is None:
            advance.start(self._execution, instance)
        else:
            advance.start_at(self._execution, instance, start)
        return instance


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
