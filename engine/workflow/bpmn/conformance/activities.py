"""Rules about tasks, subprocesses, call activities and loops (BPMN 2.0.2, chapter 10.3)."""

from __future__ import annotations

from collections.abc import Iterator

from engine.workflow.bpmn.conformance.catalogue import Rule
from engine.workflow.bpmn.conformance.model import (
    ACTIVITIES,
    SCOPES,
    Model,
    Node,
    at,
    children,
    is_true,
    local,
    texts,
)
from engine.workflow.bpmn.conformance.vocabulary import members
from engine.workflow.bpmn.elements import Finding
from engine.workflow.bpmn.xml import BPMN

_CHOREOGRAPHY = tuple(members("CHOREOGRAPHY"))


def public_processes_are_not_executed(model: Model) -> Iterator[Finding]:
    for process in model.each("process"):
        if process.get("processType") == "Public" and is_true(process, "isExecutable"):
            yield at(process, "EXT.035", "a public process shows what others may see and is not executable")


def quantities_are_positive(model: Model) -> Iterator[Finding]:
    for node in model.each(*sorted(ACTIVITIES)):
        for number, name in (("EXT.037", "startQuantity"), ("EXT.038", "completionQuantity")):
            written = (node.get(name) or "1").strip()
            if whole(written) is not None and int(written) < 1:
                yield at(
                    node,
                    number,
                    f"{name} is {written}, at least 1 is needed",
                    parameters={"name": name, "written": written},
                )


def whole(text: str) -> int | None:
    """The number a text is, or ``None``. Longer ones than any model needs are not read."""
    return int(text) if len(text) < 20 and text.lstrip("+-").isdecimal() else None


def data_of(owner: Node, kind: str) -> list[Node]:
    """The data inputs or outputs, or the sets of them, in an element's ``ioSpecification``."""
    return [data for spec in children(owner, "ioSpecification") for data in children(spec, kind)]


def service_tasks_fit_their_operation(model: Model) -> Iterator[Finding]:
    for task in model.each("serviceTask"):
        found = model.resolve(task, task.get("operationRef"))
        if not task.get("operationRef"):
            continue
        if len(data_of(task, "inputSet")) != 1:
            yield at(task, "EXT.042", "a service task with an operation has exactly one input set")
        if len(data_of(task, "outputSet")) > 1:
            yield at(task, "EXT.043", "a service task with an operation has at most one output set")
        if found is None or local(found[1]) != "operation":
            continue
        home, operation = found
        inputs, outputs = data_of(task, "dataInput"), data_of(task, "dataOutput")
        if inputs and not _carried(model, inputs, home, children(operation, "inMessageRef")):
            yield at(inputs[0], "EXT.044", "the data input is not of the item the operation takes in")
        answers = children(operation, "outMessageRef")
        if answers and not _carried(model, outputs, home, answers):
            yield at(task, "EXT.045", "the data output is not of the item the operation gives back")


def _carried(model: Model, data: list[Node], home: Model, references: list[Node]) -> bool:
    """One of the data has the item of one of the messages; where neither says which item, nothing contradicts."""
    mine = {model.item(one) for one in data}
    theirs: set[str | None] = set()
    for reference in references:
        found = home.resolve(reference, reference.text)
        theirs.add(None if found is None else found[0].item(found[1], "itemRef"))
    return bool(mine & theirs) or theirs <= {None} and mine <= {None}


def message_tasks_fit_their_message(model: Model) -> Iterator[Finding]:
    for kind, group, datum, numbers in (
        ("sendTask", "inputSet", "dataInput", ("EXT.046", "EXT.047", "EXT.048")),
        ("receiveTask", "outputSet", "dataOutput", ("EXT.050", "EXT.051", "EXT.052")),
    ):
        for task in model.each(kind):
            if not task.get("messageRef"):
                continue
            data = data_of(task, datum)
            if len(data_of(task, group)) > 1:
                yield at(
                    task,
                    numbers[0],
                    f"a {kind} with a message has at most one {group}",
                    parameters={"kind": kind, "group": group},
                )
            if len(data) > 1:
                yield at(
                    task,
                    numbers[1],
                    f"a {kind} with a message has at most one {datum}",
                    parameters={"kind": kind, "datum": datum},
                )
            found = model.resolve(task, task.get("messageRef"))
            if not data or found is None:
                continue
            wanted = found[0].item(found[1], "itemRef")
            if wanted not in {model.item(one) for one in data}:
                yield at(
                    data[0], numbers[2], f"the {datum} is not of the item its message has", parameters={"datum": datum}
                )


