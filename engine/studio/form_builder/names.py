"""Names for code from what a person wrote, and places in a list."""

from __future__ import annotations

from collections.abc import Container
from typing import TypeVar

from engine.studio.drafts import key_from

T = TypeVar("T")


def shift(items: list[T], item: T, by: int) -> None:
    at = items.index(item)
    to = min(max(at + by, 0), len(items) - 1)
    items.insert(to, items.pop(at))


def name_of(title: str) -> str:
    """A name for code from a title: "Hva skal du gjøre?" → "hva_skal_du_gjore"."""
    return key_from(title)[:40].strip("_")


def free(name: str, taken: Container[str]) -> str:
    number, candidate = 1, name
    while candidate in taken:
        number += 1
        candidate = f"{name}{number}"
    return candidate
