"""Berlin Group answers → figures.

Sign     a written minus stands. Only where a bank writes no minus at all does the side that is named decide: the
         standard's own sample shows outgoing entries without one. The owner's own name and account are no other side.
Balance  the newest booked one, never one with the credit limit in it.
Card     what is drawn is owed; below zero the bank owes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from engine.advice.economy.figures import (
    Account,
    Debt,
    DebtKind,
    Figures,
    RecordGap,
    RecordGapReason,
    Reported,
    Total,
    Transaction,
)
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.sourced import Source, Sourced
from engine.advice.evidence.datasets import DataSetMetadata
from engine.platform.calendar import norwegian_day
from integrations.bank.schema import (
    AVAILABLE,
    HOME,
    MANY,
    NOT_INVOICED,
    AccountRecord,
    Balance,
    Entry,
    Side,
    own_money,
)
from integrations.record import digest, once

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
#: Families of ISO 20022 transaction codes that tell which way money went: transfers, direct debits and card payments.
_IN, _OUT = ("RCDT", "RRCT", "IDDT", "MCRD"), ("ICDT", "IRCT", "RDDT", "CCRD")
#: Words of a text that tell of money coming back from the one who had it.
_RETURNED = frozenset({"retur", "refusjon", "refund", "tilbakebetaling", "tilbakeføring", "kreditnota"})
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


@dataclass(slots=True)
class Movements:
    """What was told of one account's movements.

    since            the first day they were asked from, ``None`` = not told
    debits_positive  of a card: as ``AccountRecord.debits_positive``, where it stands with the movements
    """

    booked: list[Entry] = field(default_factory=list)
    pending: list[Entry] = field(default_factory=list)
    since: date | None = None
    debits_positive: bool | None = None


@dataclass(slots=True)
class Answer:
    """What one bank has answered to one question.

    data_set  what was asked for
    bank      the bank's name as shown
    holder    the name of the one who was asked about, "" where nobody knows
    accounts, cards  each with its movements
    gaps      what could not be had or read
    """

    data_set: DataSetMetadata
    bank: str
    at: datetime
    holder: str = ""
    accounts: list[tuple[AccountRecord, Movements]] = field(default_factory=list)
    cards: list[tuple[AccountRecord, Movements]] = field(default_factory=list)
    gaps: list[RecordGap] = field(default_factory=list)

    def lacks(
        self,
        what: str,
        reason: RecordGapReason,
        *feeds: Total,
        of: AccountRecord | None = None,
        amount: Decimal | None = None,
        currency: str = "",
        count: int = 1,
    ) -> None:
        """Name a record that becomes no figure; *feeds* are the totals it would have been part of."""
        who = f"{self.bank}, {shown(of)}" if of else self.bank
        reference = of.resource if of else ""
        self.gaps.append(RecordGap(self.data_set.id, what, reason, who, reference, feeds, amount, currency, count))

    def id(self, *parts: str) -> str:
        """The same for as long as the record is the same, whatever the consent it is asked with."""
        return f"{self.data_set.id}:{digest(*parts)}"

    def source(self, reference: str) -> Source:
        basis = self.data_set.requirement.value
        return Source(self.data_set.id, self.bank, self.at, basis, reference, self.bank)

    def sourced(
        self, value: Money, account: AccountRecord, day: date | None = None, derived: str = ""
    ) -> Sourced[Money]:
        """A figure with the bank's own date where it tells one."""
        return Sourced(value, (self.source(account.resource),), day or norwegian_day(self.at), derived)


def shown(account: AccountRecord) -> str:
    """What an account is called on a page: never its whole number."""
    return f"{account.name or account.product or account.kind} ••{account.number[-4:]}".strip()


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
    moved = [*_on_accounts(answer), *_on_cards(answer)]
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
    if theirs or any(_words(owner) & _words(answer.holder) for owner in account.owners):
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


# Movements


def _on_accounts(answer: Answer) -> Iterator[Transaction]:
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


def _on_cards(answer: Answer) -> Iterator[Transaction]:
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
            "transaction", _FOREIGN, Total.SPENDING, of=account, amount=total, currency=currency, count=len(amounts)
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
    return -entry.amount if to_another and not _words(entry.text) & _RETURNED else entry.amount


def _is_own(side: Side, account: AccountRecord, holder: str) -> bool:
    """Whether a side is this account: by its number where that is told, else by the owner's name."""
    name, number = side
    if number:
        return number == account.number
    words = _words(name)
    return any(words and (words == own or len(words & own) > 1) for own in map(_words, (*account.owners, holder)))


def _words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W\d_]+", unicodedata.normalize("NFKC", name).casefold()))


def _reported(answer: Answer) -> tuple[Reported, ...]:
    """From the day every account tells of, to yesterday: the day that runs is not over."""
    since = [movements.since for _, movements in answer.accounts if movements.since is not None]
    if not since:
        return ()
    until = norwegian_day(answer.at) - timedelta(days=1)
    return (Reported(answer.data_set.id, Total.SPENDING, max(since), until, answer.bank),)
