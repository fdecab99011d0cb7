"""What one bank has answered to one question: accounts and cards with their movements, and what is lacking."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from engine.advice.economy.figures import RecordGap, RecordGapReason, Total
from engine.advice.economy.money import Money
from engine.advice.economy.sourced import Source, Sourced
from engine.advice.evidence.datasets import DataSetMetadata
from engine.platform.calendar import norwegian_day
from integrations.bank.schema import AccountRecord, Entry
from integrations.record import digest


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


def name_words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W\d_]+", unicodedata.normalize("NFKC", name).casefold()))
