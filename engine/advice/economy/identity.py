"""How a record is known again tomorrow, and from another source: by what does not change of it, written in one way.

An account number is the same with dots, with spaces, or inside an IBAN. A creditor is its organisation number where
that is told, else its name without the words every bank and company has. A fingerprint is made of these, never of a
place in a list, of a balance, or of which source answered last.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TypeVar

from engine.advice.economy.figures import Account, Debt
from engine.advice.economy.sourced import Source

_SEPARATORS = re.compile(r"[\s.\-‐-―]+")
_NORWEGIAN_IBAN = re.compile(r"NO\d{2}(\d{11})")
_WHOLE_NUMBER = re.compile(r"\d{11}|[A-Z]{2}\d{2}[A-Z0-9]{8,30}")
_BRANCH = re.compile(
    r"\b(filial i norge|filial av|norway branch|norwegian branch|norsk avdeling av utenlandsk foretak)\b"
)
_WORD = re.compile(r"[^\W_]+")
_COMPANY_WORDS = frozenset(
    {"bank", "banken", "as", "asa", "sa", "ba", "da", "ans", "ks", "ab", "abp", "oyj", "plc", "ltd", "inc", "nuf"}
    | {"publ", "filial", "branch", "norge", "norway", "no", "com"}
)
T = TypeVar("T")


def account_number(text: str) -> str:
    """An account number in one form: the 11 digits of a Norwegian one, another IBAN whole, a masked one as told."""
    plain = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()
    norwegian = _NORWEGIAN_IBAN.fullmatch(plain)
    return norwegian[1] if norwegian else plain


def whole_account_number(text: str) -> str:
    """As ``account_number``, but "" for one that is masked or is no account number: it proves nothing."""
    number = account_number(text)
    return number if _WHOLE_NUMBER.fullmatch(number) else ""


def name_words(text: str) -> tuple[str, ...]:
    """A creditor's name as words, without those every bank and company has. A name of nothing else keeps them all."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("a/s", "as")
    words = tuple(_WORD.findall(_BRANCH.sub(" ", plain)))
    telling = tuple(word for word in words if word not in _COMPANY_WORDS)
    return telling or words


def same_name(one: str, other: str) -> bool:
    """Whether two names are one creditor's."""
    words = name_words(one)
    return bool(words) and words == name_words(other)


def source_key(source: Source) -> str:
    """Who told it: the data set, and which of several behind it. Two records of one are never guessed to be one."""
    return f"{source.data_set}/{source.institution}" if source.institution else source.data_set


def fingerprint(debt: Debt) -> str:
    """A short text that stays the same for as long as a debt is the same debt, whoever tells of it."""
    account = account_number(debt.account)
    case = _SEPARATORS.sub("", debt.case_number).casefold()
    who = debt.creditor_orgno or " ".join(name_words(debt.creditor))
    if account:
        known = ("account", account)
    elif case:
        collector = debt.collector_orgno or " ".join(name_words(debt.collector or debt.creditor))
        known = ("case", f"{collector}/{case}")
    else:
        granted = debt.original or debt.limit
        known = (
            "terms",
            f"{who}/{debt.kind.value}/{granted.value.normalize():f}" if granted else f"{who}/{debt.kind.value}",
        )
    return "debt-" + hashlib.sha256("\n".join(known).encode()).hexdigest()[:20]


def fingerprints(debts: Sequence[Debt]) -> tuple[str, ...]:
    """The fingerprint of each record of one source. Those that nothing tells apart are numbered by rate and balance."""
    plain = [fingerprint(debt) for debt in debts]
    found = list(plain)
    for text in set(plain):
        alike = [place for place, one in enumerate(plain) if one == text]
        alike.sort(key=lambda place: _told(debts[place]))
        for number, place in enumerate(alike[1:], start=2):
            found[place] = f"{text}.{number}"
    return tuple(found)


def _told(debt: Debt) -> tuple[Decimal, Decimal, str, str]:
    return (debt.rate.value if debt.rate else Decimal(-1), debt.balance.value, debt.name, debt.id)


def account_key(account: Account) -> str:
    """The number of an account in one form, or its id where no number was told."""
    return account_number(account.number) or account.id


def once(found: Iterable[T]) -> tuple[T, ...]:
    """Each once, in the order first met."""
    return tuple(dict.fromkeys(found))
