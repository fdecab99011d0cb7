"""The money to the next pay says the same on the page, on paper, in the table and as JSON, to the øre."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest

from engine.advice.documents import cash_flow as said_as
from engine.advice.documents.overview import story
from engine.advice.documents.spreadsheet import to_csv
from engine.advice.economy.figures import Debt, DebtKind, Figures, Income, IncomeKind
from engine.advice.economy.overview import Overview, build
from engine.advice.economy.publication import published_overview
from engine.advice.economy.statement import statement
from engine.advice.economy.wire import from_json, to_json
from tests.engine.advice.documents.test_copies import AT, read, words
from tests.engine.advice.economy.test_cash_flow import PAY, TODAY, account, kr, monthly


def overview(balance: int = 9_660) -> Overview:
    fine = Debt("fine:1", DebtKind.FINE, "Politiet", kr(4_560), due=date(2026, 9, 15))
    wage = Income("w", IncomeKind.WAGE, "Butikken AS", date(2026, 10, 1), kr(24_080))
    moved = (*PAY, *monthly(1, -10_900, "Utleie AS"))
    return build(Figures(debts=(fine,), incomes=(wage,), accounts=(account(balance),), transactions=moved), as_of=TODAY)


def test_the_page_the_paper_and_the_table_say_one_sentence() -> None:
    made = overview()
    assert made.cash_flow is not None
    first = said_as.said(made.cash_flow, words())[0]

    assert "mangler det 1 240 kr tirsdag 1. desember" in first.replace("\xa0", " ")
    assert "fredag 11. desember" in first and "Butikken AS" in first
    assert first in to_csv(made, words())
    paper = read(story(statement(made), words(), name="Anne", made_at=AT))
    unnamed = said_as.said(made.cash_flow, words(), names=False)[0]
    assert unnamed.replace("\xa0", " ") in paper
    assert "Utleie AS" not in paper, "a copy is handed on"


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_what_is_not_regarded_is_said_in_words(language: str) -> None:
    made = overview()
    assert made.cash_flow is not None
    assert any("Politiet" in line and "4\xa0560" in line for line in said_as.left_out(made.cash_flow, words(language)))


def test_money_that_reaches_says_until_when() -> None:
    made = overview(50_000)
    assert made.cash_flow is not None
    assert "rekker pengene til fredag 11. desember" in said_as.said(made.cash_flow, words())[0]


def test_without_a_balance_it_says_what_is_missing_and_no_amount() -> None:
    made = build(Figures(), as_of=TODAY)
    assert made.cash_flow is not None
    told = said_as.said(made.cash_flow, words())
    assert told[0] == "Vi kan ikke si hvor lenge pengene rekker."
    assert "Vi vet ikke hva som står på konto." in told and not any("kr" in line for line in told)


def test_the_rows_of_the_table_and_of_the_json_add_up_to_the_ore() -> None:
    made = overview()
    rows = list(csv.reader(io.StringIO(to_csv(made, words())), delimiter=";"))
    cash = [Decimal(row[4].replace(",", ".")) for row in rows if row[0] == "Til neste utbetaling" and row[4]]
    assert sum(cash[:-1]) == cash[-1]

    told = published_overview(made)["cashFlow"]
    moved = sum(Decimal(item["amount"]) for day in told["days"] for item in day["items"])
    everyday = Decimal(told["everyday"]) * len(told["days"])
    assert Decimal(told["start"]) + moved - everyday == Decimal(told["days"][-1]["end"]) == cash[-1]
    assert told["short"] == {"day": "2026-12-01", "amount": "1240.00"}


def test_it_is_stored_with_the_overview_and_one_from_before_has_none() -> None:
    made = overview()
    stored = to_json(made)
    assert from_json(stored) == made
    del stored["cash_flow"]
    before = from_json(stored)
    assert before.cash_flow is None and statement(before).cash is None
    assert "Til neste utbetaling" not in to_csv(before, words())
