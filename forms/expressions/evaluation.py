"""Evaluate: arguments first, all of them, then the function. No short-circuit, as Altinn does it."""

from __future__ import annotations

from forms.expressions.context import ExpressionContext
from forms.expressions.errors import ExpressionError
from forms.expressions.functions import FUNCTIONS
from forms.values import Value

MAX_DEPTH = 64
MAX_CALLS = 20_000


def evaluate(expression: Value, context: ExpressionContext) -> Value:
    """The value of *expression*. Raises ``ExpressionError``."""
    return _evaluate(expression, context, 0, [0])


def _evaluate(expression: Value, context: ExpressionContext, depth: int, calls: list[int]) -> Value:
    if isinstance(expression, dict):
        raise ExpressionError("Objects are not allowed in expressions")
    if not isinstance(expression, list):
        return expression
    if depth > MAX_DEPTH:
        raise ExpressionError(f"Expression is nested deeper than {MAX_DEPTH}")
    calls[0] += 1
    if calls[0] > MAX_CALLS:
        raise ExpressionError(f"Expression makes more than {MAX_CALLS} calls")
    if not expression:
        raise ExpressionError("Missing function name in expression")
    name = expression[0]
    if not isinstance(name, str):
        raise ExpressionError("Function name in expression should be string")
    function = FUNCTIONS.get(name)
    if function is None:
        raise ExpressionError(f'Function "{name}" not implemented')
    if name == "if":
        _check_if(expression)
    arguments = [_evaluate(argument, context, depth + 1, calls) for argument in expression[1:]]
    low, high, apply = function
    count = len(arguments)
    if count < low or (high is not None and count > high):
        wanted = f"{low}+" if high is None else str(low) if low == high else f"{low}-{high}"
        plural = "argument" if wanted == "1" else "argument(s)"
        raise ExpressionError(f"Expected {wanted} {plural}, got {count}")
    return apply(context, *arguments)


def _check_if(expression: list[Value]) -> None:
    if len(expression) >= 4 and expression[3] != "else":
        raise ExpressionError('Expected third argument to be "else"')
    if len(expression) not in (3, 5):
        raise ExpressionError(f"Expected either 2 arguments (if) or 4 (if + else), got {len(expression) - 1}")