def receive_and_script_tasks_are_complete(model: Model) -> Iterator[Finding]:
    for task in model.each("receiveTask"):
        if is_true(task, "instantiate") and model.into(task):
            yield at(task, "EXT.049", "a receive task that starts the process has no incoming flows")
    for task in model.each("scriptTask"):
        if children(task, "script") and not task.get("scriptFormat"):
            yield at(task, "EXT.053", "a script needs a scriptFormat, the media type of its language")


def processes_hold_no_choreography(model: Model) -> Iterator[Finding]:
    for number, kinds in (("EXT.036", ("process",)), ("EXT.056", tuple(SCOPES))):
        for scope in model.each(*sorted(kinds)):
            for node in children(scope, *_CHOREOGRAPHY):
                yield at(
                    node,
                    number,
                    f"a {local(scope)} holds no choreography activities",
                    parameters={"scope": local(scope)},
                )


def event_subprocesses_stand_apart(model: Model) -> Iterator[Finding]:
    for scope in model.each("subProcess"):
        if not is_true(scope, "triggeredByEvent"):
            continue
        if model.into(scope) or model.out_of(scope):
            yield at(scope, "EXT.057", "an event subprocess has no sequence flows", "its start event triggers it")
        if (count := len(children(scope, "startEvent"))) != 1:
            yield at(scope, "EXT.058", f"an event subprocess has exactly one start event, not {count or 'none'}")


def ad_hoc_subprocesses_hold_activities(model: Model) -> Iterator[Finding]:
    for scope in model.each("adHocSubProcess"):
        if not children(scope, *ACTIVITIES):
            yield at(scope, "EXT.061", "an ad-hoc subprocess holds at least one activity")
        for node in children(scope, "startEvent", "endEvent", *_CHOREOGRAPHY):
            yield at(node, "EXT.062", f"an ad-hoc subprocess has no {local(node)}", parameters={"node": local(node)})


def calls_carry_the_called_data(model: Model) -> Iterator[Finding]:
    """What a call activity takes and gives is exactly what the called element takes and gives."""
    for call in model.each("callActivity"):
        found = model.resolve(call, call.get("calledElement"))
        if found is None or not any(True for one in (call, found[1]) for _ in children(one, "ioSpecification")):
            continue
        home, called = found
        for kind in ("dataInput", "dataOutput"):
            mine = sorted(str(model.item(data)) for data in data_of(call, kind))
            theirs = sorted(str(home.item(data)) for data in data_of(called, kind))
            if mine != theirs:
                yield at(
                    call,
                    "EXT.063",
                    f"the {kind}s are not those of {called.get('id')}",
                    parameters={"kind": kind, "id": called.get("id")},
                )
        for kind, refs in (("inputSet", "dataInputRefs"), ("outputSet", "dataOutputRefs")):
            if _sizes(call, kind, refs) != _sizes(called, kind, refs):
                yield at(
                    call,
                    "EXT.063",
                    f"the {kind}s are not those of {called.get('id')}",
                    parameters={"kind": kind, "id": called.get("id")},
                )


def _sizes(owner: Node, kind: str, refs: str) -> list[int]:
    return sorted(len(children(one, refs)) for one in data_of(owner, kind))


def interfaces_are_bound(model: Model) -> Iterator[Finding]:
    for callable_ in model.each(*sorted(members("CALLABLE"))):
        interfaces = children(callable_, "supportedInterfaceRef")
        bindings = children(callable_, "ioBinding")
        if interfaces and not bindings:
            text = "it offers an interface, so its data must be bound to an operation"
            yield at(callable_, "EXT.064", text, "add an ioBinding")
            continue
        for binding in bindings:
            yield from _bound(model, callable_, binding)
        bound = {binding.get("operationRef", "").rpartition(":")[2] for binding in bindings}
        for reference in interfaces:
            interface = model.find(reference, reference.text)
            for operation in () if interface is None else children(interface, "operation"):
                if operation.get("id") not in bound:
                    text = f"operation {operation.get('id')} of its interface has no ioBinding"
                    yield at(
                        callable_,
                        "BPMN.interface-unbound",
                        text,
                        severity="warning",
                        parameters={"id": operation.get("id")},
                    )


