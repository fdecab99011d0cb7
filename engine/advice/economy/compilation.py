"""What was found of one person, put in order once: same debts grouped, own entries placed, months and movements known.

The overview and the account of what became of each record are both made of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from engine.advice.economy import duplicates, identity, incomes, own_figures, reported
from engine.advice.economy.duplicates import Decision
from engine.advice.economy.figures import Account, Asset, Debt, DebtKind, DebtStatus, Figures, Transaction
from engine.advice.economy.money import ZERO, Money
from engine.advice.economy.payees import paid_to
from engine.advice.economy.spending import MonthlyLine, Placed, Scope, monthly, months_of, placed
from engine.advice.economy.supplements import Supplement, SupplementKind

MONTHS = 3


class Compilation:
    """The steps of one compilation, each computed once.

    supplements  what the citizen entered, oldest first
    matched      the debts, each group of records one
    corrections  id of a debt → the citizen's correction of it
    valued       id of an asset without value → the home whose value is known
    months       the whole months that what comes in and goes out is counted in
    transactions, repeated  what moved, each once, and what a source told once more
    """

    def __init__(
        self,
        found: Figures,
        as_of: date,
        supplements: Sequence[Supplement],
        before: Sequence[Debt],
    ) -> None:
        self.found = found
        self.as_of = as_of
        self.supplements = sorted(supplements, key=lambda entry: (entry.at, entry.id))
        added = [own_figures.debt(entry) for entry in self.supplements if entry.kind is SupplementKind.DEBT]
        told = [*found.debts, *(_overdraft(account) for account in found.accounts if account.balance.value < 0), *added]
        self.matched = duplicates.match(told, decisions(self.supplements), before)
        self.corrections = own_figures.corrections(self.matched.groups, self.supplements)
        self.assets, self.valued = duplicates.assets(sorted(found.assets, key=asset_order))
        self.incomes = incomes.once(found.incomes)
        debts = [group.debt for group in self.matched.groups]
        cards = frozenset(identity.account_number(t.account) for t in found.transactions if t.card)
        scope = scope_of(found.accounts, debts, categories(self.supplements))
        self.scope = replace(scope, own_accounts=scope.own_accounts | cards)
        self.months = reported.spending_months(found, as_of, MONTHS)
        self.known_months = months_of(self.months, as_of)
        self.transactions, self.repeated = each_once(found.transactions)

    @cached_property
    def spending(self) -> tuple[MonthlyLine, ...]:
        return monthly(self.transactions, self.scope, self.as_of, self.months) if self.months else ()

    @cached_property
    def placed(self) -> tuple[Placed, ...]:
        """Every movement, each once, with its category and why it is no spending."""
        return tuple(placed(self.transactions, self.scope, self.known_months))

    @cached_property
    def placed_again(self) -> tuple[Placed, ...]:
        """The same of what a source told once more."""
        return tuple(placed(self.repeated, self.scope, self.known_months))

    def drawn(self) -> tuple[MonthlyLine, ...]:
        """What the owner took out of the business: transfers from its account to a private one."""
        taken = [t for t in self.transactions if self.is_drawn(t) and t.booked.replace(day=1) in self.months]
        if not taken:
            return ()
        total = sum((t.amount for t in taken), ZERO)
        source = min((t.source for t in taken), key=lambda one: (identity.source_key(one), one.reference))
        count = len(self.months)
        return (MonthlyLine("business", (total / count).quantize(Decimal("0.01")), len(taken), (source,), count),)

    def is_drawn(self, transaction: Transaction) -> bool:
        business = self.scope.business_accounts
        return (
            bool(business)
            and transaction.amount > 0
            and not transaction.pending
            and identity.account_number(transaction.account) not in business
            and identity.account_number(transaction.counterparty_account) in business
        )


def scope_of(accounts: Sequence[Account], debts: Sequence[Debt], own: Mapping[str, str] | None = None) -> Scope:
    """Which movements are private spending, and which go to a creditor. *own*: what the citizen has said of payees."""
    return Scope(
        frozenset(identity.account_number(account.number) for account in accounts if account.number),
        frozenset(identity.account_number(account.number) for account in accounts if account.usage == "ORGA"),
        frozenset(name for debt in debts for name in paid_to(debt)),
        dict(own or {}),
    )


def categories(supplements: Iterable[Supplement]) -> dict[str, str]:
    """What the citizen has said payments are for, by ``payees.payee_key``: the newest word of each payee."""
    said = sorted((one for one in supplements if one.kind is SupplementKind.CATEGORY), key=lambda one: (one.at, one.id))
    return {one.target: one.category for one in said}


def decisions(supplements: Iterable[Supplement]) -> tuple[Decision, ...]:
    """What the citizen has said of debts that may be one, oldest first."""
    kinds = {SupplementKind.SAME_DEBT: True, SupplementKind.OTHER_DEBT: False}
    return tuple(
        Decision(frozenset({entry.target, *entry.targets}), frozenset(entry.others), kinds[entry.kind])
        for entry in supplements
        if entry.kind in kinds
    )


def each_once(found: Sequence[Transaction]) -> tuple[tuple[Transaction, ...], tuple[Transaction, ...]]:
    """The movements, and those a source told once more: the very same, by an id of its own."""
    seen: set[Transaction] = set()
    kept, repeated = [], []
    for transaction in found:
        if transaction.source.reference and transaction in seen:
            repeated.append(transaction)
        else:
            seen.add(transaction)
            kept.append(transaction)
    return tuple(kept), tuple(repeated)


def _overdraft(account: Account) -> Debt:
    """An account below zero: what is owed the bank."""
    balance = account.balance
    return Debt(
        id=account.id,
        kind=DebtKind.OVERDRAFT,
        creditor=account.bank or balance.sources[0].provider,
        balance=replace(balance, value=-balance.value),
        status=DebtStatus.OVERDUE
        if account.limit is None or -balance.value > account.limit.value
        else DebtStatus.CURRENT,
        limit=account.limit,
        account=account.number,
        creditor_orgno=account.bank_orgno,
        name=account.name,
        co_borrower=account.joint,
    )


def asset_order(asset: Asset) -> tuple[str, str, str, Money]:
    return identity.source_key(asset.source), asset.id, asset.name, asset.value.value if asset.value else ZERO


def own_part(account: Account) -> Money:
    """NOK of an account that is the person's own, where others own it too."""
    return (
        (account.balance.value * account.share).quantize(Decimal("0.01"))
        if account.share != 1
        else account.balance.value
    )
