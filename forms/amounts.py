"""Amounts and rates as people write them: the one reader that every page, form and command uses.

``12 500``, ``12.500,50``, ``kr 2.000,-`` and ``NOK 500`` are all read, whatever kind of space is between. The last
separator decides: what follows it are øre, unless it is a dot with exactly three digits after it, which parts
thousands in Norway. A comma with exactly three digits after it can be either, so the writer is asked. Digits are 0 to
9 only, and all of it is ``Decimal``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

#: What an amount is at most where nothing else is told, NOK.
MAX_AMOUNT = Decimal(100_000_000)
#: What a yearly rate is at most where nothing else is told, per cent.
MAX_RATE = Decimal(1000)
#: So many digits before the separator: more is no number of anything we know, and is not computed with.
MAX_DIGITS = 30

_CURRENCY = r"(?:nok|kroner|krone|kr\.?)"
_OTHER_CURRENCY = re.compile(r"[€$£¥]|eur|usd|gbp|sek|dkk|euro|dollar|pund")
_PRICE_MARK = re.compile(r"[,.:][-\u2010-\u2015\u2212]+$")
_AMOUNT = re.compile(rf"(?P<sign>[-+]?){_CURRENCY}?(?P<sign_after>[-+]?)(?P<number>[0-9.,']+){_CURRENCY}?")
_PER_CENT = re.compile(r"(?P<sign>[-+]?)(?P<number>[0-9.,]+)(?:%|prosent|pst\.?)?")
#: The dashes people write for a minus, and the marks they write for an apostrophe between thousands.
_AS_TYPED = {ord(c): "-" for c in "\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"}
_AS_TYPED |= {ord(c): "'" for c in "\u2018\u2019\u02bc\u00b4`"}


@dataclass(frozen=True, slots=True)
class _Parts:
    """A number in its parts, digits only."""

    whole: str
    fraction: str


class AmountError(ValueError):
    """What was written is no amount; ``code`` says why, and ``values`` hold what was read.

    empty       nothing was written
    digits      digits of another script than 0 to 9
    currency    another currency than kroner
    not_number  something else than digits and separators
    grouping    the thousands are not parted in threes
    decimals    more than two decimals
    ambiguous   a comma and three digits: ``thousands`` and ``decimals`` are the two it can mean
    negative    below zero where only zero and more is asked for; ``read`` is what was read
    above       more than ``limit``; ``read`` is what was read
    """

    def __init__(self, code: str, **values: Decimal) -> None:
        super().__init__(code)
        self.code = code
        self.values: Mapping[str, Decimal] = values


def read_amount(text: str, *, negative: bool = False, limit: Decimal = MAX_AMOUNT) -> Decimal:
    """NOK with two decimals. Raises ``AmountError``.

    negative  whether less than zero is asked for too
    limit     the largest amount, and with *negative* the smallest one below zero
    """
    amount = read_number(text)
    if -int(amount.as_tuple().exponent) > 2:
        raise AmountError("decimals", read=amount)
    return _within(amount.quantize(Decimal("0.01")), negative, limit)


def read_number(text: str) -> Decimal:
    """Any number written as people write amounts, with the decimals it was written with. Raises ``AmountError``."""
    plain = _plain(text)
    found = _AMOUNT.fullmatch(_PRICE_MARK.sub("", _without_currency_after(plain)))
    if found is None or (found["sign"] and found["sign_after"]):
        raise _why_not(plain)
    amount = _value(_parts(found["number"]))
    return -amount if "-" in (found["sign"], found["sign_after"]) else amount


def read_rate(text: str, *, negative: bool = False, limit: Decimal = MAX_RATE) -> Decimal:
    """Per cent: ``5,6 %`` is 5.6. A rate has no thousands: a dot and a comma mean the same. Raises ``AmountError``."""
    plain = _plain(text)
    found = _PER_CENT.fullmatch(plain)
    if found is None:
        raise _why_not(plain)
    whole, *fraction = re.split("[.,]", found["number"])
    if len(fraction) > 1 or not (whole or "".join(fraction)):
        raise AmountError("not_number")
    rate = _value(_Parts(whole, "".join(fraction)))
    return _within(-rate if found["sign"] == "-" else rate, negative, limit)


def _plain(text: str) -> str:
    """Without white space and format signs, in small letters, each dash a minus. Raises for nothing and odd digits."""
    signs = (c for c in unicodedata.normalize("NFC", text) if not (c.isspace() or unicodedata.category(c) == "Cf"))
    plain = "".join(signs).translate(_AS_TYPED).casefold()
    if not plain:
        raise AmountError("empty")
    if any(unicodedata.category(c) == "Nd" and c not in "0123456789" for c in plain):
        raise AmountError("digits")
    return plain


def _without_currency_after(plain: str) -> str:
    return re.sub(rf"(?<=[0-9.,:'-]){_CURRENCY}$", "", plain)


def _why_not(plain: str) -> AmountError:
    return AmountError("currency" if _OTHER_CURRENCY.search(plain) else "not_number")


def _parts(number: str) -> _Parts:
    """Thousands and øre told apart. Raises ``AmountError``."""
    grouped = "'" in number
    if grouped:
        whole, mark, rest = re.fullmatch("([^.,]*)([.,]?)(.*)", number).groups()  # type: ignore[union-attr]
        number = _joined(whole, "'") + mark + rest
    number = re.sub("[.,]$", "", number) or "?"
    marks = re.findall("[.,]", number)
    if not marks:
        return _whole(number)
    last = marks[-1]
    before, _, after = number.rpartition(last)
    if len(set(marks)) == 2:
        return _Parts(_joined(before, marks[0]), after)
    if len(marks) > 1:
        return _whole(_joined(number, last))
    if len(after) == 3 and not grouped and re.fullmatch("[1-9][0-9]{0,2}", before):
        if last == ".":
            return _whole(before + after)
        raise AmountError("ambiguous", thousands=Decimal(before + after), decimals=Decimal(f"{before}.{after}"))
    return _Parts(before, after)


def _joined(text: str, mark: str) -> str:
    """Thousands put together. Raises ``AmountError`` where they are not parted in threes by *mark*."""
    if not re.fullmatch(f"[0-9]{{1,3}}({re.escape(mark)}[0-9]{{3}})+", text):
        raise AmountError("grouping")
    return text.replace(mark, "")


def _whole(digits: str) -> _Parts:
    return _Parts(digits, "")


def _value(parts: _Parts) -> Decimal:
    if not (parts.whole + parts.fraction).isdigit():
        raise AmountError("not_number")
    if len(parts.whole) > MAX_DIGITS or len(parts.fraction) > MAX_DIGITS:
        raise AmountError("above")
    return Decimal(f"{parts.whole or 0}.{parts.fraction}" if parts.fraction else parts.whole)


def _within(amount: Decimal, negative: bool, limit: Decimal) -> Decimal:
    if amount < 0 and not negative:
        raise AmountError("negative", read=amount)
    if abs(amount) > limit:
        raise AmountError("above", read=amount, limit=limit)
    return amount or abs(amount)  # zero has no sign
