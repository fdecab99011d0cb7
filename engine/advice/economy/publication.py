"""The overview as plain JSON for others: amounts as text in kroner, days as ISO 8601, no names of our classes.

``docs/overview-json.md`` documents it. Names and words are added to, never changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from engine.advice.economy.cash_flow import CashDay, CashFlow
from engine.advice.economy.difference import Bound
from engine.advice.economy.figures import GapReason, Total
from engine.advice.economy.overview import Compiled, Completeness, Overview
from engine.advice.economy.reconciliation import Entry, Side, Sum
from engine.advice.economy.record_pages import RecordPages, pages
from engine.advice.economy.statement import AssetRow, DebtRow, Missing, MonthRow, Statement, Told, statement

VERSION = 1
#: How much of a total is known, in the words of the JSON.
KNOWN = {Completeness.COMPLETE: "whole", Completeness.LOWER_BOUND: "atLeast", Completeness.UNKNOWN: "unknown"}


def published(made: Compiled) -> dict[str, Any]:
    """The overview with its reconciliation."""
    sides = {total.value: _side(side, side.entries) for total, side in made.sides.items()}
    return {**published_overview(made.overview), "reconciliation": sides}


def published_records(records: RecordPages) -> dict[str, Any]:
    """Every record and what became of it, without the overview."""
    sides = {total.value: _side(records.side(total), _entries(records, total)) for total in Total}
    return {"version": VERSION, "asOf": records.overview.as_of.isoformat(), "reconciliation": sides}


def _entries(records: RecordPages, total: Total) -> Iterator[Entry]:
    return (entry for page in pages(records, total) for entry in page.entries)


def published_overview(overview: Overview, old: Iterable[str] = ()) -> dict[str, Any]:
    """The overview alone: what a citizen takes with them. *old*: data sets whose answer has grown old since."""
    told = statement(overview, old)
    return {
        "version": VERSION,
        "asOf": told.as_of.isoformat(),
        "totals": _totals(told),
        "debts": [_debt(debt) for debt in told.debts],
        "assets": [_asset(asset) for asset in told.assets],
        "income": [_line(line) for line in told.incomes],
        "spending": [_line(line) for line in told.spending],
        "cashFlow": _cash_flow(told.cash) if told.cash else None,
        "gaps": _gaps(told),
        "questions": [
            {"debts": [question.one.id, question.other.id], "reason": question.reason.value}
            for question in told.questions
        ],
    }


def _amount(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"


#: What is known of what is left, as it is written.
LEFT_KNOWN = {Bound.EXACT: "whole", Bound.AT_LEAST: "atLeast", Bound.AT_MOST: "atMost", Bound.OPEN: "unknown"}


def _totals(told: Statement) -> dict[str, Any]:
    def total(of: Total) -> dict[str, Any]:
        found = told.sum_of(of)
        return {"amount": _amount(found.amount), "known": KNOWN[found.completeness]}

    sides = (told.sum_of(Total.INCOME), told.sum_of(Total.SPENDING))
    comparable = all(side.amount is not None for side in sides)
    return {
        "debt": total(Total.DEBT),
        "assets": total(Total.ASSETS),
        "income": total(Total.INCOME),
        "spending": total(Total.SPENDING),
        "left": _amount(told.left.amount) if comparable else None,
        "leftKnown": LEFT_KNOWN[told.left.bound],
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _debt(debt: DebtRow) -> dict[str, Any]:
    corrected = debt.corrected_from is not None
    return {
        "id": debt.id,
        "kind": debt.kind,
        "status": debt.status.value,
        "creditor": debt.creditor,
        "creditorNumber": debt.creditor_orgno or None,
        "collector": debt.collector or None,
        "name": debt.name or None,
        "balance": _amount(debt.balance),
        "told": _amount(debt.corrected_from if corrected else debt.balance),
        "corrected": corrected,
        "asOf": _day(debt.as_of),
        "principal": _amount(debt.principal),
        "interest": _amount(debt.interest),
        "costs": _amount(debt.costs),
        "rate": None if debt.rate is None else f"{debt.rate:f}",
        "monthly": _amount(debt.monthly),
        "fee": _amount(debt.fee),
        "limit": _amount(debt.limit),
        "original": _amount(debt.original),
        "due": _day(debt.due),
        "caseNumber": debt.case_number or None,
        "secured": debt.secured,
        "coBorrower": debt.co_borrower,
        "records": list(debt.records),
        "sources": _sources(debt.sources),
    }


def _asset(asset: AssetRow) -> dict[str, Any]:
    return {
        "id": asset.id,
        "kind": asset.kind,
        "name": asset.name,
        "value": _amount(asset.value),
        "basis": "tax_value" if asset.tax_value else None,
        "share": f"{asset.share:.4f}",
        "asOf": _day(asset.as_of),
        "sources": _sources(asset.sources),
    }


def _line(line: MonthRow) -> dict[str, Any]:
    return {
        "kind": line.category,
        "monthly": _amount(line.amount),
        "months": line.months,
        "records": line.entries,
        "sources": _sources(line.sources),
    }


def _sources(sources: tuple[Told, ...]) -> list[dict[str, Any]]:
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


def _gaps(told: Statement) -> list[dict[str, Any]]:
    """What is missing, and whose answer is old: by data set, as the overview has them."""
    old = (Missing(one, "", GapReason.STALE, feeds=()) for one in told.old)
    found = sorted((*told.missing, *old), key=lambda one: (one.data_set, one.who, one.reason, one.why, one.what))
    return [_gap(one) for one in found]


def _gap(gap: Missing) -> dict[str, Any]:
    return {
        "dataSet": gap.data_set,
        "who": gap.who or None,
        "reason": gap.reason.value,
        "totals": None if gap.feeds is None else [total.value for total in gap.feeds],
        "records": gap.count or None,
        "what": gap.what or None,
        "why": gap.why or None,
    }


def _side(side: Side, entries: Iterable[Entry]) -> dict[str, Any]:
    return {
        "received": _sum(side.received),
        "counted": _sum(side.counted),
        "same": _sum(side.same),
        "notCounted": _sum(side.not_counted),
        "difference": _amount(side.difference),
        "entries": [_entry(entry) for entry in entries],
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
