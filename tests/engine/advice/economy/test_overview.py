"""The overview: once each, averaged over whole months, and honest about what is missing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from engine.advice.economy.figures import (
    Account,
    Debt,
    DebtKind,
    Figures,
    Gap,
    GapReason,
    Income,
    IncomeKind,
    Total,
    Transaction,
)
from engine.advice.economy.overview import Completeness, build
from engine.advice.economy.sourced import CITIZEN, Source, Sourced
from engine.advice.economy.supplements import Supplement, SupplementKind
from engine.advice.economy.wire import from_json, to_json

AT = datetime(2026, 11, 23, 7, tzinfo=UTC)
TODAY = AT.date()


def source(data_set: str) -> Source:
    return Source(data_set, data_set, AT, "consent")


def debt(data_set: str, number: str, balance: str, **more: object) -> Debt:
    known = {"kind": DebtKind.CONSUMER_LOAN, "creditor": "Eksempel Finans", **more}
    return Debt(id=f"{data_set}:{number}", balance=Sourced(Decimal(balance), (source(data_set),)), **known)  # type: ignore[arg-type]


def paid(number: int, day: date, amount: str, to: str, **more: object) -> Transaction:
    fields = {"text": "", "counterparty": to, **more}
    return Transaction(
        id=str(number),
        account="1",
        booked=day,
        amount=Decimal(amount),
        source=source("bank"),
        **fields,  # type: ignore[arg-type]
    )


def test_the_same_loan_in_bank_and_register_is_shown_once_with_both_sources() -> None:
    rate = Sourced(Decimal("17.40"), (source("register"),))
    found = Figures(debts=(debt("bank", "1", "48200"), debt("register", "7", "48100", rate=rate)))

    overview = build(found, as_of=TODAY)

    assert len(overview.debts) == 1
    assert {s.data_set for s in overview.debts[0].balance.sources} == {"bank", "register"}
    assert overview.debts[0].rate == rate


def test_two_loans_of_one_source_are_two_loans() -> None:
    overview = build(Figures(debts=(debt("bank", "1", "48200"), debt("bank", "2", "48200"))), as_of=TODAY)

    assert overview.total_debt == Decimal(96400)


def test_debts_with_far_apart_balances_are_not_taken_for_one() -> None:
    overview = build(Figures(debts=(debt("bank", "1", "48200"), debt("register", "2", "30000"))), as_of=TODAY)

    assert len(overview.debts) == 2


def test_transfers_between_own_accounts_are_not_spending_and_refunds_lower_it() -> None:
    accounts = tuple(Account(f"a{n}", n, "", "", "PRIV", Sourced(Decimal(100), (source("bank"),))) for n in ("1", "2"))
    october = date(2026, 10, 5)
    transactions = (
        paid(1, october, "-900", "REMA 1000", mcc="5411"),
        paid(2, october, "-600", "Zalando", mcc="5651"),
        paid(3, october, "300", "Zalando", mcc="5651"),
        paid(4, october, "-5000", "Anne", counterparty_account="2"),
        paid(5, date(2026, 11, 5), "-9999", "REMA 1000", mcc="5411"),
        paid(6, october, "20000", "Arbeidsgiver"),
    )

    overview = build(Figures(accounts=accounts, transactions=transactions), as_of=TODAY)

    assert {line.category: line.amount for line in overview.spending} == {
        "food": Decimal("300.00"),
        "clothes": Decimal("100.00"),
    }


def test_a_gap_is_kept_and_counts_as_nothing() -> None:
    gap = Gap("inkasso.claims", "Eksempel Inkasso", GapReason.NOT_ANSWERED)

    overview = build(Figures(), as_of=TODAY, gaps=[gap])

    assert overview.gaps == (gap,)
    assert overview.total_debt == 0


def test_a_correction_shows_the_citizens_figure_and_keeps_what_the_source_said() -> None:
    entry = Supplement("s1", SupplementKind.CORRECTION, "", Decimal(1000), AT, target="bank:1")

    overview = build(Figures(debts=(debt("bank", "1", "48200"),)), as_of=TODAY, supplements=[entry])

    assert overview.debts[0].balance.value == 1000
    assert [s.data_set for s in overview.debts[0].balance.sources] == [CITIZEN, "bank"]
    assert overview.debts[0].balance.derived == "was:48200"


def test_an_overview_survives_storage_exactly() -> None:
    overview = build(Figures(debts=(debt("bank", "1", "48200.25"),)), as_of=TODAY)

    assert from_json(to_json(overview)) == overview


def test_a_total_whose_source_is_missing_is_unknown_or_a_lower_bound_but_never_zero() -> None:
    gap = Gap("a.source", "", GapReason.NOT_ANSWERED, (Total.DEBT, Total.SPENDING))
    nothing = build(Figures(), as_of=TODAY, gaps=[gap])
    some = build(Figures(debts=(debt("register", "1", "100"),)), as_of=TODAY, gaps=[gap])

    assert nothing.completeness(Total.SPENDING) is Completeness.UNKNOWN
    assert some.completeness(Total.DEBT) is Completeness.LOWER_BOUND
    assert some.completeness(Total.INCOME) is Completeness.COMPLETE


def test_a_source_that_feeds_no_total_leaves_every_total_complete_while_it_is_silent() -> None:
    silent = build(Figures(), as_of=TODAY, gaps=[Gap("a.source", "", GapReason.NOT_ASKED, ())])

    assert {silent.completeness(total) for total in Total} == {Completeness.COMPLETE}


def test_an_overview_stored_before_gaps_told_what_they_feed_loads_and_promises_nothing_whole() -> None:
    overview = build(Figures(), as_of=TODAY, gaps=[Gap("a.source", "", GapReason.REFUSED, (Total.DEBT,))])
    stored = to_json(overview)
    for gap in stored["gaps"]:
        del gap["feeds"]

    loaded = from_json(stored)

    assert [(gap.data_set, gap.feeds) for gap in loaded.gaps] == [("a.source", None)]
    assert {loaded.completeness(total) for total in Total} == {Completeness.UNKNOWN}


def test_what_a_gap_feeds_survives_storage() -> None:
    overview = build(Figures(), as_of=TODAY, gaps=[Gap("a.source", "", GapReason.REFUSED, (Total.DEBT, Total.INCOME))])

    assert from_json(to_json(overview)) == overview


@pytest.mark.parametrize("payer", ["Nav", "Oppdiktet kasse"])
@pytest.mark.parametrize("order", [1, -1])
def test_what_a_payer_tells_of_itself_and_another_reports_is_one_income_with_both_sources(
    payer: str, order: int
) -> None:
    own, other = Source("a.own", payer, AT, "mandate"), Source("b.reports", "Skatteetaten", AT, "consent")
    october = date(2026, 10, 1)
    told = Income("a.own:1", IncomeKind.BENEFIT, payer, october, Sourced(Decimal(9000), (own,)), payer_orgno="1")
    same = Income("b.reports:1", IncomeKind.BENEFIT, "1", october, Sourced(Decimal(9100), (other,)), payer_orgno="1")
    wage = Income("b.reports:2", IncomeKind.WAGE, "2", october, Sourced(Decimal(3000), (other,)), payer_orgno="2")

    overview = build(Figures(incomes=(told, same, wage)[::order]), as_of=TODAY)

    assert {line.category: (line.amount, [s.data_set for s in line.sources]) for line in overview.incomes} == {
        "benefit": (Decimal("9000.00"), ["a.own", "b.reports"]),
        "wage": (Decimal("3000.00"), ["b.reports"]),
    }
