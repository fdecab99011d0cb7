"""Call activity: an instance of another process, in the same case.

With inputs only those go in, without them every visible variable does; the same
for outputs on the way back.
"""

from __future__ import annotations

from engine.workflow.execution import advance
from engine.workflow.execution.behaviours.behaviour import Behaviour
from engine.workflow.execution.execution import Execution, ExecutionError
from engine.workflow.execution.tokens import INNER, Instance, Token

MAX_DEPTH = 50


def activate(execution: Execution, token: Token) -> None:
    caller = token.instance
    if _depth(execution, caller) >= MAX_DEPTH:
        raise ExecutionError("calls_too_deep", f"{token.element.called} calls itself more than {MAX_DEPTH} deep")
    definition_id, process = execution.store.definition(token.element.called, token.element.called_version, caller)
    inputs = token.element.extension.inputs
    variables = (
        {name: execution.evaluate(expression, token) for name, expression in inputs}
        if inputs
        else dict(execution.variables(token))
    )
    instance = execution.new_instance(
        definition_id,
        process,
        key=token.element.called,
        case_id=caller.case_id,
        owner_id=caller.owner_id,
        parent_token=token.id,
        variables=variables,
    )
    advance.start(execution, instance)


def called_ended(execution: Execution, token: Token, called: Instance) -> None:
    """The called instance is done: take its results over and go on."""
    outputs = token.element.extension.outputs
    values = (
        {name: execution.evaluate(expression, called) for name, expression in outputs}
        if outputs
        else dict(called.variables)
    )
    execution.set_variables(token if token.role == INNER else execution.scope_of(token), values)
    advance.leave(execution, token)


def _depth(execution: Execution, instance: Instance) -> int:
    depth = 0
    while instance.parent_token is not None:
        token = execution.token(instance.parent_token)
        if token is None:
            break
        instance = token.instance
        depth += 1
    return depth


CALL_ACTIVITY = Behaviour(activate=activate)
