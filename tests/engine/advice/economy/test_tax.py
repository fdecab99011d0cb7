"""The vectors of the tax reference to the øre, and what must hold for every income."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.advice.economy.rates import UnknownYearError, known_years, rates
from engine.advice.economy.tax.estimate import estimate, of_business
from engine.advice.economy.tax.income import TaxableIncome
from engine.advice.economy.tax.line import percent_of

YEARS = st.sampled_from(known_years())
NOK = st.integers(0, 3_000_000).map(Decimal)


@pytest.mark.parametrize(
    ("year", "profit", "total"),
    [
        (2026, 90_000, "0"),
        (2026, 150_000, "20388.70"),
        (2026, 300_000, "74457.50"),
        (2026, 600_000, "184436.60"),
        (2026, 900_000, "311806.75"),
        (2026, 1_200_000, "458123.65"),
        (2025, 300_000, "76223.20"),
        (2025, 600_000, "186784.05"),
        (2025, 900_000, "317160.50"),
        (2024, 300_000, "81312.60"),
        (2024, 600_000, "192312.60"),
        (2024, 900_000, "325392.60"),
    ],
)
def test_the_vectors_of_the_reference(year: int, profit: int, total: str) -> None:
    found = estimate(TaxableIncome(profit=Decimal(profit)), year)
    assert found.total == Decimal(total)
    assert sum(line.amount for line in found.lines) == found.total


@pytest.mark.parametrize(
    ("year", "profit", "wages", "age", "finnmark", "total"),
    [
        (2026, 450_000, 0, 40, False, "129236.60"),
        (2026, 99_650, 0, 40, False, "0"),
        (2026, 99_651, 0, 40, False, "0.25"),
        (2026, 175_000, 0, 40, False, "32138.70"),
        (2026, 300_000, 0, 16, False, "57357.50"),
        (2026, 300_000, 0, 70, False, "57357.50"),
        (2026, 300_000, 250_000, 40, False, "136982.60"),
        (2026, 50_000, 450_000, 40, False, "112182.60"),
        (2026, 600_000, 0, 40, True, "159120.50"),
        (2026, 2_500_000, 0, 40, False, "1113251.65"),
        (2026, -100_000, 600_000, 40, False, "122182.60"),
        (2025, 20_000, 60_000, 40, False, "0"),
        (2025, 1_500_000, 300_000, 40, False, "736341.00"),
        (2024, 80_000, 0, 40, False, "2587.50"),
        (2024, 700_000, 700_000, 70, False, "467176.60"),
    ],
)
def test_other_incomes_reckoned_by_hand(
    year: int, profit: int, wages: int, age: int, finnmark: bool, total: str
) -> None:
    """Exact fractions of table 9.1, computed outside this code."""
    income = TaxableIncome(profit=Decimal(profit), wages=Decimal(wages), age=age, finnmark=finnmark)
    assert estimate(income, year).total == Decimal(total)


def test_the_parts_of_a_vector_are_told_apart() -> None:
    found = estimate(TaxableIncome(profit=Decimal(900_000)), 2026)
    parts = {name: sum(x.amount for x in found.lines if x.rule.startswith(name)) for name in ("gen", "br", "nat")}
    assert parts == {"gen": Decimal("172801.20"), "br": Decimal("41805.55"), "nat": Decimal("97200.00")}


def test_the_phase_in_binds_just_above_the_lower_limit() -> None:
    found = estimate(TaxableIncome(profit=Decimal(150_000)), 2026)
    (line,) = (x for x in found.lines if x.rule.startswith("national"))
    assert (line.rule, line.basis, line.amount) == (
        "national_insurance.phase_in",
        Decimal("50350.00"),
        Decimal("12587.50"),
    )


def test_wages_have_a_standard_deduction_and_their_own_rate() -> None:
    found = estimate(TaxableIncome(wages=Decimal(500_000)), 2026)
    # (500 000 - 95 700 - 114 540) x 22 % + 92 200 x 1.7 % + 181 700 x 4 % + 500 000 x 7.6 %
    assert found.total == Decimal("63747.20") + Decimal("1567.40") + Decimal("7268.00") + Decimal("38000.00")


def test_business_beside_wages_pays_its_own_rate_of_national_insurance() -> None:
    both = estimate(TaxableIncome(profit=Decimal(200_000), wages=Decimal(400_000)), 2026)
    amounts = {line.rule: line.amount for line in both.lines}
    assert amounts["national_insurance.wages"] == Decimal("30400.00")
    assert amounts["national_insurance.business"] == Decimal("21600.00")


@pytest.mark.parametrize(("age", "rate"), [(16, "5.1"), (17, "10.8"), (69, "10.8"), (70, "5.1"), (None, "10.8")])
def test_the_young_and_the_old_pay_the_low_rate(age: int | None, rate: str) -> None:
    found = estimate(TaxableIncome(profit=Decimal(400_000), age=age), 2026)
    assert [x.rate for x in found.lines if x.rule.startswith("national")] == [Decimal(rate)]


def test_shielding_lowers_personal_income_alone_and_says_that_its_rate_is_not_final() -> None:
    plain = estimate(TaxableIncome(profit=Decimal(600_000)), 2026)
    shielded = estimate(TaxableIncome(profit=Decimal(600_000), shielding_base=Decimal(500_000)), 2026)
    # 500 000 x 4.6 % = 23 000 less personal income: 4 % of step tax and 10.8 % of national insurance
    assert plain.total - shielded.total == Decimal("23000") * Decimal("0.148")
    assert shielded.provisional == ("shielding",)


def test_spouses_share_the_result_after_shielding() -> None:
    income = TaxableIncome(
        profit=Decimal(600_000), shielding_base=Decimal(500_000), months_owned=6, share=Decimal("0.6")
    )
    found = estimate(income, 2026)
    # (600 000 - 500 000 x 4.6 % x 6/12) x 60 %
    assert [line.basis for line in found.lines if line.rule == "national_insurance.business"] == [Decimal(353_100)]


def test_a_deficit_lowers_the_tax_of_wages_and_never_goes_below_nothing() -> None:
    assert estimate(TaxableIncome(profit=Decimal(-80_000)), 2026).total == 0
    less = of_business(TaxableIncome(profit=Decimal(-50_000), wages=Decimal(500_000)), 2026)
    assert less.total == Decimal("-11000.00")


def test_a_year_without_rates_names_those_there_are() -> None:
    with pytest.raises(UnknownYearError, match="2024, 2025, 2026") as caught:
        estimate(TaxableIncome(profit=Decimal(1)), 2031)
    assert caught.value.known == (2024, 2025, 2026)


@pytest.mark.parametrize("wrong", [{"wages": Decimal(-1)}, {"months_owned": 0}, {"age": -1}, {"share": Decimal(2)}])
def test_impossible_input_is_told(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        TaxableIncome(**wrong)  # type: ignore[arg-type]


ORE = st.integers(-20_000_000, 300_000_000).map(lambda ore: Decimal(ore) / 100)
MORE = st.one_of(st.integers(1, 200), st.integers(1, 20_000_000)).map(lambda ore: Decimal(ore) / 100)
AGES = st.sampled_from([None, 16, 17, 69, 70])


@given(YEARS, ORE, MORE, NOK, AGES, st.booleans())
def test_more_profit_never_gives_less_after_tax(
    year: int, profit: Decimal, more: Decimal, wages: Decimal, age: int | None, primary: bool
) -> None:
    """To the øre, from an øre more to two hundred thousand kroner more, from a deficit to three millions."""
    income = TaxableIncome(profit=profit, wages=wages, age=age, primary=primary)

    less, higher = estimate(income, year), estimate(replace(income, profit=profit + more), year)

    assert profit + more - higher.total >= profit - less.total
    assert higher.total >= less.total


def test_the_exact_sum_is_rounded_once_and_the_lines_follow_it() -> None:
    found = estimate(TaxableIncome(profit=Decimal(798_095), age=15, finnmark=True), 2024)
    alone = sum(percent_of(line.basis, line.rate) for line in found.lines)
    assert sum(line.basis * line.rate / 100 for line in found.lines) == Decimal("200422.690")
    assert (found.total, alone) == (Decimal("200422.69"), Decimal("200422.70"))


@given(YEARS, NOK, NOK)
def test_lines_always_add_up_and_carry_their_source(year: int, profit: Decimal, wages: Decimal) -> None:
    found = estimate(TaxableIncome(profit=profit, wages=wages), year)
    assert sum((line.amount for line in found.lines), Decimal(0)) == found.total >= 0
    assert all("§" in line.source for line in found.lines)


def test_every_rate_file_says_when_it_holds_and_by_which_law() -> None:
    for year in known_years():
        table = rates(year)
        assert (table.valid_from.year, table.valid_to.year) == (year, year)
        for name, rule in table.table.items():
            if isinstance(rule, dict):
                assert "§" in rule["reference"], (year, name)
