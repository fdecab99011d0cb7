"""Budget, repayment, measures and signals on figures made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.advice.economy import sifo
from engine.advice.economy.claims import highest_fee, late_interest, living_costs
from engine.advice.economy.compilation import scope_of
from engine.advice.economy.figures import (
    Account,
    Debt,
    DebtKind,
    DebtStatus,
    Figures,
    Gap,
    GapReason,
    Income,
    IncomeKind,
    Total,
    Transaction,
)
from engine.advice.economy.measures import Measure, MeasureKind, available, clean_up, effect, monthly_debt_cost
from engine.advice.economy.overview import build
from engine.advice.economy.rates import UnknownYearError
from engine.advice.economy.repayment import (
    Plan,
    annuity_payment,
    left_out,
    minimum,
    needed,
    order_of,
    plans,
    schedule,
)
from engine.advice.economy.sifo import Household, Person, budget, compare, total
from engine.advice.economy.signals import Signal, signals
from engine.advice.economy.sourced import Source, Sourced
from engine.advice.economy.spending import by_month, monthly
from tests.factories.sampling import examples

SOURCE = Source("bank.accounts", "Eksempelbanken", datetime(2026, 11, 23, tzinfo=UTC), "consent")
TODAY = date(2026, 11, 24)


def nok(amount: int | str) -> Sourced[Decimal]:
    return Sourced(Decimal(amount), (SOURCE,))


def adult(years: int, sex: str = "woman") -> Person:
    return Person(years * 12, sex)  # type: ignore[arg-type]


def test_a_woman_alone_without_a_car() -> None:
    lines = budget(Household((adult(26),)), 2026)
    # 4 280 + 1 090 + 1 020 + 1 080 + 1 019, and 400 + 590 + 550 + 2 570 for a household of one
    assert total(lines) == Decimal(12_599)
    assert all("SIFO" in line.source for line in lines)


def test_the_family_of_the_reference_by_its_own_table() -> None:
    """The reference names 37 358 for this family; its table of posts gives 37 776, and the table is what we have."""
    family = Household((adult(35), adult(37, "man"), Person(5 * 12, "man"), Person(12 * 12, "woman")), "petrol")
    assert total(budget(family, 2026)) == Decimal(37_776)


@pytest.mark.parametrize(
    ("months", "food"), [(5, 1065), (6, 2500), (11, 2500), (12, 2180), (47, 2180), (48, 2585), (131, 3190), (132, 3750)]
)
def test_the_bands_of_food_begin_and_end_where_the_edition_says(months: int, food: int) -> None:
    lines = budget(Household((Person(months, "woman"),)), 2026)
    assert next(line.amount for line in lines if line.post == "food") == food


def test_another_year_is_never_guessed() -> None:
    with pytest.raises(UnknownYearError, match="2026"):
        budget(Household((adult(30),)), 2027)


def test_the_newest_edition_is_shown_until_the_next_is_there() -> None:
    assert [sifo.edition_of(year) for year in (2020, 2026, 2027, 2028)] == [2026, 2026, 2026, 2026]


@pytest.mark.parametrize("persons", [0, 8])
def test_a_household_has_one_to_seven(persons: int) -> None:
    with pytest.raises(ValueError, match="1 to 7"):
        Household((adult(30),) * persons)


def test_kindergarten_costs_less_for_the_second_and_nothing_for_the_third() -> None:
    children = tuple(Person(36, "man", kindergarten=True) for _ in range(3))
    lines = {line.post: line.amount for line in budget(Household((adult(30), *children)), 2026)}
    assert lines["kindergarten"] == 2_040
    low = {x.post: x.amount for x in budget(Household((adult(30), *children), low_income=True), 2026)}
    assert low["kindergarten"] == 1_133


@given(st.lists(st.integers(0, 1200), min_size=1, max_size=6), st.integers(0, 1200))
def test_one_more_in_the_household_never_needs_less(ages: list[int], more: int) -> None:
    persons = tuple(Person(age, "woman") for age in ages)
    assert total(budget(Household((*persons, Person(more, "man"))), 2026)) >= total(budget(Household(persons), 2026))


def test_what_was_used_stands_beside_the_budget() -> None:
    found = compare(budget(Household((adult(26),)), 2026), {"food": Decimal(4_300), "eating_out": Decimal(2_350)})
    food = next(c for c in found if c.group == "food")
    assert (food.budget, food.used, food.difference) == (4_680, 6_650, 1_970)
    assert set(sifo.GROUPS) >= {c.group for c in found}


def test_every_post_of_the_reference_is_in_one_group() -> None:
    everybody = Household(
        (Person(8, "man"), Person(36, "woman", kindergarten=True), Person(90, "man", after_school=True), adult(30)),
        "petrol",
    )
    lines = budget(everybody, 2026)
    posts = [post for group_posts, _ in sifo.GROUPS.values() for post in group_posts]
    assert len(posts) == len(set(posts)) and {line.post for line in lines} <= set(posts)
    assert sum(c.budget for c in compare(lines, {})) == total(lines)


def test_a_budget_is_followed_month_by_month() -> None:
    own = {"food": Decimal(5_000), "housing": Decimal(12_000)}
    months = [
        {"food": Decimal(4_000)},
        {"food": Decimal(4_300), "eating_out": Decimal(1_500), "housing": Decimal(11_000)},
    ]
    housing, food = sifo.follow(own, months)
    assert (housing.group, housing.used, housing.over) == ("housing", (0, 11_000), -1_000)
    assert (food.group, food.used, food.over) == ("food", (4_000, 5_800), 800)


def test_months_are_told_apart_and_sum_to_the_average() -> None:
    figures = economy(spend=9_000)
    scope = scope_of(figures.accounts, figures.debts)
    found = by_month(figures.transactions, scope, TODAY)
    assert list(found) == [date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)]
    averages = {line.category: line.amount for line in monthly(figures.transactions, scope, TODAY)}
    for category, average in averages.items():
        assert sum(month[category] for month in found.values()) / 3 == average


TWO = (
    Plan("a", "Kort", Decimal(10_000), Decimal(24), Decimal(300)),
    Plan("b", "Lån", Decimal(12_000), Decimal(12), Decimal(500)),
)


def test_a_debt_without_interest_takes_its_balance_by_the_amount() -> None:
    found = schedule([Plan("a", "Bror", Decimal(1_000), Decimal(0), Decimal(100))], Decimal(300))
    assert (found.months, found.interest, found.paid) == (4, 0, 1_000)
    assert [m.month for m in found.milestones] == [4]


def test_the_first_month_by_hand() -> None:
    found = schedule(TWO, Decimal(1_000))
    # interest 200 + 120, paid 1 000: 22 000 + 320 - 1 000
    assert found.balances[0] == Decimal(21_320)


def test_the_dearest_goes_first_and_its_minimum_rolls_over() -> None:
    dear, small = schedule(TWO, Decimal(2_000)), schedule(TWO, Decimal(2_000), "snowball")
    assert [m.id for m in dear.milestones] == ["a", "b"]
    assert dear.interest <= small.interest


def test_interest_that_eats_the_payment_is_said_to_have_no_end() -> None:
    found = schedule([Plan("a", "Kort", Decimal(100_000), Decimal(24), Decimal(500))], Decimal(1_900))
    assert found.months is None


NOK = st.integers(500, 60_000).map(Decimal)
DEBTS = st.lists(
    st.builds(lambda b, r: Plan(f"{b}{r}", "x", b, Decimal(r), min(b, Decimal(200))), NOK, st.integers(0, 30)),
    min_size=1,
    max_size=4,
    unique_by=lambda plan: plan.id,
)


@settings(max_examples=examples(40))
@given(DEBTS, st.integers(1_500, 20_000), st.integers(1, 5_000))
def test_paying_more_never_takes_longer_nor_costs_more(debts: list[Plan], monthly: int, more: int) -> None:
    low, high = schedule(debts, Decimal(monthly)), schedule(debts, Decimal(monthly + more))
    if low.months is not None:
        assert high.months is not None and high.months <= low.months and high.interest <= low.interest
        assert low.paid == sum((d.balance for d in debts), Decimal(0)) + low.interest


@settings(max_examples=examples(25))
@given(DEBTS, st.integers(1, 60))
def test_what_is_needed_is_the_least(debts: list[Plan], months: int) -> None:
    amount = needed(debts, months)
    enough, less = schedule(debts, amount).months, schedule(debts, amount - 1).months
    assert enough is not None and enough <= months
    assert less is None or less > months


def test_no_months_at_all_is_refused() -> None:
    with pytest.raises(ValueError):
        needed(TWO, 0)


def debt(name: str, balance: int, kind: DebtKind, **more: object) -> Debt:
    return Debt(f"x:{name}", kind, name, nok(balance), **more)  # type: ignore[arg-type]


def test_plans_leave_home_and_student_loans_alone_and_guess_openly() -> None:
    found = plans(
        (
            debt("Boligbanken", 2_000_000, DebtKind.MORTGAGE, rate=nok(5)),
            debt("Inkasso", 5_000, DebtKind.COLLECTION),
            debt("Kort", 20_000, DebtKind.CREDIT_CARD, rate=nok(22), monthly=nok(600)),
            debt("Uenig", 900, DebtKind.COLLECTION, status=DebtStatus.DISPUTED),
        ),
        TODAY,
    )
    assert [(p.name, p.rate, p.minimum) for p in found] == [("Inkasso", Decimal("12.25"), 200), ("Kort", 22, 600)]
    assert minimum(found) == 800


@pytest.mark.parametrize(
    ("day", "rate", "current"),
    [
        ("2025-06-30", "12.50", True),
        ("2025-07-01", "12.25", True),
        ("2026-01-01", "12.00", True),
        ("2026-11-24", "12.25", True),
        ("2027-01-01", "12.25", False),
    ],
)
def test_the_late_interest_is_the_one_of_the_day_and_says_when_it_is_old(day: str, rate: str, current: bool) -> None:
    found = late_interest(date.fromisoformat(day))
    assert (found.rate, found.current) == (Decimal(rate), current)


def test_before_the_first_late_interest_there_is_none() -> None:
    with pytest.raises(ValueError, match="2024"):
        late_interest(date(2024, 12, 31))


@pytest.mark.parametrize(
    ("principal", "light", "heavy"),
    [
        ("500", "187.50", "375"),
        ("500.01", "262.50", "525"),
        ("2500", "300", "600"),
        ("10000", "600", "1200"),
        ("50000", "1200", "2400"),
        ("250000", "2700", "5400"),
        ("250001", "5400", "10800"),
    ],
)
def test_the_fees_of_2026_by_their_bands(principal: str, light: str, heavy: str) -> None:
    amount = Decimal(principal)
    assert (highest_fee(amount, TODAY, "light"), highest_fee(amount, TODAY)) == (Decimal(light), Decimal(heavy))
    assert highest_fee(amount, date(2027, 1, 1)) is None


@pytest.mark.parametrize(
    ("day", "ages", "amount"),
    [
        ("2022-07-01", [30], 9_758),
        ("2024-06-30", [30], 10_412),
        ("2024-07-01", [30], 10_724),
        ("2024-07-01", [30, 31], 18_164),
        ("2024-07-01", [30, 5, 10], 10_724 + 3_432 + 4_553),
        # the fourth person: the youngest child's 3 432 less a fifth
        ("2024-07-01", [30, 31, 5, 14], 18_164 + 2_746 + 5_747),
        ("2024-07-01", [30, 31, 0, 6, 15], 18_164 + 2_746 + 3_642 + 6_611),
    ],
)
def test_what_a_debtor_keeps_to_live_on(day: str, ages: list[int], amount: int) -> None:
    assert living_costs(ages, date.fromisoformat(day)).amount == pytest.approx(amount, abs=1)


def test_old_rates_of_living_say_that_they_are_old() -> None:
    found = living_costs([40], TODAY)
    assert (found.since, found.current) == (date(2024, 7, 1), False)


def test_an_annuity_payment_pays_the_loan_in_its_terms() -> None:
    # annuity: 214 000 at 9 % over 60 months is 4 442.29 a month
    payment = annuity_payment(Decimal(214_000), Decimal(9), 60)
    assert payment.quantize(Decimal("0.01")) == Decimal("4442.29")
    found = schedule([Plan("a", "Bil", Decimal(214_000), Decimal(9), payment)], payment + Decimal("0.01"))
    assert found.months == 60
    assert annuity_payment(Decimal(1_200), Decimal(0), 12) == 100


def economy(spend: int = 30_000, income: int = 28_000) -> Figures:
    months = [date(2026, m, 1) for m in (7, 8, 9, 10)]
    incomes = tuple(Income(f"i{m}", IncomeKind.WAGE, "Jobb", m, nok(income), net=nok(income)) for m in months)
    accounts = (
        Account("1", "1", "Brukskonto", "Lønnskonto", "PRIV", nok(2_000)),
        Account("2", "2", "Sparekonto", "Sparekonto", "PRIV", nok(12_000)),
    )
    found: list[Transaction] = []
    for month in months:
        day = month.replace(day=15)
        found.append(Transaction(f"s{month}", "1", day, Decimal(-spend), "REMA 1000", "", SOURCE))
        found.append(Transaction(f"k{month}", "1", day, Decimal(-600), "Kort", "", SOURCE))
        found.append(Transaction(f"o{month}", "2", day, Decimal(-4_000), "Meg", "", SOURCE, "1"))
    debts = (debt("Kort", 20_000, DebtKind.CREDIT_CARD, rate=nok(22), monthly=nok(600)),)
    return Figures(debts=debts, incomes=incomes, accounts=accounts, transactions=tuple(found))


def test_signals_show_with_their_amounts() -> None:
    figures = economy()
    found = {s.kind: s for s in signals(build(figures, as_of=TODAY), figures)}
    assert found["spending_over_income"].amount == Decimal(2_600)
    assert found["minimum_payments_only"].about == "Kort"
    assert found["savings_eaten"].when == date(2027, 2, 1)
    assert "income_falling" not in found and "new_credit" not in found


def test_a_sound_economy_has_no_signal_but_saving_that_is_used() -> None:
    figures = economy(spend=10_000)
    assert [s.kind for s in signals(build(figures, as_of=TODAY), figures)] == ["minimum_payments_only", "savings_eaten"]


@pytest.mark.parametrize(("balance", "fee", "seen"), [(20_000, 0, True), (19_000, 0, False), (19_000, 45, True)])
def test_where_nobody_tells_what_a_card_asks_for_the_usual_part_and_its_fee_are_the_minimum(
    balance: int, fee: int, seen: bool
) -> None:
    card = debt("Kort", balance, DebtKind.CREDIT_CARD, rate=nok(22), fee=nok(fee))
    figures = replace(economy(), debts=(card,))
    kinds = [signal.kind for signal in signals(build(figures, as_of=TODAY), figures)]
    assert ("minimum_payments_only" in kinds) is seen


def test_income_that_falls_is_seen_before_it_hurts() -> None:
    figures = economy()
    lower = Income("i10", IncomeKind.WAGE, "Jobb", date(2026, 10, 1), nok(20_000), net=nok(20_000))
    changed = Figures(incomes=(*figures.incomes[:3], lower))
    found = {s.kind: s.amount for s in signals(build(changed, as_of=TODAY), changed)}
    assert found["income_falling"] == Decimal(8_000)


def test_a_benefit_near_its_end_by_law_is_told_ahead() -> None:
    def sick(months: int) -> Figures:
        rows = [(2025, 11), (2025, 12), *((2026, m) for m in range(1, 11))][-months:]
        return Figures(
            incomes=tuple(
                Income(f"n{y}{m}", IncomeKind.BENEFIT, "Nav", date(y, m, 1), nok(25_000), name="Sykepenger")
                for y, m in rows
            )
        )

    assert not [s for s in _signals(sick(8)) if s.kind == "income_ending"]
    (found,) = [s for s in _signals(sick(9)) if s.kind == "income_ending"]
    assert (found.about, found.when) == ("sykepenger", date(2027, 1, 1))
    (past,) = [s for s in _signals(sick(12)) if s.kind == "income_ending"]
    assert past.when == date(2026, 11, 1)


def _signals(figures: Figures) -> tuple[Signal, ...]:
    return signals(build(figures, as_of=TODAY), figures)


def test_the_nearest_that_is_not_set_aside_is_told_once() -> None:
    missing = [(Decimal(12_400), date(2026, 12, 10)), (Decimal(31_000), date(2026, 12, 15))]
    found = signals(build(Figures(), as_of=TODAY), Figures(), missing=missing)
    assert [(s.kind, s.amount, s.when) for s in found] == [("set_aside_missing", 12_400, date(2026, 12, 10))]


def test_a_credit_that_was_not_there_before_is_new() -> None:
    figures = economy()
    kinds = [s.kind for s in signals(build(figures, as_of=TODAY), figures, frozenset({"x:Annet"}))]
    assert "new_credit" in kinds


def test_a_claim_past_its_deadline_says_what_the_next_step_may_cost() -> None:
    claim = debt("Strøm AS", 8_420, DebtKind.COLLECTION, due=date(2026, 11, 20), principal=nok(8_420))
    figures = Figures(debts=(claim,))
    (found,) = signals(build(figures, as_of=TODAY), figures)
    assert (found.kind, found.amount) == ("claim_growing", Decimal("1200"))


def test_nothing_done_changes_nothing_and_each_measure_is_told_alone() -> None:
    overview = build(economy(), as_of=TODAY)
    nothing = effect(overview, [])
    assert nothing.before == nothing.after
    cut = Measure("1", MeasureKind.CUT, "Mat", Decimal(4_000))
    sell = Measure("2", MeasureKind.SELL, "Bil", Decimal(15_000))
    found = effect(overview, [cut, sell])
    assert found.after.left == found.before.left + 4_000 + (600 - found.after.service)
    assert found.after.debt == Decimal(5_000)
    assert [state.debt for _, state in found.alone] == [Decimal(20_000), Decimal(5_000)]
    assert found.before.schedule.months is None and found.after.schedule.months is not None


def test_what_can_go_to_a_plan_is_what_is_left_and_what_goes_to_it_already() -> None:
    overview = build(economy(), as_of=TODAY)
    # 28 000 in, 30 000 and 600 to the card out
    assert available(overview) == Decimal(-2_000)
    home = debt("Boligbanken", 2_000_000, DebtKind.MORTGAGE, rate=nok(5), monthly=nok(400))
    figures = economy()
    with_home = build(replace(figures, debts=(*figures.debts, home)), as_of=TODAY)
    assert available(with_home) == Decimal(-2_400)


def test_refinancing_moves_only_what_is_dearer() -> None:
    overview = build(economy(), as_of=TODAY)
    dearer = effect(overview, [Measure("1", MeasureKind.REFINANCE, "Nytt lån", Decimal(20_000), Decimal(30))])
    cheaper = effect(overview, [Measure("1", MeasureKind.REFINANCE, "Nytt lån", Decimal(20_000), Decimal(9))])
    assert dearer.after == dearer.before
    assert cheaper.after.debt == cheaper.before.debt


def test_the_clean_up_takes_the_roof_before_the_rate() -> None:
    found = clean_up(
        (
            debt("Kort", 20_000, DebtKind.CREDIT_CARD, rate=nok(24)),
            debt("Trening AS", 4_000, DebtKind.COLLECTION),
            debt("Strøm AS", 8_000, DebtKind.COLLECTION),
            debt("Skatt", 41_000, DebtKind.TAX),
            debt("Utlegg", 3_000, DebtKind.COLLECTION, status=DebtStatus.ATTACHMENT),
        ),
        TODAY,
    )
    assert [c.reason for c in found] == ["housing", "court", "public", "growing", "dear"]


EVERY_KIND = (
    debt("Boligbanken", 2_000_000, DebtKind.MORTGAGE, rate=nok(5), monthly=nok(11_000)),
    debt("Lånekassen", 200_000, DebtKind.STUDENT_LOAN, rate=nok(5), monthly=nok(1_300)),
    debt("Uenig", 900, DebtKind.COLLECTION, status=DebtStatus.DISPUTED),
    debt("Overvåket", 7_000, DebtKind.COLLECTION, status=DebtStatus.MONITORED),
    debt("Mor", 50_000, DebtKind.PRIVATE),
    debt("Kort", 20_000, DebtKind.CREDIT_CARD, rate=nok(22), monthly=nok(600)),
)


def test_a_plan_and_what_it_says_it_leaves_out_are_all_that_is_owed() -> None:
    planned, out = plans(EVERY_KIND, TODAY), left_out(EVERY_KIND)

    owed = sum(one.balance.value for one in EVERY_KIND)
    assert sum(p.balance for p in planned) + sum(one.balance for one in out) == owed
    assert [(one.name, one.reason) for one in out] == [
        ("Boligbanken", "home"),
        ("Lånekassen", "student_loan"),
        ("Uenig", "disputed"),
    ]


def test_a_watched_claim_is_paid_and_a_loan_from_the_family_bears_nothing_and_asks_nothing() -> None:
    found = {p.name: (p.rate, p.minimum) for p in plans(EVERY_KIND, TODAY)}
    assert found == {"Overvåket": (Decimal("12.25"), 0), "Mor": (0, 0), "Kort": (22, 600)}


def test_a_month_of_debt_costs_the_same_wherever_it_is_said() -> None:
    overview = build(Figures(debts=EVERY_KIND), as_of=TODAY)
    assert monthly_debt_cost(overview) == 11_000 + 1_300 + 600 == effect(overview, []).before.service


def test_what_is_left_is_unknown_while_a_side_of_the_month_is() -> None:
    silent = Gap("bank.accounts", "", GapReason.NOT_ANSWERED, (Total.SPENDING,))
    overview = build(Figures(debts=EVERY_KIND), as_of=TODAY, gaps=(silent,))
    found = effect(overview, [Measure("1", MeasureKind.CUT, "Mindre taxi", Decimal(500))])
    assert found.before.left is None and found.after.left is None
    assert found.before.schedule.months is None, "and nobody is told when they will be free of debt"


def test_less_than_every_creditor_asks_never_ends_in_a_date() -> None:
    found = effect(build(Figures(debts=EVERY_KIND), as_of=TODAY), [])
    assert found.before.left is not None and found.before.left < 0
    assert (found.before.schedule.months, found.before.schedule.interest) == (None, 0)


@pytest.mark.parametrize(
    ("stored", "now"),
    [
        ("dearest_first", "avalanche"),
        ("smallest_first", "snowball"),
        ("avalanche", "avalanche"),
        ("snowball", "snowball"),
        ("", "avalanche"),
    ],
)
def test_the_order_of_a_plan_stored_before_is_read_by_its_new_name(stored: str, now: str) -> None:
    assert order_of(stored) == now
