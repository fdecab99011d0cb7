"""Call activity: an instance of another process, in the same case.

With inputs only those go in, without them every visible variable does; the same
for outputs on the way back.
"""

from __future__ import annotations

from engine.workflow.execution import advance
from engine.workflow.execution.behaviours.behaviour import Behaviour
from engine.workflow.execution.execution import Execution, Fault
from engine.workflow.execution.tokens import INNER, Instance, Token

MAX_DEPTH = 50


def activate(x: Execution, token: Token) -> None:
    caller = token.instance
    if _depth(x, caller) >= MAX_DEPTH:
        raise Fault("calls_too_deep", f"{token.element.called} calls itself more than {MAX_DEPTH} deep")
    definition_id, process = x.store.definition(token.element.called, token.element.called_version, caller)
    inputs = token.element.extension.inputs
    variables = (
        {name: x.evaluate(expression, token) for name, expression in inputs} if inputs else dict(x.variables(token))
    )
    instance = x.new_instance(
        definition_id,
        process,
        key=token.element.called,
        case_id=caller.case_id,
        owner_id=caller.owner_id,
        parent_token=token.id,
        variables=variables,
    )
    advance.start(x, instance)


def called_ended(x: Execution, token: Token, called: Instance) -> None:
    """The called instance is done: take its results over and go on."""
    outputs = token.element.extension.outputs
    values = (
        {name: x.evaluate(expression, called) for name, expression in outputs} if outputs else dict(called.variables)
    )
    x.set_variables(token if token.role == INNER else x.scope_of(token), values)
    advance.leave(x, token)


def _depth(x: Execution, instance: Instance) -> int:
    depth = 0
    while instance.parent_token is not None:
        token = x.token(instance.parent_token)
        if token is None:
            break
        instance = token.instance
        depth += 1
    return depth


CALL_ACTIVITY = Behaviour(activate=activate)