def _bound(model: Model, callable_: Node, binding: Node) -> Iterator[Finding]:
    found = model.resolve(binding, binding.get("operationRef"))
    if found is None or local(found[1]) != "operation":
        return
    home, operation = found
    for name, kind, messages in (
        ("inputDataRef", "dataInput", "inMessageRef"),
        ("outputDataRef", "dataOutput", "outMessageRef"),
    ):
        data = [one for one in data_of(callable_, kind) if one.get("id") == binding.get(name)]
        references = children(operation, messages)
        if not data:
            yield at(
                binding, "EXT.065", f"{name} is no {kind} of what is bound", parameters={"name": name, "kind": kind}
            )
        elif not references or not _carried(model, data, home, references):
            yield at(binding, "EXT.065", f"the {kind} is not of the item the operation has", parameters={"kind": kind})


def loops_have_items(model: Model) -> Iterator[Finding]:
    for loop in model.each("multiInstanceLoopCharacteristics"):
        yield from _behavior(loop)
        if not model.executable(loop):
            continue
        inputs = children(loop, "loopDataInputRef")
        if not inputs and not children(loop, "loopCardinality") and not _has_foreign_loop(loop):
            text = "neither a collection nor a number of instances"
            yield at(loop, "EXT.067", text, "add loopCardinality or loopDataInputRef")
        if inputs and local(loop.getparent()) not in SCOPES:
            own = {data.get("id") for data in data_of(loop.getparent(), "dataInput")}
            if not set(texts(loop, "loopDataInputRef")) <= own:
                yield at(loop, "EXT.068", "a task loops over a data input of its own")
        for number, reference, item in (
            ("EXT.069", "loopDataOutputRef", "outputDataItem"),
            ("EXT.070", "loopDataInputRef", "inputDataItem"),
        ):
            yield from _items(model, loop, number, reference, item)


def _has_foreign_loop(loop: Node) -> bool:
    """In an extension, ours or another engine's."""
    foreign = any(name.startswith("{") and not name.startswith(BPMN) for name in loop.attrib)
    return foreign or any(True for _ in loop.iterfind(f"{BPMN}extensionElements/*"))


def _items(model: Model, loop: Node, number: str, reference: str, item: str) -> Iterator[Finding]:
    for whole_ref in children(loop, reference):
        data = model.find(whole_ref, whole_ref.text)
        for one in children(loop, item) if data is not None else ():
            if is_true(one, "isCollection"):
                yield at(
                    one,
                    number,
                    f"the {item} is one of the collection, not a collection itself",
                    parameters={"item": item},
                )
            elif model.item(data) != model.item(one):
                yield at(
                    one, number, f"the {item} is not of the structure of the collection", parameters={"item": item}
                )


def _behavior(loop: Node) -> Iterator[Finding]:
    behavior = loop.get("behavior", "All")
    needed = {"None": "noneBehaviorEventRef", "One": "oneBehaviorEventRef"}.get(behavior)
    if needed and not loop.get(needed):
        yield at(
            loop,
            "BPMN.loop-behavior",
            f"behavior {behavior} needs {needed}",
            parameters={"behavior": behavior, "needed": needed},
        )
    if behavior == "Complex" and not children(loop, "complexBehaviorDefinition"):
        yield at(loop, "BPMN.loop-behavior", "complex behavior needs a complexBehaviorDefinition")


RULES = (
    Rule("10.1", ("EXT.035",), public_processes_are_not_executed),
    Rule("10.3", ("EXT.037", "EXT.038"), quantities_are_positive),
    Rule("10.3.3", ("EXT.042", "EXT.043", "EXT.044", "EXT.045"), service_tasks_fit_their_operation),
    Rule("10.3.3", ("EXT.046", "EXT.047", "EXT.048", "EXT.050", "EXT.051", "EXT.052"), message_tasks_fit_their_message),
    Rule("10.3.3", ("EXT.049", "EXT.053"), receive_and_script_tasks_are_complete),
    Rule("10.3, 10.3.5", ("EXT.036", "EXT.056"), processes_hold_no_choreography),
    Rule("10.3.5", ("EXT.057", "EXT.058"), event_subprocesses_stand_apart),
    Rule("10.3.5", ("EXT.061", "EXT.062"), ad_hoc_subprocesses_hold_activities),
    Rule("10.3.6", ("EXT.063",), calls_carry_the_called_data),
    Rule("8.5, 10.3.7", ("EXT.064", "EXT.065", "BPMN.interface-unbound"), interfaces_are_bound),
    Rule("10.3.8", ("EXT.067", "EXT.068", "EXT.069", "EXT.070", "BPMN.loop-behavior"), loops_have_items),
)
