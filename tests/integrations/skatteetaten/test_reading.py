"""Skatteetaten's answers: its own examples as it documents them, and each record by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal as D
from typing import Any

import pytest

from engine.advice.economy.figures import AssetKind, DebtStatus, Figures, IncomeKind, RecordGapReason
from engine.platform.provider_errors import SourceBrokenError
from engine.platform.strict_json import Json
from integrations.skatteetaten.incomes import incomes
from integrations.skatteetaten.mapping import claims
from integrations.skatteetaten.tax_base import tax_base
from tests.integrations.fake_provider import example

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)
OWNER = "04827896468"
SINCE = date(2026, 6, 1)


def gaps(found: Figures) -> list[tuple[RecordGapReason, bool]]:
    return [(gap.reason, gap.lacking) for gap in found.record_gaps]


def test_the_published_claims_are_the_owners_and_their_firms() -> None:
    found = claims(example("skatteetaten/eksempel-aapnekrav"), AT, OWNER)

    assert [(d.creditor, d.balance.value, d.interest and d.interest.value) for d in found.debts] == [
        ("Restskatt", D("10200.00"), D("200.00"))
    ] * 2
    assert [d.id for d in found.debts] == ["skatteetaten.claims:212201782/krav-1234", "skatteetaten.claims:krav-1234"]
    assert {(d.status, d.due, d.pay_to) for d in found.debts} == {
        (DebtStatus.OVERDUE, date(2023, 2, 21), "63450624804")
    }
    assert not found.record_gaps


def test_a_claim_on_somebody_else_is_not_read() -> None:
    found = claims(example("skatteetaten/eksempel-aapnekrav"), AT, "14842249091")

    assert len(found.debts) == 1
    assert gaps(found) == [(RecordGapReason.ANOTHER_PERSON, False)] * 2, "a claim, and a payment"


def claim(*dates: dict[str, Any], **more: object) -> dict[str, Any]:
    due = [{"forfallsdato": "2026-03-15", "gjenstaaendeBeloep": 1000}, *dates][-max(len(dates), 1) :]
    return {"kravidentifikator": "k", "gjenstaaendeBeloep": 1000, "kravforfall": due, **more}


@pytest.mark.parametrize(
    ("dates", "status"),
    [
        (({"forfallsdato": "2026-03-15", "gjenstaaendeBeloep": 0}, {"forfallsdato": "2026-12-15"}), DebtStatus.CURRENT),
        (({"forfallsdato": "2026-03-15", "gjenstaaendeBeloep": 5},), DebtStatus.OVERDUE),
        (({"forfallsdato": "2026-03-15", "gjenstaaendeBeloep": 5, "utsattIverksettelse": True},), DebtStatus.PAUSED),
        (({"forfallsdato": None},), DebtStatus.CURRENT),
    ],
)
def test_what_is_paid_or_postponed_is_not_overdue(dates: tuple[dict[str, Any], ...], status: DebtStatus) -> None:
    (debt,) = claims({"aapentKravMedGjenstaaendeBeloep": [claim(*dates)]}, AT).debts

    assert debt.status is status


def test_a_credit_is_a_claim_below_zero_and_the_older_plain_text_is_read() -> None:
    (debt,) = claims(
        {"aapentKravMedGjenstaaendeBeloep": [claim(gjenstaaendeBeloep=-500, kravbeskrivelse="Til gode")]}, AT
    ).debts

    assert (debt.balance.value, debt.creditor, debt.status) == (D("-500.00"), "Til gode", DebtStatus.CURRENT)


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        ({"gjenstaaendeBeloep": "mye"}, RecordGapReason.UNREADABLE),
        ({"gjenstaaendeBeloep": None, "kravforfall": None}, RecordGapReason.UNREADABLE),
        ({"gjenstaaendeBeloep": 10**30}, RecordGapReason.TOO_LARGE),
    ],
)
def test_a_claim_that_cannot_be_read_loses_no_other(odd: dict[str, Any], reason: RecordGapReason) -> None:
    answer = {"aapentKravMedGjenstaaendeBeloep": [claim(), claim(**{"kravidentifikator": "2", **odd})]}

    found = claims(answer, AT)

    assert len(found.debts) == 1 and gaps(found) == [(reason, True)]


def test_the_published_tax_base_tells_of_the_shares() -> None:
    found = tax_base(example("skatteetaten/eksempel-v2-2023"), AT)

    assert [(a.kind, a.name, a.value and a.value.value) for a in found.assets] == [
        (AssetKind.SECURITIES, "Aksjer", D("2205524.00")),
        (AssetKind.DEPOSIT, "Kontanter", D("15790.00")),
    ]
    (summary,) = found.tax
    assert summary.year == 2023 and summary.deposits and summary.wage
    assert (summary.deposits.value, summary.wage.value) == (D("983351.00"), D("719038.00"))
    assert summary.deposits.as_of == date(2023, 12, 31)


def test_several_homes_boats_and_what_we_have_no_word_for_are_all_owned() -> None:
    wealth = [
        ("formuesverdiForPrimaerbolig", 900000),
        ("formuesverdiForPrimaerbolig", 400000),
        ("formuesverdiForFritidsbaat", 80000),
        ("formuesverdiForSkog", 5000),
        ("bruttoformue", 1385000),
    ]
    items = [{"tekniskNavn": name, "beloep": amount, "kategori": ["formue"]} for name, amount in wealth]

    found = tax_base({"inntektsaar": 2025, "grunnlag": items}, AT)

    assert [(a.kind, a.name, a.value and a.value.value) for a in found.assets] == [
        (AssetKind.HOME, "Bolig", D(900000)),
        (AssetKind.HOME, "Bolig", D(400000)),
        (AssetKind.VEHICLE, "Båt", D(80000)),
        (AssetKind.OTHER, "Skog", D(5000)),
    ]
    assert len({a.id for a in found.assets}) == 4


def month(*items: dict[str, Any], tax: Sequence[object] = (), **more: object) -> dict[str, Any]:
    return {
        "oppgaveInntektsmottaker": [
            {
                "opplysningspliktigId": "911014572",
                "virksomhetId": "911014573",
                "kalendermaaned": "2026-10",
                "inntektsmottaker": {"personidentifikator": OWNER},
                "inntekt": list(items),
                "forskuddstrekk": [{"beloep": amount} for amount in tax],
                **more,
            }
        ]
    }


def cash(amount: object, part: str = "loennsinntekt", **more: object) -> dict[str, Any]:
    return {"fordel": "kontantytelse", "beloep": amount, part: {"beskrivelse": "fastloenn"}, **more}


def read(answer: Json, at: datetime = AT) -> Figures:
    return incomes(answer, at, SINCE)


def test_tax_that_was_paid_back_is_not_withheld_and_deductions_lower_the_net() -> None:
    (income,) = read(month(cash(40000), tax=(-12000, 12000), fradrag=[{"beskrivelse": "p", "beloep": 800}])).incomes

    assert income.tax and income.net
    assert (income.gross.value, income.tax.value, income.net.value) == (D(40000), D(0), D(39200))


def test_wage_and_pension_in_one_entry_are_two_incomes_that_share_the_tax() -> None:
    found = read(month(cash(30000), cash(10000, "pensjonEllerTrygd"), tax=(-8000,))).incomes

    assert [(one.kind, one.gross.value, one.tax and one.tax.value) for one in found] == [
        (IncomeKind.WAGE, D(30000), D(6000)),
        (IncomeKind.PENSION, D(10000), D(2000)),
    ]


def test_what_is_paid_in_kind_is_no_money() -> None:
    found = read(month({"fordel": "naturalytelse", "beloep": 4000, "loennsinntekt": {}}, tax=(-1200,)))

    assert not found.incomes and gaps(found) == [(RecordGapReason.NO_AMOUNT, False)]


def test_an_entry_without_payer_or_with_deductions_alone_loses_nothing_else() -> None:
    answer = month(cash(40000))
    answer["oppgaveInntektsmottaker"] += [
        {"kalendermaaned": "2026-09", "inntekt": None, "fradrag": [{"beloep": 10}]},
        {"kalendermaaned": "2026-13", "inntekt": [cash(1)]},
        {"kalendermaaned": "2026-9", "inntekt": [cash(1)]},
        {"kalendermaaned": "2026-08", "inntekt": [cash(None)]},
        {"kalendermaaned": "2026-08", "inntekt": [cash(-57692)]},
    ]

    found = read(answer)

    assert [one.gross.value for one in found.incomes] == [D(40000), D(-57692)]
    assert gaps(found) == [(RecordGapReason.NO_AMOUNT, False), *[(RecordGapReason.UNREADABLE, True)] * 3]


@pytest.mark.parametrize(("day", "until"), [(9, date(2026, 10, 31)), (10, date(2026, 11, 30))])
def test_a_month_is_told_whole_from_the_tenth_of_the_next(day: int, until: date) -> None:
    (reported,) = read(month(cash(1)), datetime(2026, 12, day, 12, tzinfo=UTC)).reported

    assert (reported.since, reported.until) == (date(2026, 6, 1), until)


@pytest.mark.parametrize(
    "answer", [None, [], {}, {"oppgaveInntektsmottaker": None}, {"grunnlag": [], "inntektsaar": "x"}]
)
def test_an_answer_that_is_none_is_broken_and_not_empty(answer: Json) -> None:
    for reader in (read, lambda told: tax_base(told, AT), lambda told: claims(told, AT)):
        with pytest.raises(SourceBrokenError):
            reader(answer)


def test_a_payment_placed_on_no_claim_is_money_the_agency_has_of_the_person() -> None:
    told = example("skatteetaten/eksempel-aapnekrav")
    payment = told["innbetalingMedUplassertBeloep"][0]
    assert not claims(told, AT).assets, "nothing of the published payment is unplaced"

    told["innbetalingMedUplassertBeloep"] = [
        {**payment, "innbetalingsidentifikator": "inn-1", "uplassertBeloep": 750.5},
        {**payment, "innbetalingsidentifikator": "inn-1", "uplassertBeloep": 750.5},
        {**payment, "innbetalingsidentifikator": "inn-2", "uplassertBeloep": "mye"},
        {**payment, "innbetalingsidentifikator": "inn-3", "uplassertBeloep": None},
        None,
    ]
    found = claims(told, AT)

    assert [(one.id, one.kind, one.value and one.value.value) for one in found.assets] == [
        ("skatteetaten.claims:innbetaling/inn-1", AssetKind.CLAIM, D("750.5"))
    ]
    assert [gap.reason.value for gap in found.record_gaps if gap.what == "asset"] == [
        "repeated",
        "unreadable",
        "no_amount",
        "no_amount",
    ]
    assert found.debts == claims(example("skatteetaten/eksempel-aapnekrav"), AT).debts
