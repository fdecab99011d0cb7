"""Open claims of Skatteetaten and Statens innkrevingssentral → debts. Each claim is read by itself.

A claim has several due dates; the first with something left is the one that counts. A credit is a claim below zero.
What was paid and is not placed on any claim is money the agency has of the person, and is told beside the claims.
An owner's own claims and those of their sole proprietorship come in one answer; the owner owes both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from engine.advice.economy.figures import (
    Asset,
    AssetKind,
    Debt,
    DebtKind,
    DebtStatus,
    Figures,
    RecordGap,
    RecordGapReason,
    Total,
)
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.sourced import Source, Sourced
from engine.platform.calendar import norwegian_day
from engine.platform.provider_errors import SourceBrokenError
from engine.platform.strict_json import Json
from integrations.record import BeyondSenseError, Record, UnreadableError, once, rows
from integrations.skatteetaten.incomes import SKATTEETATEN
from integrations.skatteetaten.metadata import CLAIMS

COLLECTION_AGENCY = "Statens innkrevingssentral"
_ORGANISATION = re.compile(r"\d{9}")
_PERSON = re.compile(r"\d{11}")


@dataclass(frozen=True, slots=True)
class DueDate:
    """One due date of a claim. ``remaining`` is ``None`` where only the date is told."""

    day: date | None
    remaining: Money | None
    postponed: bool
    kid: str
    account: str

    @property
    def open(self) -> bool:
        return self.remaining is None or self.remaining > 0


def claims(answer: Json, at: datetime, pid: str = "") -> Figures:
    """The claims on the person and their firm; *pid* tells whose is another's. Raises ``SourceBrokenError``."""
    told = rows(answer, "aapentKravMedGjenstaaendeBeloep")
    if told is None:
        raise SourceBrokenError("schema")
    debts: list[Debt] = []
    gaps: list[RecordGap] = []
    names: list[str] = []
    whole = Record(answer)
    if whole.flag("skjermet"):
        gaps.append(RecordGap(CLAIMS.id, "claim", RecordGapReason.NOT_SENT, SKATTEETATEN, feeds=(Total.DEBT,)))
    for number, claim in enumerate(told):

        def gap(reason: RecordGapReason, *feeds: Total, claim: Record = claim) -> None:
            reference = claim.text("kravidentifikator")
            gaps.append(RecordGap(CLAIMS.id, "claim", reason, _collector(claim), reference, feeds))

        party = claim.text("partIdentifikator")
        if any(claim.same_as(before) for before in told[:number]):
            gap(RecordGapReason.REPEATED)
        elif pid and _PERSON.fullmatch(party) and party != pid:
            gap(RecordGapReason.ANOTHER_PERSON)
        else:
            try:
                debts.append(_debt(claim, at))
                names.append(f"{party}/" if _ORGANISATION.fullmatch(party) else "")
            except BeyondSenseError:
                gap(RecordGapReason.TOO_LARGE, Total.DEBT)
            except UnreadableError:
                gap(RecordGapReason.UNREADABLE, Total.DEBT)
    unplaced, unread = _unplaced(whole, at, pid)
    return Figures(debts=_named(debts, names), assets=unplaced, record_gaps=(*gaps, *unread))


def _unplaced(answer: Record, at: datetime, pid: str) -> tuple[tuple[Asset, ...], list[RecordGap]]:
    """What was paid and lies with the agency, placed on no claim yet."""
    told = answer.records("innbetalingMedUplassertBeloep")
    found: list[Asset] = []
    gaps: list[RecordGap] = []
    for number, payment in enumerate(told):
        reference, party = payment.text("innbetalingsidentifikator"), payment.text("partIdentifikator")

        def gap(reason: RecordGapReason, *feeds: Total, reference: str = reference) -> None:
            gaps.append(RecordGap(CLAIMS.id, "asset", reason, SKATTEETATEN, reference, feeds))

        try:
            amount = payment.money("uplassertBeloep")
        except BeyondSenseError:
            gap(RecordGapReason.TOO_LARGE, Total.ASSETS)
            continue
        except UnreadableError:
            gap(RecordGapReason.UNREADABLE, Total.ASSETS)
            continue
        if any(payment.same_as(before) for before in told[:number]):
            gap(RecordGapReason.REPEATED)
        elif pid and _PERSON.fullmatch(party) and party != pid:
            gap(RecordGapReason.ANOTHER_PERSON)
        elif amount is None:
            gap(RecordGapReason.NO_AMOUNT, Total.ASSETS)
        elif amount:
            source = Source(CLAIMS.id, SKATTEETATEN, at, CLAIMS.requirement.value, reference)
            value = Sourced(abs(amount), (source,), norwegian_day(at))
            found.append(Asset(reference or "innbetaling", AssetKind.CLAIM, "Innbetalt, ikke plassert", value, source))
    ids = once(f"{CLAIMS.id}:innbetaling/{one.id}" for one in found)
    return tuple(replace(one, id=identity) for one, identity in zip(found, ids, strict=True)), gaps


