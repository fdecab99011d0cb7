"""What a debt register answers → debts, and the creditors that did not answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from engine.advice.economy.figures import Debt, Figures, RecordGap, RecordGapReason, Total
from engine.advice.economy.identity import fingerprints
from engine.advice.economy.money import Money
from engine.advice.economy.sourced import Source, Sourced
from engine.advice.evidence.datasets import DataSetMetadata
from engine.platform.calendar import norwegian_day
from engine.platform.provider_errors import SourceBrokenError
from engine.platform.strict_json import Json
from integrations.gjeldsregister.metadata import DEBTS
from integrations.gjeldsregister.schema import Loan, loan
from integrations.record import BeyondSenseError, Record, UnreadableError, rows

REGISTER = "Gjeldsregisteret"


def figures(
    answer: Json, at: datetime, register: str = REGISTER, data_set: DataSetMetadata = DEBTS
) -> tuple[Figures, tuple[str, ...]]:
    """The debts, and the names of creditors without an answer. Raises ``SourceBrokenError`` where no loans are told.

    A record that cannot be read, or is told twice, is a gap of its own.
    """
    entries = rows(answer, "loans")
    if entries is None:
        raise SourceBrokenError("schema")
    debts: list[Debt] = []
    gaps: list[RecordGap] = []
    silent: list[str] = []

    def gap(reason: RecordGapReason, who: str, *feeds: Total) -> None:
        gaps.append(RecordGap(data_set.id, "debt", reason, who or register, feeds=feeds))

    for number, entry in enumerate(entries):
        creditor = entry.text("creditorName")
        if creditor and not entry.has("loan"):
            silent.append(creditor)
        elif any(entry.same_as(before) for before in entries[:number]):
            gap(RecordGapReason.REPEATED, creditor)
        else:
            try:
                found = loan(entry.record("loan"))
                debts.append(_debt(_named(creditor), found, at, register, data_set))
                if found.odd:
                    gap(RecordGapReason.UNREADABLE, creditor)
            except BeyondSenseError:
                gap(RecordGapReason.TOO_LARGE, creditor, Total.DEBT)
            except UnreadableError:
                gap(RecordGapReason.UNREADABLE, creditor, Total.DEBT)
    unnamed = _missing(answer) - len(silent)
    missing = (*dict.fromkeys(silent), *([register] if unnamed > 0 else []))
    return Figures(debts=_known_again(debts, data_set), record_gaps=tuple(gaps)), missing


def _named(creditor: str) -> str:
    if not creditor:
        raise UnreadableError("creditorName")
    return creditor


def _missing(answer: Json) -> int:
    """How many creditors the register says did not answer; a number nobody can read says nothing."""
    try:
        return Record(answer).whole("numberOfcreditorsMissing") or 0
    except UnreadableError:
        return 0


def _debt(creditor: str, found: Loan, at: datetime, register: str, data_set: DataSetMetadata) -> Debt:
    source = Source(data_set.id, register, at, data_set.requirement.value, institution=register)
    day = found.read or norwegian_day(at)

    def sourced(value: Money | None) -> Sourced[Money] | None:
        return None if value is None else Sourced(value, (source,), day)

    return Debt(
        id="",
        kind=found.kind,
        creditor=creditor,
        balance=Sourced(found.balance, (source,), day),
        rate=sourced(found.rate),
        limit=sourced(found.limit),
        original=sourced(found.original),
        fee=sourced(found.fee),
        terms_left=found.terms or None,
        co_borrower=found.co_borrower,
    )


def _known_again(debts: Sequence[Debt], data_set: DataSetMetadata) -> tuple[Debt, ...]:
    """Each with an id of what does not change of it: the register has none, and its list has no order."""
    names = fingerprints(debts)
    return tuple(replace(debt, id=f"{data_set.id}:{name}") for debt, name in zip(debts, names, strict=True))
