"""People to call, always in the same place (R48)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Contact:
    """``phone`` as dialled, ``shown`` as read; the texts by language. ``everywhere``: at the foot of every page."""

    id: str
    phone: str
    shown: str
    name: Mapping[str, str]
    about: Mapping[str, str]
    open: Mapping[str, str]
    phases: tuple[str, ...]
    everywhere: bool = False


@lru_cache(maxsize=1)
def all_contacts() -> tuple[Contact, ...]:
    rows = json.loads((Path(__file__).parent / "contacts.json").read_text(encoding="utf-8"))
    return tuple(Contact(**{**row, "phases": tuple(row["phases"])}) for row in rows)


def contacts(phase: str) -> tuple[Contact, ...]:
    """Those to call in a phase."""
    return tuple(contact for contact in all_contacts() if phase in contact.phases)


def everywhere() -> tuple[Contact, ...]:
    """Those at the foot of every page, in the same order everywhere."""
    return tuple(contact for contact in all_contacts() if contact.everywhere)
