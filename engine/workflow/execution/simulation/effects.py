"""What automatic tasks do in a simulation: nothing, or what they are bound to."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine.workflow.bpmn.timing import add_duration
from engine.workflow.execution import advance, error_propagation
from engine.workflow.execution.behaviours import BEHAVIOUR_BY_TYPE, ELEMENT_BEHAVIOURS
from engine.workflow.execution.behaviours.behaviour import Behaviour
from engine.workflow.execution.execution import ElementBehaviour, ElementBehaviours, Execution, ExecutionError
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


def behaviours_with_effects(effects: Mapping[str, Effect], marks: MutableMapping[str, str]) -> ElementBehaviours:
    """The behaviours with automatic tasks that do what *effects* bind them to, by element id or script.

    *marks* gets what an effect marks, by element instance.
    """
    bound: dict[str, ElementBehaviour] = dict(BEHAVIOUR_BY_TYPE)
    for kind in AUTOMATIC:
        bound[kind] = _automatic(effects, marks, BEHAVIOUR_BY_TYPE[kind])
    return replace(ELEMENT_BEHAVIOURS, by_type=bound)


def _automatic(effects: Mapping[str, Effect], marks: MutableMapping[str, str], plain: ElementBehaviour) -> Behaviour:
    def effect_of(token: Token) -> Effect | None:
        return effects.get(token.element.id) or effects.get(token.element.script)

    def activate(execution: Execution, token: Token) -> None:
        effect = effect_of(token)
        if effect is None:
            _pass(execution, token)
        elif effect.wait:
            due = add_duration(execution.now, effect.wait)
            execution.add_work(NewWork(KIND, "", token, token.element.id, {}, due, ""))
        else:
            apply(execution, token)

    def apply(execution: Execution, token: Token) -> None:
        effect = effect_of(token)
        if effect is None:
            _pass(execution, token)
            return
        if effect.set:
            values = {name: execution.evaluate(value, token) for name, value in effect.set.items()}
            execution.set_variables(token, values)
        if effect.fail:
            if not error_propagation.throw_error(execution, token, effect.fail):
                raise ExecutionError("failed", effect.fail)
            return
        if effect.error:
            if not error_propagation.throw_error(execution, token, effect.error):
                raise ExecutionError("uncaught_error", effect.error)
            return
        mark = execution.evaluate(effect.mark, token)
        if mark:
            marks[token.id] = str(mark)
        _pass(execution, token)

    def _pass(execution: Execution, token: Token) -> None:
        if not token.element.message or token.element.type != "sendTask":
            advance.leave(execution, token)
        else:
            plain.activate(execution, token)

    return Behaviour(activate=activate, complete=apply)


def happen(execution: Execution, token: Token) -> None:
    """The time an effect takes has passed."""
    execution.behaviours.of(token).complete(execution, token)
