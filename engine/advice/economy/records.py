"""What a record said, as its source told it: where a figure that is opened ends.

Facts have keys and values; words are for whoever shows them. A number of an account is never shown whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from engine.advice.economy.figures import (
    Account,
    Asset,
    Debt,
    Enterprise,
    Figures,
    Income,
    RecordGap,
    TaxSummary,
    Transaction,
)
from engine.advice.economy.identity import account_number
from engine.advice.economy.reconciliation import Entry
from engine.advice.economy.sourced import CITIZEN, Sourced
from engine.advice.economy.supplements import Supplement

#: So many of the last signs of an account's number are shown.
SHOWN_DIGITS = 4


class Unit(StrEnum):
    """What a fact is measured in, and so how it is written."""

    KRONER = "kroner"
    PERCENT = "percent"
    DAY = "day"
    MONTH = "month"
    TEXT = "text"
    WORD = "word"  # the key of a text


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a record said. ``key`` names it."""

    key: str
    value: Decimal | date | str
    unit: Unit


def masked(number: str) -> str:
    """``••4321``: enough to know one's own account by, "" where there is none."""
    plain = account_number(number)
    return f"••{plain[-SHOWN_DIGITS:]}" if plain else ""


def facts(entry: Entry, found: Figures, own: Iterable[Supplement] = ()) -> tuple[Fact, ...]:
    """What the record of *entry* said.

    found  the answer it stands in, or more
    own    the citizen's own entries
    """
    if entry.source.data_set == CITIZEN:
        return tuple(_known(fact for one in own if f"{CITIZEN}:{one.id}" == entry.record for fact in _own(one)))
    for records, identity, told in _KINDS:
        for record in records(found):
            if identity(record) == entry.record:
                return tuple(_known(told(record)))
    return ()


def of_source(found: Figures, data_set: str) -> Figures:
    """The records that one source told, of those of several."""
    return Figures(
        debts=tuple(one for one in found.debts if one.balance.sources[0].data_set == data_set),
        assets=tuple(one for one in found.assets if one.source.data_set == data_set),
        incomes=tuple(one for one in found.incomes if one.gross.sources[0].data_set == data_set),
        accounts=tuple(one for one in found.accounts if one.balance.sources[0].data_set == data_set),
        transactions=tuple(one for one in found.transactions if one.source.data_set == data_set),
        enterprises=tuple(one for one in found.enterprises if one.source.data_set == data_set),
        tax=found.tax,
        record_gaps=tuple(one for one in found.record_gaps if one.data_set == data_set),
    )


def _known(told: Iterable[Fact | None]) -> Iterator[Fact]:
    return (fact for fact in told if fact is not None)


def _kroner(key: str, figure: Sourced[Decimal] | Decimal | None) -> Fact | None:
    value = figure.value if isinstance(figure, Sourced) else figure
    return None if value is None else Fact(key, value, Unit.KRONER)


def _percent(key: str, figure: Sourced[Decimal] | Decimal | None) -> Fact | None:
    value = figure.value if isinstance(figure, Sourced) else figure
    return None if value is None else Fact(key, value, Unit.PERCENT)


def _text(key: str, text: str, unit: Unit = Unit.TEXT) -> Fact | None:
    return Fact(key, text, unit) if text else None


def _day(key: str, day: date | None, unit: Unit = Unit.DAY) -> Fact | None:
    return None if day is None else Fact(key, day, unit)


def _share(share: Decimal) -> Fact | None:
    return None if share == 1 else Fact("share", share * 100, Unit.PERCENT)


def _debt(debt: Debt) -> Iterable[Fact | None]:
    return (
        _text("lender", debt.creditor),
        _text("collector", "" if debt.collector == debt.creditor else debt.collector),
        _text("product", debt.name),
        _text("kind", f"debt.{debt.kind.value}", Unit.WORD),
        _text("status", f"status.{debt.status.value}", Unit.WORD),
        _text("account", masked(debt.account)),
        _text("case_number", debt.case_number),
        _kroner("original", debt.original),
        _kroner("balance", debt.balance),
        _kroner("principal", debt.principal),
        _kroner("interest", debt.interest),
        _kroner("costs", debt.costs),
        _kroner("limit", debt.limit),
        _percent("rate", debt.rate),
        _kroner("monthly", debt.monthly),
        _kroner("fee", debt.fee),
        _share(debt.share),
        _day("due", debt.due),
        _text("kid", debt.kid),
        _text("pay_to", debt.pay_to),
    )


