"""One command's view of a case: what was read, what moved, what must be written.

The token loop works on this alone. It asks a ``Store`` for what it does not yet
hold (one element instance, the children of one scope), so the cost of a step
depends on the elements it touches, not on history or on waiting siblings.
``flush.py`` writes what changed; ``ibalanse run`` keeps everything in memory.
"""

from __future__ import annotations

import uuid
from collections import ChainMap, deque
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from engine.bpmn.elements import Element, Process, SequenceFlow
from engine.execution.lifecycle import ELEMENT_INSTANCE
from engine.execution.tokens import (
    Instance,
    NewIncident,
    NewSubscription,
    NewTask,
    NewWork,
    Scope,
    Step,
    Token,
)

MOVES = ELEMENT_INSTANCE.table
MAX_STEPS = 200_000


class Fault(Exception):
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

    def newest(self, key: str) -> tuple[str, Process]:
        """Definition id and process of the newest version of *key*. Raises ``Fault``."""
        ...

    def buffered(self, message: str, key: str) -> Mapping[str, Any] | None:
        """Take a buffered message: its variables, or ``None``."""
        ...

    def evaluate(self, expression: Any, scope: Scope, variables: Mapping[str, Any]) -> Any:
        """The value of an Altinn expression. Raises ``Fault``."""
        ...


Act = Callable[["Execution", Token], None]
Join = Callable[["Execution", Element, Scope, SequenceFlow], bool]


class ElementBehaviour(Protocol):
    """How an element begins, and how it goes on when what it waited for is done."""

    @property
    def activate(self) -> Act: ...

    @property
    def complete(self) -> Act: ...


@dataclass(frozen=True, slots=True)
class Palette:
    """The elements that can be executed, handed to the token loop by ``behaviours``.

    joining       element types that may keep a token until others have come
    arm           begins to listen for a boundary event of a host
    called_ended  the process a call activity called is done
    inner_left    one inner instance of a multi-instance body is done
    """

    behaviours: Mapping[str, ElementBehaviour]
    joining: Mapping[str, Join]
    multi_instance: ElementBehaviour
    arm: Callable[[Execution, Token, Element], None]
    called_ended: Callable[[Execution, Token, Instance], None]
    inner_left: Callable[[Execution, Scope, Token], None]

    def of(self, token: Token) -> ElementBehaviour:
        """The behaviour of an element instance. Raises ``Fault`` for a type that cannot be executed."""
        if token.is_body:
            return self.multi_instance
        try:
            return self.behaviours[token.element.type]
        except KeyError:
            raise Fault("not_executable", token.element.type) from None


class Execution:
    """What one command does to one case."""

    def __init__(self, palette: Palette, store: Store, now: datetime, new_id: Callable[[], str] | None = None) -> None:
        self.palette = palette
        self.store = store
        self.now = now
        self.new_id = new_id or (lambda: str(uuid.uuid4()))
        self.instances: dict[str, Instance] = {}
        self.tokens: dict[str, Token] = {}
        self.ended: dict[str, Token] = {}
        self.trace: list[Step] = []
        self.work: list[NewWork] = []
        self.subscriptions: list[NewSubscription] = []
        self.tasks: list[NewTask] = []
        self.incidents: list[NewIncident] = []
        self.released: list[str] = []
        self.stages: list[str] = []
        self.queue: deque[tuple[Callable[..., None], tuple[Any, ...]]] = deque()

    # What is there

    def instance(self, instance_id: str) -> Instance:
        found = self.instances.get(instance_id)
        if found is None:
            found = self.instances[instance_id] = self.store.instance(instance_id)
        return found

    def token(self, token_id: str) -> Token | None:
        """The live element instance, or ``None`` when it has ended."""
        if token_id in self.ended:
            return None
        found = self.tokens.get(token_id)
        if found is None:
            found = self.store.token(token_id)
            if found is not None:
                self._hold(found)
        return found

    def _hold(self, token: Token) -> Token:
        """Know a token that was read, and its instance with it, so that their changes are written."""
        self.instances.setdefault(token.instance.id, token.instance)
        return self.tokens.setdefault(token.id, token)

    def scope_of(self, token: Token) -> Scope:
        if token.scope_id == token.instance.id:
            return token.instance
        scope = self.token(token.scope_id)
        if scope is None:
            raise Fault("scope_gone", token.element.id)
        return scope

    def tokens_in(self, scope: Scope) -> list[Token]:
        """The live element instances directly in *scope*."""
        if not scope.new:
            for token in self.store.tokens_in(scope.id):
                if token.id not in self.ended:
                    self._hold(token)
        return [token for token in self.tokens.values() if token.scope_id == scope.id]

    def called_by(self, token: Token) -> Instance | None:
        for instance in self.instances.values():
            if instance.parent_token == token.id:
                return instance
        found = None if token.new else self.store.called_by(token.id)
        if found is not None:
            self.instances[found.id] = found
        return found

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
            while isinstance(holder, Token) and name not in (holder.variables or {}):
                holder = self.scope_of(holder)
            if holder.variables is None:
                holder.variables = {}
            holder.variables[name] = value
            holder.changed = True

    def evaluate(self, expression: Any, scope: Scope) -> Any:
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
        parent = None if token.scope_id == token.instance.id else token.scope_id
        self.trace.append(Step(token.instance.id, token.id, parent, token.element.id, token.element.type, state))

    def new_token(
        self,
        element: Element,
        scope: Scope,
        *,
        data: dict[str, Any] | None = None,
        variables: dict[str, Any] | None = None,
    ) -> Token:
        """An element instance in *scope*, which from now on waits for it."""
        instance = scope if isinstance(scope, Instance) else scope.instance
        token = Token(self.new_id(), instance, scope.id, element, self.now, data=data, variables=variables, new=True)
        scope.children += 1
        scope.changed = True
        self.tokens[token.id] = token
        return token

    def forget(self, token: Token) -> None:
        """The element instance has ended: no longer live, nothing waits for it."""
        self.ended[token.id] = token
        self.tokens.pop(token.id, None)
        self.released.append(token.id)

    def later(self, function: Callable[..., None], *arguments: Any) -> None:
        """Do this when what comes before it is done."""
        self.queue.append((function, arguments))

    def fail(self, token: Token, fault: Fault, work_id: str | None = None) -> None:
        """The element instance stands still until a person resolves the incident."""
        self.move(token, "fail")
        self.incidents.append(NewIncident(token, fault.code, fault.detail, work_id))
