"""The overview as a table for a spreadsheet: one row per figure, the same words and sums as the page and the paper.

Made for a Norwegian Excel, which opens it with a double click: a byte order mark so that letters are letters, ``;``
between cells, a comma in amounts and days as ``27.11.2026``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from engine.advice.documents import cash_flow
from engine.advice.documents.gaps import what_of, why_of
from engine.advice.documents.overview import left, maybe_same_of, urgent_of
from engine.advice.documents.words import Words
from engine.advice.economy.cash_flow import CashFlow
from engine.advice.economy.difference import Bound
from engine.advice.economy.overview import Completeness, Overview
from engine.advice.economy.statement import DebtRow, MonthRow, Statement, Told, statement
from engine.advice.economy.urgency import UNDATED

BOM = "\ufeff"
HEADS = (
    "type",
    "name",
    "kind",
    "status",
    "amount",
    "certainty",
    "principal",
    "interest",
    "costs",
    "rate",
    "monthly",
    "due",
    "as_of",
    "case_number",
    "source",
)


def to_csv(overview: Overview, words: Words, old: Iterable[str] = ()) -> str:
    """Every row, the sums first and what is missing next. A cell of text never begins with what a spreadsheet runs.

    old  data sets whose answer has grown old since the overview was compiled
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow([words[f"csv.{head}"] for head in HEADS])
    for row in _rows(statement(overview, old), words):
        writer.writerow([row.get(head, "") for head in HEADS])
    return BOM + out.getvalue()


def _rows(told: Statement, words: Words) -> Iterable[Mapping[str, str]]:
    for one in told.sums:
        known = "" if one.completeness is Completeness.COMPLETE else words[f"csv.{one.completeness.value}"]
        yield {
            "type": words["document.sum"],
            "name": words[f"document.{one.total.value}"],
            "amount": csv_amount(one.amount),
            "certainty": known,
            "as_of": csv_day(told.as_of),
        }
    yield {
        "type": words["document.sum"],
        "name": words["csv.left"],
        "status": left(told, words),
        "amount": "" if told.left.bound is Bound.OPEN else csv_amount(told.left.amount),
        "certainty": "" if told.left.bound is Bound.EXACT else words[f"csv.left.{told.left.bound.value}"],
        "as_of": csv_day(told.as_of),
    }
    for burning in told.urgent:
        yield {
            "type": words["csv.urgent"],
            "name": csv_text(burning.who),
            "status": csv_text(urgent_of(burning, told.as_of, words)),
            "amount": csv_amount(burning.amount),
            "due": csv_day(burning.when) if burning.kind not in UNDATED else "",
        }
    for data_set in told.old:
        yield {
            "type": words["csv.old"],
            "name": csv_text(words.data_set(data_set)),
            "status": words["gap.stale"],
        }
    for question in told.questions:
        yield {
            "type": words["csv.maybe_same"],
            "name": csv_text(maybe_same_of(question, words)),
            "status": words[f"same.{question.reason.value}"],
        }
    for gap in told.missing:
        yield {
            "type": words["csv.missing"],
            "name": csv_text(what_of(gap, words)),
            "status": why_of(gap, words),
            "certainty": words["unknown"],
        }
    for row in told.debts:
        yield _debt(row, words)
    for asset in told.assets:
        tax = f", {words['assets.tax_value']}" if asset.tax_value else ""
        yield {
            "type": words["csv.asset"],
            "name": csv_text(asset.name),
            "kind": f"{words[f'asset.{asset.kind}']}{tax}",
            "amount": csv_amount(asset.value),
            "certainty": words["unknown"] if asset.value is None else "",
            "as_of": csv_day(asset.as_of),
            "source": _who(asset.sources, words),
        }
    yield from _months("income", told.incomes, words)
    yield from _months("spending", told.spending, words)
    if told.cash is not None:
        yield from _cash(told.cash, words)


def _cash(cash: CashFlow, words: Words) -> Iterable[Mapping[str, str]]:
    """What the page says, then every krone: the start and all that moves is what is left when the pay has come."""
    kind = {"type": words["cash.title"]}
    for line in cash_flow.said(cash, words):
        yield {**kind, "status": line}
    if not cash.missing:
        yield {**kind, "name": words["cash.start"], "amount": csv_amount(cash.start), "due": csv_day(cash.begins)}
        for row in cash_flow.rows(cash, words):
            yield {**kind, "name": csv_text(row.name), "amount": csv_amount(row.amount), "due": csv_day(row.day)}
        yield {
            **kind,
            "name": words["cash.left"],
            "amount": csv_amount(cash.days[-1].end),
            "due": csv_day(cash.until),
        }
    for line in cash_flow.left_out(cash, words):
        yield {**kind, "name": words["cash.left_out.title"], "status": csv_text(line)}


def _debt(row: DebtRow, words: Words) -> Mapping[str, str]:
    by = f" ({row.collected_by})" if row.collected_by else ""
    return {
        "type": words["csv.debt"],
        "name": csv_text(f"{row.creditor}{by}"),
        "kind": words[f"debt.{row.kind}"],
        "status": words[f"status.{row.status.value}"],
        "amount": csv_amount(row.balance),
        "principal": csv_amount(row.principal),
        "interest": csv_amount(row.interest),
        "costs": csv_amount(row.costs),
        "rate": "" if row.rate is None else _comma(row.rate.normalize()),
        "monthly": csv_amount(row.monthly),
        "due": csv_day(row.due),
        "as_of": csv_day(row.as_of),
        "case_number": csv_text(row.case_number and f"{words['document.case_number']} {row.case_number}"),
        "source": _who(row.sources, words),
    }


def _months(kind: str, rows: Sequence[MonthRow], words: Words) -> Iterable[Mapping[str, str]]:
    for row in rows:
        yield {
            "type": words[f"csv.{kind}"],
            "name": csv_text(words.line(kind, row.category)),
            "status": words["loans.monthly"],
            "certainty": words.of("overview.average", count=row.months) if row.partial else "",
            "amount": csv_amount(row.amount),
            "monthly": csv_amount(row.amount),
            "source": _who(row.sources, words),
        }


def _who(sources: Sequence[Told], words: Words) -> str:
    return csv_text(
        ", ".join(dict.fromkeys(words["overview.by_you"] if one.by_citizen else one.provider for one in sources))
    )


def csv_amount(amount: Decimal | None) -> str:
    return "" if amount is None else _comma(amount.quantize(Decimal("0.01")))


def _comma(value: Decimal) -> str:
    return f"{value:f}".replace(".", ",")


def csv_day(day: date | None) -> str:
    return "" if day is None else f"{day:%d.%m.%Y}"


def csv_text(text: str) -> str:
    """Text on one line, in quotes of its own where a spreadsheet would run it."""
    line = " ".join(text.split())
    return f"'{line}" if line[:1] in tuple("=+-@\uff1d\uff0b\uff0d\uff20") else line
