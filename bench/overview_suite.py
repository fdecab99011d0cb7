"""Compile an overview of ten sources and five thousand transactions; make the PDF."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from bench.measure import median
from engine.advice.documents.overview import render
from engine.advice.documents.words import Words
from engine.advice.economy.figures import Account, Debt, DebtKind, Figures, Transaction
from engine.advice.economy.overview import build
from engine.advice.economy.sourced import Source, Sourced
from engine.web.shared.texts import translate

AT = datetime(2026, 11, 23, 8, tzinfo=UTC)


def figures(transactions: int = 5000) -> Figures:
    """Ten sources' worth of figures, the same every time."""
    dice = random.Random(1)
    sources = [Source(f"s{n}", f"Kilde {n}", AT, "consent") for n in range(10)]
    debts = tuple(
        Debt(
            f"s{n % 10}:{n}",
            DebtKind.CONSUMER_LOAN,
            f"Kreditor {n // 2}",
            Sourced(Decimal(10_000 + n // 2), (sources[n % 10],)),
        )
        for n in range(60)
    )
    accounts = tuple(
        Account(f"a{n}", str(n), f"Konto {n}", "", "PRIV", Sourced(Decimal(100), (sources[0],))) for n in range(6)
    )
    moved = tuple(
        Transaction(
            str(n),
            str(n % 6),
            date(2026, 10, 31) - timedelta(days=n % 180),
            Decimal(-dice.randint(10, 900)),
            dice.choice(("REMA 1000", "Ruter", "Ukjent", "Apotek")),
            "",
            sources[0],
            mcc=dice.choice(("5411", "4111", "", "5912")),
        )
        for n in range(transactions)
    )
    return Figures(debts=debts, accounts=accounts, transactions=moved)


def measure() -> dict[str, dict[str, Any]]:
    """Rows of the suite ``overview``: goals are those of the design, in milliseconds."""
    found = figures()
    overview = build(found, as_of=AT.date())
    words = Words("nb", partial(translate, "nb"), str)
    compiled = median(lambda: build(found, as_of=AT.date()) and None, 20)
    paper = median(lambda: render(overview, name="Anne", words=words, made_at=AT) and None, 10)
    return {
        "compile 10 sources, 5 000 transactions": _row(compiled, 150),
        "overview PDF": _row(paper, 400),
    }


def _row(value: float, goal: float) -> dict[str, Any]:
    return {
        "value": round(value, 1),
        "unit": "ms",
        "peer": "the promise of the design",
        "ratio": round(value / goal, 2),
        "goal": f"{goal} ms",
        "reached": value <= goal,
    }
