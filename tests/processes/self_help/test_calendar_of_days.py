"""A calendar of days: the pages of somebody's economy on sixty days of three years, each in a world of its own.

Product and stand-ins share one clock that stands. No page fails, each leads on, and no figure moves from one day to
another unless one of the causes named for it moved too. ``make prove`` takes every day; each run a seeded few.
"""

from __future__ import annotations

import json
import logging
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.advice.economy import sifo
from engine.advice.economy.claims import late_interest, living_costs
from engine.advice.evidence.datasets import DataSet
from engine.platform.calendar import norwegian_day
from engine.platform.clock import OSLO
from tests.factories.days import Citizen, day_of
from tests.factories.sampling import TIMES

SEED, SAMPLE = 20281231, 2
#: Moments by a clock in Norway. What is near midnight is another day in UTC, or soon will be.
_MOMENTS = """
    2026-01-01T00:20 2026-01-02T09:00 2026-01-10T12:00 2026-01-31T23:40 2026-02-01T00:10 2026-02-28T23:50
    2026-03-01T00:05 2026-03-09T23:50 2026-03-10T00:10 2026-03-28T12:00 2026-03-29T01:30 2026-03-29T03:30
    2026-04-01T08:00 2026-04-03T10:00 2026-05-01T10:00 2026-05-17T10:00 2026-06-01T10:00 2026-06-30T23:50
    2026-07-01T00:10 2026-08-01T10:00 2026-09-01T10:00 2026-10-01T10:00 2026-10-25T01:30 2026-10-25T02:30
    2026-10-25T23:30 2026-11-01T10:00 2026-11-27T08:00 2026-12-01T10:00 2026-12-24T18:00 2026-12-31T23:50
    2027-01-01T00:05 2027-01-01T12:00 2027-01-05T10:00 2027-01-10T10:00 2027-02-01T10:00 2027-02-28T23:50
    2027-03-01T00:10 2027-03-28T01:59 2027-03-28T03:01 2027-04-01T10:00 2027-06-30T10:00 2027-07-01T10:00
    2027-10-31T02:10 2027-11-01T10:00 2027-12-31T23:59 2028-01-01T00:00 2028-01-31T10:00 2028-02-01T10:00
    2028-02-28T23:59 2028-02-29T00:01 2028-02-29T23:30 2028-03-01T00:01 2028-03-26T12:00 2028-05-01T10:00
    2028-06-30T23:59 2028-07-01T00:00 2028-10-29T02:30 2028-11-01T10:00 2028-12-30T10:00 2028-12-31T23:59
"""
DAYS = tuple(datetime.fromisoformat(moment) for moment in _MOMENTS.split())
#: Who lives there, as the budget asks: what each of them answers.
ALONE = {"age-1": "26", "sex-1": "woman", "cars": "none"}
COUPLE = {
    "age-1": "37",
    "sex-1": "man",
    "age-2": "35",
    "sex-2": "woman",
    "age-3": "6",
    "sex-3": "woman",
    "cars": "petrol",
}
#: One in debt in every way, an owner of a business, a couple with a child, and somebody without any income.
PERSONS = {"anne": ALONE, "andreas": ALONE, "ali": COUPLE, "hanna": ALONE}
PAGES = ("/oversikt", "/hverdag", "/budsjett", "/tiltak", "/plan", "/oversikt/satt-sammen", "/hjem", "/saken-min")
FILES = ("/oversikt.pdf", "/oversikt.csv", "/oversikt/poster.csv", "/oversikt/poster.json")
#: Left alone where links are followed: what ends the visit.
NOT_FOLLOWED = re.compile(r"^/(logg-ut|sprak|static)")


@dataclass(frozen=True)
class Seen:
    """What one person saw on one day: the day, their age, the records, and each figure as it stood on its page."""

    day: date
    ages: tuple[int, ...]
    records: Mapping[str, Any]
    overview: Mapping[str, Any]
    figures: dict[str, str] = field(default_factory=dict)


def _counted(side: str) -> Callable[[Seen], object]:
    """The records a total is made of, without their days."""

    def told(seen: Seen) -> object:
        entries = seen.records[side]["entries"]
        return sorted(
            (one["dataSet"], one["name"], one["kind"], one["amount"], str(one["in"]), one["reason"] or "")
            for one in entries
            if one["result"] == "counted"
        )

    return told


