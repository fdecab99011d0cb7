"""Answers with one thing wrong: a field or a whole record that is null, missing, of another kind, huge, repeated …"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

#: What stands where something else was expected.
ODD: tuple[object, ...] = (
    None,
    True,
    False,
    0,
    -1,
    7,
    10**40,
    1.5,
    1e300,
    "",
    " ",
    "x",
    "1e400",
    "NaN",
    "9" * 400,
    "\ud800",
    "\x00",
    "2026-13-45",
    "2026-02-29T25:61:00Z",
    "0000-00-00",
    [],
    {},
    [[]],
    [None],
    {"a": 1},
    [{"amount": "1"}],
    "a" * 20_000,
)


def odd(dice: random.Random) -> object:
    """One of them, which nothing else holds."""
    return copy.deepcopy(dice.choice(ODD))


@dataclass(frozen=True, slots=True)
class Mutant:
    """*answers* with *what* done to one record of the list *where*; ``without`` has not that record at all."""

    answers: dict[str, Any]
    without: dict[str, Any]
    where: tuple[str, ...]
    what: str


def mutant(answers: dict[str, Any], lists: list[tuple[str, ...]], dice: random.Random) -> Mutant:
    """One record of one list, changed in one way or two.

    lists  the path of each list of records: the address first, then names in its answer
    """
    where = dice.choice([one for one in lists if _at(answers, one)])
    changed, without = copy.deepcopy(answers), copy.deepcopy(answers)
    rows = _at(changed, where)
    place = dice.randrange(len(rows))
    del _at(without, where)[place]
    what = dice.choice(("field", "field", "field", "field", "two fields", "record", "junk", "repeated", "reordered"))
    if what in ("field", "two fields"):
        for _ in range(1 if what == "field" else 2):
            what += f" {_change(rows[place], dice)}"
    elif what == "record":
        rows[place] = odd(dice)
    elif what == "junk":
        rows.insert(place, odd(dice))
        without = copy.deepcopy(answers)
    elif what == "repeated":
        rows.insert(dice.randrange(len(rows) + 1), copy.deepcopy(rows[place]))
        without = copy.deepcopy(answers)
    else:
        dice.shuffle(rows)
        without = copy.deepcopy(answers)
    return Mutant(changed, without, where, what)


def _at(answers: dict[str, Any], where: tuple[str, ...]) -> list[Any]:
    found: Any = answers
    for name in where:
        found = found[name]
    rows: list[Any] = found
    return rows


def _change(record: dict[str, Any] | list[Any], dice: random.Random) -> str:
    """Change one place of a record, however deep it lies."""
    holder, name = dice.choice(list(holders(record)))
    how = dice.choice(("null", "missing", "extra", "odd", "odd", "odd"))
    if how == "null":
        holder[name] = None
    elif how == "missing":
        del holder[name]
    elif how == "extra" and isinstance(holder, dict):
        holder["somethingNew"] = odd(dice)
    else:
        holder[name] = odd(dice)
    return f"{how} {name}"


def holders(record: dict[str, Any] | list[Any]) -> Iterator[tuple[Any, Any]]:
    """Each object and list with each name and place in it."""
    names: list[Any] = list(record) if isinstance(record, dict) else list(range(len(record)))
    for name in names:
        yield record, name
        inner = record[name]
        if isinstance(inner, dict | list) and inner:
            yield from holders(inner)
