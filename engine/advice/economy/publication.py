"""The overview as plain JSON for others: amounts as text in kroner, days as ISO 8601, no names of our classes.

``docs/overview-json.md`` documents it. Names and words are added to, never changed.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.advice.economy.cash_flow import CashDay, CashFlow
from engine.advice.economy.difference import Bound, left_each_month
from engine.advice.economy.figures import Asset, Debt, Gap, Total
from engine.advice.economy.overview import Compiled, Completeness, Overview
from engine.advice.economy.reconciliation import Entry, Side, Sum
from engine.advice.economy.sourced import Source, Sourced
from engine.advice.economy.spending import MonthlyLine

VERSION = 1
#: How much of a total is known, in the words of the JSON.
KNOWN = {Completeness.COMPLETE: "whole", Completeness.LOWER_BOUND: "atLeast", Completeness.UNKNOWN: "unknown"}


def published(made: Compiled) -> dict[str, Any]:
    """The overview with its reconciliation."""
    sides = {total.value: _side(side) for total, side in made.sides.items()}
    return {**published_overview(made.overview), "reconciliation": sides}


def published_records(made: Compiled) -> dict[str, Any]:
    """Every record and what became of it, without the overview."""
    told = published(made)
    return {key: told[key] for key in ("version", "asOf", "reconciliation")}


def published_overview(overview: Overview) -> dict[str, Any]:
    """The overview alone: what a citizen takes with them."""
    return {
        "version": VERSION,
        "asOf": overview.as_of.isoformat(),
        "totals": _totals(overview),
        "debts": [_debt(debt) for debt in overview.debts],
        "assets": [_asset(asset) for asset in overview.assets],
        "income": [_line(line) for line in overview.incomes],
        "spending": [_line(line) for line in overview.spending],
        "cashFlow": _cash_flow(overview.cash_flow) if overview.cash_flow else None,
        "gaps": [_gap(gap) for gap in overview.gaps],
        "questions": [
            {"debts": [question.one, question.other], "reason": question.reason.value}
            for question in overview.questions
        ],
    }


def _amount(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"


#: What is known of what is left, as it is written.
LEFT_KNOWN = {Bound.EXACT: "whole", Bound.AT_LEAST: "atLeast", Bound.AT_MOST: "atMost", Bound.OPEN: "unknown"}


def _totals(overview: Overview) -> dict[str, Any]:
    def total(of: Total, amount: Decimal) -> dict[str, Any]:
        known = KNOWN[overview.completeness(of)]
        return {"amount": None if known == "unknown" else _amount(amount), "known": known}

    sides = (Total.INCOME, Total.SPENDING)
    comparable = all(overview.completeness(side) is not Completeness.UNKNOWN for side in sides)
    left = left_each_month(overview)
    return {
        "debt": total(Total.DEBT, overview.total_debt),
        "assets": total(Total.ASSETS, overview.total_assets),
        "income": total(Total.INCOME, overview.monthly_income),
        "spending": total(Total.SPENDING, overview.monthly_spending),
        "left": _amount(left.amount) if comparable else None,
        "leftKnown": LEFT_KNOWN[left.bound],
    }


def _figure(figure: Sourced[Decimal] | None) -> str | None:
    return None if figure is None else _amount(figure.value)


def _debt(debt: Debt) -> dict[str, Any]:
    corrected = debt.balance.derived.startswith("was:")
    return {
        "id": debt.id,
        "kind": debt.kind.value,
        "status": debt.status.value,
        "creditor": debt.creditor,
        "creditorNumber": debt.creditor_orgno or None,
        "collector": debt.collector or None,
        "name": debt.name or None,
        "balance": _amount(debt.balance.value),
        "told": debt.balance.derived.removeprefix("was:") if corrected else _amount(debt.balance.value),
        "corrected": corrected,
        "asOf": debt.balance.as_of.isoformat() if debt.balance.as_of else None,
        "principal": _figure(debt.principal),
        "interest": _figure(debt.interest),
        "costs": _figure(debt.costs),
        "rate": f"{debt.rate.value:f}" if debt.rate else None,
        "monthly": _figure(debt.monthly),
        "fee": _figure(debt.fee),
        "limit": _figure(debt.limit),
        "original": _figure(debt.original),
        "due": debt.due.isoformat() if debt.due else None,
        "caseNumber": debt.case_number or None,
        "secured": debt.secured,
        "coBorrower": debt.co_borrower,
        "records": list(debt.records),
        "sources": _sources(debt.balance.sources),
    }


def _asset(asset: Asset) -> dict[str, Any]:
    return {
        "id": asset.id,
        "kind": asset.kind.value,
        "name": asset.name,
        "value": _figure(asset.value),
        "basis": "tax_value" if asset.value and asset.value.derived == "tax_value" else None,
        "share": f"{asset.share:.4f}",
        "asOf": asset.value.as_of.isoformat() if asset.value and asset.value.as_of else None,
        "sources": _sources(asset.value.sources if asset.value else (asset.source,)),
    }


def _line(line: MonthlyLine) -> dict[str, Any]:
    return {
        "kind": line.category,
        "monthly": _amount(line.amount),
        "months": line.months,
        "records": line.entries,
        "sources": _sources(line.sources),
    }


def _sources(sources: tuple[Source, ...]) -> list[dict[str, Any]]:
    return [{"dataSet": one.data_set, "provider": one.provider, "basis": one.legal_basis} for one in sources]


def _cash_flow(cash: CashFlow) -> dict[str, Any]:
    short = cash.short
    return {
        "begins": cash.begins.isoformat(),
        "until": cash.until.isoformat() if cash.until else None,
        "start": _amount(cash.start),
        "everyday": _amount(cash.everyday),
        "known": "unknown" if cash.missing else "whole" if cash.complete else "atLeast",
        "missing": [one.value for one in cash.missing],
        "short": {"day": short.day.isoformat(), "amount": _amount(-short.end)} if short else None,
        "days": [_cash_day(one) for one in cash.days],
        "notCounted": [
            {"name": one.name, "amount": _amount(one.amount), "reason": one.reason.value} for one in cash.left_out
        ],
    }


def _cash_day(one: CashDay) -> dict[str, Any]:
    items = [{"kind": item.kind.value, "name": item.name, "amount": _amount(item.amount)} for item in one.items]
    return {"day": one.day.isoformat(), "items": items, "end": _amount(one.end)}


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "dataSet": gap.data_set,
        "who": gap.who or None,
        "reason": gap.reason.value,
        "totals": None if gap.feeds is None else [total.value for total in gap.feeds],
        "records": gap.count or None,
        "what": gap.what or None,
        "why": gap.why or None,
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "received": _sum(side.received),
        "counted": _sum(side.counted),
        "same": _sum(side.same),
        "notCounted": _sum(side.not_counted),
        "difference": _amount(side.difference),
        "entries": [_entry(entry) for entry in side.entries],
    }


def _sum(found: Sum) -> dict[str, Any]:
    return {"records": found.records, "amount": _amount(found.amount)}


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "record": entry.record,
        "dataSet": entry.source.data_set,
        "provider": entry.source.provider,
        "kind": entry.kind,
        "name": entry.name,
        "amount": _amount(entry.amount),
        "result": {"counted": "counted", "same": "same", "not_counted": "notCounted"}[entry.fate.value],
        "in": entry.into or None,
        "reason": entry.reason or None,
        "asOf": entry.as_of.isoformat() if entry.as_of else None,
        "when": entry.when.isoformat() if entry.when else None,
        "records": entry.count,
        "told": entry.told or None,
    }
