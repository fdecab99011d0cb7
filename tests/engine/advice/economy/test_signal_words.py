"""Every early signal is a whole sentence in every language, on a page and in a message alike."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from flask import Flask, g

from engine.platform.clock import FixedClock
from engine.web.shared.texts import LANGUAGES
from engine.web.shared.view import signal_text

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


def said(language: str, kind: str, about: str, amount: Decimal | None, when: date | None) -> str:
    """The sentence, read on 23 November 2026."""
    app = Flask("words")
    app.extensions["ibalanse"] = SimpleNamespace(clock=FixedClock(datetime(2026, 11, 23, 8, tzinfo=UTC)))
    with app.app_context():
        g.language = language
        return signal_text(kind, about, amount, when)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("amount", [Decimal(100), None])
def test_a_deadline_that_has_passed_is_not_said_to_come(language: str, amount: Decimal | None) -> None:
    ahead = said(language, "claim_growing", "Strøm", amount, date(2026, 11, 23))
    passed = said(language, "claim_growing", "Strøm", amount, date(2026, 6, 20))

    assert passed.endswith(".") and "signal." not in passed and "2026" in passed
    assert ahead.replace("23. november", "20. juni").replace("23 November", "20 June") != passed


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("kind", "about", "amount", "when"), SIGNALS)
def test_a_signal_is_a_sentence(
    language: str, kind: str, about: str, amount: Decimal | None, when: date | None
) -> None:
    text = said(language, kind, about, amount, when)
    assert text.endswith(".") and "signal." not in text and "  " not in text and "{" not in text
    assert not any(key in text for key in ("benefit_name.", "income.", "sykepenger", "dagpenger "))
    assert ("2027" in text) == (when is not None)
