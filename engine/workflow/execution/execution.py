"""One command's view of a case: what was read, what moved, what must be written.

The token loop works on this alone. It asks a ``Store`` for what it does not yet
hold (one element instance, the children of one scope), so the cost of a step
depends on the elements it touches, not on history or on waiting siblings.
``flush.py`` writes what changed; ``ibalanse run`` keeps everything in memory.
"""

from __future__ import annotations

import itertools
import uuid
from collections import ChainMap, deque
from collections.abc import Callable, Iterable, Mapping, MutableMapping, MutableSequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVarTuple

from engine.workflow.bpmn.elements import Element, EventDefinition, Process, SequenceFlow
from engine.workflow.execution.lifecycle import ELEMENT_INSTANCE
from engine.workflow.execution.scope_state import ScopeState
from engine.workflow.execution.tokens import (
    BODY,
    INCIDENT,
    SUBSCRIPTION,
    TASK,
    WORK,
    Instance,
    NewIncident,
    NewTask,
    NewWork,
    Scope,
    Thrown,
    Token,
    Wait,
)
from forms.values import Value

MOVES = ELEMENT_INSTANCE.table
MAX_STEPS = 1_000_000


class ExecutionError(Exception):
    """A step cannot be done; becomes an incident on the element. ``code`` is short, ``detail`` impersonal."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


class Store(Protocol):
    """Where instances come from. Everything returned is held by the execution afterwards."""

    def instance(self, instance_id: str) -> Instance: ...

    def token(self, token_id: str) -> Token | None: ...

    def tokens_in(self, scope_id: str) -> list[Token]: ...

    def called_by(self, token_id: str) -> Instance | None: ...

    def definition(self, key: str, version: str, caller: Instance) -> tuple[str, Process]:
        """Definition id and process of *key* in a version ("" = the newest). Raises ``ExecutionError``."""
        ...

    def buffered(self, message: str, key: str) -> Mapping[str, Any] | None:
        """Take a buffered message: its variables, or ``None``."""
        ...

    def waits(self, instance: Instance, kind: str, name: str) -> Iterable[Wait]:
        """Who in the case of *instance* listened before this command."""
        ...

    def evaluate(self, expression: Value, scope: Scope, variables: Mapping[str, Any]) -> Value:
        """The value of an Altinn expression. Raises ``ExecutionError``."""
        ...


#: What a function of the queue is given beside the execution.
Arguments = TypeVarTuple("Arguments")

Act = Callable[["Execution", Token], None]
Join = Callable[["Execution", Element, Scope, SequenceFlow], bool]


class ElementBehaviour(Protocol):
    """How an element begins, how it goes on when what it waited for is done, and what an empty scope does."""

    @property
    def activate(self) -> Act: ...

    @property
    def complete(self) -> Act: ...

    @property
    def emptied(self) -> Act: ...


@dataclass(frozen=True, slots=True)
class ElementBehaviours:
    """The elements that can be executed, handed to the token loop by ``behaviours``.

    by_type       how each element type begins and goes on
    join_by_type  element types that may keep a token until others have come
    compensating  the behaviour of an activity that is being compensated
    called_ended  the process a call activity called is done
    inner_left    one inner instance of a multi-instance or loop body is done
    event_chosen  one of the events after an event-based gateway happened
    child_done    one activity of an ad-hoc subprocess is done
    subscribe     begins to listen for an event on a holder: a boundary event, an event subprocess' start
    reevaluate_joins       the waiting joins of a scope once everything else is idle; true when one went on
    reevaluate_conditions  the conditions an instance listens for, once its data have changed
    """

    by_type: Mapping[str, ElementBehaviour]
    join_by_type: Mapping[str, Join]
    multi_instance: ElementBehaviour
    loop: ElementBehaviour
    compensating: ElementBehaviour
    reevaluate_joins: Callable[[Execution, Scope], bool]
    subscribe: Callable[[Execution, Scope, Element], None]
    called_ended: Callable[[Execution, Token, Instance], None]
    inner_left: Callable[[Execution, Token, Token], None]
    event_chosen: Callable[[Execution, Token, Element], None]
    child_done: Act
    reevaluate_conditions: Callable[[Execution, Instance], None]

    def of(self, token: Token) -> ElementBehaviour:
        """The behaviour of an element instance. Raises ``ExecutionError`` for a type that cannot be executed."""
        if token.role:
            if token.role == BODY:
                return self.multi_instance if token.element.multi_instance is not None else self.loop
            if token.role == "compensating":
                return self.compensating
        try:
            return self.by_type[token.element.type]
        except KeyError:
            raise ExecutionError("not_executable", token.element.type) from None


def new_ids() -> Callable[[], str]:
    """Unique ids in the form of a UUID: one random beginning per command, then a count. Five times cheaper."""
    beginning = str(uuid.uuid4())[:24]
    count = itertools.count(1)
    return lambda: f"{beginning}{next(count):012x}"


class Execution:
    """What one command does to one case."""

    def __init__(
        self,
        behaviours: ElementBehaviours,
        store: Store,
        now: datetime,
        new_id: Callable[[], str] | None = None,
        max_steps: int = MAX_STEPS,
    ) -> None:
        self.behaviours = behaviours
        self.store = store
        self.now = now
        self.new_id = new_id or new_ids()
        self.max_steps = max_steps
        self.instances: dict[str, Instance] = {}
        self.tokens: dict[str, Token] = {}
        self.inside: dict[str, dict[str, Token]] = {}
        self.read: set[str] = set()
        self.gone: dict[str, Token] = {}
        self.trace: MutableSequence[tuple[Token, str]] = []
        self.work: list[NewWork] = []
        self.waits: dict[tuple[str, str], list[Wait]] = {}
        self.held: dict[str, list[NewWork | Wait]] = {}
        self.delivered: set[tuple[str, str, str]] = set()
        self.unsubscribed: list[tuple[str, str]] = []
        self.tasks: list[NewTask] = []
        self.incidents: list[NewIncident] = []
        self.thrown: list[Thrown] = []
        self.stages: list[str] = []
        self.queue: deque[tuple[Callable[..., None], tuple[Any, ...]]] = deque()
        self.deferred: deque[tuple[Callable[..., None], tuple[Any, ...]]] = deque()
        self.joins_to_reevaluate: dict[str, Scope] = {}
        self.conditions_to_reevaluate: set[str] = set()

    # What is there

    def instance(self, instance_id: str) -> Instance:
        found = self.instances.get(instance_id)
        if found is None:
            found = self.instances[instance_id] = self.store.instance(instance_id)
        return found

    def token(self, token_id: str) -> Token | None:
        """The live element instance, or ``None`` when it has ended."""
        found = self.tokens.get(token_id)
        if found is None and token_id not in self.gone:
            found = self.store.token(token_id)
            if found is not None:
                found = self.hold(found)
        return found

    def hold(self, token: Token) -> Token:
        """Know a token that was read, and its instance with it, so that their changes are written."""
        self.instances.setdefault(token.instance.id, token.instance)
        held = self.tokens.setdefault(token.id, token)
        self.inside.setdefault(token.scope_id, {})[token.id] = held
        return held

    def scope_of(self, token: Token) -> Scope:
        scope = token.scope
        if scope is None:
            if token.scope_id == token.instance.id:
                scope = token.instance
            else:
                scope = self.token(token.scope_id)
                if scope is None:
                    raise ExecutionError("scope_gone", token.element.id)
            token.scope = scope
        return scope

    def tokens_in(self, scope: Scope) -> list[Token]:
        """The live element instances directly in *scope*."""
        if not scope.new and scope.id not in self.read:
            self.read.add(scope.id)
            for token in self.store.tokens_in(scope.id):
                if token.id not in self.gone:
                    self.hold(token)
        return list(self.inside.get(scope.id, {}).values())

    def called_by(self, token: Token) -> Instance | None:
        for instance in self.instances.values():
            if instance.parent_token == token.id:
                return instance
        found = None if token.new else self.store.called_by(token.id)
        if found is not None:
            self.instances[found.id] = found
        return found

    def listening(self, instance: Instance, kind: str, name: str) -> list[Wait]:
        """Who listens for a message or signal in the case of *instance*, longest first."""
        before = [
            wait
            for wait in self.store.waits(instance, kind, name)
            if (wait.holder.id, wait.element_id) not in self.unsubscribed
        ]
        known = self.waits.get((kind, name))
        if known is not None:
            known[:] = [wait for wait in known if not wait.gone and not wait.holder.ended]
        return [wait for wait in (*before, *(known or ())) if not wait.holder.ended]

    # Variables

    def variables(self, scope: Scope) -> Mapping[str, Any]:
        """What an expression sees from *scope*, innermost first."""
        layers: list[MutableMapping[str, Any]] = []
        while isinstance(scope, Token):
            if scope.variables:
                layers.append(scope.variables)
            scope = self.scope_of(scope)
        return ChainMap(*layers, scope.variables) if layers else scope.variables

    def set_variables(self, scope: Scope, values: Mapping[str, Any]) -> None:
        """Each value lands in the nearest scope that has the name, else in the instance."""
        for name, value in values.items():
            holder: Scope = scope
            while isinstance(holder, Token) and name not in (holder.variables or ()):
                holder = self.scope_of(holder)
            if holder.variables is None:
                holder.variables = {}
            holder.variables[name] = value
            holder.changed = True
        self.reevaluate_conditions_of(scope.instance)

    def reevaluate_conditions_of(self, instance: Instance) -> None:
        """Data changed: listening conditions are evaluated again once what comes before is done."""
        if instance.data and instance.data.get("conditions") and instance.id not in self.conditions_to_reevaluate:
            self.conditions_to_reevaluate.add(instance.id)
            self.enqueue(self.behaviours.reevaluate_conditions, instance)

    def evaluate(self, expression: Value, scope: Scope) -> Value:
        """A literal is itself; a JSON array is an Altinn expression."""
        if not isinstance(expression, list):
            return expression
        return self.store.evaluate(expression, scope, self.variables(scope))

    # What changes

    def move(self, token: Token, trigger: str) -> None:
        """Change the state of an element instance by its life cycle, and trace it."""
        state = MOVES.get((token.state, trigger))
        if state is None:
            ELEMENT_INSTANCE.after(token.state, trigger)
            return
        token.state = state
        token.changed = True
        self.trace.append((token, state))

    def new_token(
        self,
        element: Element,
        scope: Scope,
        role: str = "",
        *,
        data: ScopeState | None = None,
        variables: dict[str, Any] | None = None,
    ) -> Token:
        """An element instance in *scope*, which from now on waits for it."""
        instance = scope.instance
        token = Token(
            self.new_id(),
            instance,
            scope.id,
            element,
            self.now,
            role=role,
            data=data,
            variables=variables,
            scope=scope,
            new=True,
        )
        scope.children += 1
        scope.changed = True
        self.tokens[token.id] = token
        siblings = self.inside.get(scope.id)
        if siblings is None:
            siblings = self.inside[scope.id] = {}
        siblings[token.id] = token
        return token

    def new_instance(
        self,
        definition_id: str,
        process: Process,
        *,
        key: str,
        case_id: str = "",
        owner_id: str = "",
        parent_token: str | None = None,
        variables: dict[str, Any] | None = None,
    ) -> Instance:
        """A process instance; without *case_id* it is a case of its own."""
        instance_id = self.new_id()
        instance = Instance(
            instance_id,
            definition_id,
            key,
            process,
            case_id or instance_id,
            owner_id,
            parent_token,
            self.now,
            variables=variables or {},
            new=True,
            changed=True,
        )
        self.instances[instance_id] = instance
        return instance

    def forget(self, token: Token) -> None:
        """The element instance has ended: no longer live, nothing waits for it."""
        token.ended = True
        self.tokens.pop(token.id, None)
        siblings = self.inside.get(token.scope_id)
        if siblings is not None:
            siblings.pop(token.id, None)
            if not siblings and token.scope_id != token.instance.id:
                del self.inside[token.scope_id]
        if not token.new:
            self.gone[token.id] = token
        self.release(token.id)

    def release(self, holder_id: str) -> None:
        """Nothing new waits for this holder any more; what was stored goes with its row."""
        for wait in self.held.pop(holder_id, ()):
            wait.gone = True

    def unsubscribe(self, holder: Scope, element_id: str) -> None:
        """The living holder stops listening for one element's events."""
        for wait in self.held.get(holder.id, ()):
            if wait.element_id == element_id:
                wait.gone = True
        instance = holder.instance
        conditions = (instance.data or {}).get("conditions")
        if conditions and instance.data is not None:
            instance.data["conditions"] = [c for c in conditions if (c[0], c[1]) != (holder.id, element_id)]
            instance.changed = True
        if not holder.new:
            self.unsubscribed.append((holder.id, element_id))

    def wait_for(self, wait: Wait) -> None:
        _hangs(wait.holder, SUBSCRIPTION)
        self.waits.setdefault((wait.kind, wait.name), []).append(wait)
        self.held.setdefault(wait.holder.id, []).append(wait)

    def add_work(self, work: NewWork) -> None:
        _hangs(work.holder, WORK)
        self.work.append(work)
        self.held.setdefault(work.holder.id, []).append(work)

    def add_task(self, task: NewTask) -> None:
        _hangs(task.token, TASK)
        self.tasks.append(task)

    def enqueue(self, function: Callable[[Execution, *Arguments], None], *arguments: *Arguments) -> None:
        """Do this when what comes before it is done."""
        self.queue.append((function, arguments))

    def enqueue_when_idle(self, function: Callable[[Execution, *Arguments], None], *arguments: *Arguments) -> None:
        """Do this when every other token is idle: a throw reaches those who are just about to listen."""
        self.deferred.append((function, arguments))

    def fail(self, token: Token, error: ExecutionError, work_id: str | None = None) -> None:
        """The element instance stands still until a person resolves the incident."""
        if token.state == "ready":
            self.move(token, "activate")
        self.move(token, "fail")
        _hangs(token, INCIDENT)
        self.incidents.append(NewIncident(token, error.code, error.detail, work_id))


def _hangs(holder: Scope, what: int) -> None:
    """Remember that rows of this kind hang on an element instance."""
    if isinstance(holder, Token):
        holder.waits |= what
        holder.changed = True


def catches(events: tuple[EventDefinition, ...], kind: str, code: str) -> int:
    """How well events catch an error or escalation: 2 by its code, 1 any, 0 not."""
    best = 0
    for event in events:
        if event.kind == kind:
            if event.reference == code and code:
                return 2
            if not event.reference:
                best = 1
    return best
