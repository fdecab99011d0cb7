"""What the business earns: turnover, costs and what the owner takes out, from tagged transactions."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from engine.advice.economy.enk.tagging import Tag, Tagging, numbers
from engine.advice.economy.figures import Transaction
from engine.advice.economy.money import ZERO, Money

_ORE = Decimal("0.01")
#: Payments to these are tax and VAT, not costs of the business.
AUTHORITIES = ("skatteetaten", "skattekontoret", "skatteinnkrev")


@dataclass(frozen=True, slots=True)
class AccountDay:
    """What moved on an account in a day, added up as far as the figures of a business tell movements apart.

    other         the account on the other side where its number is known, "" else
    to_authority  whether the other side is a tax authority by its name
    outgoing      whether it went out;  ``amount``: NOK, negative out
    """

    account: str
    other: str
    to_authority: bool
    outgoing: bool
    booked: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Movement:
    """What moved in the business, sorted. ``kind``: sales | cost | own_pay | set_aside | authority | other."""

    kind: str
    booked: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Result:
    """NOK of a stretch of time, VAT included as it passed through the account.

    start, end  first and last day counted
    sales, costs, own_pay, paid   all positive amounts; ``paid`` went to the tax authority
    """

    start: date
    end: date
    sales: Money
    costs: Money
    own_pay: Money
    paid: Money

    @property
    def profit(self) -> Money:
        return self.sales - self.costs


def account_days(transactions: Iterable[Transaction], known: Collection[str]) -> tuple[AccountDay, ...]:
    """The movements added up. *known*: the account numbers that are, or may come to be, tagged."""
    is_authority = cache(_is_authority)
    sums: dict[tuple[str, str, bool, bool, date], Money] = {}
    for one in transactions:
        other = one.counterparty_account if one.counterparty_account in known else ""
        key = one.account, other, is_authority(one.counterparty), one.amount < 0, one.booked
        sums[key] = sums.get(key, ZERO) + one.amount
    return tuple(AccountDay(*key, amount) for key, amount in sums.items())


def _is_authority(name: str) -> bool:
    return any(one in name.lower() for one in AUTHORITIES)


def movements(days: Iterable[AccountDay], tagging: Tagging) -> tuple[Movement, ...]:
    """What moved on the business accounts, sorted. Money between own accounts is neither sale nor cost."""
    business = numbers(tagging, Tag.BUSINESS)
    aside = numbers(tagging, Tag.TAX, Tag.VAT, Tag.SET_ASIDE)
    private = numbers(tagging, Tag.PRIVATE)
    return tuple(
        Movement(_kind(one, business, aside, private), one.booked, abs(one.amount))
        for one in days
        if one.account in business
    )


def _kind(one: AccountDay, business: frozenset[str], aside: frozenset[str], private: frozenset[str]) -> str:
    if one.other in business:
        return "other"
    if one.other in aside:
        return "set_aside"
    if one.other in private:
        return "own_pay" if one.outgoing else "other"
    if one.to_authority:
        return "authority" if one.outgoing else "other"
    return "cost" if one.outgoing else "sales"


def result(found: Iterable[Movement], start: date, end: date) -> Result:
    """What happened from *start* to *end*, both counted."""
    sums = {"sales": ZERO, "cost": ZERO, "own_pay": ZERO, "authority": ZERO}
    for movement in found:
        if movement.kind in sums and start <= movement.booked <= end:
            sums[movement.kind] += movement.amount
    return Result(start, end, sums["sales"], sums["cost"], sums["own_pay"], sums["authority"])


def year_share(as_of: date, since: date) -> Decimal:
    """How much of the year lies from *since* to *as_of*, by days: more than 0, at most 1."""
    first, last = date(as_of.year, 1, 1), date(as_of.year, 12, 31)
    days = (as_of - max(since, first)).days + 1
    return Decimal(max(days, 1)) / Decimal((last - first).days + 1)


def projected(amount: Money, share: Decimal) -> Money:
    """The whole year at the same pace, NOK."""
    return (amount / share).quantize(_ORE, rounding=ROUND_HALF_UP)
