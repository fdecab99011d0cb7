"""Who lives in a household, as the citizen tells it."""

from __future__ import annotations

import re

SEXES = ("woman", "man")
#: What may hold for one person, beside age and sex: none of them, or one.
ABOUT = ("", "kindergarten", "kindergarten_low", "after_school", "student", "pregnant", "nursing")
CARS = ("none", "petrol", "electric")
#: As many measures can be tried at once.
MAX_MEASURES = 20
#: Per cent a year a new loan may cost.
MAX_RATE = 60
_AGE = re.compile(
    r"([0-9]{1,3})\s*(?:(år|aar|year|years|yrs?)\.?|(m[a-zå]*\.?))?(?:\s+gammel|\s+gamal|\s+old)?", re.IGNORECASE
)


def age_in_months(text: str) -> int | None:
    """``37`` and ``37 år`` are years, ``8 mnd`` months; ``None`` for what is no age up to 120."""
    found = _AGE.fullmatch(str(text).strip())
    if found is None:
        return None
    number = int(found[1])
    months = number if found[3] else number * 12
    return months if months <= 120 * 12 else None
