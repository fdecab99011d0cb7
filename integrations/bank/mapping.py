"""Berlin Group answers → figures.

Balance  the newest booked one, never one with the credit limit in it.
Card     what is drawn is owed; below zero the bank owes.

What moved, and its sign, is ``movements.py``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from engine.advice.economy.figures import Account, Debt, DebtKind, Figures, RecordGapReason, Reported, Total
from engine.advice.economy.money import ZERO, Money
from engine.platform.calendar import norwegian_day
from integrations.bank.answer import Answer, name_words
from integrations.bank.movements import debits_positive, on_accounts, on_cards
from integrations.bank.schema import AVAILABLE, HOME, MANY, NOT_INVOICED, AccountRecord, Balance, own_money
from integrations.record import once

_FOREIGN = RecordGapReason.FOREIGN_CURRENCY
#: What a loan is for, by the beginning of a whole word such as "boliglån", or by the word alone.
_PURPOSES: tuple[tuple[DebtKind, frozenset[str]], ...] = (
    (
        DebtKind.MORTGAGE,
        frozenset(
            {
                "bolig",
                "bustad",
                "hus",
                "hytte",
                "fritids",
                "fritidsbolig",
                "førstehjems",
                "førsteheims",
                "hjem",
                "flexi",
                "fleksi",
                "ramme",
                "bygge",
                "tomte",
                "eiendoms",
                "eigedoms",
                "mortgage",
                "home",
            }
        ),
    ),
    (
        DebtKind.CAR_LOAN,
        frozenset(
            {
                "bil",
                "elbil",
                "bobil",
                "motor",
                "motorvogn",
                "mc",
                "motorsykkel",
                "båt",
                "campingvogn",
                "car",
                "vehicle",
            }
        ),
    ),
    (DebtKind.CONSUMER_LOAN, frozenset({"forbruk", "forbruks", "små", "privat", "consumer"})),
)
_LOAN = re.compile(r"(lånet|lån|kreditten|kreditt|finansiering)$")
_SECURED = (DebtKind.MORTGAGE, DebtKind.CAR_LOAN)


def loan_kind(*names: str) -> DebtKind:
    """What a loan's product is, by whole words: "Mobillån" and "stabilitetslån" are no car loans."""
    for name in names:
        words = re.findall(r"[^\W\d_]+", unicodedata.normalize("NFC", name).lower())
        stems = {_LOAN.sub("", word) for word in words}
        for kind, purposes in _PURPOSES:
            if stems & purposes:
                return kind
    return DebtKind.OTHER


def figures(answer: Answer) -> Figures:
    """Deposits, loans (a balance only: AIS tells no rate), cards, and what moved on them.

    What becomes no figure is added to the answer's gaps.
    """
    debts: list[Debt] = []
    deposits: list[Account] = []
    for account, _ in answer.accounts:
        if account.kind == "LOAN":
            debts += _loan(answer, account)
        elif not _of_another(answer, account):
            deposits += _deposit(answer, account)
    for card, movements in answer.cards:
        debts += _card(answer, card, debits_positive(card, movements))
    moved = [*on_accounts(answer), *on_cards(answer)]
    return Figures(
        debts=tuple(replace(debt, id=name) for debt, name in zip(debts, once(d.id for d in debts), strict=True)),
        accounts=tuple(replace(one, id=name) for one, name in zip(deposits, once(d.id for d in deposits), strict=True)),
        transactions=tuple(replace(one, id=name) for one, name in zip(moved, once(m.id for m in moved), strict=True)),
        record_gaps=tuple(answer.gaps),
        reported=_reported(answer),
    )


# Accounts, loans and cards


def _own_money(answer: Answer, account: AccountRecord, what: str) -> Balance | None:
    """The account's own money in kroner. Whatever it has besides, or instead, is named as a gap."""
    feeds = (Total.DEBT,) if what == "loan" else (Total.ASSETS, Total.DEBT)
    home = own_money([one for one in account.balances if one.currency == HOME], account.limit)
    abroad = sorted({one.currency for one in account.balances} - {HOME})
    for currency in abroad:
        found = own_money([one for one in account.balances if one.currency == currency], None)
        amount = found.amount if found else None
        side = feeds if amount is None else (Total.ASSETS,) if amount > 0 else (Total.DEBT,) if amount < 0 else ()
        answer.lacks(what, _FOREIGN, *side, of=account, amount=amount, currency=currency)
    if home is None and not abroad:
        foreign = account.currency not in (HOME, "", MANY)
        reason = account.unread or (_FOREIGN if foreign else RecordGapReason.NO_AMOUNT)
        reason = RecordGapReason.CLOSED if account.status == "deleted" and not account.unread else reason
        answer.lacks(what, reason, *feeds, of=account, currency=account.currency if foreign else "")
    return home


