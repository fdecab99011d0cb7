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
    """Tips of the phase that hold today: those that fit most of the person's situations first, those for all last.

    Where two fit as well, the order of the file decides.
    """
    found: list[tuple[int, Chosen]] = []
    for tip in all_tips():
        if phase not in tip.phases or not tip.valid_from <= as_of <= tip.valid_until:
            continue
        fits = [key for key in tip.when if key != ALWAYS and key in situations]
        if fits or ALWAYS in tip.when:
            found.append((len(fits), Chosen(tip, fits[0] if fits else ALWAYS)))
    found.sort(key=lambda one: -one[0])
    return tuple(chosen for _, chosen in found[:limit])
