"""Collection claims → debts with principal, interest and costs told apart (R9). Each claim is read by itself.

Amounts are whole øre. Where the parts do not add up to the balance, the balance stands and the parts are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from engine.advice.economy.figures import Debt, DebtKind, DebtStatus, Figures, RecordGap, RecordGapReason, Total
from engine.advice.economy.identity import fingerprints, name_words
from engine.advice.economy.money import ZERO, Money, from_ore
from engine.advice.economy.sourced import Source, Sourced
from integrations.inkasso.metadata import CLAIMS
from integrations.record import BEYOND_SENSE, BeyondSenseError, Record, UnreadableError, rows

COLLECTORS = "Inkassobyråene"
STATUS = {
    "inkassovarsel": DebtStatus.OVERDUE,
    "betalingsoppfordring": DebtStatus.COLLECTION,
    "tungt_salaer": DebtStatus.COLLECTION,
    "forliksraad": DebtStatus.COURT,
    "utlegg": DebtStatus.ATTACHMENT,
    "overvaak": DebtStatus.MONITORED,
}


@dataclass(frozen=True, slots=True)
class Parts:
    """What a claim consists of, NOK, after what was paid: on costs first, then interest, then principal."""

    principal: Money
    interest: Money
    costs: Money


def figures(answer: Mapping[str, object], at: datetime) -> Figures:
    """The claims of every collector that answered; what cannot be read of one is a gap of its own."""
    debts: list[Debt] = []
    gaps: list[RecordGap] = []
    told = rows(answer, "kravliste") or []
    delivered = Record(answer).day("levert")
    for number, claim in enumerate(told):
        who = claim.record("inkassator").text("navn") or claim.record("kreditor").text("navn") or COLLECTORS

        def gap(reason: RecordGapReason, *feeds: Total, who: str = who, claim: Record = claim) -> None:
            reference = claim.text("saksnummer")
            gaps.append(RecordGap(CLAIMS.id, "claim", reason, who, reference, feeds, as_of=delivered))

        if any(claim.same_as(before) for before in told[:number]):
            gap(RecordGapReason.REPEATED)
            continue
        try:
            debt, odd = _debt(claim, delivered or at.date(), at)
        except BeyondSenseError:
            gap(RecordGapReason.TOO_LARGE, Total.DEBT)
        except UnreadableError:
            gap(RecordGapReason.UNREADABLE, Total.DEBT)
        else:
            if debt is None:
                gap(RecordGapReason.NO_AMOUNT, Total.DEBT)
            else:
                debts.append(debt)
            if odd:
                gap(RecordGapReason.UNREADABLE)
    return Figures(debts=_known_again(debts), record_gaps=tuple(gaps))


def _debt(claim: Record, day: date, at: datetime) -> tuple[Debt | None, bool]:
    """The debt, ``None`` where no amount is told, and whether something that decides no figure could not be read."""
    collector, creditor = claim.record("inkassator"), claim.record("kreditor")
    name = creditor.text("navn") or collector.text("navn")
    if not name:
        raise UnreadableError("kreditor")
    source = Source(
        CLAIMS.id, collector.text("navn") or COLLECTORS, at, CLAIMS.requirement.value, claim.text("saksnummer")
    )
    balance, parts, odd = _amounts(claim)
    if balance is None:
        return None, odd
    rate, odd_rate = _rate(claim)

    def sourced(value: Money | None) -> Sourced[Money] | None:
        return None if value is None else Sourced(value, (source,), day)

    status = STATUS.get(claim.text("status").lower(), DebtStatus.UNKNOWN)
    return Debt(
        id="",
        kind=DebtKind.COLLECTION,
        creditor=name,
        collector=collector.text("navn"),
        balance=Sourced(balance, (source,), day),
        principal=sourced(parts.principal) if parts else None,
        interest=sourced(parts.interest) if parts else None,
        costs=sourced(parts.costs) if parts else None,
        rate=sourced(rate),
        status=DebtStatus.DISPUTED if claim.flag("omtvistet") else status,
        due=claim.day("opprinneligForfall"),
        case_number=claim.text("saksnummer"),
        creditor_orgno=creditor.text("orgnr"),
        collector_orgno=collector.text("orgnr"),
        name=claim.text("kravtype"),
        kid=claim.text("kid"),
        pay_to=claim.text("kontonummer"),
    ), odd or odd_rate


def _amounts(claim: Record) -> tuple[Money | None, Parts | None, bool]:
    """The balance, its parts where they add up to it, and whether they did not."""
    told, odd = _ore(claim, "saldo"), False
    found: dict[str, int] = {}
    for name in ("hovedstol", "renter", "salaer", "omkostninger", "innbetalt"):
        try:
            found[name] = abs(value) if name == "innbetalt" and (value := _ore(claim, name)) else _ore(claim, name) or 0
        except UnreadableError:
            odd = True
    whole = claim.has("hovedstol") and not odd
    due = sum(found.values()) - 2 * found.get("innbetalt", 0) if whole else None
    balance = told if told is not None else due
    if balance is None:
        return None, None, odd
    if due is None or due != balance or min(found.values()) < 0 or balance < 0:
        return from_ore(balance), None, odd or due is not None
    return from_ore(balance), _after_payments(found), odd


def _after_payments(found: dict[str, int]) -> Parts:
    left, parts = found["innbetalt"], []
    for amount in (found["salaer"] + found["omkostninger"], found["renter"], found["hovedstol"]):
        parts.append(amount - min(left, amount))
        left -= min(left, amount)
    costs, interest, principal = (from_ore(part) for part in parts)
    return Parts(principal, interest, costs)


def _ore(claim: Record, name: str) -> int | None:
    """Whole øre. Kroner with decimals are not taken for øre. Raises ``UnreadableError``."""
    value = claim.decimal(name)
    if value is None:
        return None
    if value != value.to_integral_value():
        raise UnreadableError(name)
    if abs(value) >= BEYOND_SENSE:
        raise BeyondSenseError(name)
    return int(value)


def _rate(claim: Record) -> tuple[Decimal | None, bool]:
    try:
        rate = claim.decimal("rentesats")
    except UnreadableError:
        return None, True
    return (rate, False) if rate is None or ZERO <= rate < 1000 else (None, True)


def _known_again(debts: Sequence[Debt]) -> tuple[Debt, ...]:
    """Each by its collector and case number; one without a case number by what does not change of it."""
    names, seen = [], set()
    for debt, mark in zip(debts, fingerprints(debts), strict=True):
        collector = debt.collector_orgno or "-".join(name_words(debt.collector or debt.creditor))
        name = f"{collector}/{debt.case_number}" if debt.case_number else mark
        names.append(name if name not in seen else mark)
        seen.add(name)
    return tuple(replace(debt, id=f"{CLAIMS.id}:{name}") for debt, name in zip(debts, names, strict=True))
