"""Claims of collectors, each read by itself. The answer is our own design: no collector publishes one."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from engine.advice.economy.figures import DebtStatus, Figures, RecordGapReason
from integrations.inkasso.mapping import figures

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)
CLAIM = {
    "saksnummer": "1-26",
    "inkassator": {"orgnr": "974651866", "navn": "Eksempel Inkasso AS"},
    "kreditor": {"orgnr": "", "navn": "Eksempel Strøm AS"},
    "kravtype": "strøm",
    "hovedstol": 100000,
    "renter": 2000,
    "salaer": 30000,
    "omkostninger": 0,
    "innbetalt": 0,
    "saldo": 132000,
    "rentesats": "12.25",
    "opprinneligForfall": "2026-06-01",
    "status": "betalingsoppfordring",
    "kid": "12345678903",
    "kontonummer": "12345678903",
}


def read(*claims: object) -> Figures:
    return figures({"levert": "2026-11-26T23:30:00+00:00", "kravliste": list(claims)}, AT)


def gaps(found: Figures) -> list[tuple[RecordGapReason, bool]]:
    return [(gap.reason, gap.lacking) for gap in found.record_gaps]


def test_a_claim_says_what_is_owed_to_whom_and_how_it_is_paid() -> None:
    (debt,) = read(CLAIM).debts

    assert (debt.balance.value, debt.balance.as_of.isoformat()) == (Decimal("1320.00"), "2026-11-27")
    assert debt.principal and debt.interest and debt.costs
    assert (debt.principal.value, debt.interest.value, debt.costs.value) == (Decimal(1000), Decimal(20), Decimal(300))
    assert (debt.kid, debt.pay_to, debt.id) == ("12345678903", "12345678903", "inkasso.claims:974651866/1-26")


@pytest.mark.parametrize("odd", [{"status": "tvangssalg"}, {"status": None}, {"opprinneligForfall": None}])
def test_a_code_or_a_date_we_do_not_know_loses_no_claim(odd: dict[str, Any]) -> None:
    found = read(CLAIM, {**CLAIM, "saksnummer": "2", **odd})

    assert [debt.balance.value for debt in found.debts] == [Decimal("1320.00")] * 2
    if "status" in odd:
        assert found.debts[1].status is DebtStatus.UNKNOWN


@pytest.mark.parametrize(
    "odd",
    [{"hovedstol": 10100.5, "saldo": 10100.5}, {"saldo": "mye"}, {"saldo": True}, {"kreditor": None, "inkassator": 3}],
)
def test_a_claim_that_cannot_be_read_is_a_gap_of_its_own(odd: dict[str, Any]) -> None:
    found = read(CLAIM, {**CLAIM, "saksnummer": "2", **odd})

    assert [debt.case_number for debt in found.debts] == ["1-26"]
    assert gaps(found) == [(RecordGapReason.UNREADABLE, True)]


def test_parts_that_do_not_add_up_leave_the_balance_alone() -> None:
    found = read({**CLAIM, "saldo": 1010000})

    assert found.debts[0].balance.value == Decimal("10100.00") and found.debts[0].principal is None
    assert gaps(found) == [(RecordGapReason.UNREADABLE, False)]


def test_what_was_paid_goes_on_costs_then_interest_then_principal() -> None:
    (debt,) = read({**CLAIM, "innbetalt": 31000, "saldo": 101000}).debts

    assert debt.principal and debt.interest and debt.costs
    assert (debt.costs.value, debt.interest.value, debt.principal.value) == (Decimal(0), Decimal(10), Decimal(1000))


def test_a_claim_without_a_balance_is_its_parts_and_without_both_is_no_amount() -> None:
    found = read({**CLAIM, "saldo": None}, {**CLAIM, "saksnummer": "2", "saldo": None, "hovedstol": None})

    assert [debt.balance.value for debt in found.debts] == [Decimal("1320.00")]
    assert gaps(found) == [(RecordGapReason.NO_AMOUNT, True)]


def test_the_same_claim_twice_is_one_and_two_collectors_with_one_number_are_two() -> None:
    other = {**CLAIM, "inkassator": {"orgnr": "", "navn": "Annen Inkasso AS"}}

    found = read(CLAIM, other, CLAIM)

    assert len({debt.id for debt in found.debts}) == len(found.debts) == 2
    assert gaps(found) == [(RecordGapReason.REPEATED, False)]


def test_an_amount_no_person_owes_is_a_gap() -> None:
    found = read({**CLAIM, "saldo": 10**30}, CLAIM)

    assert len(found.debts) == 1 and gaps(found) == [(RecordGapReason.TOO_LARGE, True)]
