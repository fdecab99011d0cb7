"""Numbers that name something (a person, a firm, an account) as people write them."""

from __future__ import annotations

import re
import unicodedata

_SEPARATORS = re.compile(r"[\s.\-‐-―−/·]+")


def digits(text: str) -> str:
    """The digits of a number that is written in groups: "010190-12345" → "01019012345".

    "" where there is anything but the digits 0 to 9 and what people part them with: white space of any kind, a dash,
    a dot, a slash.
    """
    seen = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    plain = _SEPARATORS.sub("", seen)
    return plain if plain.isascii() and plain.isdigit() else ""
