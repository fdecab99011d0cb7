"""What automatic tasks do in a simulation: nothing, or what they are bound to."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine.workflow.bpmn.timing import add_duration
from engine.workflow.execution import advance, error_propagation
from engine.workflow.execution.behaviours import BEHAVIOURS, PALETTE
from engine.workflow.execution.behaviours.behaviour import Behaviour
from engine.workflow.execution.execution import ElementBehaviour, Execution, Fault, Palette
from engine.workflow.execution.tokens import NewWork, Token

AUTOMATIC = ("serviceTask", "scriptTask", "businessRuleTask", "sendTask")
#: The kind of work that is an effect which takes its time.
KIND = "effect"


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


def palette(effects: Mapping[str, Effect], marks: MutableMapping[str, str]) -> Palette:
    """The behaviours with automatic tasks that do what *effects* bind them to, by element id or script.

    *marks* gets what an effect marks, by element instance.
    """
    bound: dict[str, ElementBehaviour] = dict(BEHAVIOURS)
    for kind in AUTOMATIC:
        bound[kind] = _automatic(effects, marks, BEHAVIOURS[kind])
    return replace(PALETTE, behaviours=bound)


def _automatic(effects: Mapping[str, Effect], marks: MutableMapping[str, str], plain: ElementBehaviour) -> Behaviour:
    def effect_of(token: Token) -> Effect | None:
        return effects.get(token.element.id) or effects.get(token.element.script)

    def activate(x: Execution, token: Token) -> None:
        effect = effect_of(token)
        if effect is None:
            _pass(x, token)
        elif effect.wait:
            due = add_duration(x.now, effect.wait)
            x.add_work(NewWork(KIND, "", token, token.element.id, {}, due, ""))
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
            if not error_propagation.throw_error(x, token, effect.fail):
                raise Fault("failed", effect.fail)
            return
        if effect.error:
            if not error_propagation.throw_error(x, token, effect.error):
                raise Fault("uncaught_error", effect.error)
            return
        mark = x.evaluate(effect.mark, token)
        if mark:
            marks[token.id] = str(mark)
        _pass(x, token)

    def _pass(x: Execution, token: Token) -> None:
        if not token.element.message or token.element.type != "sendTask":
            advance.leave(x, token)
        else:
            plain.activate(x, token)

    return Behaviour(activate=activate, complete=apply)


def happen(x: Execution, token: Token) -> None:
    """The time an effect takes has passed."""
    x.palette.of(token).complete(x, token)