#: Why a figure may move: each cause as a value of the day that moves when the cause does.
CAUSES: Mapping[str, Callable[[Seen], object]] = {
    "what is owed": _counted("debt"),
    "what is owned": _counted("assets"),
    "the income of the months that are reported": _counted("income"),
    "the months of income": lambda seen: [(one["kind"], one["months"]) for one in seen.overview["income"]],
    "the spending of the whole months": _counted("spending"),
    "the months of spending": lambda seen: [(one["kind"], one["months"]) for one in seen.overview["spending"]],
    "how many days the whole months have": lambda seen: (seen.day.year, seen.day.month),
    "rates and terms of the debts": lambda seen: sorted(
        (one["creditor"], str(one["rate"]), str(one["monthly"]), one["kind"]) for one in seen.overview["debts"]
    ),
    "a new rate of late interest": lambda seen: late_interest(seen.day).rate,
    "a new edition of the reference budget": lambda seen: sifo.edition_of(seen.day.year),
    "a new edition of the living costs": lambda seen: living_costs(seen.ages, seen.day),
}
OWED = ("what is owed", "rates and terms of the debts", "a new rate of late interest")
MONTH = (
    "the income of the months that are reported",
    "the months of income",
    "the spending of the whole months",
    "the months of spending",
)
#: Each headline figure with all that may move it.
MAY_MOVE: Mapping[str, tuple[str, ...]] = {
    "debt": ("what is owed",),
    "assets": ("what is owned",),
    "income": MONTH[:2],
    "spending": MONTH[2:],
    "left": MONTH,
    "on the accounts": ("what is owned",),
    "usual a day": (*MONTH[2:], "how many days the whole months have"),
    "reference budget": ("a new edition of the reference budget",),
    "own budget": (),
    "living costs": ("a new edition of the living costs",),
    "months to go": (*OWED, *MONTH),
    "interest to go": (*OWED, *MONTH),
    "a measure": (*OWED, *MONTH),
    "least a month": OWED,
}
#: Where each figure stands: page, and what stands around it.
READ: Mapping[str, tuple[str, str]] = {
    "reference budget": ("/budsjett", r"Referansebudsjettet er ([\d\s\xa0]+ kr)"),
    "own budget": ("/budsjett", r"Budsjettet ditt er ([\d\s\xa0]+ kr)"),
    "living costs": ("/budsjett", r"<p class=\"quiet\">([^<]*livsopphold[^<]*)"),
    "a measure": ("/tiltak", r"<section class=\"panel\" id=\"effekt\">(.*?)</table>"),
    "least a month": ("/plan", r"id=\"monthly-help\">([^<]*?kr)"),
}
#: Totals of debts and assets that the sandbox's people have on every day: its world stands still, and so must they.
STILL = ("debt", "assets")


def _moment(local: datetime) -> datetime:
    return local.replace(tzinfo=OSLO)


