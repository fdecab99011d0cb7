"""What an overview lacks is told in whole sentences, one for each reason, in each language."""

from __future__ import annotations

import itertools
import re

import pytest

from engine.advice.documents.gaps import sentences, what_of
from engine.advice.documents.words import Words
from engine.advice.economy.figures import GapReason, RecordGap, RecordGapReason
from engine.advice.economy.statement import Missing
from engine.web.shared.texts import LANGUAGES, translate

NAMES = {"kartverket": "Kartverket", "nav": "Nav", "bank": "Banken"}
WHATS = ["account", "card", "loan", "debt", "claim", "transaction", "income", "benefit", "asset", "enterprise", "month"]


def words(language: str) -> Words:
    return Words(language, lambda key, **values: translate(language, key, **values), lambda one: NAMES[one])


FOUND = [
    Missing("kartverket", "", GapReason.NOT_ANSWERED),
    Missing("nav", "", GapReason.NOT_ANSWERED),
    Missing("bank", "Storbanken", GapReason.NOT_ASKED),
    Missing("bank", "Storbanken", GapReason.PARTIAL, why="unreadable", what="account", count=2),
]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "nb",
            [
                "Vi har ikke fått svar ennå fra Kartverket og Nav.",
                "Vi har ikke spurt Banken – Storbanken.",
                "Ikke regnet med fra Banken – Storbanken: 2 kontoer. Kunne ikke leses.",
            ],
        ),
        (
            "en",
            [
                "We have had no answer yet from Kartverket and Nav.",
                "We have not asked Banken – Storbanken.",
                "Not counted from Banken – Storbanken: 2 accounts. Could not be read.",
            ],
        ),
    ],
)
def test_sources_of_one_reason_are_one_sentence_and_records_one_each(language: str, told: list[str]) -> None:
    assert sentences(FOUND, words(language)) == told


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_and_every_kind_of_record_has_a_sentence(language: str) -> None:
    whole = [Missing("nav", "", reason) for reason in GapReason]
    records = [
        Missing("nav", "", GapReason.PARTIAL, why=reason.value, what=what, count=1)
        for what, reason in itertools.product(WHATS, RecordGapReason)
        if RecordGap("nav", what, reason).lacking
    ]

    told = sentences([*whole, *records], words(language))

    assert len(told) == len(whole) + len(records)
    assert all(re.fullmatch(r"[A-Z].*\.", one) and "gap." not in one and "left_out." not in one for one in told), told


def test_a_table_names_the_source_and_how_many_of_what() -> None:
    one = Missing("bank", "Storbanken", GapReason.PARTIAL, "unreadable", "account", 1)
    assert what_of(one, words("nb")) == "Banken – Storbanken, 1 konto"
