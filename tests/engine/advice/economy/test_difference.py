"""What is left of two sides of which a part may be missing is never said with more certainty than there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.advice.economy.difference import Bound, Difference, bound, unseen
from engine.advice.economy.figures import Asset, AssetKind, Debt, DebtKind, Figures, Gap, GapReason, Total
from engine.advice.economy.overview import Overview, build
from engine.advice.economy.sourced import Source, Sourced
from engine.advice.economy.supplements import Supplement, SupplementKind
from tests.conftest import START

KINDS = {Total.INCOME: SupplementKind.INCOME, Total.SPENDING: SupplementKind.SPENDING}


def overview(income: int | None, spending: int | None, *lacking: Total) -> Overview:
    """An overview of what the citizen entered, with a source missing that feeds *lacking*."""
    entered = {Total.INCOME: income, Total.SPENDING: spending}
    added = [
        Supplement(total.value, KINDS[total], "entered", Decimal(amount), START)
        for total, amount in entered.items()
        if amount is not None
    ]
    gaps = [Gap("bank.accounts", "", GapReason.NOT_ANSWERED, tuple(lacking))] if lacking else []
    return build(Figures(), as_of=date(2026, 11, 23), gaps=tuple(gaps), supplements=tuple(added))


@pytest.mark.parametrize(
    ("lacking", "known"),
    [
        ((), Bound.EXACT),
        ((Total.INCOME,), Bound.AT_LEAST),
        ((Total.SPENDING,), Bound.AT_MOST),
        ((Total.INCOME, Total.SPENDING), Bound.OPEN),
        ((Total.DEBT,), Bound.EXACT),
    ],
)
def test_what_is_left_is_as_sure_as_its_sides(lacking: tuple[Total, ...], known: Bound) -> None:
    assert bound(overview(30_000, 20_000, *lacking), Total.INCOME, Total.SPENDING) is known


@pytest.mark.parametrize(("income", "spending"), [(None, 20_000), (30_000, None)])
def test_nothing_is_left_of_what_nobody_knows(income: int | None, spending: int | None) -> None:
    unknown = Total.INCOME if income is None else Total.SPENDING
    assert bound(overview(income, spending, unknown), Total.INCOME, Total.SPENDING) is Bound.OPEN


kroner = st.integers(min_value=0, max_value=100_000).map(Decimal)


@given(kroner, kroner, kroner, kroner)
def test_what_is_said_holds_whatever_was_missing(
    plus: Decimal, more_plus: Decimal, less: Decimal, more: Decimal
) -> None:
    """The true figure, with what was missing of one side or the other, is never against what was said."""
    for known, truth in (
        (Bound.AT_LEAST, plus + more_plus - less),
        (Bound.AT_MOST, plus - (less + more)),
        (Bound.EXACT, plus - less),
    ):
        told = Difference(plus - less, known)
        true_size = truth if told.amount >= 0 else -truth
        if told.size_bound is Bound.AT_LEAST:
            assert true_size >= told.size
        elif told.size_bound is Bound.AT_MOST:
            assert true_size <= told.size
        else:
            assert true_size == told.size


@pytest.mark.parametrize(
    ("on_account", "lacking", "said"),
    [
        (500, (), Decimal(500)),
        (9_999, (), Decimal(9_999)),
        (10_000, (), None),
        (None, (), Decimal(0)),
        (500, (Total.INCOME,), Decimal(500)),
        (500, (Total.SPENDING,), None),
        (500, (Total.INCOME, Total.SPENDING), None),
        (None, (Total.ASSETS,), None),
        (500, (Total.ASSETS,), Decimal(500)),
    ],
)
def test_an_empty_account_beside_money_left_is_said_aloud(
    on_account: int | None, lacking: tuple[Total, ...], said: Decimal | None
) -> None:
    made = overview(30_000, 20_000, *lacking)
    source = Source("bank.accounts", "Banken", START, "consent", "a")
    deposit = Asset(
        "a", AssetKind.DEPOSIT, "Brukskonto", Sourced(Decimal(on_account or 0), (source,), START.date()), source
    )
    made = replace(made, assets=(deposit,) if on_account is not None else ())

    assert unseen(made) == said


def test_nothing_is_said_to_be_unseen_where_more_goes_out_than_comes_in() -> None:
    assert unseen(overview(20_000, 30_000)) is None


def test_an_overdrawn_account_is_told_for_itself() -> None:
    source = Source("bank.accounts", "Banken", START, "consent", "a")
    debt = Debt(
        id="o", kind=DebtKind.OVERDRAFT, creditor="Banken", balance=Sourced(Decimal(8_240), (source,), START.date())
    )
    assert unseen(replace(overview(30_000, 20_000), debts=(debt,))) is None
