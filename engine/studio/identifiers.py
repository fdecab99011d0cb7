"""Words of a name as they may stand in a key or an id: small letters and digits, æ as ae, ø as o, accents off."""

from __future__ import annotations

import re
import unicodedata


def plain_words(text: str) -> list[str]:
    """``Undersøk på nytt`` → ``["undersok", "pa", "nytt"]``; nothing when no letter or digit is left."""
    plain = text.lower().replace("æ", "ae").replace("ø", "o")
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return re.findall(r"[a-z0-9]+", plain)
