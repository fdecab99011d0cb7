"""JSON as it is stored: in the JSON columns of every table and in what the vault seals.

A ``Decimal`` comes back as the ``Decimal`` it was, its scale too. It is written as a JSON number with a capital E,
``12.50`` as ``12.50E0``: a number for whoever else reads it (the functions of either database, an older version of
this code), told from text without a mark of ours, and from a float, which Python writes with a small e. So what was
stored before reads as it did.

A float stays the float it was: what sources and forms send holds them, and their shortest text is read back as the
same bits. Money is no float before it gets here. NaN and the infinities are refused, they are no JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from json.encoder import encode_basestring
from typing import NoReturn


class _DecimalFoundError(Exception):
    """There is a ``Decimal`` in the value: the encoder of the standard library cannot write one as a number."""


def encode(value: object, *, sort_keys: bool = False) -> str:
    """The text of a value of dictionaries, lists, texts, numbers, truth values and ``None``.

    Raises ``TypeError`` for anything else, ``ValueError`` for a number that is none.
    """
    try:
        return (_SORTED if sort_keys else _PLAIN).encode(value)
    except _DecimalFoundError:
        return _written(value, sort_keys)


def decode(text: str | bytes) -> object:
    """The value ``encode`` was given, a tuple as a list. Raises ``ValueError`` for what is no JSON."""
    return _DECODER.decode(text.decode() if isinstance(text, bytes) else text)


def _written(value: object, sort_keys: bool) -> str:
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, Mapping):
        items: Iterable[tuple[object, object]] = sorted(value.items()) if sort_keys else value.items()
        return "{" + ",".join(f"{_key(key)}:{_written(one, sort_keys)}" for key, one in items) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(_written(one, sort_keys) for one in value) + "]"
    return _PLAIN.encode(value)


def _key(key: object) -> str:
    """As the standard library writes it: a number as text, anything but text, numbers and ``None`` refused."""
    return encode_basestring(key) if isinstance(key, str) else _PLAIN.encode({key: 0})[1:-3]  # of {"…":0}


def _number(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError(f"{value} is no JSON number")
    text = str(value)
    return text if "E" in text else f"{text}E0"


def _read_number(text: str) -> Decimal | float:
    if "E" not in text:
        return float(text)
    try:
        return Decimal(text)
    except ArithmeticError:
        raise ValueError("a number with an exponent beyond any") from None


def _refuse(value: object) -> NoReturn:
    if isinstance(value, Decimal):
        raise _DecimalFoundError
    raise TypeError(f"{type(value).__name__} does not belong in stored JSON")


# Made once: a call of json.dumps or json.loads with settings makes one each time.
_PLAIN = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_refuse)
_SORTED = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_refuse, sort_keys=True)
_DECODER = json.JSONDecoder(parse_float=_read_number)
