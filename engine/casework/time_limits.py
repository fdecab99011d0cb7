"""Time limits of the law as dated data, and the day one ends. No clock, no database.

A new act takes over on its day: the rule in force on a day is the one that began last by then. An act whose day is not
decided yet has none in the file, and holds on no day.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from engine.platform.calendar import next_working_day

_FILE = Path(__file__).parent / "time_limits.json"


class NoRuleError(ValueError):
    """No rule is known for that day."""


@dataclass(frozen=True, slots=True)
class ChannelRule:
    """From when a time runs for what was sent that way.

    starts              what makes it run, in words
    second_notice_days  days after which somebody who has not opened it is notified again; 0: never
    """

    valid_from: date | None
    starts: str
    reference: str
    second_notice_days: int
    second_notice_reference: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit in *weeks*, in force from a day, with its paragraphs.

    late_years  after so many years from the decision a complaint is not heard, whatever the reason
    channels    digital, post and handed
    """

    weeks: int
    act: str
    valid_from: date
    reference: str
    counting_reference: str
    late_reference: str
    late_years: int
    treatment_reference: str
    reversal_reference: str
    access_reference: str
    channels: Mapping[str, ChannelRule]


@lru_cache(maxsize=1)
def known() -> Mapping[str, tuple[Limit, ...]]:
    """Every rule of the file that holds from some day, by name, the oldest first."""
    return read(json.loads(_FILE.read_text(encoding="utf-8")))


def read(table: Mapping[str, Any]) -> Mapping[str, tuple[Limit, ...]]:
    """The rules of a table like the file's; those without a day hold on none."""
    return {
        name: tuple(sorted((_limit(rule) for rule in rules if rule["from"]), key=lambda rule: rule.valid_from))
        for name, rules in table.items()
    }


def _limit(rule: Mapping[str, Any]) -> Limit:
    channels = {name: _channel(one) for name, one in rule["channels"].items()}
    return Limit(
        weeks=rule["weeks"],
        act=rule["act"],
        valid_from=date.fromisoformat(rule["from"]),
        reference=rule["reference"],
        counting_reference=rule["counting_reference"],
        late_reference=rule["late_reference"],
        late_years=rule["late_years"],
        treatment_reference=rule["treatment_reference"],
        reversal_reference=rule["reversal_reference"],
        access_reference=rule["access_reference"],
        channels=MappingProxyType(channels),
    )


def _channel(rule: Mapping[str, Any]) -> ChannelRule:
    start = rule.get("from")
    return ChannelRule(
        date.fromisoformat(start) if start else None,
        rule["starts"],
        rule["reference"],
        rule.get("second_notice_days", 0),
        rule.get("second_notice_reference", ""),
    )


def limit(name: str, on: date) -> Limit:
    """The rule of that name in force on a day. Raises ``NoRuleError``."""
    for rule in reversed(known()[name]):
        if rule.valid_from <= on:
            return rule
    raise NoRuleError(f"no rule of {name} is known for {on}")


def last_day(name: str, arrived: date) -> date:
    """The last day in time: so many weeks after the day it arrived, moved on from a day that is no working day."""
    return next_working_day(arrived + timedelta(weeks=limit(name, arrived).weeks))