def _account(account: Account) -> Iterable[Fact | None]:
    return (
        _text("bank", account.bank),
        _text("product", " – ".join(dict.fromkeys(name for name in (account.name, account.product) if name))),
        _text("account", masked(account.number)),
        _kroner("account_balance", account.balance),
        _kroner("limit", account.limit),
        _share(account.share),
    )


def _asset(asset: Asset) -> Iterable[Fact | None]:
    tax_value = asset.value is not None and asset.value.derived == "tax_value"
    return (
        _text("what", asset.name),
        _text("kind", f"asset.{asset.kind.value}", Unit.WORD),
        _text("account", masked(asset.account)),
        _text("property", asset.matrikkel),
        _kroner("tax_value" if tax_value else "value", asset.value),
        _share(asset.share),
    )


def _income(income: Income) -> Iterable[Fact | None]:
    return (
        _text("payer", income.payer),
        _text("kind", f"income.{income.kind.value}", Unit.WORD),
        _text("payment", income.name),
        _day("month", income.month, Unit.MONTH),
        _kroner("gross", income.gross),
        _kroner("tax", income.tax),
        _kroner("attached", income.attached),
        _kroner("net", income.net),
    )


def _transaction(moved: Transaction) -> Iterable[Fact | None]:
    return (
        _text("counterparty", moved.counterparty),
        _text("text", moved.text),
        _day("booked", moved.booked),
        _kroner("moved", moved.amount),
        _text("account", masked(moved.account)),
        _text("counterparty_account", masked(moved.counterparty_account)),
        _text("kid", moved.kid),
    )


def _enterprise(one: Enterprise) -> Iterable[Fact | None]:
    return (
        _text("enterprise", one.name),
        _text("enterprise_number", one.orgno),
        _text("industry", one.industry),
        _day("registered", one.registered),
    )


def _tax(summary: TaxSummary) -> Iterable[Fact | None]:
    return (
        _text("income_year", str(summary.year)),
        _kroner("tax_debt", summary.debt),
        _kroner("tax_deposits", summary.deposits),
        _kroner("tax_wealth", summary.gross_wealth),
        _kroner("tax_wage", summary.wage),
    )


def _gap(gap: RecordGap) -> Iterable[Fact | None]:
    return (
        _text("told_by", gap.who),
        _text("kind", f"gap.{gap.what}", Unit.WORD),
        _text("told", f"{gap.amount:f} {gap.currency}".strip() if gap.amount is not None else ""),
    )


def _own(entry: Supplement) -> Iterable[Fact | None]:
    return (
        _text("what", entry.name),
        _text("kind", f"supplement.kind.{entry.kind.value}", Unit.WORD),
        _kroner("amount", entry.amount),
        _percent("rate", entry.rate),
        _kroner("monthly", entry.monthly),
    )


def _tax_records(found: Figures) -> Sequence[tuple[str, TaxSummary]]:
    """Each sum of an assessment is a record, and all are shown by any of them."""
    made = []
    for summary in found.tax:
        sums = {
            "debt": summary.debt,
            "deposits": summary.deposits,
            "gross_wealth": summary.gross_wealth,
            "wage": summary.wage,
        }
        made += [
            (f"{figure.sources[0].data_set}:{summary.year}/{name}", summary) for name, figure in sums.items() if figure
        ]
    return made


#: Where records of a kind stand in an answer, what identifies one, and what it says.
_KINDS: tuple[tuple[Callable[..., Iterable[object]], Callable[..., str], Callable[..., Iterable[Fact | None]]], ...] = (
    (lambda found: found.debts, lambda one: one.id, _debt),
    (lambda found: found.accounts, lambda one: one.id, _account),
    (lambda found: found.assets, lambda one: one.id, _asset),
    (lambda found: found.incomes, lambda one: one.id, _income),
    (lambda found: found.transactions, lambda one: one.id, _transaction),
    (lambda found: found.enterprises, lambda one: f"{one.source.data_set}:{one.orgno}", _enterprise),
    (_tax_records, lambda one: one[0], lambda one: _tax(one[1])),
    (lambda found: found.record_gaps, lambda one: f"{one.data_set}:{one.reference}", _gap),
)
