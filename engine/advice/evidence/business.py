"""The owner's overview from what is harvested and what they have answered: tags and assumptions are stored sealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from engine.advice.economy.enk.deadlines import Change
from engine.advice.economy.enk.overview import Assumptions, EnkOverview, build
from engine.advice.economy.enk.result import AccountDay
from engine.advice.economy.enk.tagging import Tag
from engine.advice.economy.figures import Figures
from engine.advice.economy.money import ZERO
from engine.advice.economy.tax.vat import Period
from engine.advice.evidence import harvest
from engine.advice.evidence.datasets import DataSetMetadata
from engine.platform.calendar import norwegian_day
from engine.platform.vault import Vault
from engine.workflow.execution.data import read_of_person

TAGS, ASSUMPTIONS = "accounts", "assumptions"
#: What must be remembered of a business when its accounts can no longer be seen: days, never amounts.
COMING = "enk-coming"


def tagging(connection: Connection, vault: Vault, owner_id: str) -> dict[str, Tag]:
    """Account number → tag, as the owner set them; empty when none are set."""
    stored = read_of_person(connection, vault, owner_id, TAGS) or {}
    return {number: Tag(tag) for number, tag in stored.get("tags", {}).items()}


def assumptions(stored: Mapping[str, Any], born: date, today: date) -> tuple[Assumptions, Assumptions | None]:
    """What counts this year, and what was answered for the year before; the owner's age at the end of the year.

    Advance tax is of one year: given for an earlier one it is not carried into this in silence.
    """
    current = replace(read_assumptions(stored), age=today.year - born.year)
    year = int(stored.get("year", today.year))
    if year == today.year:
        before = stored.get("lastYear")
        return current, None if before is None else replace(read_assumptions(before), age=current.age)
    carried = bool(current.advance_tax)
    fresh = replace(current, advance_tax=ZERO, advance_change=None, advance_paid=None, carried=carried)
    return fresh, current if year == today.year - 1 else None


def coming(known: Mapping[str, Any], today: date) -> list[tuple[str, str, date]]:
    """Key, kind and day of the remembered dues that still lie ahead."""
    stored = ((key, kind, date.fromisoformat(day)) for key, kind, day in known.get("dues", ()))
    return [one for one in stored if one[2] >= today]


def next_assumptions(stored: Mapping[str, Any], submitted: Mapping[str, Any], today: date) -> dict[str, Any]:
    """What to keep when the owner tells something new: marked with its year, the year before kept beside it."""
    before = stored if stored.get("year", today.year) == today.year - 1 else stored.get("lastYear")
    plain = None if before is None else {k: v for k, v in before.items() if k != "lastYear"}
    return {**submitted, "year": today.year, **({"lastYear": plain} if plain else {})}


def read_assumptions(stored: Mapping[str, Any]) -> Assumptions:
    """Assumptions from stored JSON."""

    def number(name: str, default: str = "0") -> Decimal:
        return Decimal(str(stored.get(name, default)))

    notified = stored.get("advanceNotified")
    return Assumptions(
        advance_tax=number("advanceTax"),
        advance_change=Change(date.fromisoformat(notified), number("advanceBefore")) if notified else None,
        advance_paid=number("advancePaid") if stored.get("advancePaid") is not None else None,
        wages=number("wages"),
        deductions=number("deductions"),
        shielding_base=number("shieldingBase"),
        wanted_pay=number("wantedPay"),
        vat_kind=str(stored.get("vatKind", "standard")),
        deductible=number("deductible", "1"),
        vat_period=Period(stored.get("vatPeriod", Period.TWO_MONTH.value)),
        returns={key: Decimal(str(value)) for key, value in stored.get("returns", {}).items()},
    )


def overview(
    connection: Connection,
    vault: Vault,
    *,
    case_id: str,
    owner_id: str,
    data_sets: Mapping[str, DataSetMetadata],
    now: datetime,
) -> tuple[EnkOverview, Figures]:
    """The owner's overview as of *now*, from what the case has harvested."""
    figures, _ = harvest.figures(connection, vault, case_id, data_sets)
    return overview_of(connection, vault, owner_id=owner_id, figures=figures, now=now), figures


def overview_of(
    connection: Connection,
    vault: Vault,
    *,
    owner_id: str,
    figures: Figures,
    days: Sequence[AccountDay] | None = None,
    now: datetime,
) -> EnkOverview:
    """The same of figures at hand. *days*: their movements, added up already."""
    person = vault.person(connection, owner_id)
    today = norwegian_day(now)
    stored = read_of_person(connection, vault, owner_id, ASSUMPTIONS) or {}
    current, last_year = assumptions(stored, person.birth_date, today)
    return build(figures, tagging(connection, vault, owner_id), current, today, last_year, days)
