"""Does a running instance fit into another version of its process, and where does everything go? Pure; changes nothing.

By default every element keeps its id; a mapping names the others (flows too, where
tokens wait before a joining gateway). What an event waits for that the new version
has not is lost only when the mapping says so, by mapping it to "".
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from engine.workflow.bpmn.elements import Element, EventDefinition, Process
from engine.workflow.errors import Reason
from engine.workflow.execution.scope_state import Done, Listening, ScopeState
from engine.workflow.execution.tokens import BODY, INNER, Instance, Scope, Token

#: Stages stand in a mapping beside elements, under names of their own: ``stage:<old>`` → the new stage's id.
STAGE = "stage:"
#: Types that behave alike: a task may change its sign in the diagram.
_ALIKE = {"manualTask": "userTask", "task": "userTask", "transaction": "subProcess"}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row that waits for something on behalf of an element.

    row    id in its table
    kind   job | timer | deadline | message | signal | conditional
    name   the message or signal, the job's type, or the timer's cause
    """

    row: str
    holder: Scope
    element_id: str
    kind: str
    name: str


@dataclass(slots=True)
class Fit:
    """What the judgement found.

    reasons  why it does not fit; empty = it does
    places   element instance id → its element in the new version
    waits    row id → (element, event or ``None``) it waits at from now on
    dropped  row ids that wait no longer
    fresh    (holder, element) pairs only the new version listens at
    data     scope id → what the scope remembers, in the new version's ids
    stage    (old, new) where the case's stage has become another
    """

    reasons: list[Reason] = field(default_factory=list)
    places: dict[str, Element] = field(default_factory=dict)
    waits: dict[str, tuple[Element, EventDefinition | None]] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)
    fresh: list[tuple[Scope, Element]] = field(default_factory=list)
    data: dict[str, ScopeState] = field(default_factory=dict)
    stage: tuple[str, str] | None = None


def unknown_names(old: Process, new: Process, mapping: Mapping[str, str]) -> list[Reason]:
    """What a mapping names that is not there: a slip of the pen must not go unseen."""
    found = []
    for source, target in mapping.items():
        if source.startswith(STAGE):
            continue
        if source not in old.elements and source not in old.flows:
            found.append(Reason(source, "unknown-element", "the version to migrate from has no such element or flow"))
        elif target and target not in new.elements and target not in new.flows:
            found.append(Reason(source, "unknown-element", f"the version to migrate to has no {target}"))
    return found


def unknown_stages(old: Collection[str], new: Collection[str], mapping: Mapping[str, str]) -> list[Reason]:
    """The same for the stages a mapping names; ids of the stages each version declares."""
    found = []
    for source, target in mapping.items():
        if source.startswith(STAGE) and source[len(STAGE) :] not in old:
            found.append(Reason(source, "unknown-stage", "the version to migrate from has no such stage"))
        elif source.startswith(STAGE) and target not in new:
            found.append(Reason(source, "unknown-stage", f"the version to migrate to has no stage {target}"))
    return found


def validate_stage(fit: Fit, stage: str, new: Mapping[str, Sequence[str]], mapping: Mapping[str, str]) -> None:
    """What the case's stage becomes: what the mapping says, itself, or the one that says that it replaces it.

    new  ids of the new version's stages → those each of them replaces
    """
    wanted = mapping.get(STAGE + stage, "") or (stage if stage in new else "")
    wanted = wanted or next((identity for identity, replaces in new.items() if stage in replaces), "")
    if not wanted:
        text = f"the case is in stage {stage}, which the new version does not declare"
        fit.reasons.append(Reason(STAGE + stage, "stage-gone", text))
    elif wanted != stage:
        fit.stage = (stage, wanted)


def validate(
    instance: Instance, tokens: Sequence[Token], waits: Sequence[Waiting], new: Process, mapping: Mapping[str, str]
) -> Fit:
    """Check one instance with everything that lives and waits in it; every reason, not only the first."""
    validator = _Validator(instance.process, new, mapping)
    fit = validator.fit
    for token in tokens:
        validator.place(token)
    for wait in waits:
        validator.wait(wait)
    scopes: list[Scope] = [instance, *tokens]
    for scope in scopes:
        if scope.data:
            fit.data[scope.id] = validator.remembered(scope.data)
    if not fit.reasons:
        for scope in scopes:
            fit.fresh.extend((scope, element) for element in validator.fresh(scope))
    return fit


