"""Conditions are Altinn expressions over the case's data and the process variables."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.workflow.execution.execution import ExecutionError
from forms.expressions import ExpressionContext, ExpressionError
from forms.expressions import evaluate as _evaluate
from forms.values import Value


def evaluate(expression: Value, models: Mapping[str, Any], default: str) -> Value:
    """The value of *expression* as plain JSON. Raises ``ExecutionError`` with the language's own sentence."""
    variables = models.get("variables", {})
    context = ExpressionContext(models=models, default=default, gateway_action=variables.get("action"))
    try:
        value = _evaluate(expression, context)
    except ExpressionError as error:
        raise ExecutionError("expression_failed", str(error)) from None
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
