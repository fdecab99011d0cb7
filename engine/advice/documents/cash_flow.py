"""The money to the next pay in words and rows: the same on the page, on paper and in the table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from engine.advice.documents.words import Words
from engine.advice.economy.cash_flow import CashFlow, CashItem
from engine.advice.economy.money import ZERO, Money
from forms.formatting import kroner, weekday_date


@dataclass(frozen=True, slots=True)
class CashRow:
    """What happens on a day, NOK; ``left`` when the day is over, told once a day. ``name``: in words."""

    day: date
    name: str
    amount: Money
    left: Money | None


def said(cash: CashFlow, words: Words, *, names: bool = True) -> tuple[str, ...]:
    """How far the money reaches, or what must be known to say it. *names*: who is paid and who pays may be told."""
    language = words.language
    if cash.missing:
        return (words["cash.unknown"], *(words[f"cash.missing.{one.value}"] for one in cash.missing))
    assert cash.until is not None and cash.pay is not None
    when = {
        "pay": kroner(cash.pay.amount, language),
        "who": cash.pay.name,
        "pay_day": weekday_date(cash.until, language),
    }
    if cash.short is None:
        first = words.of("cash.reaches" if names else "cash.reaches.unnamed", **when)
    else:
        lacks = kroner(-cash.short.end, language)
        key = "cash.short" if names else "cash.short.unnamed"
        first = words.of(key, amount=lacks, day=weekday_date(cash.short.day, language), **when)
    lines = [first]
    if cash.lacks > -(cash.short.end if cash.short else ZERO):
        lines.append(words.of("cash.worst", amount=kroner(cash.lacks, language)))
    if cash.before_pay:
        room, a_day = kroner(abs(cash.room), language), kroner(cash.room_a_day, language)
        lines.append(words.of("cash.room" if cash.room >= 0 else "cash.no_room", room=room, a_day=a_day))
    if not cash.complete:
        lines.append(words["cash.incomplete"])
    return tuple(lines)


def name_of(item: CashItem, words: Words, *, names: bool = True) -> str:
    """Who is paid or pays, else what it is."""
    return item.name if names and item.name else words[f"cash.kind.{item.kind.value}"]


def rows(cash: CashFlow, words: Words, *, names: bool = True) -> Iterator[CashRow]:
    """Every krone from today's balance to the pay, day by day."""
    for one in cash.days:
        for item in one.items:
            yield CashRow(one.day, name_of(item, words, names=names), item.amount, None)
        yield CashRow(one.day, words["cash.everyday"], -one.everyday, one.end)


def left_out(cash: CashFlow, words: Words) -> tuple[str, ...]:
    """What is in none of the days, and why."""
    return tuple(
        words.of(
            "cash.left_out",
            who=one.name,
            amount=words["unknown"] if one.amount is None else kroner(one.amount, words.language),
            why=words[f"cash.left_out.{one.reason.value}"],
        )
        for one in cash.left_out
    )
