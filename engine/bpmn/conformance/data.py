"""Rules about data, messages of operations, loops over data and correlation (BPMN 2.0.2, chapters 8 and 10.4)."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.conformance.model import Model, Node, Rule, at, children, event_kind, local, texts
from engine.bpmn.elements import Finding
from engine.bpmn.parser import EVENTS, SCOPES
from engine.bpmn.parts import BPMN

_AWARE = ("dataInput", "dataOutput", "dataObject", "dataStore")
_PAYLOAD = {
    "message": "itemRef",
    "signal": "structureRef",
    "error": "structureRef",
    "escalation": "structureRef",
}


def collections_agree(model: Model) -> Iterator[Finding]:
    for node in model.each(*_AWARE):
        definition = model.find(node.get("itemSubjectRef"))
        if local(definition) == "itemDefinition" and definition is not None and local(node) != "dataStore":
            if (definition.get("isCollection") == "true") != (node.get("isCollection") == "true"):
                yield at(node, "data-collection", "isCollection is not what the item definition says")


def subprocesses_have_no_data_interface(model: Model) -> Iterator[Finding]:
    for scope in model.each(*sorted(SCOPES)):
        if children(scope, "ioSpecification"):
            yield at(
                scope,
                "subprocess-data",
                "a subprocess has no ioSpecification; the data around it is in reach",
            )


def sets_hold_their_data(model: Model) -> Iterator[Finding]:
    for owner in model.each("ioSpecification"):
        for kind, group in (("dataInput", "inputSet"), ("dataOutput", "outputSet")):
            sets = children(owner, group)
            named = {ref for one in sets for ref in texts(one, f"{kind}Refs")}
            for data in children(owner, kind):
                if data.get("id") not in named:
                    yield at(data, "data-outside-set", f"no {group} names this {kind}")
    for owner in model.each("inputSet", "outputSet"):
        side = "Input" if local(owner) == "inputSet" else "Output"
        inside = set(texts(owner, f"data{side}Refs"))
        for name in (f"optional{side}Refs", f"whileExecuting{side}Refs"):
            if not set(texts(owner, name)) <= inside:
                yield at(owner, "set-subset", f"{name} names what the set does not hold")


def sets_refer_to_each_other(model: Model) -> Iterator[Finding]:
    for one, name, back in (
        ("inputSet", "outputSetRefs", "inputSetRefs"),
        ("outputSet", "inputSetRefs", "outputSetRefs"),
    ):
        for owner in model.each(one):
            for reference in texts(owner, name):
                other = model.find(reference)
                if other is None or owner.get("id") not in texts(other, back):
                    yield at(owner, "set-one-way", "the other set does not refer back to this one")


def associations_have_one_source(model: Model) -> Iterator[Finding]:
    for link in model.each("dataInputAssociation", "dataOutputAssociation"):
        if len(children(link, "sourceRef")) > 1 and not children(link, "transformation"):
            yield at(link, "data-sources", "several sources need a transformation")


def _inputs(owner: Node, kind: str) -> list[Node]:
    return [data for spec in children(owner, "ioSpecification") for data in children(spec, kind)]


def tasks_carry_their_messages(model: Model) -> Iterator[Finding]:
    """Data of service, send and receive tasks is that of the messages of the operation they name."""
    for task in model.each("serviceTask", "sendTask", "receiveTask"):
        operation, message = model.find(task.get("operationRef")), model.find(task.get("messageRef"))
        if local(task) == "serviceTask" and local(operation) == "operation" and operation is not None:
            for name, kind in (("inMessageRef", "dataInput"), ("outMessageRef", "dataOutput")):
                for reference in texts(operation, name):
                    yield from _carries(model, task, kind, model.find(reference), needed=True)
        if local(task) != "serviceTask":
            kind = "dataInput" if local(task) == "sendTask" else "dataOutput"
            yield from _carries(model, task, kind, message, needed=False)
        if local(task) != "serviceTask" and local(operation) == "operation" and message is not None:
            if operation is not None and message.get("id") not in texts(operation, "inMessageRef"):
                yield at(task, "task-message", "the message is not the one the operation takes")


def _carries(model: Model, task: Node, kind: str, message: Node | None, *, needed: bool) -> Iterator[Finding]:
    wanted = None if message is None else model.item(message.get("itemRef"))
    data = _inputs(task, kind)
    if wanted is None or not data and not needed:
        return
    if len(data) != 1:
        yield at(task, "task-data", f"the task has exactly one {kind} for its message")
    elif model.item(data[0].get("itemSubjectRef")) != wanted:
        yield at(data[0], "task-data", f"the {kind} is not of the structure its message has")


def events_carry_their_payload(model: Model) -> Iterator[Finding]:
    for event in model.nodes:
        if local(event) not in EVENTS:
            continue
        data = children(event, "dataInput", "dataOutput")
        definitions = [child for child in event if event_kind(child) in _PAYLOAD]
        if not data or not definitions:
            continue
        if len(data) != len(definitions):
            yield at(event, "event-data", "the event has one datum for each thing it carries")
            continue
        for datum, definition in zip(data, definitions, strict=True):
            kind = event_kind(definition)
            carried = model.find(definition.get(f"{kind}Ref"))
            wanted = None if carried is None else model.item(carried.get(_PAYLOAD[kind]))
            if wanted is not None and model.item(datum.get("itemSubjectRef")) != wanted:
                yield at(datum, "event-data", f"the datum is not of the structure its {kind} has")


def loops_have_items(model: Model) -> Iterator[Finding]:
    for loop in model.each("multiInstanceLoopCharacteristics"):
        activity = loop.getparent()
        foreign = any(name.endswith("}collection") for name in loop.attrib)
        own = any(True for _ in loop.iterfind(f"{BPMN}extensionElements/*"))
        references = texts(loop, "loopDataInputRef")
        if not references and not children(loop, "loopCardinality") and not foreign and not own:
            yield at(loop, "multi-instance-without-items", "neither a collection nor a number of instances")
        for name, kind, item in (
            ("loopDataInputRef", "dataInput", "inputDataItem"),
            ("loopDataOutputRef", "dataOutput", "outputDataItem"),
        ):
            for reference in texts(loop, name):
                yield from _loop_data(model, loop, model.find(reference), (kind, item), activity)
        yield from _loop_events(loop)


def _loop_data(
    model: Model, loop: Node, data: Node | None, kinds: tuple[str, str], activity: Node
) -> Iterator[Finding]:
    kind, item = kinds
    own = _inputs(activity, kind)
    in_reach = local(activity) in SCOPES and local(data) in ("dataObject", "dataObjectReference", "property")
    if data is None or (data not in own and not in_reach):
        yield at(loop, "loop-data", f"the loop does not go over a {kind} of its activity")
        return
    if data in own and data.get("isCollection") != "true":
        yield at(loop, "loop-data", "what the loop goes over is not a collection")
    whole = model.item(data.get("itemSubjectRef"))
    for one in children(loop, item):
        part = model.item(one.get("itemSubjectRef"))
        if whole is not None and part is not None and part != whole:
            yield at(one, "loop-item", "the item is not of the structure of the collection")


def _loop_events(loop: Node) -> Iterator[Finding]:
    needed = {"None": "noneBehaviorEventRef", "One": "oneBehaviorEventRef"}.get(loop.get("behavior", "All"))
    if needed and not loop.get(needed):
        yield at(loop, "loop-behavior", f"behavior {loop.get('behavior')} needs {needed}")
    if loop.get("behavior") == "Complex" and not children(loop, "complexBehaviorDefinition"):
        yield at(loop, "loop-behavior", "complex behavior needs a complexBehaviorDefinition")


def calls_carry_the_called_data(model: Model) -> Iterator[Finding]:
    for call in model.each("callActivity"):
        reference = call.get("calledElement", "")
        called = None if model.is_foreign(call, reference) else model.find(reference)
        if called is None or not children(called, "ioSpecification"):
            continue
        for kind in ("dataInput", "dataOutput"):
            mine = sorted(str(model.item(d.get("itemSubjectRef"))) for d in _inputs(call, kind))
            theirs = sorted(str(model.item(d.get("itemSubjectRef"))) for d in _inputs(called, kind))
            if mine != theirs:
                yield at(call, "call-data", f"the {kind}s are not those of the called element")


def interfaces_are_bound(model: Model) -> Iterator[Finding]:
    kinds = ("process", "globalTask", "globalUserTask", "globalScriptTask", "globalManualTask")
    for callable_ in model.each(*kinds, "globalBusinessRuleTask"):
        bound = {b.get("operationRef", "").rpartition(":")[2] for b in children(callable_, "ioBinding")}
        for reference in texts(callable_, "supportedInterfaceRef"):
            interface = model.find(reference)
            for operation in [] if interface is None else children(interface, "operation"):
                if operation.get("id") not in bound:
                    yield at(callable_, "interface-unbound", "an operation of its interface has no ioBinding")


def scripts_name_their_language(model: Model) -> Iterator[Finding]:
    for task in model.each("scriptTask"):
        if children(task, "script") and not task.get("scriptFormat"):
            yield at(task, "script-format", "a script needs a scriptFormat")


def resources_are_named_one_way(model: Model) -> Iterator[Finding]:
    for role in model.each("resourceRole", "performer", "humanPerformer", "potentialOwner"):
        named = children(role, "resourceRef", "resourceParameterBinding")
        if named and children(role, "resourceAssignmentExpression"):
            yield at(role, "resource-twice", "a resource is named or found by an expression, not both")


def subscriptions_bind_every_property(model: Model) -> Iterator[Finding]:
    for subscription in model.each("correlationSubscription"):
        key = model.find(subscription.get("correlationKeyRef"))
        bound = {
            b.get("correlationPropertyRef", "").rpartition(":")[2]
            for b in children(subscription, "correlationPropertyBinding")
        }
        if key is not None and not set(texts(key, "correlationPropertyRef")) <= bound:
            yield at(subscription, "correlation-unbound", "a property of the correlation key has no binding")


def choreography_references_fit(model: Model) -> Iterator[Finding]:
    for node in model.each("globalConversation", "choreography", "globalChoreographyTask"):
        if children(node, "choreographyRef"):
            yield at(node, "choreography-reference", f"a {local(node)} refers to no choreography")
    for node in model.each("globalConversation"):
        if children(node, "participant", "messageFlow", "conversation", "callConversation", "subConversation"):
            if children(node, "callConversation", "subConversation", "conversation"):
                yield at(node, "conversation-content", "a global conversation holds no conversation nodes")
    for call in model.each("callConversation"):
        target = model.find(call.get("calledCollaborationRef"))
        if target is not None and local(target) not in ("globalConversation", "collaboration"):
            yield at(call, "conversation-target", "a conversation calls a collaboration or a global conversation")


RULES: tuple[Rule, ...] = (
    collections_agree,
    subprocesses_have_no_data_interface,
    sets_hold_their_data,
    sets_refer_to_each_other,
    associations_have_one_source,
    tasks_carry_their_messages,
    events_carry_their_payload,
    loops_have_items,
    calls_carry_the_called_data,
    interfaces_are_bound,
    scripts_name_their_language,
    resources_are_named_one_way,
    subscriptions_bind_every_property,
    choreography_references_fit,
)
