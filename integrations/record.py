"""One record of an answer, read field by field, so that what is odd in one is the loss of nothing else.

What a standard calls optional is optional here, and null is the same as left out. A field that does not decide a
figure and is of the wrong kind is left out too; one that does raises ``UnreadableError``, and the caller names the
record as a gap of its own.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from engine.platform.calendar import norwegian_day

#: An amount of this many kroner or more is no person's money.
BEYOND_SENSE = Decimal(10) ** 11
#: The longest text that is taken of one field, and of an address.
MAX_TEXT, MAX_ADDRESS = 500, 4000
_NUMBER = re.compile(r"[+-]?[0-9]{1,14}(\.[0-9]{1,12})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ORE = Decimal("0.01")


class UnreadableError(ValueError):
    """A record that cannot be read; ``str(error)`` is the name of the field, never what it held."""


class BeyondSenseError(UnreadableError):
    """An amount no person has."""


class Record:
    """A JSON object as the provider spells it. Anything else reads as an object without fields."""

    __slots__ = ("_fields",)

    def __init__(self, fields: object) -> None:
        self._fields: Mapping[str, object] = fields if isinstance(fields, Mapping) else {}

    def __bool__(self) -> bool:
        return bool(self._fields)

    def has(self, name: str) -> bool:
        """Whether there is something under *name*."""
        return self._fields.get(name) is not None

    def text(self, *names: str, limit: int = MAX_TEXT) -> str:
        """The first of *names* that holds a text or a whole number, without white space around; "" where none does."""
        for name in names:
            value = self._fields.get(name)
            if isinstance(value, int) and not isinstance(value, bool):
                value = str(value) if abs(value) < 10**30 else ""
            if isinstance(value, str) and (found := _plain(value, limit)):
                return found
        return ""

    def texts(self, name: str) -> list[str]:
        """The texts of a list, or of one text that stands alone."""
        value = self._fields.get(name)
        some = value if isinstance(value, list) else [value]
        return [found for one in some if isinstance(one, str) and (found := _plain(one))]

    def decimal(self, name: str) -> Decimal | None:
        """A number with or without a fraction, written as a number or as text. Raises ``UnreadableError``."""
        value = self._fields.get(name)
        if value is None:
            return None
        if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
            return _sensible(name, Decimal(value.strip()))
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            return _sensible(name, Decimal(str(value)) if isinstance(value, float) else Decimal(value))
        raise UnreadableError(name)

    def money(self, name: str) -> Decimal | None:
        """An amount in kroner and øre. Raises ``UnreadableError``."""
        found = self.decimal(name)
        return None if found is None else found.quantize(_ORE, rounding=ROUND_HALF_UP)

    def whole(self, name: str) -> int | None:
        """A whole number of zero or more; nothing is cut off one that is not. Raises ``UnreadableError``."""
        value = self._fields.get(name)
        if value is None:
            return None
        if isinstance(value, Decimal | float) and value == value and value == (cut := _cut(value)):
            value = cut
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise UnreadableError(name)
        if value >= BEYOND_SENSE * 100:
            raise BeyondSenseError(name)
        return value

    def day(self, *names: str) -> date | None:
        """The first of *names* that holds a date, or a moment, which is on its day in Norway."""
        for name in names:
            if (found := _day(self._fields.get(name))) is not None:
                return found
        return None

    def flag(self, name: str) -> bool | None:
        """Yes or no, or ``None`` where neither is said."""
        value = self._fields.get(name)
        if isinstance(value, str) and value.strip().lower() in ("true", "false"):
            return value.strip().lower() == "true"
        return value if isinstance(value, bool) else None

    def record(self, name: str) -> Record:
        """The object under *name*; one without fields where there is none."""
        return Record(self._fields.get(name))

    def records(self, name: str) -> list[Record]:
        """The list under *name*, each as a record; empty where there is none."""
        value = self._fields.get(name)
        return [Record(one) for one in value] if isinstance(value, list) else []

    def same_as(self, other: Record) -> bool:
        """Whether both say exactly the same: to Python yes is 1, to a provider it is not."""
        return self._fields == other._fields and _written(self._fields) == _written(other._fields)


def rows(answer: object, name: str) -> list[Record] | None:
    """The list that an answer is made of, or ``None`` where the answer has no such list."""
    value = answer.get(name) if isinstance(answer, Mapping) else None
    return [Record(one) for one in value] if isinstance(value, list) else None


def digest(*parts: object) -> str:
    """A short name made of what a record says, for one whose provider gave it none."""
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode("utf-8", "replace")).hexdigest()[:20]


def once(names: Iterable[str]) -> list[str]:
    """The same names; the second, third … of one name gets its number."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return found


def _written(fields: object) -> str:
    return json.dumps(fields, sort_keys=True, default=repr)


def _plain(text: str, limit: int = MAX_TEXT) -> str:
    """One line without control signs and without half a letter."""
    whole = text[:limit].encode("utf-8", "replace").decode()
    return " ".join("".join(sign if sign.isprintable() else " " for sign in whole).split())


def _sensible(name: str, number: Decimal) -> Decimal:
    if not number.is_finite() or (number and number.adjusted() < -12):
        raise UnreadableError(name)
    if abs(number) >= BEYOND_SENSE:
        raise BeyondSenseError(name)
    return number


def _cut(number: Decimal | float) -> int | None:
    try:
        exact = Decimal(number)
        return int(exact) if abs(exact) < BEYOND_SENSE * 1000 else None
    except (ValueError, ArithmeticError):
        return None


def _day(value: object) -> date | None:
    if not isinstance(value, str) or not _DAY.match(value.strip()):
        return None
    try:
        written = date.fromisoformat(value.strip()[:10])
    except ValueError:
        return None
    found = _in_norway(value.strip()) or written
    return found if 1900 <= found.year < 2200 else None


def _in_norway(text: str) -> date | None:
    """The day of a moment that tells its zone."""
    try:
        moment = datetime.fromisoformat(text)
        return norwegian_day(moment) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
