"""The plan held against what was paid says the same in the sentence, on paper and in the table."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest

from engine.advice.documents.plan_payments import cell, render, rows, said, to_csv
from engine.advice.economy.figures import Reported, Total
from tests.engine.advice.documents.test_copies import AT, words
from tests.engine.advice.economy.test_cash_flow import moved
from tests.engine.advice.economy.test_plan_payments import told

LESS = told([moved(date(2026, 10, 15), -2_160, "Kortbanken")])
KEPT = told([moved(date(2026, 10, 15), -3_380, "Kortbanken"), moved(date(2026, 10, 1), -1_620, "Storbanken")])
UNKNOWN = told([], reported=[Reported("bank.accounts", Total.SPENDING, date(2026, 11, 1), date(2026, 11, 20))])


def plain(text: str) -> str:
    return text.replace("\xa0", " ")


def test_a_month_that_fell_short_is_told_without_blame_and_one_that_was_kept_with_praise() -> None:
    assert plain(said(LESS, words())).startswith("I oktober 2026 betalte du 2 160 kr av 5 000 kr. Det var 2 840 kr")
    assert "Slike måneder kommer" in said(LESS, words())
    assert plain(said(KEPT, words())) == "I oktober 2026 betalte du 5 000 kr. Planen var 5 000 kr. Bra jobbet!"


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_what_nobody_has_reported_has_no_amount(language: str) -> None:
    assert "0" not in said(UNKNOWN, words(language))
    assert {cell(month, words(language)) for _, _, months in rows(UNKNOWN, words(language)) for month in months} == {
        words(language)["unknown"]
    }


def test_the_table_has_each_creditor_and_month_with_what_is_missing() -> None:
    made = list(csv.reader(io.StringIO(to_csv(LESS, words())), delimiter=";"))
    assert len(made) == 1 + 2 * 2
    assert ["Kortbanken AS", "oktober 2026", "3380,00", "2160,00", "1220,00", ""] in made
    unknown = list(csv.reader(io.StringIO(to_csv(UNKNOWN, words())), delimiter=";"))
    assert unknown[1][3:] == ["", "", "Ukjent"]


def test_the_paper_is_made_of_the_same() -> None:
    assert render(LESS, name="Anne", words=words(), made_at=AT).startswith(b"%PDF")
