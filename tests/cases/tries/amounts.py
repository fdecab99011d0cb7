"""Amounts and rates as people write them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from forms.amounts import AmountError, read_rate
from forms.amounts import read_amount as read
from forms.layout import Field
from forms.reading import read as read_form
from tests.cases.seam import NAMES


def read_amounts(written: Sequence[str]) -> list[str | None]:
    """Each as it was read, ``null`` where it is refused."""
    reader: Any = NAMES["engine.web.overview:read_amount"]
    found = [reader(text) for text in written]
    return [None if amount is None else f"{amount:.2f}" for amount in found]


def refusals(written: Sequence[str]) -> list[str]:
    """Why each is refused; what was read of one that is not."""
    return [_code(lambda text=text: read(text)) for text in written]


def rates(written: Sequence[str]) -> list[str]:
    """Each as it was read, or why it is refused."""
    return [_code(lambda text=text: read_rate(text)) for text in written]


def below_zero(written: Sequence[str]) -> list[str]:
    """Each where amounts below zero are asked for too."""
    return [_code(lambda text=text: read(text, negative=True)) for text in written]


def _code(reading: Callable[[], Decimal]) -> str:
    try:
        found = reading()
    except AmountError as error:
        return error.code
    return f"{found:f}"


def form_numbers(written: Sequence[str]) -> list[Any]:
    """Each as a number of a form: what stays text is refused by the form's schema, with the reason at its field."""
    field, schema = Field("a", "number", path="a"), {"properties": {"a": {"type": "number"}}}
    return [read_form([field], schema, lambda _path, text=text: [text]).get("a") for text in written]
