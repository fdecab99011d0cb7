"""What burns: enforcement, money withheld from pay, overdue claims and overdrawn accounts. It stands first, with a date
and one thing to do, whatever its size."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.advice.economy.figures import Debt, DebtKind, DebtStatus
from engine.advice.economy.money import Money
from engine.advice.economy.overview import Overview


@dataclass(frozen=True, slots=True)
class Urgent:
    """``kind`` names the sentence and what to do; ``who`` to talk with; ``amount`` NOK, a month of what is withheld."""

    kind: str
    who: str
    amount: Money
    when: date | None = None


#: Kinds whose day is no deadline.
UNDATED = ("withheld", "overdraft")
_RANK = ("enforcement", "withheld", "court", "overdraft", "claim_overdue", "claim", "overdue")


def urgent(overview: Overview) -> tuple[Urgent, ...]:
    """Everything that burns, the most serious first, then what was due longest ago."""
    found = [
        Urgent(kind, _who(debt), debt.balance.value, debt.due)
        for debt in overview.debts
        if (kind := burns(debt, overview.as_of)) and debt.balance.value > 0
    ]
    if overview.withheld is not None:
        source = overview.withheld.sources[0]
        found.append(Urgent("withheld", source.provider, overview.withheld.value, overview.withheld.as_of))
    return tuple(sorted(found, key=lambda one: (_RANK.index(one.kind), one.when or date.max, -one.amount, one.who)))


def burns(debt: Debt, as_of: date) -> str:
    """The kind of what burns, "" for a debt that does not."""
    by_status = {DebtStatus.ATTACHMENT: "enforcement", DebtStatus.COURT: "court"}
    if debt.status in by_status:
        return by_status[debt.status]
    if debt.status in (DebtStatus.DISPUTED, DebtStatus.PAUSED):
        return ""
    if debt.kind is DebtKind.OVERDRAFT:
        return "overdraft"
    if debt.kind is DebtKind.COLLECTION:
        return "claim_overdue" if debt.due and debt.due < as_of else "claim"
    return "overdue" if debt.status in (DebtStatus.OVERDUE, DebtStatus.COLLECTION) else ""


def _who(debt: Debt) -> str:
    return debt.collector or debt.creditor
