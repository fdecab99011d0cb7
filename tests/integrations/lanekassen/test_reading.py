"""Lånekassen's balance. Its documentation has one sample, whose total is 0 beside parts that are not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from engine.advice.economy.figures import Figures, RecordGapReason
from engine.platform.provider_errors import SourceBrokenError
from integrations.lanekassen.client import figures
from tests.integrations.fake_provider import request


def account(name: str, amount: object, currency: str = "NOK", at: str = "2026-11-20T08:00:00+01:00") -> dict[str, Any]:
    balance = {
        "BalanceType": "closingBooked",
        "BalanceAmount": {"currency": currency, "amount": amount},
        "LastChangeDateTime": at,
    }
    return {"Name": name, "Balances": [balance]}


SAMPLE = [account("Lån", 12684.79), account("Renter", 90.44), account("Gebyr", 280.0)]


def read(*accounts: dict[str, Any] | None, total: float | None = 0) -> Figures:
    return figures({"Accounts": list(accounts), "TotalAmount": total}, request())


def gaps(found: Figures) -> list[tuple[RecordGapReason, bool]]:
    return [(gap.reason, gap.lacking) for gap in found.record_gaps]


def test_the_documented_sample_is_a_debt_of_its_parts() -> None:
    (debt,) = read(*SAMPLE).debts

    assert debt.principal and debt.interest and debt.costs
    assert (debt.balance.value, debt.balance.as_of) == (D("13055.23"), date(2026, 11, 20))
    assert (debt.principal.value, debt.interest.value, debt.costs.value) == (D("12684.79"), D("90.44"), D("280.00"))


def test_two_loans_are_added_and_costs_of_another_name_are_owed_too() -> None:
    (debt,) = read(account("Lån", 300000), account("Lån", 50000), account("Omkostninger", 20), account("Nytt", 5)).debts

    assert debt.principal and debt.costs
    assert (debt.principal.value, debt.costs.value, debt.balance.value) == (D(350000), D(20), D(350025))


def test_an_overpaid_loan_is_below_zero_and_nothing_is_no_debt() -> None:
    assert [debt.balance.value for debt in read(account("Lån", -500)).debts] == [D(-500)]
    assert read().debts == () and read(account("Lån", 0)).debts == ()


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        (account("Renter", None), RecordGapReason.NO_AMOUNT),
        (account("Renter", "mye"), RecordGapReason.UNREADABLE),
        (account("Renter", 10**30), RecordGapReason.TOO_LARGE),
        (account("Renter", 5, "EUR"), RecordGapReason.FOREIGN_CURRENCY),
        ({"Name": "Renter", "Balances": []}, RecordGapReason.NO_AMOUNT),
        (None, RecordGapReason.NO_AMOUNT),
    ],
)
def test_a_part_that_cannot_be_read_leaves_the_rest_and_says_so(
    odd: dict[str, Any] | None, reason: RecordGapReason
) -> None:
    found = read(account("Lån", 100), odd)

    assert [debt.balance.value for debt in found.debts] == [D(100)] and gaps(found) == [(reason, True)]


def test_where_a_part_cannot_be_read_the_total_says_what_is_owed() -> None:
    (debt,) = read(account("Lån", 100), account("Renter", "mye"), total=130).debts

    assert (debt.balance.value, debt.principal) == (D(130), None)


def test_an_answer_without_accounts_is_broken() -> None:
    with pytest.raises(SourceBrokenError):
        figures({"feil": 1}, request())
