"""What Nav pays: test data of Nav's own service for citizens, and each benefit by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from engine.advice.economy.figures import Figures, RecordGapReason
from engine.platform.provider_errors import SourceBrokenError
from integrations.nav.client import benefits
from tests.integrations.fake_provider import PID, list_example, request

ASKED = replace(request(), since=date(2026, 1, 1))
PAYMENT: dict[str, Any] = {
    "posteringsdato": "2026-10-31",
    "utbetalingsdato": "2026-11-02",
    "forfallsdato": "2026-11-01",
    "utbetaltTil": {"aktoertype": "PERSON", "ident": PID},
    "utbetalingsstatus": "Utbetalt",
}
BENEFIT: dict[str, Any] = {
    "ytelsestype": "Dagpenger",
    "ytelsesperiode": {"fom": "2026-10-12", "tom": "2026-10-25"},
    "ytelseNettobeloep": 7000,
    "ytelseskomponentersum": 10000,
    "skattsum": -2000,
    "trekkListe": [{"trekktype": "Utleggstrekk", "trekkbeloep": -1000, "kreditor": "Kommunen"}],
}


def read(*benefit: dict[str, Any], **payment: str | None) -> Figures:
    return benefits([{**PAYMENT, "ytelseListe": list(benefit or (BENEFIT,)), **payment}], ASKED)


def gaps(found: Figures) -> list[tuple[RecordGapReason, bool]]:
    return [(gap.reason, gap.lacking) for gap in found.record_gaps]


def test_the_published_payments_are_all_read_when_they_are_the_persons_own() -> None:
    told = list_example("nav/alle_utbetalinger_tidligere_default")
    for payment in told:
        payment["utbetaltTil"]["ident"] = PID

    found = benefits(told, ASKED)

    assert [(one.name, one.month, one.net and one.net.value) for one in found.incomes][:3] == [
        ("Foreldrepenger", date(2023, 2, 1), D("2600.87")),
        ("Økonomisk sosialhjelp", date(2023, 2, 1), D("2311.13")),
        ("Dagpenger", date(2022, 8, 1), D("3788.00")),
    ]
    assert len(found.incomes) == len({one.id for one in found.incomes}) == 12 and not found.record_gaps


def test_a_payment_to_somebody_else_or_to_an_employer_is_no_income() -> None:
    assert (
        gaps(benefits(list_example("nav/alle_utbetalinger_tidligere_default"), ASKED))
        == [(RecordGapReason.ANOTHER_PERSON, False)] * 12
    )
    assert gaps(read({**BENEFIT, "refundertForOrg": "889640782"})) == [(RecordGapReason.ANOTHER_PERSON, False)]


def test_it_belongs_to_the_month_it_was_paid_with_what_was_withheld() -> None:
    (income,) = read().incomes

    assert income.month == date(2026, 11, 1) and income.tax and income.attached and income.net
    assert (income.gross.value, income.tax.value, income.attached.value, income.net.value) == (
        D(10000),
        D(2000),
        D(1000),
        D(7000),
    )


def test_what_is_paid_back_is_not_withheld() -> None:
    back = {**BENEFIT, "skattsum": 300, "trekkListe": [{"trekkbeloep": 200}], "ytelseNettobeloep": None}

    (income,) = read(back).incomes

    assert income.tax and income.attached and income.net
    assert (income.tax.value, income.attached.value, income.net.value) == (D(-300), D(-200), D(10500))


def test_two_fortnights_of_one_benefit_are_two_incomes() -> None:
    second = {**BENEFIT, "ytelsesperiode": {"fom": "2026-10-26"}}

    assert len({one.id for one in read(BENEFIT, second).incomes}) == 2


@pytest.mark.parametrize(
    ("payment", "reason"),
    [
        ({"utbetalingsdato": None, "forfallsdato": "2026-12-20"}, RecordGapReason.NOT_YET),
        ({"utbetalingsstatus": "Returnert til Nav"}, RecordGapReason.CLOSED),
    ],
)
def test_what_is_to_come_or_came_back_is_no_income_and_nothing_is_lacking(
    payment: dict[str, str | None], reason: RecordGapReason
) -> None:
    found = read(**payment)

    assert not found.incomes and gaps(found) == [(reason, False)]


def test_nulls_where_nav_allows_them_lose_nothing() -> None:
    nulls = {"ytelsestype": None, "ytelseNettobeloep": None, "trekkListe": [{"trekkbeloep": None}], "skattsum": None}

    (income,) = read({**BENEFIT, **nulls}, utbetalingsdato=None).incomes

    assert (income.gross.value, income.net and income.net.value, income.name) == (D(10000), D(10000), "Ytelse")


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        ({"ytelseNettobeloep": "mye"}, RecordGapReason.UNREADABLE),
        ({"ytelseskomponentersum": 10**30}, RecordGapReason.TOO_LARGE),
        ({"ytelseskomponentersum": None, "ytelseNettobeloep": None}, RecordGapReason.NO_AMOUNT),
    ],
)
def test_a_benefit_that_cannot_be_read_loses_no_other(odd: dict[str, Any], reason: RecordGapReason) -> None:
    found = read(BENEFIT, {**BENEFIT, **odd})

    assert len(found.incomes) == 1 and gaps(found) == [(reason, True)]


def test_the_same_payment_twice_is_one_and_no_list_is_no_answer() -> None:
    payment = {**PAYMENT, "ytelseListe": [BENEFIT]}

    assert len(benefits([payment, payment], ASKED).incomes) == 1
    with pytest.raises(SourceBrokenError):
        benefits({"feil": "x"}, ASKED)
