"""Altinn's expression language: closed, total, and the only one conditions are written in.

``evaluate(expression, context)`` gives a JSON value or raises ``ExpressionError``
with the wording Altinn's own tests expect. No script runs, ever.
"""

from forms.expressions.context import ExpressionContext
from forms.expressions.errors import ExpressionError
from forms.expressions.evaluation import evaluate

__all__ = ["ExpressionContext", "ExpressionError", "evaluate"]
