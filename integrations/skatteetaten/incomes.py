"""The a-melding's months → incomes. An entry is one payer and one month; each is read by itself.

Tax withheld is negative and what was paid back is positive; ``fradrag`` (pension premium and the like) is positive.
Benefits in kind are no money to live on. Wages and benefits in one entry are two incomes, which share the tax.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from engine.advice.economy.figures import Figures, Income, IncomeKind, RecordGap, RecordGapReason, Reported, Total
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.sourced import Source, Sourced
from engine.platform.calendar import norwegian_day
from engine.platform.provider_errors import SourceBrokenError
from engine.platform.strict_json import Json
from integrations.record import BeyondSenseError, Record, UnreadableError, rows
from integrations.skatteetaten.metadata import INCOME

SKATTEETATEN = "Skatteetaten"
#: What an income says it is, by the part that describes it.
KINDS = {
    "loennsinntekt": IncomeKind.WAGE,
    "ytelseFraOffentlige": IncomeKind.BENEFIT,
    "pensjonEllerTrygd": IncomeKind.PENSION,
    "naeringsinntekt": IncomeKind.BUSINESS,
    "lottOgPartInnenFiske": IncomeKind.BUSINESS,
    "dagmammaIEgenBolig": IncomeKind.BUSINESS,
}
CASH = "kontantytelse"
#: Day of the next month when a month's reports are in (a-opplysningsloven's deadline is the 5th).
COMPLETE_ON = 10
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_ORE = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Entry:
    """One payer, one month. ``gross`` is cash by kind; ``tax`` what was withheld, less what was paid back."""

    payer: str
    name: str
    month: date
    gross: Mapping[IncomeKind, Money]
    tax: Money
    deducted: Money
    texts: Mapping[IncomeKind, str]


def incomes(answer: Json, at: datetime, since: date) -> Figures:
    """Incomes by payer, month and kind, and the months that are told whole. Raises ``SourceBrokenError``."""
    told = rows(answer, "oppgaveInntektsmottaker")
    if told is None:
        raise SourceBrokenError("schema")
    found: list[Income] = []
    gaps: list[RecordGap] = []
    for number, row in enumerate(told):
        payer = row.text("virksomhetId", "opplysningspliktigId")

        def gap(reason: RecordGapReason, *feeds: Total, payer: str = payer) -> None:
            gaps.append(RecordGap(INCOME.id, "income", reason, SKATTEETATEN, payer, feeds))

        if any(row.same_as(before) for before in told[:number]):
            gap(RecordGapReason.REPEATED)
            continue
        if row.flag("skjermet"):
            gap(RecordGapReason.NOT_SENT, Total.INCOME)
        try:
            entry = _entry(row)
        except BeyondSenseError:
            gap(RecordGapReason.TOO_LARGE, Total.INCOME)
        except UnreadableError:
            gap(RecordGapReason.UNREADABLE, Total.INCOME)
        else:
            found += _incomes(entry, at)
            if not entry.gross:
                gap(RecordGapReason.NO_AMOUNT)  # in kind, or deductions alone
    ids = [income.id for income in found]
    twice = {name for name in ids if ids.count(name) > 1}
    whole = tuple(_numbered(found, twice))
    return Figures(incomes=whole, record_gaps=tuple(gaps), reported=(reported(at, since),))


def reported(at: datetime, since: date) -> Reported:
    """The months every payer has reported by now."""
    today = norwegian_day(at)
    newest = today.replace(day=1) - timedelta(days=1)
    if today.day < COMPLETE_ON:
        newest = newest.replace(day=1) - timedelta(days=1)
    return Reported(INCOME.id, Total.INCOME, since.replace(day=1), newest)


def _entry(row: Record) -> Entry:
    written = _MONTH.fullmatch(row.text("kalendermaaned"))
    if written is None:
        raise UnreadableError("kalendermaaned")
    gross: dict[IncomeKind, Money] = defaultdict(lambda: ZERO)
    texts: dict[IncomeKind, str] = {}
    for item in row.records("inntekt"):
        amount = item.money("beloep")
        if amount is None:
            raise UnreadableError("beloep")
        if item.text("fordel").lower() not in ("", CASH):
            continue
        name = next((name for name in KINDS if item.has(name)), "")
        kind = KINDS.get(name, IncomeKind.OTHER)
        gross[kind] += amount
        texts.setdefault(kind, item.record(name).text("beskrivelse"))
    return Entry(
        payer=row.text("virksomhetId", "opplysningspliktigId"),
        name=row.text("virksomhetNavn"),
        month=date(int(written[1]), int(written[2]), 1),
        gross=dict(gross),
        tax=-_sum(row, "forskuddstrekk"),
        deducted=_sum(row, "fradrag"),
        texts=texts,
    )


def _sum(row: Record, name: str) -> Money:
    total = ZERO
    for item in row.records(name):
        amount = item.money("beloep")
        if amount is None:
            raise UnreadableError(name)
        total += amount
    return total


def _incomes(entry: Entry, at: datetime) -> list[Income]:
    taxes, deductions = _shared(entry.tax, entry.gross), _shared(entry.deducted, entry.gross)
    reference = f"{entry.payer}/{entry.month:%Y-%m}"
    source = Source(INCOME.id, SKATTEETATEN, at, INCOME.requirement.value, reference)
    last = (entry.month + timedelta(days=31)).replace(day=1) - timedelta(days=1)

    def sourced(value: Money, derived: str = "") -> Sourced[Money]:
        return Sourced(value, (source,), last, derived)

    return [
        Income(
            id=f"{INCOME.id}:{reference}/{kind.value}",
            kind=kind,
            payer=entry.name or entry.payer or SKATTEETATEN,
            month=entry.month,
            gross=sourced(amount),
            net=sourced(amount - taxes[kind] - deductions[kind], "gross_less_tax"),
            tax=sourced(taxes[kind]),
            payer_orgno=entry.payer,
        )
        for kind, amount in entry.gross.items()
    ]


def _shared(amount: Money, by: Mapping[IncomeKind, Money]) -> dict[IncomeKind, Money]:
    """*amount* shared between the kinds by what each is, to the øre; what is left over is the largest one's."""
    whole = sum((value for value in by.values() if value > 0), ZERO)
    if not by or not whole:
        return {kind: amount if number == 0 else ZERO for number, kind in enumerate(by)}
    parts = {kind: (amount * max(value, ZERO) / whole).quantize(_ORE) for kind, value in by.items()}
    largest = max(by, key=lambda kind: by[kind])
    parts[largest] += amount - sum(parts.values(), ZERO)
    return parts


def _numbered(found: list[Income], twice: set[str]) -> list[Income]:
    """Two entries of one payer and month are both counted, each under a name of its own by what it says."""
    return [
        replace(one, id=f"{one.id}/{one.gross.value}/{one.tax and one.tax.value}") if one.id in twice else one
        for one in found
    ]
