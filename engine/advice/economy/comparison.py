"""Whether two records tell of one debt: same, maybe or different, with the reason.

=============  ==========================================================================================
same           one account number; one case of one collector; one creditor and the same amount granted, or
               balances that agree or have moved a little
maybe          much speaks for it, not enough: the citizen is asked, and what they say holds for ever
different      other account numbers, other creditors, amounts too far apart; two records of one source
=============  ==========================================================================================

The kind is a hint and no key: a flexible loan is a credit in a register and a loan in a bank. But what is secured in
a home or a car is in no register of unsecured debt.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from engine.advice.economy import identity
from engine.advice.economy.figures import Debt, DebtKind
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.sourced import CITIZEN

#: So much may a balance differ between two copies of one debt and still agree: a share, and NOK.
NEAR_SHARE, NEAR_KRONER = Decimal("0.02"), Decimal(500)
#: A balance that has moved: up to here it is the same debt, up to there the citizen is asked.
MOVED, DOUBTFUL = Decimal("0.10"), Decimal("0.50")
#: Below this two equal amounts of two creditors are chance.
TELLING = Decimal(1000)

_SECURED = frozenset({DebtKind.MORTGAGE, DebtKind.CAR_LOAN, DebtKind.STUDENT_LOAN})
_CLAIMS = frozenset({DebtKind.COLLECTION, DebtKind.TAX, DebtKind.FINE})
_CARDS = frozenset({DebtKind.CREDIT_CARD, DebtKind.CHARGE_CARD, DebtKind.OVERDRAFT})


class Likeness(StrEnum):
    SAME = "same"
    MAYBE = "maybe"
    DIFFERENT = "different"


class Reason(StrEnum):
    """Why, as a key of the words a page shows."""

    CITIZEN = "citizen"  # the citizen has said so
    ONE_RECORD = "one_record"  # the very same record, told twice
    ACCOUNT = "account"  # one account number
    CASE = "case"  # one case number of one collector
    TERMS = "terms"  # one creditor, the same amount or limit granted
    BALANCE = "balance"  # one creditor, the same balance
    NEAR = "near"  # one creditor, balances that agree
    MOVED = "moved"  # one creditor, a balance that has moved
    IN_COLLECTION = "in_collection"  # a loan, and the claim it has become
    OTHER_NAME = "other_name"  # the same amounts under another name
    OTHER_KIND = "other_kind"  # one creditor and amount, but another kind of debt
    OTHER_AMOUNT = "other_amount"  # one creditor, amounts far apart
    OTHER_ACCOUNT = "other_account"
    OTHER_CASE = "other_case"
    ONE_SOURCE = "one_source"  # one source tells of both
    UNRELATED = "unrelated"


@dataclass(frozen=True, slots=True)
class Comparison:
    """``weight``: how much speaks for it, to choose the best of several; 0 for different."""

    likeness: Likeness
    reason: Reason
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """One debt as one source told it, with what it is known again by.

    place  where it stood in what was found: only to lead back to it, never to compare by
    older  what the debt was known by in an earlier overview
    """

    debt: Debt
    place: int
    source: str
    fingerprint: str
    account: str
    case: str
    names: tuple[tuple[str, ...], ...]
    numbers: frozenset[str]
    granted: Money | None
    older: frozenset[str] = frozenset()

    @property
    def plain(self) -> str:
        """The fingerprint without the number that tells apart what nothing else does."""
        return self.fingerprint.partition(".")[0]

    @property
    def keys(self) -> frozenset[str]:
        """What decisions and corrections of this record are stored by."""
        return frozenset({self.fingerprint, self.debt.id, f"{self.source}#{self.fingerprint}"}) | self.older


def record_of(debt: Debt, place: int, fingerprint: str) -> Record:
    granted = debt.original or debt.limit
    return Record(
        debt=debt,
        place=place,
        source=identity.source_key(debt.balance.sources[0]),
        fingerprint=fingerprint,
        account=identity.whole_account_number(debt.account),
        case=identity.account_number(debt.case_number),
        names=identity.once(identity.name_words(name) for name in (debt.creditor, debt.collector) if name),
        numbers=frozenset(filter(None, (debt.creditor_orgno, debt.collector_orgno))),
        granted=granted.value if granted else None,
    )


def compare(one: Record, other: Record) -> Comparison:
    """What the two records themselves say. Symmetric; no time of fetching, no place in a list has a part in it."""
    if one.source == other.source:
        if one.debt.id == other.debt.id and one.plain == other.plain:
            return Comparison(Likeness.SAME, Reason.ONE_RECORD, 2_000_000)
        return Comparison(Likeness.DIFFERENT, Reason.ONE_SOURCE)
    found = _compare(one, other)
    if found.likeness is Likeness.SAME and CITIZEN in (one.source, other.source):
        return Comparison(Likeness.MAYBE, found.reason, found.weight)
    return found


def _compare(one: Record, other: Record) -> Comparison:
    if one.account and other.account:
        if one.account == other.account:
            return Comparison(Likeness.SAME, Reason.ACCOUNT, 1_000_000)
        return Comparison(Likeness.DIFFERENT, Reason.OTHER_ACCOUNT)
    related = _related(one, other)
    if one.case and other.case:
        if one.case == other.case and related:
            return Comparison(Likeness.SAME, Reason.CASE, 900_000)
        if one.case != other.case:
            return Comparison(Likeness.DIFFERENT, Reason.OTHER_CASE)
    if related == 2:
        return _of_one_creditor(one, other)
    if related == 1:
        return _of_near_names(one, other)
    return _of_other_names(one, other)


def _related(one: Record, other: Record) -> int:
    """2: one creditor; 1: names of which one holds the other; 0: nothing to say so."""
    if one.numbers and other.numbers:
        if one.numbers & other.numbers:
            return 2
        return 1 if set(one.names) & set(other.names) else 0
    if set(one.names) & set(other.names):
        return 2
    return int(any(set(a) <= set(b) or set(b) <= set(a) for a in one.names for b in other.names if a and b))


def _of_one_creditor(one: Record, other: Record) -> Comparison:
    apart, fits = _apart(one, other), _fits(one.debt.kind, other.debt.kind)
    closeness = int(10_000 * (1 - min(apart, Decimal(1))))
    if not fits:
        return _maybe(Reason.OTHER_KIND, 30_000) if apart == 0 else _different(Reason.OTHER_KIND)
    if _is_claim(one) != _is_claim(other):
        return _grown(one, other, closeness)
    if one.granted is not None and other.granted is not None:
        if one.granted == other.granted:
            return _same(Reason.TERMS, 500_000 + closeness)
        return _maybe(Reason.BALANCE, 60_000 + closeness) if apart <= MOVED else _different(Reason.OTHER_AMOUNT)
    if apart == 0:
        return _same(Reason.BALANCE, 400_000)
    if _near(one, other):
        return _same(Reason.NEAR, 300_000 + closeness)
    if apart <= MOVED and fits == 2:
        return _same(Reason.MOVED, 100_000 + closeness)
    if apart <= DOUBTFUL or (one.debt.kind in _CARDS and other.debt.kind in _CARDS):
        return _maybe(Reason.MOVED, 50_000 + closeness)
    return _different(Reason.OTHER_AMOUNT)


def _grown(one: Record, other: Record, closeness: int) -> Comparison:
    """A loan and a claim of the same creditor: the claim's principal is what the loan was, its costs are on top."""
    loan, claim = (other, one) if _is_claim(one) else (one, other)
    owed = [claim.debt.balance.value, *([claim.debt.principal.value] if claim.debt.principal else [])]
    apart = min(_share(loan.debt.balance.value, amount) for amount in owed)
    if apart <= NEAR_SHARE:
        return _same(Reason.IN_COLLECTION, 200_000 + closeness)
    return _maybe(Reason.IN_COLLECTION, 40_000 + closeness) if apart <= DOUBTFUL else _different(Reason.OTHER_AMOUNT)


