"""Tips chosen by a person's situation, with the reason (R51, R52). Neutral: no product, no company (R107)."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Tip:
    """``title`` and ``text`` by language; ``when`` the situations it is for; ``source`` name and reference."""

    id: str
    phases: tuple[str, ...]
    topic: str
    when: tuple[str, ...]
    title: Mapping[str, str]
    text: Mapping[str, str]
    source: Mapping[str, str]
    valid_from: date
    valid_until: date


@dataclass(frozen=True, slots=True)
class Chosen:
    """A tip and the situation it was chosen for; ``always`` when it fits everybody in the phase."""

    tip: Tip
    reason: str


@lru_cache(maxsize=1)
def all_tips() -> tuple[Tip, ...]:
    rows = json.loads((Path(__file__).parent / "tips.json").read_text(encoding="utf-8"))
    return tuple(
        Tip(
            row["id"],
            tuple(row["phases"]),
            row["topic"],
            tuple(row["when"]),
            row["title"],
            row["text"],
            row["source"],
            date.fromisoformat(row["valid_from"]),
            date.fromisoformat(row["valid_until"]),
        )
        for row in rows
    )


def choose(situations: Collection[str], phase: str, as_of: date, limit: int = 5) -> tuple[Chosen, ...]:
    """Tips of the phase that hold today: those for the person's situation first, then those for everybody."""
    found = []
    for tip in all_tips():
        if phase not in tip.phases or not tip.valid_from <= as_of <= tip.valid_until:
            continue
        reason = next((key for key in tip.when if key in situations), ALWAYS if ALWAYS in tip.when else "")
        if reason:
            found.append(Chosen(tip, reason))
    found.sort(key=lambda chosen: chosen.reason == ALWAYS)
    return tuple(found[:limit])
