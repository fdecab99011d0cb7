"""A plan held against what was paid, in words, on paper and as a table: the same as on the page."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime

from engine.advice.documents.page import gap, heading, missing_note, table, text, write
from engine.advice.documents.spreadsheet import BOM, csv_amount, csv_text
from engine.advice.documents.words import Words
from engine.advice.economy.money import Money
from engine.advice.economy.plan_payments import PlanMonth, PlanPayments
from forms.formatting import kroner, long_date, month_name


def said(found: PlanPayments, words: Words) -> str:
    """How the last known month went, in one kind sentence."""
    language = words.language
    if not found.months:
        return words["plan.paid.too_early"]
    newest = found.newest
    if newest is None or newest.paid is None or newest.missing is None:
        return words["plan.paid.unknown"]
    values = {
        "month": month_name(newest.month, language),
        "paid": kroner(newest.paid, language),
        "planned": kroner(newest.planned, language),
        "missing": kroner(newest.missing, language),
    }
    return words.of("plan.paid.less" if newest.missing else "plan.paid.kept", **values)


def cell(one: PlanMonth, words: Words) -> str:
    """What was paid in a month and what is missing; a month nobody has told of is unknown."""
    if one.paid is None or one.missing is None:
        return words["unknown"]
    paid = kroner(one.paid, words.language)
    if not one.missing:
        return paid
    return words.of("plan.paid.cell", paid=paid, missing=kroner(one.missing, words.language))


def rows(found: PlanPayments, words: Words) -> list[tuple[str, Money, tuple[PlanMonth, ...]]]:
    """Each creditor, then all together: name, NOK planned a month, and the months."""
    made = [(one.name, one.planned, one.months) for one in found.creditors]
    if found.creditors:
        made.append((words["document.sum"], found.totals[0].planned, found.totals))
    return made


def render(found: PlanPayments, *, name: str, words: Words, made_at: datetime) -> bytes:
    """A PDF, the newest months first where there are more than a page is wide for."""
    language = words.language
    heads = [words["loans.lender"], words["plan.paid.month"], words["plan.paid.planned"], words["plan.paid.paid"]]
    lines: list[Sequence[str]] = [heads]
    for creditor, planned, months in rows(found, words):
        for one in months:
            lines.append([creditor, month_name(one.month, language), kroner(planned, language), cell(one, words)])
    story = [
        heading(words["plan.paid.title"]),
        text(name, 12),
        text(long_date(made_at, language), 8.5),
        *missing_note([name, *(one.name for one in found.creditors)], language),
        gap(),
        text(said(found, words), 10, bold=True),
        *([table(lines, [60, 35, 30, 45], amounts=2)] if found.creditors and found.months else []),
    ]
    return write(words["plan.paid.title"], story, language)


def to_csv(found: PlanPayments, words: Words) -> str:
    """One row for each creditor and month; what is unknown is an empty amount and says so."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    heads = ("loans.lender", "plan.paid.month", "plan.paid.planned", "plan.paid.paid", "plan.paid.missing")
    writer.writerow([*(words[head] for head in heads), words["csv.certainty"]])
    for one in found.creditors:
        for month in one.months:
            writer.writerow(
                [
                    csv_text(one.name),
                    month_name(month.month, words.language),
                    csv_amount(month.planned),
                    csv_amount(month.paid),
                    csv_amount(month.missing),
                    words["unknown"] if month.paid is None else "",
                ]
            )
    return BOM + out.getvalue()