def _of_near_names(one: Record, other: Record) -> Comparison:
    if not _fits(one.debt.kind, other.debt.kind):
        return _different(Reason.OTHER_KIND)
    granted = one.granted is not None and one.granted == other.granted
    if _apart(one, other) == 0 and one.debt.balance.value:
        return _same(Reason.BALANCE, 90_000)
    return _maybe(Reason.OTHER_NAME, 45_000) if granted or _near(one, other) else _different(Reason.UNRELATED)


def _of_other_names(one: Record, other: Record) -> Comparison:
    """Nothing ties the creditors together: the very same large amount is worth a question, no more."""
    if not _fits(one.debt.kind, other.debt.kind):
        return _different(Reason.UNRELATED)
    if _is_claim(one) != _is_claim(other):
        found = _grown(one, other, 0)
        large = max(one.debt.balance.value, other.debt.balance.value) >= TELLING
        return _maybe(Reason.IN_COLLECTION, 20_000) if found.likeness is Likeness.SAME and large else _unrelated()
    if _is_claim(one):
        return _unrelated()
    granted = one.granted is not None and one.granted == other.granted
    equal = _apart(one, other) == 0 and one.debt.balance.value >= TELLING
    return _maybe(Reason.OTHER_NAME, 25_000) if equal or (granted and _near(one, other)) else _unrelated()


def _fits(one: DebtKind, other: DebtKind) -> int:
    """2: one kind; 1: kinds that may be names of one thing; 0: things that are not each other."""
    if one is other:
        return 2
    if {one, other} & _SECURED:
        return int(DebtKind.OTHER in (one, other))
    return 1


def _is_claim(record: Record) -> bool:
    return record.debt.kind in _CLAIMS


def _owed(record: Record) -> Money:
    """A register tells 0 where the creditor owes the customer: below zero nothing is owed."""
    return max(record.debt.balance.value, ZERO)


def _share(one: Money, other: Money) -> Decimal:
    """How far apart two amounts are, as a share of the larger: 0 to 1."""
    largest = max(abs(one), abs(other))
    return abs(one - other) / largest if largest else Decimal(0)


def _apart(one: Record, other: Record) -> Decimal:
    return _share(_owed(one), _owed(other))


def _near(one: Record, other: Record) -> bool:
    apart, kroner = _apart(one, other), abs(_owed(one) - _owed(other))
    return apart <= NEAR_SHARE or (kroner <= NEAR_KRONER and apart <= MOVED)


def _same(reason: Reason, weight: int) -> Comparison:
    return Comparison(Likeness.SAME, reason, weight)


def _maybe(reason: Reason, weight: int) -> Comparison:
    return Comparison(Likeness.MAYBE, reason, weight)


def _different(reason: Reason) -> Comparison:
    return Comparison(Likeness.DIFFERENT, reason)


def _unrelated() -> Comparison:
    return _different(Reason.UNRELATED)
