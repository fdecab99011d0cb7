"""What goes wrong in an expression."""


class ExpressionError(Exception):
    """The expression has no value; the text says why and carries no personal data."""
