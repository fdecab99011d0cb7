"""Which account is for what (R59, R60): tagged by the owner, suggested from what the sources say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from engine.advice.economy.figures import Account, Enterprise


class Tag(StrEnum):
    """``SET_ASIDE`` holds tax and VAT together."""

    PRIVATE = "private"
    BUSINESS = "business"
    TAX = "tax"
    VAT = "vat"
    SET_ASIDE = "set_aside"


#: account number → tag.
Tagging = Mapping[str, Tag]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``reason`` is a text key: usage | name | register | none."""

    account: Account
    tag: Tag
    reason: str


def suggest(accounts: Sequence[Account], enterprises: Sequence[Enterprise]) -> tuple[Suggestion, ...]:
    """One suggestion per account: the bank's own word first, then the account's name, then the business's name."""
    names = [enterprise.name.lower().split()[0] for enterprise in enterprises if enterprise.name]
    return tuple(_suggest(account, names) for account in accounts)


def _suggest(account: Account, names: Iterable[str]) -> Suggestion:
    name = account.name.lower()
    tax, vat = "skatt" in name, "mva" in name or "moms" in name or "avgift" in name
    if tax and vat:
        return Suggestion(account, Tag.SET_ASIDE, "name")
    if tax:
        return Suggestion(account, Tag.TAX, "name")
    if vat:
        return Suggestion(account, Tag.VAT, "name")
    if account.usage == "ORGA":
        return Suggestion(account, Tag.BUSINESS, "usage")
    if any(word in name for word in names):
        return Suggestion(account, Tag.BUSINESS, "register")
    return Suggestion(account, Tag.PRIVATE, "none")


def numbers(tagging: Tagging, *tags: Tag) -> frozenset[str]:
    """The account numbers that carry one of *tags*."""
    return frozenset(number for number, tag in tagging.items() if tag in tags)
