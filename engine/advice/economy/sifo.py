"""The SIFO reference budget (R53): what a household needs for ordinary living, as dated data.

Housing and electricity are not in it; whoever compares must add their own. Source:
SIFO/OsloMet, reference budget, CC BY 4.0. Age bands are data of the year,
since they change between editions.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.rates import UnknownYearError

_FOLDER = Path(__file__).parent / "rates"
MAX_PERSONS = 7
ADULT = 18 * 12

#: group → (posts of the budget, categories of our spending) that say the same.
GROUPS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "food": (("food", "groceries_other"), ("food", "eating_out")),
    "clothes": (("clothes",), ("clothes",)),
    "transport": (("travel", "car"), ("transport",)),
    "care": (("personal_care",), ("health",)),
    "leisure": (("play_and_media", "media_and_leisure"), ("communication", "subscriptions", "travel")),
    "children": (("kindergarten", "after_school", "baby_equipment"), ("children", "childcare")),
    "home": (("household_items", "furniture"), ("other",)),
}
#: What a person's own budget has beside the groups of the reference: its posts are not SIFO's.
OWN_GROUPS: Mapping[str, tuple[str, ...]] = {
    "housing": ("housing",),
    **{group: categories for group, (_, categories) in GROUPS.items()},
}


@dataclass(frozen=True, slots=True)
class Person:
    """One in the household. ``age_months`` decides the band."""

    age_months: int
    sex: Literal["woman", "man"]
    pregnant: bool = False
    nursing: bool = False
    student: bool = False
    kindergarten: bool = False
    after_school: bool = False


@dataclass(frozen=True, slots=True)
class Household:
    persons: tuple[Person, ...]
    cars: Literal["none", "petrol", "electric"] = "none"
    low_income: bool = False

    def __post_init__(self) -> None:
        if not 1 <= len(self.persons) <= MAX_PERSONS:
            raise ValueError(f"a household has 1 to {MAX_PERSONS} persons")
        if any(not 0 <= person.age_months < 150 * 12 for person in self.persons):
            raise ValueError("an age is 0 to 149 years")


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """NOK a month for one post; ``whose`` is individual | household."""

    post: str
    amount: Money
    whose: str
    source: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """NOK a month: the budget beside what was used. Positive difference: used more."""

    group: str
    budget: Money
    used: Money

    @property
    def difference(self) -> Money:
        return self.used - self.budget


def known_years() -> tuple[int, ...]:
    return tuple(sorted(int(path.stem.removeprefix("sifo-")) for path in _FOLDER.glob("sifo-*.json")))


def edition_of(year: int) -> int:
    """The year of the edition to show in *year*: its own, else the newest before it, else the first there is."""
    known = known_years()
    return max((one for one in known if one <= year), default=known[0])


@lru_cache(maxsize=8)
def _edition(year: int) -> Mapping[str, Any]:
    path = _FOLDER / f"sifo-{year}.json"
    if not path.is_file():
        raise UnknownYearError(year, known_years())
    found: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def budget(household: Household, year: int) -> tuple[BudgetLine, ...]:
    """Every post with an amount. Raises ``rates.UnknownYearError``."""
    edition = _edition(year)
    source = f"{edition['edition']}, {edition['licence']}"
    sums: dict[str, Money] = {}
    for person in household.persons:
        for post, amount in _individual(person, edition).items():
            sums[post] = sums.get(post, ZERO) + amount
    lines = [BudgetLine(post, amount, "individual", source) for post, amount in sums.items() if amount]
    for post, amount in _household(household, edition).items():
        if amount:
            lines.append(BudgetLine(post, amount, "household", source))
    return tuple(lines)


def _individual(person: Person, edition: Mapping[str, Any]) -> dict[str, Money]:
    special = edition["special"]
    found = {}
    for post, bands in edition["individual"].items():
        amount = next(
            (
                Decimal(band["amount"])
                for band in bands
                if band["from"] <= person.age_months < band["to"] and band.get("sex", person.sex) == person.sex
            ),
            ZERO,
        )
        found[post] = amount
    if person.nursing:
        found["food"] = Decimal(special["nursing_food"])
    elif person.pregnant:
        found["food"] = Decimal(special["pregnant_food"])
    if person.student:
        found["travel"] = Decimal(special["student_travel"])
    if person.age_months < 12:
        found["baby_equipment"] = Decimal(special["baby_under_one"])
    return found


def _household(household: Household, edition: Mapping[str, Any]) -> dict[str, Money]:
    size = len(household.persons)
    found = {post: Decimal(amounts[size - 1]) for post, amounts in edition["household"].items()}
    if household.cars != "none":
        small = size <= edition["car"]["small_household"]
        found["car"] = Decimal(edition["car"][household.cars][0 if small else 1])
    prices = edition["kindergarten"]["low_income" if household.low_income else "amounts"]
    places = sum(person.kindergarten for person in household.persons)
    found["kindergarten"] = sum((Decimal(price) for price in prices[:places]), ZERO)
    found["after_school"] = Decimal(edition["after_school"]) * sum(p.after_school for p in household.persons)
    return found


def total(lines: tuple[BudgetLine, ...]) -> Money:
    return sum((line.amount for line in lines), ZERO)


def compare(lines: tuple[BudgetLine, ...], spending: Mapping[str, Money]) -> tuple[Comparison, ...]:
    """The groups both sides know, largest overspending first."""
    by_post = {line.post: line.amount for line in lines}
    found = [
        Comparison(
            group,
            sum((by_post.get(post, ZERO) for post in posts), ZERO),
            sum((spending.get(category, ZERO) for category in categories), ZERO),
        )
        for group, (posts, categories) in GROUPS.items()
    ]
    return tuple(sorted((c for c in found if c.budget or c.used), key=lambda c: -c.difference))


@dataclass(frozen=True, slots=True)
class Followed:
    """NOK a month: what a person set for a group, and what was used in each month, oldest first."""

    group: str
    budget: Money
    used: tuple[Money, ...]

    @property
    def over(self) -> Money:
        """How much more than the budget was used in the newest month; 0 or less is within."""
        return self.used[-1] - self.budget


def used_by_group(spending: Mapping[str, Money]) -> dict[str, Money]:
    """NOK by group of a person's own budget, from NOK by category."""
    return {
        group: sum((spending.get(category, ZERO) for category in categories), ZERO)
        for group, categories in OWN_GROUPS.items()
    }


def follow(own: Mapping[str, Money], months: Sequence[Mapping[str, Money]]) -> tuple[Followed, ...]:
    """A person's own budget against what was used (R72), in the order of the groups.

    own     NOK a month by group;  months   NOK by category, oldest first, at least one
    """
    used = [used_by_group(month) for month in months]
    return tuple(Followed(group, own[group], tuple(m[group] for m in used)) for group in OWN_GROUPS if group in own)
