"""The owner's overview: tags, result, VAT, set-asides, pay, start and close, on figures made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.advice.economy.enk import deadlines
from engine.advice.economy.enk.closing import Holdings, close
from engine.advice.economy.enk.overview import Assumptions, build
from engine.advice.economy.enk.pay import sick_pay
from engine.advice.economy.enk.set_aside import cover
from engine.advice.economy.enk.startup import Plan, Verdict, assess
from engine.advice.economy.enk.tagging import Tag, suggest
from engine.advice.economy.figures import Account, Debt, DebtKind, Enterprise, Figures, Transaction
from engine.advice.economy.sourced import Source, Sourced
from engine.advice.economy.tax.estimate import estimate
from engine.advice.economy.tax.income import TaxableIncome
from engine.advice.economy.tax.vat import Period, part_of, term_estimate, term_estimates, terms
from engine.advice.evidence.business import assumptions as read_of_year
from engine.advice.evidence.business import next_assumptions

SOURCE = Source("bank.accounts", "Eksempelbanken", datetime(2026, 11, 23, tzinfo=UTC), "consent")
TAGS = {"1": Tag.PRIVATE, "2": Tag.BUSINESS, "3": Tag.SET_ASIDE}
TODAY = date(2026, 11, 24)


def account(number: str, name: str, balance: int, usage: str = "PRIV") -> Account:
    return Account(f"bank:{number}", number, name, "Konto", usage, Sourced(Decimal(balance), (SOURCE,)))


def moved(day: date, amount: int, other: str = "Kunde", other_account: str = "") -> Transaction:
    return Transaction(f"{day}{amount}{other}", "2", day, Decimal(amount), other, "", SOURCE, other_account)


def business(orgno: str = "311851381", vat: bool = True, bankrupt: bool = False) -> Enterprise:
    return Enterprise(orgno, "ANDREAS ELEKTRO", "ENK", "Elektro", date(2021, 2, 1), vat, bankrupt, False, SOURCE)


def year_of_trade(turnover: int = 100_000, costs: int = 25_000) -> Figures:
    """Eleven months of sales and costs with VAT in them, 30 000 a month taken out, 31 000 set aside."""
    found: list[Transaction] = []
    for month in range(1, 12):
        found += [
            moved(date(2026, month, 5), turnover),
            moved(date(2026, month, 8), -costs, "Grossist"),
            moved(date(2026, month, 20), -30_000, "Meg", "1"),
        ]
    accounts = (account("1", "Brukskonto", 9_000), account("2", "Drift", 40_000), account("3", "Skatt og mva", 31_000))
    return Figures(accounts=accounts, transactions=tuple(found), enterprises=(business(),))


def test_accounts_are_suggested_from_name_usage_and_register() -> None:
    found = suggest(
        (
            account("1", "Brukskonto", 1),
            account("2", "Drift", 1, "ORGA"),
            account("3", "Skatt og mva", 1),
            account("4", "Skattetrekk", 1),
            account("5", "Mva-konto", 1),
            account("6", "Andreas bil", 1),
        ),
        (business(),),
    )
    assert [(s.tag, s.reason) for s in found] == [
        (Tag.PRIVATE, "none"),
        (Tag.BUSINESS, "usage"),
        (Tag.SET_ASIDE, "name"),
        (Tag.TAX, "name"),
        (Tag.VAT, "name"),
        (Tag.BUSINESS, "register"),
    ]


@pytest.mark.parametrize(
    ("number", "due"),
    [(1, "2026-04-10"), (2, "2026-06-10"), (3, "2026-08-31"), (4, "2026-10-12"), (5, "2026-12-10"), (6, "2027-02-10")],
)
def test_vat_terms_fall_due_as_the_law_says(number: int, due: str) -> None:
    assert terms(2026, Period.TWO_MONTH)[number - 1].due == date.fromisoformat(due)


def test_annual_vat_is_due_in_march_and_for_primary_industries_in_april() -> None:
    assert terms(2026, Period.ANNUAL)[0].due == date(2027, 3, 10)
    assert terms(2026, Period.ANNUAL_PRIMARY)[0].due == date(2027, 4, 12)


def test_the_vat_inside_an_amount() -> None:
    assert part_of(Decimal(125), Decimal(25)) == Decimal(25)
    assert part_of(Decimal(115), Decimal(15)) == Decimal(15)
    assert part_of(Decimal("1111.10"), Decimal("11.11")) == Decimal("111.10")


def test_advance_tax_falls_due_in_four_parts_and_a_small_one_at_once() -> None:
    found = deadlines.advance_tax(2026, Decimal(40_001))
    assert [due.due.isoformat()[5:] for due in found] == ["03-16", "06-15", "09-15", "12-15"]
    assert sum(due.amount or 0 for due in found) == Decimal(40_001)
    assert [due.due for due in deadlines.advance_tax(2026, Decimal(1_500))] == [date(2026, 6, 15)]


def advance(assessed: int, notified: date | None = None, before: int = 0) -> list[tuple[str, Decimal | None]]:
    change = None if notified is None else deadlines.Change(notified, Decimal(before))
    return [(due.due.isoformat()[5:], due.amount) for due in deadlines.advance_tax(2026, Decimal(assessed), change)]


@pytest.mark.parametrize(
    ("assessed", "notified", "before", "terms_due"),
    [
        (40_000, None, 0, [("03-16", 10_000), ("06-15", 10_000), ("09-15", 10_000), ("12-15", 10_000)]),
        (1_999, None, 0, [("06-15", 1_999)]),
        (2_000, None, 0, [("03-16", 500), ("06-15", 500), ("09-15", 500), ("12-15", 500)]),
        # raised in July: the 20 000 more is spread over the two terms that are left
        (
            60_000,
            date(2026, 7, 1),
            40_000,
            [("03-16", 10_000), ("06-15", 10_000), ("09-15", 20_000), ("12-15", 20_000)],
        ),
        # made for the first time ten days before a term: never earlier than three weeks after the notice
        (30_000, date(2026, 9, 5), 0, [("09-28", 15_000), ("12-15", 15_000)]),
        # later than 24 October: three weeks after the notice
        (
            50_000,
            date(2026, 10, 25),
            40_000,
            [("03-16", 10_000), ("06-15", 10_000), ("09-15", 10_000), ("11-16", 10_000), ("12-15", 10_000)],
        ),
        (
            50_000,
            date(2026, 10, 24),
            40_000,
            [("03-16", 10_000), ("06-15", 10_000), ("09-15", 10_000), ("12-15", 20_000)],
        ),
    ],
)
def test_advance_tax_and_its_changes_fall_due_as_the_regulation_says(
    assessed: int, notified: date | None, before: int, terms_due: list[tuple[str, int]]
) -> None:
    assert advance(assessed, notified, before) == terms_due


def test_every_due_of_a_year_has_a_key_of_its_own() -> None:
    dues = deadlines.advance_tax(2026, Decimal(60_000), deadlines.Change(date(2026, 9, 5), Decimal(40_000)))
    assert sum(due.amount or 0 for due in dues) == 60_000
    assert len({due.key for due in dues}) == len(dues) == 5


def test_a_missed_term_makes_the_later_ones_due() -> None:
    dues = deadlines.advance_tax(2026, Decimal(40_000))
    (missed,) = deadlines.after_payment(dues, Decimal(10_000), date(2026, 7, 1))
    assert (missed.kind, missed.due, missed.amount) == ("advance_missed", date(2026, 6, 15), Decimal(30_000))
    on_time = deadlines.after_payment(dues, Decimal(25_000), date(2026, 7, 1))
    assert [(due.due.month, due.amount) for due in on_time] == [(9, Decimal(5_000)), (12, Decimal(10_000))]
    found = build(year_of_trade(), TAGS, Assumptions(advance_tax=Decimal(40_000), advance_paid=Decimal(0)), TODAY)
    assert ("gap.advance_missed", date(2026, 3, 16)) in {(w.kind, w.due) for w in found.warnings}


@pytest.mark.parametrize(("left", "collected"), [("99.99", "0"), ("100", "100"), ("-5000", "0")])
def test_less_than_a_hundred_kroner_is_not_collected(left: str, collected: str) -> None:
    due = deadlines.rest_tax(2026, Decimal(50_000) + Decimal(left), Decimal(50_000))
    assert due.amount == Decimal(collected)


def test_what_skatteetaten_already_claims_comes_before_what_is_estimated() -> None:
    claim = Debt(
        "skatteetaten.claims:R1",
        DebtKind.TAX,
        "Restskatt 2025",
        Sourced(Decimal(20_000), (SOURCE,)),
        due=date(2026, 9, 20),
        case_number="R1",
        collector="Skatteetaten",
    )
    found = build(replace(year_of_trade(), debts=(claim,)), TAGS, Assumptions(), TODAY)
    first, second = found.cover.dues[:2]
    assert (first.due.key, first.covered, first.gap) == ("claim-R1", Decimal(20_000), Decimal(0))
    assert (second.due.key, second.covered) == ("vat-2026-5", Decimal(11_000))


def test_a_new_year_does_not_take_last_years_advance_tax_in_silence() -> None:
    kept = {"year": 2026, "advanceTax": "60000", "wages": "100000", "advancePaid": "60000"}
    told, last_year = read_of_year(kept, date(1983, 9, 21), date(2027, 1, 15))
    assert (told.advance_tax, told.advance_paid, told.wages, told.carried) == (0, None, Decimal(100_000), True)
    assert last_year is not None and last_year.advance_tax == Decimal(60_000)
    found = build(year_of_trade(), TAGS, told, date(2027, 1, 15), last_year)
    rest = {one.due.key: one.estimate for one in found.cover.dues}["rest_tax-2026"]
    without = build(year_of_trade(), TAGS, told, date(2027, 1, 15)).cover.dues
    assert rest == {one.due.key: one.estimate for one in without}["rest_tax-2026"] - 60_000
    assert {"new_year:2027", "rates:2027"} <= {warning.key for warning in found.warnings}

    after = next_assumptions(kept, {"advanceTax": "70000"}, date(2027, 1, 15))
    told, last_year = read_of_year(after, date(1983, 9, 21), date(2027, 2, 1))
    assert (told.advance_tax, told.carried) == (Decimal(70_000), False)
    assert last_year is not None and last_year.advance_tax == Decimal(60_000)


def test_annual_vat_above_a_million_is_questioned() -> None:
    found = build(year_of_trade(), TAGS, Assumptions(vat_period=Period.ANNUAL), TODAY)
    assert [w.amount for w in found.warnings if w.kind == "annual_limit"] == [Decimal(1_100_000)]


def test_the_overview_tells_result_vat_tax_and_gap() -> None:
    found = build(year_of_trade(), TAGS, Assumptions(advance_tax=Decimal(60_000)), TODAY)
    assert (found.so_far.sales, found.so_far.costs, found.so_far.own_pay) == (1_100_000, 275_000, 330_000)
    by_term = {estimate.term.key: estimate.amount for estimate in found.vat}
    assert by_term["2026-5"] == Decimal(30_000) and by_term["2026-6"] == Decimal(15_000)
    assert found.net_so_far == Decimal(1_100_000 - 275_000 - 165_000)
    assert found.tax is not None and found.tax_so_far < found.tax.total
    assert [(one.due.key, one.covered) for one in found.cover.dues][:2] == [
        ("vat-2026-5", Decimal(30_000)),
        ("advance_tax-2026-4", Decimal(1_000)),
    ]
    kinds = {warning.key: warning.amount for warning in found.warnings}
    assert kinds["gap:advance_tax-2026-4"] == Decimal(14_000)


def test_a_warning_comes_inside_its_window_and_not_before() -> None:
    early = build(year_of_trade(), TAGS, Assumptions(advance_tax=Decimal(60_000)), date(2026, 11, 22))
    assert not any(warning.key == "gap:advance_tax-2026-4" for warning in early.warnings)


def test_without_a_tagged_account_nothing_is_reckoned_and_the_owner_is_asked_to_tag() -> None:
    found = build(year_of_trade(), {}, Assumptions(), TODAY)
    assert [warning.kind for warning in found.warnings] == ["no_tags"]
    assert found.so_far.sales == 0


def test_a_business_that_loses_money_owes_no_tax_and_has_no_pay() -> None:
    found = build(year_of_trade(20_000, 50_000), TAGS, Assumptions(), TODAY)
    assert found.tax is not None and found.tax.total == 0
    assert found.pay is not None and found.pay.shortfall > found.pay.wanted
    assert found.pay.suggestions == ("raise_turnover", "cut_costs", "talk_to_bank")


def test_a_year_without_rates_is_said_and_the_terms_of_the_year_before_stay() -> None:
    found = build(year_of_trade(), TAGS, Assumptions(), date(2027, 1, 15))
    assert found.unknown_year is not None and found.unknown_year.known[-1] == 2026
    assert found.tax is None and found.pay is None
    assert {"vat-2026-6", "rest_tax-2026"} <= {one.due.key for one in found.cover.dues}


def test_a_return_that_contradicts_the_accounts_is_told() -> None:
    told = Assumptions(returns={"2026-4": Decimal(4_000)})
    found = build(year_of_trade(), TAGS, told, TODAY)
    assert [w.amount for w in found.warnings if w.kind == "contradiction"] == [Decimal(-26_000)]


def test_two_businesses_are_taxed_as_one_person() -> None:
    both = replace(year_of_trade(), enterprises=(business(), business("314961900")))
    found = build(both, {**TAGS, "4": Tag.BUSINESS}, Assumptions(), TODAY)
    assert len(found.enterprises) == 2 and found.tax is not None


def test_a_business_that_ended_in_the_register_is_told_how_to_close() -> None:
    found = build(replace(year_of_trade(), enterprises=(business(bankrupt=True),)), TAGS, Assumptions(), TODAY)
    assert ("ended", "close") in {(warning.kind, warning.act) for warning in found.warnings}


@pytest.mark.parametrize(("monthly", "kind"), [(3_000, None), (4_000, "threshold.near"), (6_000, "threshold.passed")])
def test_the_limit_of_registration_is_watched(monthly: int, kind: str | None) -> None:
    figures = replace(year_of_trade(monthly, 0), enterprises=(business(vat=False),))
    found = build(figures, TAGS, Assumptions(), TODAY)
    assert [w.kind for w in found.warnings if w.kind.startswith("threshold")] == ([kind] if kind else [])


def test_sick_pay_is_four_fifths_of_at_most_six_base_amounts() -> None:
    assert sick_pay(Decimal(600_000), 2026).monthly == Decimal(40_000)
    assert sick_pay(Decimal(2_000_000), 2026).monthly == Decimal("54619.60")
    assert sick_pay(Decimal(365_000), 2026).waiting == Decimal(16_000)


@given(
    st.lists(st.tuples(st.sampled_from(["vat", "rest_tax"]), st.integers(0, 90_000)), max_size=8),
    st.integers(-5_000, 200_000),
    st.integers(0, 200_000),
    st.integers(0, 200_000),
)
def test_cover_plus_gap_is_the_estimate_and_no_krone_is_used_twice(
    wanted: list[tuple[str, int]], tax: int, vat: int, both: int
) -> None:
    dues = [
        deadlines.Due(kind, f"{kind}-{n}", date(2026, 12, 1 + n), Decimal(amount), "§")
        for n, (kind, amount) in enumerate(wanted)
    ]
    found = cover(dues, tax=Decimal(tax), vat=Decimal(vat), both=Decimal(both))
    assert all(one.covered + one.gap == one.estimate and one.gap >= 0 for one in found.dues)
    assert sum(one.covered for one in found.dues) + found.left == max(tax, 0) + vat + both


ORE = st.integers(0, 9_000_000).map(lambda ore: Decimal(ore) / 100)


@given(
    st.lists(st.tuples(ORE, ORE), min_size=6, max_size=6),
    st.sampled_from(["standard", "food", "low", "fish", "zero"]),
    st.sampled_from([Decimal(1), Decimal("0.8"), Decimal("0.333")]),
)
def test_the_terms_of_a_year_sum_to_the_year(months: list[tuple[Decimal, Decimal]], kind: str, part: Decimal) -> None:
    found = term_estimates(
        [(term, *two) for term, two in zip(terms(2026, Period.TWO_MONTH), months, strict=True)], kind, part
    )
    (year,) = terms(2026, Period.ANNUAL)
    whole = term_estimate(year, sum(s for s, _ in months), sum(c for _, c in months), kind, part)  # type: ignore[arg-type]

    assert sum(one.amount for one in found) == whole.amount
    assert all(sum(line.amount for line in one.lines) == one.amount for one in found)
    for line in whole.lines:
        assert abs(line.basis * line.rate / 100 - abs(line.amount)) <= Decimal("0.01"), "the rate is of the basis shown"
    for one, (sales, costs) in zip(found, months, strict=True):
        alone = term_estimate(one.term, sales, costs, kind, part)
        assert abs(one.amount - alone.amount) <= Decimal("0.04")  # what rounding carries over


def test_terms_cover_the_year_without_gap() -> None:
    found = terms(2024, Period.TWO_MONTH)
    assert found[0].start == date(2024, 1, 1) and found[-1].end == date(2024, 12, 31)
    assert found[0].end == date(2024, 2, 29)


def plan(turnover: int = 90_000, savings: int = 100_000, ramp: int = 6) -> Plan:
    return Plan(
        Decimal(turnover), Decimal(15_000), Decimal(40_000), Decimal(savings), Decimal(0), Decimal(38_000), ramp
    )


def test_a_bad_plan_runs_dry_and_says_when_and_what_would_do() -> None:
    found = assess(plan(turnover=45_000, savings=50_000), 2026)
    hoped = found.scenarios[0]
    assert found.verdict is Verdict.NOT_YET
    assert hoped.runway == 0 and hoped.left < 0
    assert found.needed is not None and assess(plan(int(found.needed), 900_000), 2026).scenarios[0].left >= 0


def test_a_good_plan_carries_in_the_careful_scenario_too() -> None:
    assert assess(plan(turnover=140_000, savings=400_000), 2026).verdict is Verdict.CARRIES


def test_a_tight_plan_only_carries_as_hoped() -> None:
    assert assess(plan(turnover=90_000, savings=300_000), 2026).verdict is Verdict.TIGHT


def test_impossible_plans_are_told() -> None:
    with pytest.raises(ValueError, match="ramp"):
        plan(ramp=99)


def test_closing_forgets_nothing_that_falls_due() -> None:
    overview = build(year_of_trade(), TAGS, Assumptions(advance_tax=Decimal(60_000)), TODAY)
    found = close(overview, Holdings(Decimal(20_000), Decimal(5_000), Decimal(10_000)), TODAY, Decimal(71_000))
    owed = {one.due.key for one in overview.cover.dues if one.estimate > 0}
    assert len(owed) <= len(found.dues) and {due.kind for due in found.dues} >= {"vat", "rest_tax", "tax_return"}
    assert [due.due for due in found.dues] == sorted(due.due for due in found.dues)
    assert found.steps.index("collect_claims") < found.steps.index("deregister_business")
    # the stock is sold with 25 % VAT on it; the VAT of it is among the dues
    assert found.free == 71_000 + 20_000 + 12_500 - 5_000 - sum(due.amount for due in found.dues)
    # VAT: 20 % of 20 000 in unpaid invoices, less 20 % of 5 000 in unpaid bills, and 25 % of 10 000 in stock
    assert [due.amount for due in found.dues if due.kind == "vat_last"] == [Decimal(4_000 - 1_000 + 2_500)]


def test_who_stops_in_march_is_taxed_of_three_months_and_not_of_a_year_at_that_pace() -> None:
    figures = year_of_trade()
    early = replace(figures, transactions=tuple(t for t in figures.transactions if t.booked < date(2026, 4, 1)))
    overview = build(early, TAGS, Assumptions(), date(2026, 3, 31))
    found = close(overview, Holdings(), date(2026, 3, 31), Decimal(0))
    # 3 x (100 000 - 25 000) with VAT in it: 180 000 without
    assert found.profit == Decimal(180_000) == overview.net_so_far
    (rest,) = [due for due in found.dues if due.kind == "rest_tax"]
    assert rest.amount == estimate(TaxableIncome(profit=Decimal(180_000)), 2026).total
    assert rest.amount < overview.tax_so_far, "a share of a whole year's tax would be more"


def test_sales_until_the_last_day_are_counted_and_their_vat_has_its_own_term() -> None:
    overview = build(year_of_trade(), TAGS, Assumptions(), date(2026, 10, 31))
    found = close(overview, Holdings(), date(2026, 12, 31), Decimal(0))
    assert found.profit is not None and found.profit > overview.net_so_far
    assert [due.due for due in found.dues if due.kind == "vat_last"] == [date(2027, 2, 10)]


def test_a_last_day_of_last_year_says_no_profit_of_this_year() -> None:
    overview = build(year_of_trade(), TAGS, Assumptions(), date(2026, 1, 15))

    found = close(overview, Holdings(), date(2025, 12, 31), Decimal(0))

    assert found.profit is None


def test_a_business_without_vat_and_holdings_has_fewer_steps() -> None:
    figures = replace(year_of_trade(3_000, 0), enterprises=(business(vat=False),))
    found = close(build(figures, TAGS, Assumptions(), TODAY), Holdings(), TODAY, Decimal(0))
    assert not {"last_vat_return", "collect_claims", "sell_holdings"} & set(found.steps)
