"""What the citizen entered by hand → figures of their own, and corrections of what a source says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine.advice.economy.duplicates import CORRECTED, Group
from engine.advice.economy.figures import Asset, AssetKind, Debt, DebtKind
from engine.advice.economy.money import Money
from engine.advice.economy.sourced import CITIZEN, Source, Sourced
from engine.advice.economy.spending import MonthlyLine
from engine.advice.economy.supplements import Supplement, SupplementKind
from engine.platform.calendar import norwegian_day


def debt(entry: Supplement) -> Debt:
    balance, source = figure(entry, entry.amount)
    return Debt(
        id=f"{CITIZEN}:{entry.id}",
        kind=entry.debt or DebtKind.OTHER,
        creditor=entry.name,
        balance=balance,
        rate=Sourced(entry.rate, (source,), balance.as_of) if entry.rate is not None else None,
        monthly=Sourced(entry.monthly, (source,), balance.as_of) if entry.monthly is not None else None,
    )


def figure(entry: Supplement, amount: Money, *more: Source) -> tuple[Sourced[Money], Source]:
    source = Source(CITIZEN, "", entry.at, "own", entry.id)
    return Sourced(amount, (source, *more), norwegian_day(entry.at)), source


def corrections(groups: Sequence[Group], supplements: Sequence[Supplement]) -> dict[str, Supplement]:
    """Id of a debt → its newest correction. Each corrects one debt: the one that best fits what it was made of."""
    found: dict[str, Supplement] = {}
    owed = [group for group in groups if group.debt.balance.value >= 0]
    for entry in supplements:
        if entry.kind is not SupplementKind.CORRECTION:
            continue
        keys = {entry.target, *entry.targets}
        fitting = [(entry.target in group.ids, len(keys & group.keys), group) for group in owed if keys & group.keys]
        if fitting:
            best = max(fitting, key=lambda row: row[:2])
            found[best[2].debt.id] = entry
    return found


def corrected(group: Group, corrections: Mapping[str, Supplement]) -> Debt:
    """The citizen's balance is shown; what the source said stays among the sources."""
    debt, entry = group.debt, corrections.get(group.debt.id)
    if entry is None:
        return debt
    balance, _ = figure(entry, entry.amount, *debt.balance.sources)
    return replace(debt, balance=replace(balance, derived=f"{CORRECTED}{debt.balance.value}"))


def asset(entry: Supplement) -> Asset:
    value, source = figure(entry, entry.amount)
    return Asset(f"{CITIZEN}:{entry.id}", AssetKind.OTHER, entry.name, value, source)


def line(entry: Supplement) -> MonthlyLine:
    return MonthlyLine(entry.name, entry.amount, 1, (figure(entry, entry.amount)[1],), 1)
