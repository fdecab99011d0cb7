"""The owner's overview from what is harvested and what she has said: tags and assumptions are kept sealed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from engine.clock import OSLO
from engine.economy.enk.overview import Assumptions, EnkOverview, build
from engine.economy.enk.tagging import Tag
from engine.economy.figures import Figures
from engine.economy.tax.vat import Period
from engine.evidence import harvest
from engine.execution.data import read_of_person
from engine.vault import Vault

TAGS, ASSUMPTIONS = "accounts", "assumptions"


def tagging(connection: Connection, vault: Vault, owner_id: str) -> dict[str, Tag]:
    """Account number → tag, as the owner set them; empty when she has not."""
    kept = read_of_person(connection, vault, owner_id, TAGS) or {}
    return {number: Tag(tag) for number, tag in kept.get("tags", {}).items()}


def assumptions(connection: Connection, vault: Vault, owner_id: str, born: date, today: date) -> Assumptions:
    """What the owner has told, else the defaults; her age at the end of the year from the register."""
    kept = read_of_person(connection, vault, owner_id, ASSUMPTIONS) or {}
    return replace(read_assumptions(kept), age=today.year - born.year)


def read_assumptions(kept: Mapping[str, Any]) -> Assumptions:
    """Assumptions from stored JSON."""

    def number(name: str, default: str = "0") -> Decimal:
        return Decimal(str(kept.get(name, default)))

    return Assumptions(
        advance_tax=number("advanceTax"),
        wages=number("wages"),
        deductions=number("deductions"),
        shielding_base=number("shieldingBase"),
        wanted_pay=number("wantedPay"),
        vat_kind=str(kept.get("vatKind", "standard")),
        deductible=number("deductible", "1"),
        vat_period=Period(kept.get("vatPeriod", Period.TWO_MONTH.value)),
        returns={key: Decimal(str(value)) for key, value in kept.get("returns", {}).items()},
    )


def overview(
    connection: Connection, vault: Vault, *, case_id: str, owner_id: str, every: Collection[str], now: datetime
) -> tuple[EnkOverview, Figures]:
    """The owner's overview as of *now*, from what the case has harvested."""
    figures, _ = harvest.figures(connection, vault, case_id, every)
    person = vault.person(connection, owner_id)
    today = now.astimezone(OSLO).date()
    found = build(
        figures,
        tagging(connection, vault, owner_id),
        assumptions(connection, vault, owner_id, person.birth_date, today),
        today,
    )
    return found, figures