@pytest.fixture(scope="module")
def calendar(
    tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path, shipped: tuple[Mapping[str, DataSet], Path]
) -> Iterator[Mapping[str, list[Seen]]]:
    """What each person saw on each day, in order."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    chosen = DAYS if TIMES else sorted(random.Random(SEED).sample(DAYS, SAMPLE))
    seen: dict[str, list[Seen]] = {key: [] for key in PERSONS}
    for local in chosen:
        folder = tmp_path_factory.mktemp("day")
        with day_of(_moment(local), folder, migrated_sqlite, shipped[1]) as day:
            followed: set[str] = set()
            for key in PERSONS:
                seen[key].append(_visit(day.citizen(key), norwegian_day(day.clock.now()), followed))
    yield seen


def _visit(who: Citizen, today: date, followed: set[str]) -> Seen:
    """From the start to a plan, then each page, each file and each link of a page that nobody followed that day."""
    who.collect()
    who.send("/budsjett", **PERSONS[who.who.key])
    who.send("/budsjett/mitt", **{"own-food": "4000", "own-housing": "13000"})
    who.send("/budsjett/ferdig")
    who.send("/tiltak", kind="cut", name="Handle billigere", amount="1500")
    who.send("/tiltak/ferdig")
    who.send("/plan", monthly="12000", order="avalanche", action="done")
    pages = {path: who.page(path) for path in PAGES}
    if who.who.business:
        pages["/enk"] = who.page("/enk")
    for path, page in pages.items():
        _is_whole(f"{who.who.key} {today} {path}", page)
    for path in sorted(_links(pages.values()) - set(pages) - followed):
        assert who.get(path).status_code == 200, (who.who.key, today, path)
        followed.add(path)
    for path in FILES:
        assert len(who.get(path).get_data()) > 100, (who.who.key, today, path)
    return _figures(who, today, pages)


def _figures(who: Citizen, today: date, pages: Mapping[str, str]) -> Seen:
    overview = json.loads(who.page("/opplysningene-mine.json"))
    records = json.loads(who.page("/oversikt/poster.json"))
    assert overview["asOf"] == records["asOf"] == today.isoformat()
    ages = tuple(int(age) for name, age in PERSONS[who.who.key].items() if name.startswith("age"))
    seen = Seen(today, ages, records["reconciliation"], overview)
    for name in ("debt", "assets", "income", "spending"):
        seen.figures[name] = str(overview["totals"][name]["amount"])
    seen.figures["left"] = str(overview["totals"]["left"])
    cash = overview["cashFlow"]
    seen.figures["on the accounts"], seen.figures["usual a day"] = str(cash["start"]), str(cash["everyday"])
    _adds_up(cash)
    for name, (path, pattern) in READ.items():
        found = re.search(pattern, pages[path], re.DOTALL)
        seen.figures[name] = found[1] if found else ""
    lead = re.search(r"Med denne planen er du gjeldfri i (\w+) (\d{4})\. Rentene blir ([\d\s\xa0]+)kr", pages["/plan"])
    if lead:
        seen.figures["months to go"] = str(_months_until(today, lead[1], int(lead[2])))
        seen.figures["interest to go"] = lead[3]
    return seen


def _adds_up(cash: Mapping[str, Any]) -> None:
    """The start and all that moves is what is left, on days that follow one another, or nothing is projected."""
    assert bool(cash["days"]) != bool(cash["missing"])
    left, day = Decimal(cash["start"] or 0), date.fromisoformat(cash["begins"])
    for one in cash["days"]:
        left += sum((Decimal(item["amount"]) for item in one["items"]), Decimal(0)) - Decimal(cash["everyday"])
        assert (one["day"], Decimal(one["end"])) == (day.isoformat(), left)
        day += timedelta(days=1)


_YEAR = "januar februar mars april mai juni juli august september oktober november desember"


def _months_until(today: date, month: str, year: int) -> int:
    return (year - today.year) * 12 + _YEAR.split().index(month) + 1 - today.month


def _is_whole(where: str, page: str) -> None:
    """A page with a heading, nothing unsaid and nothing half made, that leads on."""
    assert "<h1" in page, where
    main = page.partition("<main")[2].partition("</main>")[0]
    assert not re.search(r"\bNone\b|\bnan\b|Undefined|\{\{|\{%|Noe gikk galt", main), where
    assert not re.search(r">\s*[a-z_]+(\.[a-z_]+)+\s*<", main), where
    assert "<button" in main or 'href="/' in main, f"{where} leads nowhere"


def _links(pages: Iterable[str]) -> set[str]:
    """Every page of ours that pages lead to; of those that differ by what they ask for only one of each."""
    found = {link.replace("&amp;", "&") for page in pages for link in re.findall(r'href="(/[^"#]*)', page)}
    one_of_each = {link.partition("?")[0]: link for link in sorted(found, reverse=True)}
    return {link for link in one_of_each.values() if not NOT_FOLLOWED.match(link)}


def test_no_figure_moves_from_one_day_to_another_without_a_cause(calendar: Mapping[str, list[Seen]]) -> None:
    moved = 0
    for key, days in calendar.items():
        for before, after in zip(days, days[1:], strict=False):
            for name in sorted(before.figures.keys() | after.figures.keys()):
                if before.figures.get(name) == after.figures.get(name):
                    continue
                moved += 1
                causes = [why for why in MAY_MOVE[name] if CAUSES[why](before) != CAUSES[why](after)]
                assert causes, (key, name, before.day, before.figures.get(name), after.day, after.figures.get(name))
    assert moved or not TIMES, "nothing moves in three years"


def test_what_is_told_of_a_record_is_the_same_on_every_day(calendar: Mapping[str, list[Seen]]) -> None:
    """Debts and assets stand still, and a movement of a month that two days count is counted alike on both."""
    for key, days in calendar.items():
        for before, after in zip(days, days[1:], strict=False):
            for side in STILL:
                assert _counted(side)(before) == _counted(side)(after), (key, side, before.day, after.day)
            for side in ("income", "spending"):
                assert _of_common_months(side, before, after) == _of_common_months(side, after, before), (
                    key,
                    side,
                    before.day,
                    after.day,
                )


def _of_common_months(side: str, one: Seen, other: Seen) -> set[tuple[str, ...]]:
    """What *one* counts of the months that *other* counts too."""
    common = _months(side, one) & _months(side, other)
    return {
        (entry["record"], entry["amount"], str(entry["in"]), entry["when"])
        for entry in one.records[side]["entries"]
        if entry["result"] == "counted" and entry["when"][:7] in common
    }


def _months(side: str, seen: Seen) -> set[str]:
    return {one["when"][:7] for one in seen.records[side]["entries"] if one["result"] == "counted"}


def test_every_figure_that_is_read_stands_on_its_page(calendar: Mapping[str, list[Seen]]) -> None:
    for key, days in calendar.items():
        for seen in days:
            for name in ("reference budget", "own budget", "living costs", "a measure"):
                assert seen.figures[name], (key, name, seen.day)


def test_the_calendar_has_sixty_days_of_three_years_and_the_days_that_are_odd() -> None:
    days = [_moment(one) for one in DAYS]
    assert len(set(days)) == 60 and days == sorted(days)
    assert {one.year for one in days} == {2026, 2027, 2028}
    assert any((one.month, one.day) == (2, 29) for one in days)
    changes = [one for one in days if one.utcoffset() != (one + timedelta(days=1)).utcoffset()]
    assert len({(one.year, one.month) for one in changes if one.month in (3, 10)}) >= 5
    assert sum(one.day == 1 for one in days) > 20
