"""Synthetic identity numbers: month + 80 as Tenor makes them, with ordinary check digits."""

from __future__ import annotations

from datetime import date

_FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def synthetic_pid(born: date, individual: int) -> str:
    """The number for a birth date and the first individual number from *individual* on that has check digits."""
    for number in range(individual, 1000):
        head = f"{born.day:02d}{born.month + 80:02d}{born.year % 100:02d}{number:03d}"
        first = _digit(head, _FIRST)
        if first is None:
            continue
        second = _digit(f"{head}{first}", _SECOND)
        if second is not None:
            return f"{head}{first}{second}"
    raise ValueError("no number left")


def is_synthetic_pid(text: str) -> bool:
    """Eleven digits, month 81-92, right check digits."""
    if len(text) != 11 or not text.isdigit() or not 81 <= int(text[2:4]) <= 92:
        return False
    return _digit(text[:9], _FIRST) == int(text[9]) and _digit(text[:10], _SECOND) == int(text[10])


def account_number(bank: str, serial: int) -> str:
    """An 11-digit account number at *bank* (4 digits) with its check digit, from *serial* on."""
    while True:
        head = f"{bank}{serial:06d}"
        digit = _digit(head, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2))
        if digit is not None:
            return f"{head}{digit}"
        serial += 1


def _digit(text: str, weights: tuple[int, ...]) -> int | None:
    """Modulus 11; ``None`` when the digit would be ten."""
    rest = sum(int(c) * w for c, w in zip(text, weights, strict=True)) % 11
    digit = 0 if rest == 0 else 11 - rest
    return None if digit == 10 else digit
