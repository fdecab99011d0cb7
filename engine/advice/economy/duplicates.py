"""The same thing reported by several sources is shown once, with all of them.

Debts   the same account number; else the same kind and creditor with balances within two per cent
        or 500 kroner. The live source fetched last gives the balance; each part (rate, limit, monthly
        sum, principal) comes from whoever tells it.
Income  what a payer itself tells of is the same that somebody else reports of that payer for the same month.
Homes   one property in the land register and one in the tax base are the same home.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from engine.advice.economy.figures import Asset, AssetKind, Debt, DebtKind, Income, IncomeKind
from engine.advice.economy.sourced import Source, Sourced

_NEAR_SHARE, _NEAR_KRONER = Decimal("0.02"), Decimal(500)
_COMPANY = re.compile(r"\b(as|asa|sa|ba|norge|no|nuf)\b")


def debts(found: Sequence[Debt]) -> tuple[Debt, ...]:
    """Every debt once, in the order first met."""
    groups: list[list[Debt]] = []
    by_account: dict[str, list[Debt]] = {}
    by_creditor: dict[tuple[DebtKind, str], list[list[Debt]]] = {}
    for debt in found:
        group = by_account.get(debt.account) if debt.account else None
        key = (debt.kind, _name(debt.creditor))
        if group is None:
            group = next((g for g in by_creditor.get(key, ()) if _may_join(g, debt)), None)
        if group is None:
            group = []
            groups.append(group)
            by_creditor.setdefault(key, []).append(group)
        group.append(debt)
        if debt.account:
            by_account[debt.account] = group
    return tuple(_merge(group) for group in groups)


def _may_join(group: list[Debt], debt: Debt) -> bool:
    """Two records of one source are two debts; claims with case numbers are never guessed to be one."""
    data_set = debt.id.partition(":")[0]
    if debt.case_number or any(other.id.partition(":")[0] == data_set for other in group):
        return False
    if debt.account and any(other.account and other.account != debt.account for other in group):
        return False
    one, other = group[0].balance.value, debt.balance.value
    return abs(one - other) <= max(_NEAR_KRONER, _NEAR_SHARE * max(abs(one), abs(other)))


def _name(text: str) -> str:
    return " ".join(_COMPANY.sub(" ", text.lower()).split())


def _merge(group: list[Debt]) -> Debt:
    if len(group) == 1:
        return group[0]
    newest = max(group, key=lambda debt: debt.balance.sources[0].fetched_at)
    sources = tuple(source for debt in group for source in debt.balance.sources)

    def told(name: str) -> Any:
        return next((value for debt in group if (value := getattr(debt, name))), None)

    return replace(
        newest,
        balance=Sourced(newest.balance.value, sources, newest.balance.as_of),
        principal=told("principal"),
        interest=told("interest"),
        costs=told("costs"),
        rate=told("rate"),
        monthly=told("monthly"),
        limit=told("limit"),
        terms_left=told("terms_left"),
        account=told("account") or "",
        co_borrower=any(debt.co_borrower for debt in group),
        secured=any(debt.secured for debt in group),
    )


def incomes(found: Sequence[Income]) -> tuple[Income, ...]:
    """What the payer itself reports stands; the same from somebody it reports to lends its sources and goes.

    Child benefit is not reported.
    """
    own = {
        _paid(income): income
        for income in found
        if income.payer_orgno and _told_by_payer(income) and income.kind is not IncomeKind.CHILD_BENEFIT
    }
    lent: dict[tuple[str, date], tuple[Source, ...]] = {}
    kept: list[Income] = []
    for income in found:
        if _paid(income) in own and not _told_by_payer(income):
            lent[_paid(income)] = lent.get(_paid(income), ()) + income.gross.sources
        else:
            kept.append(income)
    return tuple(
        _with_sources(income, lent.get(_paid(income), ())) if own.get(_paid(income)) is income else income
        for income in kept
    )


def _paid(income: Income) -> tuple[str, date]:
    return income.payer_orgno, income.month


def _with_sources(income: Income, more: tuple[Source, ...]) -> Income:
    return replace(income, gross=replace(income.gross, sources=income.gross.sources + more))


def _told_by_payer(income: Income) -> bool:
    return income.gross.sources[0].provider == income.payer


def assets(found: Sequence[Asset]) -> tuple[Asset, ...]:
    """A home known to the land register takes the value the tax base tells, when there is one of each."""
    registered = [a for a in found if a.kind is AssetKind.HOME and a.value is None]
    valued = [a for a in found if a.kind is AssetKind.HOME and a.value is not None]
    if len(registered) != 1 or len(valued) != 1:
        return tuple(found)
    one = replace(registered[0], value=valued[0].value)
    return tuple(one if a is registered[0] else a for a in found if a is not valued[0])
