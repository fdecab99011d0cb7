"""Amounts, shares, dates and times as people read them: bokmål, nynorsk, English."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")
NBSP, MINUS = "\u00a0", "\u2212"
_NORWEGIAN = ["januar", "februar", "mars", "april", "mai", "juni", "juli", "august"]
_NORWEGIAN += ["september", "oktober", "november", "desember"]
_ENGLISH = ["January", "February", "March", "April", "May", "June", "July", "August"]
_ENGLISH += ["September", "October", "November", "December"]
_MONTHS = {"nb": _NORWEGIAN, "nn": _NORWEGIAN, "en": _ENGLISH}


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
    month = _MONTHS[language][day.month - 1]
    return f"{day.day} {month} {day.year}" if language == "en" else f"{day.day}. {month} {day.year}"


def month_name(value: date | datetime, language: str = "nb") -> str:
    """``desember 2026``"""
    day = value.astimezone(OSLO).date() if isinstance(value, datetime) else value
    return f"{_MONTHS[language][day.month - 1]} {day.year}"


def short_date(value: date | datetime, language: str = "nb") -> str:
    """``10. des.``"""
    day = value.astimezone(OSLO).date() if isinstance(value, datetime) else value
    month = _MONTHS[language][day.month - 1]
    short = month if len(month) <= 4 else f"{month[:3]}."
    return f"{day.day} {month[:3]}" if language == "en" else f"{day.day}. {short}"


def clock_time(value: datetime, language: str = "nb") -> str:
    """``kl. 13.02`` in Norway; ``13:02`` in English."""
    local = value.astimezone(OSLO)
    return f"{local:%H:%M}" if language == "en" else f"kl. {local:%H.%M}"
