"""What moved on a bank's accounts and cards → transactions, each with its direction.

A written minus stands. Only where a bank writes no minus at all does the side that is named decide: the standard's own
sample shows outgoing entries without one. The owner's own name and account are no other side.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from engine.advice.economy.figures import RecordGapReason, Total, Transaction
from engine.advice.economy.money import ZERO, Money
from integrations.bank.answer import Answer, Movements, name_words
from integrations.bank.schema import HOME, NOT_INVOICED, AccountRecord, Entry, Side
from integrations.record import digest

#: Families of ISO 20022 transaction codes that tell which way money went: transfers, direct debits and card payments.
_IN, _OUT = ("RCDT", "RRCT", "IDDT", "MCRD"), ("ICDT", "IRCT", "RDDT", "CCRD")
#: Words of a text that tell of money coming back from the one who had it.
_RETURNED = frozenset({"retur", "refusjon", "refund", "tilbakebetaling", "tilbakeføring", "kreditnota"})


def on_accounts(answer: Answer) -> Iterator[Transaction]:
    """Where nothing that went out has a minus, the bank writes none, and the sides tell the direction."""
    writes_minus = any(
        _shows_the_minus(entry, account, answer.holder)
        for account, movements in answer.accounts
        for entry in movements.booked
    )
    for account, movements in answer.accounts:
        for pending, entries in ((False, movements.booked), (True, movements.pending)):
            for entry in _counted(answer, account, entries):
                amount = entry.amount if writes_minus else _directed(entry, account, answer.holder)
                other, own = (entry.creditor, entry.debtor) if amount < 0 else (entry.debtor, entry.creditor)
                if not any(other) and not _is_own(own, account, answer.holder):
                    other = own
                yield _transaction(answer, account, replace(entry, amount=amount), other, pending=pending)


def on_cards(answer: Answer) -> Iterator[Transaction]:
    for card, movements in answer.cards:
        sign = -1 if debits_positive(card, movements) else 1
        for pending, entries in ((False, movements.booked), (True, movements.pending)):
            for entry in _counted(answer, card, entries):
                signed = replace(entry, amount=sign * entry.amount)
                yield _transaction(answer, card, signed, entry.creditor, pending=pending, card=True)


def _counted(answer: Answer, account: AccountRecord, entries: Sequence[Entry]) -> Iterator[Entry]:
    """The entries in kroner, each once. The others are named: how many, and their sum."""
    seen: set[tuple[str, date, Money, str]] = set()
    repeated = 0
    abroad: dict[str, list[Money]] = {}
    for entry in entries:
        known = (entry.reference, entry.day, entry.amount, entry.currency)
        if entry.reference and known in seen:
            repeated += 1
        elif entry.currency != HOME:
            abroad.setdefault(entry.currency, []).append(entry.amount)
        else:
            yield entry
        seen.add(known)
    if repeated:
        answer.lacks("transaction", RecordGapReason.REPEATED, of=account, count=repeated)
    for currency, amounts in sorted(abroad.items()):
        total = sum(amounts, ZERO)
        answer.lacks(
            "transaction",
            RecordGapReason.FOREIGN_CURRENCY,
            Total.SPENDING,
            of=account,
            amount=total,
            currency=currency,
            count=len(amounts),
        )


def _transaction(
    answer: Answer, account: AccountRecord, entry: Entry, other: Side, *, pending: bool, card: bool = False
) -> Transaction:
    name, number = other
    reference = entry.reference or digest(entry.day, entry.amount, entry.creditor, entry.debtor, entry.text, entry.kid)
    return Transaction(
        id=answer.id("transaction", account.number, account.currency, reference),
        account=account.number,
        booked=entry.day,
        amount=entry.amount,
        counterparty=name,
        text=entry.text,
        source=answer.source(entry.reference),
        counterparty_account="" if number == account.number else number,
        kid=entry.kid,
        mcc=entry.mcc,
        code=entry.code,
        pending=pending,
        card=card,
    )


def _shows_the_minus(entry: Entry, account: AccountRecord, holder: str) -> bool:
    """Whether an entry proves that the bank writes a minus on what goes out; what somebody else paid proves nothing."""
    paid_in = any(entry.debtor) and not any(entry.creditor) and not _is_own(entry.debtor, account, holder)
    return entry.amount < 0 and not paid_in


def _directed(entry: Entry, account: AccountRecord, holder: str) -> Money:
    """The amount with its direction where the bank writes no minus: from the owner, or to them."""
    if entry.amount < 0:
        return entry.amount
    received = _is_own(entry.creditor, account, holder)
    paid = _is_own(entry.debtor, account, holder)
    if received != paid:
        return entry.amount if received else -entry.amount
    family = next((part for part in entry.code.upper().split("-") if part in (*_IN, *_OUT)), "")
    if family:
        return entry.amount if family in _IN else -entry.amount
    to_another = any(entry.creditor) and not any(entry.debtor)
    return -entry.amount if to_another and not name_words(entry.text) & _RETURNED else entry.amount


def _is_own(side: Side, account: AccountRecord, holder: str) -> bool:
    """Whether a side is this account: by its number where that is told, else by the owner's name."""
    name, number = side
    if number:
        return number == account.number
    words = name_words(name)
    return any(words and (words == own or len(words & own) > 1) for own in map(name_words, (*account.owners, holder)))


def debits_positive(card: AccountRecord, movements: Movements) -> bool | None:
    """Whether what is drawn on a card is written without a minus: as told, else as its other amounts show."""
    for flag in (card.debits_positive, movements.debits_positive):
        if flag is not None:
            return flag
    not_invoiced = next((one.amount for one in card.balances if one.kind == NOT_INVOICED and one.amount), None)
    if not_invoiced is not None:
        return not_invoiced > 0
    drawn = sum(1 if entry.amount > 0 else -1 for entry in movements.booked if entry.amount)
    return drawn > 0 if drawn else None
