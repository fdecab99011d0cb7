"""Amounts, shares, dates and times as people read them: bokmål, nynorsk, English.

Names of months and lists are CLDR's, by Babel. Numbers are not: in English too we set thousands apart by a space,
since a comma there is the decimal comma to those who read both, and the minus is a true one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.lists import format_list

OSLO = ZoneInfo("Europe/Oslo")
NBSP, MINUS = "\u00a0", "\u2212"
_LOCALES = {"nb": Locale("nb"), "nn": Locale("nn"), "en": Locale("en", "GB")}
_MONTHS = {language: locale.months["format"]["wide"] for language, locale in _LOCALES.items()}
_WEEKDAYS = {language: locale.days["format"]["wide"] for language, locale in _LOCALES.items()}
_SHORT_MONTHS = {language: locale.months["format"]["abbreviated"] for language, locale in _LOCALES.items()}


def listed(language: str, items: Iterable[object], style: Literal["standard", "or"] = "standard") -> str:
    """``a, b og c`` or ``a, b eller c``, as CLDR joins a list in the language; British, in English.

    A list with markup in it (an item that has ``__html__``) is markup, and its other items are escaped.
    """
    found = list(items)
    pattern = format_list([f"{{{number}}}" for number in range(len(found))], style, _LOCALES[language])
    kind: type[str] = next((type(item) for item in found if isinstance(item, str) and hasattr(item, "__html__")), str)
    return kind(pattern).format(*found)


def number(value: Decimal, decimals: int = 0, language: str = "nb") -> str:
    """Thousands with a non-breaking space, a true minus, a comma (a point in English)."""
    rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,.{decimals}f}".replace(",", NBSP)
    if language != "en":
        text = text.replace(".", ",")
    return f"{MINUS}{text}" if rounded < 0 else text


def kroner(value: Decimal, language: str = "nb") -> str:
    """``1 234 567 kr``, whole kroner."""
    return f"{number(value, 0, language)}{NBSP}kr"


def percent(value: Decimal, language: str = "nb") -> str:
    """``5,6 %``: at most two decimals, no needless zeros, one at least."""
    text = number(value, 2, language)
    return f"{text[:-1] if text.endswith('0') else text}{NBSP}%"


def long_date(value: date | datetime, language: str = "nb") -> str:
    """``10. desember 2026``; the day in Norway."""
    day = value.astimezone(OSLO).date() if isinstance(value, datetime) else value
    month = _MONTHS[language][day.month]
    return f"{day.day} {month} {day.year}" if language == "en" else f"{day.day}. {month} {day.year}"


def weekday_date(value: date, language: str = "nb") -> str:
    """``fredag 12. desember``: a day within weeks, whose year is plain."""
    name, month = _WEEKDAYS[language][value.weekday()], _MONTHS[language][value.month]
    return f"{name} {value.day} {month}" if language == "en" else f"{name} {value.day}. {month}"


def month_name(value: date | datetime, language: str = "nb") -> str:
    """``desember 2026``"""
    day = value.astimezone(OSLO).date() if isinstance(value, datetime) else value
    return f"{_MONTHS[language][day.month]} {day.year}"


def short_date(value: date | datetime, language: str = "nb") -> str:
    """``10. des.``"""
    day = value.astimezone(OSLO).date() if isinstance(value, datetime) else value
    month = _SHORT_MONTHS[language][day.month]
    return f"{day.day} {month}" if language == "en" else f"{day.day}. {month}"


def clock_time(value: datetime, language: str = "nb") -> str:
    """``kl. 13.02`` in Norway; ``13:02`` in English."""
    local = value.astimezone(OSLO)
    return f"{local:%H:%M}" if language == "en" else f"kl. {local:%H.%M}"