def _named(debts: Sequence[Debt], firms: Sequence[str]) -> tuple[Debt, ...]:
    ids = once(f"{CLAIMS.id}:{firm}{debt.id}" for debt, firm in zip(debts, firms, strict=True))
    return tuple(replace(debt, id=identity) for debt, identity in zip(debts, ids, strict=True))


def _debt(claim: Record, at: datetime) -> Debt:
    remaining = claim.money("gjenstaaendeBeloep")
    identifier = claim.text("kravidentifikator")
    dates = [_due_date(row) for row in claim.records("kravforfall")]
    if remaining is None:
        told = [one.remaining for one in dates if one.remaining is not None]
        if not told:
            raise UnreadableError("gjenstaaendeBeloep")
        remaining = sum(told, ZERO)
    interest = claim.money("stipulerteRenter") or ZERO
    collector = _collector(claim)
    source = Source(CLAIMS.id, collector, at, CLAIMS.requirement.value, identifier)
    day = norwegian_day(at)

    def sourced(value: Money, derived: str = "") -> Sourced[Money]:
        return Sourced(value, (source,), day, derived)

    waiting = sorted((one for one in dates if one.open and one.day), key=lambda one: one.day or day)
    first = waiting[0] if waiting else None
    return Debt(
        id=identifier or claim.text("kravtype").lower() or "krav",
        kind=DebtKind.FINE if collector == COLLECTION_AGENCY else DebtKind.TAX,
        creditor=_text(claim, "kravbeskrivelse") or claim.text("kravtype") or collector,
        collector=collector,
        balance=sourced(remaining + interest, "principal_and_interest"),
        principal=sourced(remaining),
        interest=sourced(interest),
        status=_status(waiting, remaining, day),
        due=first.day if first else None,
        case_number=identifier,
        kid=first.kid if first else "",
        pay_to=first.account if first else "",
    )


def _status(waiting: Sequence[DueDate], remaining: Money, today: date) -> DebtStatus:
    """Overdue is what has fallen due, is not paid and is not postponed."""
    fallen = [one for one in waiting if one.day and one.day < today]
    if remaining <= 0 or not fallen:
        return DebtStatus.CURRENT
    return DebtStatus.PAUSED if all(one.postponed for one in fallen) else DebtStatus.OVERDUE


def _due_date(row: Record) -> DueDate:
    payment = row.record("betalingsinformasjon")
    postponed = row.flag("utsattIverksettelse")
    return DueDate(
        day=row.day("forfallsdato"),
        remaining=row.money("gjenstaaendeBeloep"),
        postponed=row.has("utsattIverksettelse") if postponed is None else postponed,
        kid=payment.text("kidnummer"),
        account=payment.record("konto").text("kontonummer"),
    )


def _collector(claim: Record) -> str:
    return COLLECTION_AGENCY if claim.text("kravgruppe") == COLLECTION_AGENCY else SKATTEETATEN


def _text(row: Record, name: str) -> str:
    """A text in bokmål of those a field holds, else the first; older answers hold a plain text."""
    texts = row.record(name).records("spraakTekst")
    bokmal = next((one for one in texts if one.text("spraak") == "nb"), None)
    return (bokmal or (texts[0] if texts else Record(None))).text("tekst") or row.text(name)
