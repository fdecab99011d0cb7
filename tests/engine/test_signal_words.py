"""Every early signal is a whole sentence in every language, on a page and in a message alike."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from flask import Flask, g

from engine.web.texts import LANGUAGES
from engine.web.view import signal_text

SIGNALS = [
    ("spending_over_income", "", Decimal(100), None),
    ("minimum_payments_only", "Kort", Decimal(100), None),
    ("income_falling", "wage", Decimal(100), None),
    ("income_ending", "sykepenger", None, date(2027, 1, 1)),
    ("income_ending", "dagpenger", None, date(2027, 1, 1)),
    ("savings_eaten", "Sparekonto", Decimal(100), date(2027, 1, 1)),
    ("claim_growing", "Strøm", Decimal(100), date(2027, 1, 1)),
    ("claim_growing", "Strøm", None, date(2027, 1, 1)),
    ("new_credit", "Kort", Decimal(100), None),
    ("set_aside_missing", "", Decimal(100), date(2027, 2, 10)),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "about", "amount", "when"), SIGNALS)
def test_a_signal_is_a_sentence(
    language: str, kind: str, about: str, amount: Decimal | None, when: date | None
) -> None:
    with Flask("words").app_context():
        g.language = language
        text = signal_text(kind, about, amount, when)
    assert text.endswith(".") and "signal." not in text and "  " not in text and "{" not in text
    assert not any(key in text for key in ("benefit_name.", "income.", "sykepenger", "dagpenger "))
    assert ("2027" in text) == (when is not None)
