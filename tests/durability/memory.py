"""The run everything is compared with: in memory, on the engine's own simulation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.workflow.bpmn.elements import Definitions
from engine.workflow.bpmn.parser import parse
from engine.workflow.execution import advance, error_propagation
from engine.workflow.execution.execution import ExecutionError
from engine.workflow.execution.simulation import Effect, Simulation
from engine.workflow.execution.tokens import Instance, NewWork, Token
from tests.durability.model import LONGEST_REST, Written
from tests.durability.picture import PEOPLE, Live, Paths, Picture, Process, paint


@dataclass(frozen=True)
class Stimulus:
    """What happens next. ``target`` is the path of a token, the name of a message or signal, or seconds."""

    kind: str
    target: str = ""
    variable: str = ""
    value: int = 0

    @property
    def variables(self) -> dict[str, Any]:
        return {self.variable: self.value} if self.variable else {}

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.kind, self.target, self.variables or "") if part)


class Memory(Simulation):
    """A simulation whose jobs rest until they are told how they end, and whose incidents can be resolved."""

    def __init__(self, definitions: Definitions, written: Written) -> None:
        self._written = written
        super().__init__(definitions, "p", effects={job: Effect(wait=LONGEST_REST) for job in written.jobs})

    @classmethod
    def of(cls, written: Written) -> Memory:
        return cls(parse(written.bpmn), written)

    def begin(self) -> None:
        self.start({"a": 0, "b": 0, "c": 0})
        self.advance("PT0S")

    def apply(self, stimulus: Stimulus) -> None:
        execution = self._execution
        target, values = stimulus.target, stimulus.variables
        if stimulus.kind == "advance":
            self.advance(f"PT{target}S")
        elif stimulus.kind == "message":
            self.message(target, None, values)
        elif stimulus.kind == "signal":
            self.signal(target, values)
        elif stimulus.kind == "cancel":
            self.cancel()
        else:
            token = self._at(target, failed=stimulus.kind in ("retry", "skip"))
            if stimulus.kind in ("complete", "finish"):
                execution.enqueue(advance.complete, token, values)
            elif stimulus.kind == "throw":
                if not error_propagation.throw_error(execution, token, "bad"):
                    execution.fail(token, ExecutionError("uncaught_error", "bad"))
            elif stimulus.kind == "fail":
                execution.fail(token, ExecutionError("broken"))
            else:
                self._resolve(token, stimulus.kind)
            self.run_until_idle()
        self.advance("PT0S")

    def _resolve(self, token: Token, how: str) -> None:
        code = self._fault_of(token)
        self._execution.move(token, "recover")
        if how == "skip":
            self._execution.enqueue(advance.leave, token)
        elif code not in ("broken", "uncaught_error") or token.element.id not in self._written.jobs:
            self._execution.enqueue(
                lambda execution, token: execution.behaviours.of(token).activate(execution, token), token
            )

    def _fault_of(self, token: Token) -> str:
        return next(i.code for i in reversed(self._execution.incidents) if i.token is token)

    # What there is

    @property
    def ended(self) -> bool:
        return all(instance.ended for instance in self._execution.instances.values())

    def _at(self, path: str, *, failed: bool) -> Token:
        """The oldest that stands there."""
        paths = self._paint()[1]
        fits = (t for t in self._execution.tokens.values() if (t.state == "failed" if failed else _rests(t)))
        return next(token for token in fits if paths.of(token.id) == path)

    def _lives(self) -> list[Live]:
        return [
            Live(
                t.id,
                t.element.id,
                t.element.type,
                t.state,
                t.role,
                t.scope_id,
                t.instance.id,
                t.children,
                t.variables,
                t.data,
            )
            for t in self._execution.tokens.values()
        ]

    def _paint(self) -> tuple[Picture, Paths]:
        instances = [
            Process(i.id, i.key, i.state, i.parent_token, i.children, i.variables, i.data)
            for i in self._execution.instances.values()
        ]
        return paint(self._lives(), instances)

    def picture(self) -> Picture:
        """Everything, and what moved since the last picture."""
        picture, paths = self._paint()
        for token in self._execution.tokens.values():
            path = paths.of(token.id)
            if token.state == "failed":
                picture.faults[f"{path} {self._fault_of(token)}"] += 1
            elif _rests(token) and token.element.type in PEOPLE:
                picture.people[path] += 1
            elif _rests(token) and token.element.id in self._written.jobs:
                picture.jobs[path] += 1
        for waits in self._execution.waits.values():
            for wait in waits:
                if not wait.gone and not wait.holder.ended:
                    picture.waits[f"{paths.of(wait.holder.id)} {wait.element_id} {wait.kind} {wait.name}"] += 1
        for due, _, work in self._timers:
            if work.kind == "timer" and _lives(work):
                picture.timers[f"{paths.of(work.holder.id)} {work.element_id} {due.isoformat()}"] += 1
        picture.buffered = Counter(name for name, _, _ in self._memory.messages)
        picture.moved = Counter(f"{line.element}:{line.state}" for line in self.lines())
        return picture

    def possible(self) -> list[Stimulus]:
        """What can happen now, the ordinary first."""
        return list(dict.fromkeys(self._possible()))

    def _possible(self) -> Iterator[Stimulus]:
        paths = self._paint()[1]
        rest = [token for token in self._execution.tokens.values() if _rests(token)]
        for token in rest:
            path = paths.of(token.id)
            if token.element.type in PEOPLE:
                yield Stimulus("complete", path)
            elif token.element.id in self._written.jobs:
                yield Stimulus("finish", path)
        heard = {w.name for waits in self._execution.waits.values() for w in waits if not w.gone and not w.holder.ended}
        for kind, names in (("message", self._written.messages), ("signal", self._written.signals)):
            for name in names:
                if name in heard:
                    yield Stimulus(kind, name)
        if any(work.kind == "timer" and _lives(work) for _, _, work in self._timers):
            yield Stimulus("advance", "5400")
            yield Stimulus("advance", "90000")
        for token in rest:
            if token.element.id in self._written.jobs:
                yield Stimulus("throw", paths.of(token.id))
                yield Stimulus("fail", paths.of(token.id))
        for token in self._execution.tokens.values():
            if token.state == "failed":
                yield Stimulus("retry", paths.of(token.id))
                if token.role == "":
                    yield Stimulus("skip", paths.of(token.id))
        for kind, names in (("message", self._written.messages), ("signal", self._written.signals)):
            for name in names:
                if name not in heard:
                    yield Stimulus(kind, name)


def _rests(token: Token) -> bool:
    return token.state == "activated" and not token.children and token.role != "body"


def _lives(work: NewWork) -> bool:
    holder: Any = work.holder
    return not work.gone and isinstance(holder, Token | Instance) and not holder.ended
