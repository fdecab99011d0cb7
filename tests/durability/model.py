"""Random valid processes: blocks that nest by composition, written as BPMN and as a short outline.

Every block has one way in and at most one way out, so whatever is composed is a
sound process: no join waits for a branch that cannot come, no loop turns without
somebody being asked in between. What fails is shrunk to a few lines of outline.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.factories.bundles import HEAD, flow, job

VARIABLES = ("a", "b", "c")
JOB = "work"
LONGEST_REST = "P9999D"


@dataclass(frozen=True)
class Task:
    """kind: user manual job auto receive. ``undo``: "" or the kind of task that compensates it."""

    kind: str
    undo: str = ""


@dataclass(frozen=True)
class Catch:
    """kind: timer past message mail signal call conditional. ``mail`` and ``call`` are thrown inside the process."""

    kind: str


@dataclass(frozen=True)
class Throw:
    """kind: none mail call escalation compensation link."""

    kind: str


@dataclass(frozen=True)
class Stop:
    """An end that nothing follows. kind: end terminate error cancel compensation."""

    kind: str


@dataclass(frozen=True)
class Seq:
    steps: tuple[Block, ...]


@dataclass(frozen=True)
class Choice:
    """kind: exclusive inclusive. The last branch is the default."""

    kind: str
    branches: tuple[Block, ...]


@dataclass(frozen=True)
class Par:
    branches: tuple[Block, ...]


@dataclass(frozen=True)
class Gate:
    """An event-based gateway: (kind of event, what follows)."""

    options: tuple[tuple[str, Block], ...]


@dataclass(frozen=True)
class Loop:
    """Back again while a variable is 1; a person is asked at each turn."""

    body: Block


@dataclass(frozen=True)
class Catcher:
    """A boundary event or the start of an event subprocess, and what follows.

    kind: timer cycle message signal conditional error escalation cancel
    """

    kind: str
    interrupting: bool
    then: Block


@dataclass(frozen=True)
class Activity:
    """kind: task sub call transaction; with what hangs on it.

    repeat    "" loop sequential parallel, ``count`` times
    enough    a multi-instance is done after the first
    handlers  event subprocesses in it
    """

    kind: str
    body: Block
    repeat: str = ""
    count: int = 2
    enough: bool = False
    catchers: tuple[Catcher, ...] = ()
    handlers: tuple[Catcher, ...] = ()


Block = Task | Catch | Throw | Stop | Seq | Choice | Par | Gate | Loop | Activity


@dataclass(frozen=True)
class Model:
    body: Block
    handlers: tuple[Catcher, ...] = ()


@dataclass
class Written:
    """A model as BPMN, with what a test must know of it."""

    bpmn: bytes
    outline: str
    jobs: frozenset[str]
    messages: tuple[str, ...]
    signals: tuple[str, ...]


@dataclass
class _Writer:
    out: list[str] = field(default_factory=list)
    processes: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    head: dict[str, str] = field(default_factory=dict)
    jobs: set[str] = field(default_factory=set)
    names: dict[str, list[str]] = field(default_factory=lambda: {"message": [], "signal": []})
    counts: dict[str, int] = field(default_factory=dict)
    depth: int = 0

    def new(self, kind: str) -> str:
        self.counts[kind] = self.counts.get(kind, 0) + 1
        return f"{kind}{self.counts[kind]}"

    def say(self, text: str) -> None:
        self.lines.append("  " * self.depth + text)

    @contextmanager
    def deeper(self, text: str) -> Iterator[None]:
        self.say(text)
        self.depth += 1
        yield
        self.depth -= 1

    def node(self, tag: str, identity: str, inside: str = "", attributes: str = "") -> str:
        self.out.append(f'<{tag} id="{identity}" {attributes}>{inside}</{tag}>')
        return identity

    def link(self, source: str, target: str, condition: str = "") -> None:
        self.out.append(flow(source, target, condition))

    # Blocks: each gives its way in and its way out, or None when nothing follows

    def block(self, block: Block) -> tuple[str, str | None]:
        writers: dict[type, Callable[..., tuple[str, str | None]]] = {
            Task: self.task,
            Catch: self.catch,
            Throw: self.throw,
            Stop: self.stop,
            Seq: self.seq,
            Choice: self.choice,
            Par: self.par,
            Gate: self.gate,
            Loop: self.loop,
            Activity: self.activity,
        }
        return writers[type(block)](block)

    def task(self, task: Task, more: str = "") -> tuple[str, str]:
        identity = self.new(task.kind)
        self.say(identity + (f" undone by {task.undo}" if task.undo else ""))
        if task.kind == "receive":
            self.node("receiveTask", identity, more, f'messageRef="{self.name("message")}"')
        elif task.kind == "job":
            self.jobs.add(identity)
            self.node("serviceTask", identity, job(JOB) + more)
        else:
            tag = {"user": "userTask", "manual": "manualTask", "auto": "scriptTask"}[task.kind]
            self.node(tag, identity, more)
        if task.undo:
            self._undo(identity, task.undo)
        return identity, identity

    def _undo(self, identity: str, kind: str) -> None:
        handler = self.new("undo")
        if kind == "job":
            self.jobs.add(handler)
        tag = {"user": "userTask", "job": "serviceTask", "auto": "scriptTask"}[kind]
        self.node(tag, handler, job(JOB) if kind == "job" else "", 'isForCompensation="true"')
        event = self.new("compensate")
        self.node("boundaryEvent", event, "<compensateEventDefinition/>", f'attachedToRef="{identity}"')
        self.out.append(f'<association id="{event}-{handler}" sourceRef="{event}" targetRef="{handler}"/>')

    def name(self, kind: str, own: str = "") -> str:
        """A message or signal of its own. ``own`` is one of those thrown inside the process."""
        name = self.new(own or kind[0])
        if not own:
            self.names[kind].append(name)
        self.head[name] = f'<{kind} id="{name}" name="{name}"/>'
        return name

    def inner(self, kind: str, own: str, side: str) -> str:
        """The n-th thrower of an inner message or signal speaks to its n-th catcher."""
        self.counts[own + side] = self.counts.get(own + side, 0) + 1
        name = f"{own}{self.counts[own + side]}"
        self.head[name] = f'<{kind} id="{name}" name="{name}"/>'
        return name

    def event(self, kind: str) -> tuple[str, str]:
        """An event definition to be caught, and how the outline calls it."""
        if kind == "timer":
            number = self.counts["t"] = self.counts.get("t", 0) + 1
            seconds = f"{3600 * number}.{10 ** ((number - 1) % 6):06d}"  # no two fall due at one moment
            return _timer("Duration", f"PT{seconds}S"), f"timer {number} h"
        if kind == "cycle":
            number = self.counts["t"] = self.counts.get("t", 0) + 1
            seconds = f"{3600 * number}.{10 ** ((number - 1) % 6):06d}"
            return _timer("Cycle", f"R3/PT{seconds}S"), f"cycle of 3 times {number} h"
        if kind == "past":
            number = self.counts["past"] = self.counts.get("past", 0) + 1
            return _timer("Date", f"2020-01-01T00:{number:02d}:00Z"), f"timer in the past, number {number}"
        if kind in ("message", "signal"):
            name = self.name(kind)
            return f'<{kind}EventDefinition {kind}Ref="{name}"/>', name
        if kind == "mail":
            name = self.inner("message", "mail", "in")
            return f'<messageEventDefinition messageRef="{name}"/>', name
        if kind == "call":
            name = self.inner("signal", "call", "in")
            return f'<signalEventDefinition signalRef="{name}"/>', name
        if kind == "conditional":
            return f"<conditionalEventDefinition><condition>{_is('c', 1)}</condition></conditionalEventDefinition>", (
                "when c = 1"
            )
        if kind == "error":
            self.head["BAD"] = '<error id="BAD" errorCode="bad"/>'
            return '<errorEventDefinition errorRef="BAD"/>', "error bad"
        if kind == "escalation":
            return "<escalationEventDefinition/>", "escalation"
        assert kind == "cancel"
        return "<cancelEventDefinition/>", "cancel"

    def catch(self, catch: Catch) -> tuple[str, str]:
        definition, text = self.event(catch.kind)
        identity = self.new("catch")
        self.say(f"{identity}: {text}")
        self.node("intermediateCatchEvent", identity, definition)
        return identity, identity

    def throw(self, throw: Throw) -> tuple[str, str]:
        identity = self.new("throw")
        self.say(f"{identity}: {throw.kind}")
        if throw.kind == "link":
            name, target = self.new("link"), self.new("linked")
            self.node("intermediateThrowEvent", identity, f'<linkEventDefinition name="{name}"/>')
            self.node("intermediateCatchEvent", target, f'<linkEventDefinition name="{name}"/>')
            return identity, target
        self.node("intermediateThrowEvent", identity, self._thrown(throw.kind))
        return identity, identity

    def _thrown(self, kind: str) -> str:
        if kind == "none":
            return ""
        if kind == "mail":
            return f'<messageEventDefinition messageRef="{self.inner("message", "mail", "out")}"/>'
        if kind == "call":
            return f'<signalEventDefinition signalRef="{self.inner("signal", "call", "out")}"/>'
        if kind == "escalation":
            self.head["LATE"] = '<escalation id="LATE" escalationCode="late"/>'
            return '<escalationEventDefinition escalationRef="LATE"/>'
        if kind == "error":
            self.head["BAD"] = '<error id="BAD" errorCode="bad"/>'
            return '<errorEventDefinition errorRef="BAD"/>'
        return {
            "compensation": "<compensateEventDefinition/>",
            "terminate": "<terminateEventDefinition/>",
            "cancel": "<cancelEventDefinition/>",
        }[kind]

    def stop(self, stop: Stop) -> tuple[str, None]:
        identity = self.new("end")
        self.say(f"{identity}: {stop.kind}")
        self.node("endEvent", identity, "" if stop.kind == "end" else self._thrown(stop.kind))
        return identity, None

    def seq(self, seq: Seq) -> tuple[str, str | None]:
        first: str | None = None
        last: str | None = None
        for step in seq.steps:
            begin, end = self.block(step)
            if first is None:
                first = begin
            else:
                assert last is not None, "nothing follows a stop"
                self.link(last, begin)
            last = end
            if last is None:
                break
        assert first is not None
        return first, last

    def _branches(self, split: str, branches: tuple[Block, ...], conditions: list[str]) -> list[str]:
        ends = []
        for branch, condition in zip(branches, conditions, strict=True):
            with self.deeper(f"- {condition or 'else'}:"):
                begin, end = self.block(branch)
            self.link(split, begin, condition)
            if end is not None:
                ends.append(end)
        return ends

    def _join(self, tag: str, ends: list[str]) -> str | None:
        if not ends:
            return None
        join = self.node(tag, self.new("join"))
        for end in ends:
            self.link(end, join)
        return join

    def choice(self, choice: Choice) -> tuple[str, str | None]:
        split = self.new("choice" if choice.kind == "exclusive" else "some")
        tag = f"{choice.kind}Gateway"
        place = len(self.out)
        count = len(choice.branches) - 1
        if choice.kind == "exclusive":
            conditions = [_is("a", value + 1) for value in range(count)]
        else:
            conditions = [_is(VARIABLES[at % 2], 1) for at in range(count)]
        with self.deeper(f"{split} ({choice.kind})"):
            before = len(self.out)
            ends = self._branches(split, choice.branches, [*conditions, ""])
            default = next(
                line
                for line in reversed(self.out[before:])
                if f'sourceRef="{split}"' in line and "<condition" not in line
            ).split('"')[1]
            self.out.insert(place, f'<{tag} id="{split}" default="{default}"/>')
            return split, self._join(tag, ends)

    def par(self, par: Par) -> tuple[str, str | None]:
        split = self.node("parallelGateway", self.new("fork"))
        with self.deeper(f"{split} (parallel)"):
            ends = self._branches(split, par.branches, [""] * len(par.branches))
            return split, self._join("parallelGateway", ends)

    def gate(self, gate: Gate) -> tuple[str, str | None]:
        split = self.node("eventBasedGateway", self.new("gate"))
        ends = []
        with self.deeper(f"{split} (first event)"):
            for kind, then in gate.options:
                event, end = self.seq(Seq((Task("receive") if kind == "receive" else Catch(kind), then)))
                self.link(split, event)
                if end is not None:
                    ends.append(end)
            return split, self._join("exclusiveGateway", ends)

    def loop(self, loop: Loop) -> tuple[str, str]:
        again = self.node("exclusiveGateway", self.new("again"))
        with self.deeper(f"{again} while b = 1"):
            begin, end = self.seq(Seq((Task("user"), loop.body)))
        assert end is not None
        turn = self.new("turn")
        out = self.new("on")
        self.node("exclusiveGateway", turn, attributes=f'default="{turn}-{out}"')
        self.node("intermediateThrowEvent", out)
        self.link(again, begin)
        self.link(end, turn)
        self.link(turn, again, _is("b", 1))
        self.link(turn, out)
        return again, out

    # Activities

    def activity(self, activity: Activity) -> tuple[str, str | None]:
        repeat = self._repeat(activity)
        if activity.kind == "task":
            assert isinstance(activity.body, Task)
            identity, _ = self.task(activity.body, repeat)
        else:
            identity = self._container(activity, repeat)
        ends = [identity]
        for catcher in activity.catchers:
            with self.deeper(f"on {identity}"):
                definition, text = self.event(catcher.kind)
                event = self.new("on")
                self.say(f"{event}: {text}{'' if catcher.interrupting else ', beside'}")
                interrupts = "true" if catcher.interrupting else "false"
                attributes = f'attachedToRef="{identity}" cancelActivity="{interrupts}"'
                self.node("boundaryEvent", event, definition, attributes)
                begin, end = self.block(catcher.then)
                self.link(event, begin)
            if end is not None and catcher.interrupting:
                ends.append(end)
        return identity, identity if len(ends) == 1 else self._join("exclusiveGateway", ends)

    def _repeat(self, activity: Activity) -> str:
        if not activity.repeat:
            return ""
        if activity.repeat == "loop":
            again = f"<loopCondition>{_is('a', 0)}</loopCondition>"
            return f'<standardLoopCharacteristics loopMaximum="{activity.count}">{again}</standardLoopCharacteristics>'
        enough = '["greaterThanEq", ["dataModel","numberOfCompletedInstances","variables"], 1]'
        completion = f"<completionCondition>{enough}</completionCondition>" if activity.enough else ""
        output = f'<ib:output collection="{self.new("got")}">["dataModel","a","variables"]</ib:output>'
        return (
            f'<multiInstanceLoopCharacteristics isSequential="{str(activity.repeat == "sequential").lower()}">'
            f"<extensionElements>{output}</extensionElements>"
            f"<loopCardinality>{activity.count}</loopCardinality>{completion}</multiInstanceLoopCharacteristics>"
        )

    def _container(self, activity: Activity, repeat: str) -> str:
        identity = self.new(activity.kind)
        what = f"{activity.repeat} {activity.count}{' until one' if activity.enough else ''}" if activity.repeat else ""
        outer, self.out = self.out, []
        with self.deeper(f"{identity} {what}".rstrip()):
            self._inside(activity.body, activity.handlers)
        inside, self.out = "".join(self.out), outer
        if activity.kind == "call":
            process = f"p-{identity}"
            self.processes.append(f'<process id="{process}" isExecutable="true">{inside}</process>')
            return self.node("callActivity", identity, repeat, f'calledElement="{process}"')
        return self.node("transaction" if activity.kind == "transaction" else "subProcess", identity, repeat + inside)

    def _inside(self, body: Block, handlers: tuple[Catcher, ...]) -> None:
        start = self.node("startEvent", self.new("start"))
        begin, end = self.block(body)
        self.link(start, begin)
        if end is not None:
            self.link(end, self.node("endEvent", self.new("end")))
        for handler in handlers:
            identity = self.new("handler")
            outer, self.out = self.out, []
            definition, text = self.event(handler.kind)
            with self.deeper(f"{identity} {text}{'' if handler.interrupting else ', beside'}"):
                first = self.new("start")
                self.node("startEvent", first, definition, f'isInterrupting="{str(handler.interrupting).lower()}"')
                begin, end = self.block(handler.then)
                self.link(first, begin)
                if end is not None:
                    self.link(end, self.node("endEvent", self.new("end")))
            inside, self.out = "".join(self.out), outer
            self.node("subProcess", identity, inside, 'triggeredByEvent="true"')


def _timer(kind: str, value: str) -> str:
    return f"<timerEventDefinition><time{kind}>{value}</time{kind}></timerEventDefinition>"


def _is(variable: str, value: int) -> str:
    return f'["equals", ["dataModel","{variable}","variables"], {value}]'


def write(model: Model) -> Written:
    """The model as one BPMN file; its process is ``p``, those it calls come after."""
    writer = _Writer()
    writer._inside(model.body, model.handlers)
    main = f'<process id="p" isExecutable="true">{"".join(writer.out)}</process>'
    head = "".join(writer.head.values())
    text = f"{HEAD}{head}{main}{''.join(writer.processes)}</definitions>"
    return Written(
        text.encode(),
        "\n".join(writer.lines),
        frozenset(writer.jobs),
        tuple(writer.names["message"]),
        tuple(writer.names["signal"]),
    )
