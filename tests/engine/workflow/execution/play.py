"""Runs a small model in memory and tells what was done: for the tests of elements."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, TypedDict, Unpack

from engine.workflow.bpmn.parser import parse
from engine.workflow.execution.simulation import Effect, Simulation
from tests.factories.bundles import HEAD

#: What is said about an activity, in the order things are: ``a`` done, ``a!`` failed, ``a-`` terminated.
SIGNS = {"completed": "", "failed": "!", "terminated": "-"}
TASKS = ("task", "userTask", "manualTask", "scriptTask", "serviceTask", "sendTask", "receiveTask", "businessRuleTask")


def file(body: str, head: str = "") -> bytes:
    """A BPMN file: one process ``p`` around *body*, or *body* as it is when it holds processes itself."""
    inside = body if "<process" in body else f'<process id="p" isExecutable="true">{body}</process>'
    return f"{HEAD}{head}{inside}</definitions>".encode()


def steps(*chains: str) -> str:
    """``"s > a > e"`` as elements and flows; what a name begins with says what it is.

    s* start, e* end, x* exclusive, f* and j* parallel, i* inclusive, u* user task, others script tasks
    with themselves as script. ``a ?x > 1? b`` puts a condition on the flow; one name is declared once,
    and a name in brackets, ``(b)``, stands elsewhere in the model.
    """
    nodes: dict[str, str] = {}
    flows: list[str] = []
    for chain in chains:
        before = condition = ""
        for name, following in re.findall(r"(\(?\w+\)?)(?:\s*\?([^?]*)\?)?\s*(?:>|$)", chain):
            if name.startswith("("):
                name = name.strip("()")
            else:
                nodes.setdefault(name, _node(name))
            if before:
                flows.append(arrow(before, name, condition))
            before, condition = name, following.strip().replace("<", "&lt;")
    return "".join(nodes.values()) + "".join(flows)


_KINDS = {
    "s": "startEvent",
    "e": "endEvent",
    "x": "exclusiveGateway",
    "f": "parallelGateway",
    "j": "parallelGateway",
    "i": "inclusiveGateway",
    "u": "userTask",
}


def _node(name: str) -> str:
    kind = _KINDS.get(name[0])
    return task(name) if kind is None else f'<{kind} id="{name}"/>'


def arrow(source: str, target: str, condition: str = "") -> str:
    inside = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    return f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>'


def task(name: str, inside: str = "", **attributes: object) -> str:
    """A script task that marks its own name."""
    more = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f'<scriptTask id="{name}"{more}>{inside}<script>{name}</script></scriptTask>'


def event(kind: str, name: str, definition: str = "", **attributes: object) -> str:
    more = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f'<{kind} id="{name}"{more}>{definition}</{kind}>'


def boundary(name: str, host: str, definition: str, *, interrupting: bool = True) -> str:
    return event(
        "boundaryEvent", name, definition, attachedToRef=host, cancelActivity="true" if interrupting else "false"
    )


def scope(name: str, inside: str, kind: str = "subProcess", **attributes: object) -> str:
    return event(kind, name, inside, **attributes)


def handler(name: str, definition: str, *, interrupting: bool = True, then: str = "") -> str:
    """An event subprocess: its start event, one task ``name`` + ``t`` (or *then*) and an end."""
    begin = event("startEvent", f"{name}s", definition, isInterrupting="true" if interrupting else "false")
    inside = then or task(f"{name}t") + event("endEvent", f"{name}e") + arrow(f"{name}t", f"{name}e")
    first = f"{name}t"
    return event("subProcess", name, begin + inside + arrow(f"{name}s", first), triggeredByEvent="true")


def signal(name: str = "S") -> str:
    return f'<signalEventDefinition signalRef="{name}"/>'


def message(name: str = "M") -> str:
    return f'<messageEventDefinition messageRef="{name}"/>'


def error(code: str = "") -> str:
    return f'<errorEventDefinition errorRef="{code}"/>' if code else "<errorEventDefinition/>"


def escalation(code: str = "") -> str:
    return f'<escalationEventDefinition escalationRef="{code}"/>' if code else "<escalationEventDefinition/>"


def timer(text: str, kind: str = "timeDuration") -> str:
    return f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"


def condition(text: str) -> str:
    return f"<conditionalEventDefinition><condition>{text}</condition></conditionalEventDefinition>"


def compensate(activity: str = "", wait: bool = True) -> str:
    named = f' activityRef="{activity}"' if activity else ""
    return f'<compensateEventDefinition{named} waitForCompletion="{str(wait).lower()}"/>'


TERMINATE = "<terminateEventDefinition/>"
CANCEL = "<cancelEventDefinition/>"


class Play:
    """One model being run. ``done`` is what its tasks did so far, ``trace`` every change of state."""

    def __init__(
        self,
        body: str,
        variables: Mapping[str, Any] | None = None,
        *,
        head: str = "",
        bind: Mapping[str, Mapping[str, Any]] | None = None,
        process: str = "",
        starts: int = 1,
        begin: bool = True,
    ) -> None:
        definitions = parse(file(body, head), conditions="simple")
        effects = {name: Effect(**effect) for name, effect in (bind or {}).items()}
        self.run = Simulation(definitions, process, effects=effects, max_steps=20_000, starts=starts)
        self.trace: list[tuple[str, str, str]] = []
        for _ in range(starts if begin else 0):
            self.run.start(variables or {})
        self._read()

    def _read(self) -> None:
        self.trace.extend((line.element, line.type, line.state) for line in self.run.lines())

    def send(self, *stimuli: Mapping[str, Any]) -> Play:
        """Apply stimuli as ``ibalanse run`` does."""
        from engine.cli.stimuli import apply_stimulus

        for number, stimulus in enumerate(stimuli, 1):
            apply_stimulus(self.run, stimulus, number)
        self._read()
        return self

    @property
    def done(self) -> str:
        """Tasks that ended, in order: ``"a b! c-"`` for a done, b failed, c terminated after it had begun."""
        begun = {element for element, _, state in self.trace if state == "activated"}
        return " ".join(
            element + SIGNS[state]
            for element, kind, state in self.trace
            if kind in TASKS and state in SIGNS and element in begun
        )

    @property
    def marks(self) -> list[str]:
        """Tasks that were done, sorted: for what may come in any order."""
        return sorted(name for name in self.done.split() if name[-1] not in "!-")

    @property
    def ended(self) -> list[str]:
        """Every element that was completed, in order."""
        return [element for element, _, state in self.trace if state == "completed"]

    @property
    def state(self) -> str:
        return str(self.run.result()["state"])

    @property
    def waiting(self) -> list[str]:
        return sorted(row["element"] for row in self.run.result()["waiting"])

    @property
    def incidents(self) -> list[tuple[str, str]]:
        return [(row["element"], row["code"]) for row in self.run.result()["incidents"]]

    @property
    def variables(self) -> dict[str, Any]:
        return dict(self.run.result()["variables"])


class PlayOptions(TypedDict, total=False):
    """What a ``Play`` may be told beside its model."""

    variables: Mapping[str, Any] | None
    head: str
    bind: Mapping[str, Mapping[str, Any]] | None
    process: str
    starts: int
    begin: bool


def played(body: str, *stimuli: Mapping[str, Any], **options: Unpack[PlayOptions]) -> str:
    """What the tasks of a model did, after all stimuli."""
    return Play(body, **options).send(*stimuli).done


def as_json(rows: Iterable[Mapping[str, Any]]) -> str:
    return json.dumps(list(rows))
