"""Amounts and rates that were written on a page: read by the one reader, and why not in a sentence."""

from __future__ import annotations

from decimal import Decimal

from flask import g

from engine.web.shared import view
from forms.amounts import MAX_AMOUNT, AmountError, read_amount, read_rate
from forms.formatting import NBSP, number

#: So much of what was written is shown again in a sentence.
MAX_SHOWN = 40
FieldErrors = list[dict[str, str]]


def amount_field(
    text: str,
    label: str,
    errors: FieldErrors,
    at: str,
    *,
    path: str = "",
    negative: bool = False,
    limit: Decimal = MAX_AMOUNT,
) -> Decimal | None:
    """The NOK written in the field with the id *at*; ``None`` and one more of *faults* where it is no amount."""
    try:
        return read_amount(text, negative=negative, limit=limit)
    except AmountError as error:
        errors.append({"id": at, "path": path or at, "text": amount_error(error, label, text)})
        return None


def rate_field(
    text: str, label: str, errors: FieldErrors, at: str, *, path: str = "", limit: Decimal = Decimal(100)
) -> Decimal | None:
    """The per cent written in the field with the id *at*; ``None`` and one more of *faults* where it is none."""
    try:
        return read_rate(text, limit=limit)
    except AmountError as error:
        errors.append({"id": at, "path": path or at, "text": rate_error(error, label, text)})
        return None


def amount_error(error: AmountError, label: str, text: str) -> str:
    """What is wrong with an amount, with what was read of it."""
    shown = {name: kroner_and_ore(value) for name, value in error.values.items()}
    bare = ".bare" if error.code == "above" and not shown else ""
    return view.t(f"amount.{error.code}{bare}", label=label, written=_written(text), **shown)


def rate_error(error: AmountError, label: str, text: str) -> str:
    """What is wrong with a rate, with what was read of it."""
    shown = {name: f"{_plain(value)}{NBSP}%" for name, value in error.values.items()}
    has_own_text = error.code in ("empty", "digits", "negative") or (error.code == "above" and shown)
    known = error.code if has_own_text else "wrong"
    return view.t(f"rate.{known}", label=label, written=_written(text), **shown)


def number_error(error: AmountError, label: str, text: str) -> str:
    """What is wrong with a number of a form, which need not be an amount."""
    shown = {name: _plain(value) for name, value in error.values.items()}
    known = error.code if error.code in ("digits", "grouping", "ambiguous") else "not_number"
    return view.t(f"number.{known}", label=label, written=_written(text), **shown)


def as_typed(value: Decimal) -> str:
    """``12 500`` or ``12 500,50``: an amount as it stands in a field, in full."""
    return _plain(value).replace(NBSP, " ")


def kroner_and_ore(value: Decimal) -> str:
    """``12 500 kr``, and ``12,50 kr`` where there are øre: what was read, with every decimal that was."""
    return f"{_plain(value)}{NBSP}kr"


def _plain(value: Decimal) -> str:
    decimals = max(-int(value.normalize().as_tuple().exponent), 0)
    return number(value, max(decimals, 2) if decimals else 0, g.language)


def _written(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_SHOWN else f"{line[:MAX_SHOWN]}…"
