"""The overview on paper: the same figures and words as the page, in the same order, with what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from reportlab.platypus import Flowable

from engine.advice.documents import cash_flow
from engine.advice.documents.gaps import sentences
from engine.advice.documents.page import gap, heading, missing_note, table, text, write
from engine.advice.documents.words import Words
from engine.advice.economy.cash_flow import CashFlow
from engine.advice.economy.difference import Bound, Difference
from engine.advice.economy.figures import Total
from engine.advice.economy.overview import Completeness, Overview
from engine.advice.economy.statement import (
    AssetRow,
    DebtRow,
    MaybeSame,
    MonthRow,
    Statement,
    Sum,
    Told,
    statement,
)
from engine.advice.economy.urgency import UNDATED, Urgent
from forms.formatting import clock_time, kroner, long_date, percent, weekday_date


def render(overview: Overview, *, name: str, words: Words, made_at: datetime, old: Iterable[str] = ()) -> bytes:
    """A PDF, in the words the page uses. Raises ``FontsMissingError`` when set-up has not been run.

    old  data sets whose answer has grown old since the overview was compiled
    """
    told = statement(overview, old)
    return write(words["overview.title"], story(told, words, name=name, made_at=made_at), words.language)


def story(told: Statement, words: Words, *, name: str, made_at: datetime) -> list[Flowable]:
    """Everything on it, from the top down."""
    language = words.language
    made = f"{long_date(made_at, language)} {clock_time(made_at, language)}"
    return [
        heading(words["overview.title"]),
        text(name, 12),
        text(f"{words.of('document.made', when=made)} {words['document.copy']}", 8.5),
        text(words.of("document.as_of", day=long_date(told.as_of, language)), 8.5),
        *([text(old_of(told, words), 8.5)] if told.old else []),
        *missing_note(_written_by_others(told, name), language),
        gap(),
        table(
            [
                [words["document.sums"], ""],
                *([words[f"document.{one.total.value}"], amount_of(one, words)] for one in told.sums),
            ],
            [120, 50],
        ),
        text(left(told, words), 10, bold=True),
        *([text(words.of("overview.unseen", there=kroner(told.unseen, language)))] if told.unseen is not None else []),
        gap(),
        *_urgent(told, words),
        *_missing(told, words),
        *_questions(told, words),
        *_cash(told, words),
        *_debts(told, words),
        *_assets(told, words),
        *_months(words["document.incomes"], "income", told.incomes, told.sum_of(Total.INCOME), words),
        *_months(words["document.spendings"], "spending", told.spending, told.sum_of(Total.SPENDING), words),
        *_sources(told, words),
    ]


def _written_by_others(told: Statement, name: str) -> list[str]:
    """What comes from people and sources, in whatever script they wrote it."""
    debts = [part for row in told.debts for part in (row.creditor, row.collector, row.case_number)]
    lines = [row.category for row in (*told.incomes, *told.spending)]
    beside = [one.name for one in told.cash.left_out] if told.cash else []
    return [name, *debts, *(row.name for row in told.assets), *lines, *beside, *(one.who for one in told.missing)]


def amount_of(one: Sum, words: Words) -> str:
    """``minst 387 918 kr``, ``Ukjent``: never a zero for what is not known."""
    if one.amount is None:
        return words["unknown"]
    amount = kroner(one.amount, words.language)
    return words.of("at_least", amount=amount) if one.completeness is Completeness.LOWER_BOUND else amount


def left(told: Statement, words: Words) -> str:
    """What is left each month, in one sentence."""
    if told.left.bound is Bound.OPEN:
        return words["overview.no_month"]
    return words.of("overview.more_out" if told.left.amount < 0 else "overview.left", amount=size(told.left, words))


def size(difference: Difference, words: Words) -> str:
    """How much a difference is, which way it goes being said by the sentence around it."""
    amount = kroner(difference.size, words.language)
    bound = difference.size_bound
    return amount if bound is Bound.EXACT else words.of(bound.value, amount=amount)


def old_of(told: Statement, words: Words) -> str:
    """Whose answers are old, in one sentence."""
    return words.of("overview.old", sources=", ".join(words.data_set(one) for one in told.old))


def _urgent(told: Statement, words: Words) -> list[Flowable]:
    if not told.urgent:
        return []
    lines = (f"– {urgent_of(one, told.as_of, words)}" for one in told.urgent)
    return [heading(words["urgent.title"], 2), *(text(line) for line in lines), gap()]


def urgent_of(one: Urgent, as_of: date, words: Words) -> str:
    """What burns, and its day where it has one."""
    said = words.of(f"urgent.{one.kind}", who=one.who, amount=kroner(one.amount, words.language))
    if one.when is None or one.kind in UNDATED:
        return said
    due = "urgent.due" if one.when < as_of else "urgent.due_by"
    return f"{said} {words.of(due, day=long_date(one.when, words.language))}"


def _questions(told: Statement, words: Words) -> list[Flowable]:
    if not told.questions:
        return []
    lines = (f"– {maybe_same_of(one, words)}: {words[f'same.{one.reason.value}']}" for one in told.questions)
    return [heading(words["same_debt.title.of"], 2), *(text(line) for line in lines), gap()]


def maybe_same_of(question: MaybeSame, words: Words) -> str:
    """The two debts, each with its kind, its amount and who told of it."""
    parts = []
    for row in (question.one, question.other):
        amount = kroner(row.balance, words.language)
        parts.append(f"{row.creditor}, {words[f'debt.{row.kind}']}, {amount} ({_who(row.sources, words)})")
    return " – ".join(parts)


def _missing(told: Statement, words: Words) -> list[Flowable]:
    if not told.missing:
        return []
    lines = (f"– {line}" for line in sentences(told.missing, words))
    return [heading(words["overview.gaps_title"], 2), *(text(line) for line in lines), gap()]


def _cash(told: Statement, words: Words) -> list[Flowable]:
    """How far the money reaches, and every krone until the pay; a copy is handed on, so payees are not named."""
    if told.cash is None:
        return []
    lines = [text(line) for line in cash_flow.said(told.cash, words, names=False)]
    beside = [text(f"– {line}") for line in cash_flow.left_out(told.cash, words)]
    if beside:
        beside.insert(0, text(words["cash.left_out.title"], bold=True))
    return [heading(words["cash.title"], 2), *lines, *_cash_table(told.cash, words), *beside, gap()]


def _cash_table(cash: CashFlow, words: Words) -> list[Flowable]:
    if cash.missing or cash.start is None:
        return []
    language = words.language
    rows: list[Sequence[str]] = [[words[f"cash.{head}"] for head in ("day", "what", "in_out", "left")]]
    rows.append([weekday_date(cash.begins, language), words["cash.start"], "", kroner(cash.start, language)])
    for row in cash_flow.rows(cash, words, names=False):
        left = "" if row.left is None else kroner(row.left, language)
        rows.append([weekday_date(row.day, language), row.name, kroner(row.amount, language), left])
    return [table(rows, [50, 60, 30, 30], amounts=2)]


def _debts(told: Statement, words: Words) -> list[Flowable]:
    def kr(amount: object) -> str:
        return words["unknown"] if amount is None else kroner(amount, words.language)  # type: ignore[arg-type]

    heads = ("lender", "source", "rate", "monthly", "balance")
    rows: list[Sequence[str]] = [[words[f"loans.{head}"] for head in heads]]
    for row in told.debts:
        rate = words["unknown"] if row.rate is None else percent(row.rate, words.language)
        rows.append([_debt(row, words), _who(row.sources, words), rate, kr(row.monthly), kr(row.balance)])
    rows.append([words["document.sum"], "", "", "", amount_of(told.sum_of(Total.DEBT), words)])
    return [heading(words["loans.title"], 2), table(rows, [64, 37, 18, 24, 27], amounts=3), gap()]


def _debt(row: DebtRow, words: Words) -> str:
    """Who is owed, and under the name all else that is known of it."""
    kind = words[f"debt.{row.kind}"]
    status = "" if row.status.value == "current" else f", {words[f'status.{row.status.value}'].lower()}"
    lines = [row.creditor, f"{kind}{status}"]
    if row.collected_by:
        lines.append(f"{words['document.collector']}: {row.collected_by}")
    if row.case_number:
        lines.append(f"{words['document.case_number']}: {row.case_number}")
    if row.due:
        lines.append(f"{words['document.due']}: {long_date(row.due, words.language)}")
    parts = [(words[f"loans.{key}"], getattr(row, key)) for key in ("principal", "interest", "costs")]
    known = [f"{label} {kroner(amount, words.language)}" for label, amount in parts if amount is not None]
    if known:
        lines.append(", ".join(known))
    if row.kid or row.pay_to:
        paid = (row.pay_to, f"KID {row.kid}" if row.kid else "")
        lines.append(f"{words['document.pay_to']}: {', '.join(part for part in paid if part)}")
    if row.fee is not None:
        lines.append(f"{words['document.fee']} {kroner(row.fee, words.language)}")
    if row.limit is not None:
        lines.append(f"{words['document.limit']} {kroner(row.limit, words.language)}")
    if row.corrected_from is not None:
        lines.append(words.of("loans.source_said", amount=kroner(row.corrected_from, words.language)))
    return "\n".join(lines)


def _who(sources: Sequence[Told], words: Words) -> str:
    return ", ".join(dict.fromkeys(words["overview.by_you"] if one.by_citizen else one.provider for one in sources))


def _assets(told: Statement, words: Words) -> list[Flowable]:
    rows: list[Sequence[str]] = [[words["table.what"], words["loans.source"], words["document.value"]]]
    for row in told.assets:
        value = words["unknown"] if row.value is None else kroner(row.value, words.language)
        rows.append([_asset(row, words), _who(row.sources, words), value])
    rows.append([words["document.sum"], "", amount_of(told.sum_of(Total.ASSETS), words)])
    return [heading(words["assets.title"], 2), table(rows, [84, 49, 37]), gap()]


def _asset(row: AssetRow, words: Words) -> str:
    kind = words[f"asset.{row.kind}"]
    return f"{row.name}\n{kind}{', ' + words['assets.tax_value'] if row.tax_value else ''}"


def _months(title: str, kind: str, found: Sequence[MonthRow], total: Sum, words: Words) -> list[Flowable]:
    rows: list[Sequence[str]] = [[words["table.what"], words["loans.source"], words["loans.monthly"]]]
    for row in found:
        name = words.line(kind, row.category)
        if row.partial:
            name = f"{name}\n{words.of('overview.average', count=row.months)}"
        rows.append([name, _who(row.sources, words), kroner(row.amount, words.language)])
    rows.append([words["document.sum"], "", amount_of(total, words)])
    return [heading(title, 2), table(rows, [84, 49, 37]), gap()]


def _sources(told: Statement, words: Words) -> list[Flowable]:
    """Who answered, when, and by what right."""
    seen: dict[tuple[str, str], Told] = {}
    lists = (told.debts, told.assets, told.incomes, told.spending)
    every = [row.sources for rows in lists for row in rows]
    for one in (one for sources in every for one in sources if not one.by_citizen):
        there = seen.get((one.data_set, one.provider))
        if there is None or there.fetched_at < one.fetched_at:
            seen[one.data_set, one.provider] = one
    if not seen:
        return []
    rows: list[Sequence[str]] = [[words["loans.source"], words["document.basis"], words["document.fetched"]]]
    for one in seen.values():
        when = f"{long_date(one.fetched_at, words.language)} {clock_time(one.fetched_at, words.language)}"
        names = dict.fromkeys((one.provider, words.data_set(one.data_set)))
        rows.append(["\n".join(names), words[f"basis.{one.legal_basis}"], when])
    return [heading(words["sources.title"], 2), table(rows, [78, 40, 52])]