def _of_another(answer: Answer, account: AccountRecord) -> bool:
    """An account somebody else owns and the person may only use: nothing of it is theirs."""
    theirs = not account.owners or not answer.holder or account.usage == "ORGA"
    if theirs or any(name_words(owner) & name_words(answer.holder) for owner in account.owners):
        return False
    answer.lacks("account", RecordGapReason.ANOTHER_PERSON, of=account)
    return True


def _deposit(answer: Answer, account: AccountRecord) -> Iterator[Account]:
    money = _own_money(answer, account, "account")
    if money is not None:
        owners = max(len(account.owners), 1)
        yield Account(
            id=answer.id("account", account.number, account.currency),
            number=account.number,
            name=account.name or account.product,
            product=account.product,
            usage=account.usage,
            balance=answer.sourced(money.amount, account, money.day),
            bank=answer.bank,
            limit=None if account.limit is None else answer.sourced(account.limit, account),
            share=Decimal(1) / owners,
            joint=owners > 1,
        )


def _loan(answer: Answer, account: AccountRecord) -> Iterator[Debt]:
    money = _own_money(answer, account, "loan")
    if money is not None:
        kind = loan_kind(account.product, account.name)
        yield Debt(
            id=answer.id("loan", account.number, account.currency),
            kind=kind,
            creditor=answer.bank,
            balance=answer.sourced(-money.amount, account, money.day),
            secured=kind in _SECURED,
            account=account.number,
            name=account.name or account.product,
            co_borrower=len(account.owners) > 1,
        )


def _card(answer: Answer, card: AccountRecord, positive: bool | None) -> Iterator[Debt]:
    for currency in sorted({one.currency for one in card.balances} - {HOME}):
        abroad = _drawn(card, currency, positive)
        if abroad is not None and abroad[0]:
            answer.lacks("card", _FOREIGN, Total.DEBT, of=card, amount=abroad[0], currency=currency)
    drawn = _drawn(card, HOME, positive)
    if drawn is None:
        if not any(one.currency != HOME for one in card.balances):
            closed = RecordGapReason.CLOSED if card.status == "deleted" else RecordGapReason.NO_AMOUNT
            answer.lacks("card", card.unread or closed, Total.DEBT, of=card)
        return
    owed, day = drawn
    if owed < 0 and positive is None:  # in the owner's favour, unless this bank writes what is drawn without a minus
        answer.lacks("card", RecordGapReason.UNREADABLE, Total.DEBT, of=card, amount=-owed, currency=HOME)
    yield Debt(
        id=answer.id("card", card.number, card.currency),
        kind=DebtKind.CREDIT_CARD,
        creditor=answer.bank,
        balance=answer.sourced(owed, card, day),
        limit=None if card.limit is None else answer.sourced(card.limit, card),
        name=card.name or card.product,
    )


def _drawn(card: AccountRecord, currency: str, positive: bool | None) -> tuple[Money, date | None] | None:
    """What is owed on a card: booked, and what is not invoiced yet besides; below zero it is in the owner's favour."""
    sign = 1 if positive else -1
    balances = [one for one in card.balances if one.currency == currency]
    later = sum((sign * one.amount for one in balances if one.kind == NOT_INVOICED), ZERO)
    limit = card.limit if currency == HOME else None
    best = own_money(balances, None)
    with_limit = best is None or (best.kind in AVAILABLE and best.amount >= 0 and not positive)
    if not with_limit and best is not None:
        whole = best.kind in ("expected", *AVAILABLE)
        return sign * best.amount + (ZERO if whole else later), best.day
    left = own_money([replace(one, with_limit=False) for one in balances], None)
    if left is not None and limit is not None:
        return limit - left.amount, left.day
    return (later, None) if left is None and later else None


def _reported(answer: Answer) -> tuple[Reported, ...]:
    """From the day every account tells of, to yesterday: the day that runs is not over."""
    since = [movements.since for _, movements in answer.accounts if movements.since is not None]
    if not since:
        return ()
    until = norwegian_day(answer.at) - timedelta(days=1)
    return (Reported(answer.data_set.id, Total.SPENDING, max(since), until, answer.bank),)