class _Validator:
    def __init__(self, old: Process, new: Process, mapping: Mapping[str, str]) -> None:
        self.old, self.new, self.mapping = old, new, mapping
        self.fit = Fit()

    def _to(self, identity: str) -> str:
        if identity == self.old.id:
            return self.new.id
        return self.mapping.get(identity, identity)

    def _no(self, element: str, rule: str, message: str) -> None:
        reason = Reason(element, rule, message)
        if reason not in self.fit.reasons:
            self.fit.reasons.append(reason)

    # Element instances

    def place(self, token: Token) -> None:
        """Where an element instance goes: to an element of its kind, in its own scope."""
        old = token.element
        new = self.new.elements.get(self._to(old.id))
        if new is None:
            self._no(old.id, "element-gone", "a token rests here, and the new version has no such element: map it")
        elif alike(old) != alike(new):
            self._no(old.id, "type-changed", f"{old.type} has become {new.type}")
        elif self._to(old.scope) != new.scope:
            self._no(old.id, "scope-changed", f"it stood in {old.scope} and {new.id} stands in {new.scope}")
        elif _repeats(old) != _repeats(new):
            self._no(old.id, "loop-changed", "whether or how the activity repeats has changed")
        elif old.triggered_by_event != new.triggered_by_event:
            self._no(old.id, "type-changed", "only one of them is an event subprocess")
        elif old.called != new.called:
            self._no(old.id, "call-changed", f"it has called {old.called} and would call {new.called}")
        elif not old.attached_to and [e.kind for e in old.events] != [e.kind for e in new.events]:
            self._no(old.id, "wait-lost", f"it waits for {_kinds(old)} and {new.id} for {_kinds(new)}")
        else:
            self.fit.places[token.id] = new

    # What waits

    def wait(self, wait: Waiting) -> None:
        """Where something that waits goes: to an event of its kind, still on the same holder."""
        holder = wait.holder
        own = isinstance(holder, Token) and holder.element.id == wait.element_id
        if own:
            assert isinstance(holder, Token)
            new = self.fit.places.get(holder.id)
            if new is None:
                return  # said already
            if wait.kind == "job" and new.extension.task_type != wait.name:
                text = (
                    f"a job of type {wait.name} is under way, and {new.id} asks for {new.extension.task_type or 'none'}"
                )
                self._no(wait.element_id, "job-changed", text)
                return
        else:
            if self.mapping.get(wait.element_id) == "":
                self.fit.dropped.append(wait.row)
                return
            new = self.new.elements.get(self._to(wait.element_id))
            if new is None:
                text = f"a {wait.kind} is waited for here, and the new version has no such element: map it, or drop it"
                self._no(wait.element_id, "wait-lost", f"{text} by mapping it to nothing")
                return
            if not self._hangs_on(new, holder):
                self._no(wait.element_id, "wait-lost", f"{new.id} no longer hangs on what waits for a {wait.kind}")
                return
        if wait.kind in ("job", "deadline"):
            self.fit.waits[wait.row] = (new, None)
            return
        event = self._event(self.old.elements[wait.element_id], new, wait)
        if event is None:
            self._no(wait.element_id, "wait-lost", f"{new.id} does not wait for a {wait.kind}")
        else:
            self.fit.waits[wait.row] = (new, event)

    def _hangs_on(self, new: Element, holder: Scope) -> bool:
        if new.type == "boundaryEvent":
            return isinstance(holder, Token) and new.attached_to == self._to(holder.element.id)
        if new.type == "startEvent":
            handler = self.new.elements.get(new.scope)
            return handler is not None and handler.scope == self._to(holder.scope_key)
        gateway = self._to(holder.scope_key)
        return any(flow.target == new.id for flow in self.new.outgoing_flows.get(gateway, ()))

    @staticmethod
    def _event(old: Element, new: Element, wait: Waiting) -> EventDefinition | None:
        """The event definition that takes the place of the one waited for: the same of its kind, in document order."""
        before, after = _events(old, wait.kind), _events(new, wait.kind)
        at = next((i for i, event in enumerate(before) if wait.name in (event.cause, event.reference)), 0)
        return after[at] if at < len(after) else None

    # What scopes remember

    def remembered(self, data: ScopeState) -> ScopeState:
        data = data.copy()
        if "joins" in data:
            data["joins"] = {
                self._gateway(gateway): {self._flow(gateway, flow): count for flow, count in flows.items()}
                for gateway, flows in data["joins"].items()
            }
        if "fired" in data:
            data["fired"] = {
                self._gateway(gateway): [self._flow(gateway, flow) for flow in flows]
                for gateway, flows in data["fired"].items()
            }
        if "quantities" in data:
            data["quantities"] = {self._gateway(element): count for element, count in data["quantities"].items()}
        if "seen" in data:
            data["seen"] = {self._to(element): self._seen(element, causes) for element, causes in data["seen"].items()}
        if "conditions" in data:
            data["conditions"] = list(self._conditions(data["conditions"]))
        if "done" in data:
            data["done"] = self._done(data["done"])
        if "todo" in data:
            data["todo"] = self._done(data["todo"])
        return data

    def _gateway(self, identity: str) -> str:
        old, new = self.old.elements[identity], self.new.elements.get(self._to(identity))
        if new is None or new.type != old.type or new.scope != self._to(old.scope):
            self._no(identity, "arrival-lost", "tokens wait before it, and the new version has no such element there")
            return identity
        return new.id

    def _flow(self, gateway: str, flow: str) -> str:
        new = self.new.elements.get(self._to(gateway))
        if new is not None and self._to(flow) not in new.incoming:
            text = f"a token has come by flow {flow}, which does not lead to {new.id} in the new version: map the flow"
            self._no(gateway, "arrival-lost", text)
        return self._to(flow)

    def _seen(self, element: str, causes: Sequence[str]) -> list[str]:
        old, new = self.old.elements[element], self.new.elements.get(self._to(element))
        if new is None:
            self._no(
                element, "wait-lost", "some of the events it waits for have happened, and it is not there any more"
            )
            return list(causes)
        return self._causes(old, new, causes)

    @staticmethod
    def _causes(old: Element, new: Element, causes: Sequence[str]) -> list[str]:
        """Which of the new element's events have happened or hold, in document order those of the old one."""
        names = {before.cause: after.cause for before, after in zip(old.events, new.events, strict=False)}
        return [names[cause] for cause in causes if cause in names]

    def _conditions(self, entries: Sequence[Listening]) -> Iterator[Listening]:
        for holder, element, was in entries:
            new = self.new.elements.get(self._to(element))
            if self.mapping.get(element) == "":
                continue
            if new is None or not any(event.kind == "conditional" for event in new.events):
                self._no(
                    element, "wait-lost", "a condition is listened for here, and not in the new version: map or drop it"
                )
                continue
            yield [holder, new.id, self._causes(self.old.elements[element], new, was)]

    def _done(self, entries: Sequence[Done]) -> list[Done]:
        found: list[Done] = []
        for entry in entries:
            old, new = self.old.elements[entry["element"]], self.new.elements.get(self._to(entry["element"]))
            if new is None or bool(new.handler) != bool(old.handler):
                text = "it is done and may have to be compensated, which the new version could not do"
                self._no(old.id, "compensation-lost", text)
                continue
            moved: Done = {**entry, "element": new.id}
            if inner := entry.get("done"):
                moved["done"] = self._done(inner)
            if repeated := entry.get("each"):
                moved["each"] = self._done(repeated)
            found.append(moved)
        return found

    # What only the new version listens for

    def fresh(self, scope: Scope) -> Iterator[Element]:
        """Events of the new version that nothing of the old one has become."""
        old, new = self.old, self.new
        known = {self._to(identity) for identity in old.elements}
        if isinstance(scope, Token):
            if scope.role != INNER and scope.state == "activated":
                place = self.fit.places[scope.id]
                yield from (new.elements[b] for b in place.boundary if b not in known and _listens(new.elements[b]))
                if place.type == "eventBasedGateway":
                    targets = [new.elements[flow.target] for flow in new.outgoing_flows[place.id]]
                    yield from (target for target in targets if target.id not in known)
            if scope.role == BODY or not scope.children:
                return
        if scope.data and scope.data.get("interrupted"):
            return  # an event subprocess took over; its scope listens no more
        key = self._to(scope.scope_key)
        for handler in new.handlers.get(key, ()):
            for trigger in new.triggers.get(handler, ()):
                if trigger not in known and _listens(new.elements[trigger]):
                    yield new.elements[trigger]


def alike(element: Element) -> str:
    """What an element is to a token that rests there: those of one sort may take each other's place."""
    return _ALIKE.get(element.type, element.type)


def _listens(element: Element) -> bool:
    return any(event.kind in ("timer", "message", "signal", "conditional") for event in element.events)


def _repeats(element: Element) -> object:
    if element.multi_instance is not None:
        return "multi", element.multi_instance.sequential
    return "loop" if element.loop is not None else ""


def _kinds(element: Element) -> str:
    return ", ".join(event.kind for event in element.events) or "nothing"


def _events(element: Element, kind: str) -> list[EventDefinition]:
    if element.type == "receiveTask":
        return [EventDefinition("message", element.message)] if kind == "message" else []
    return [event for event in element.events if event.kind == kind]
