"""The overview on paper: the same figures as the page, in the same order."""

from __future__ import annotations

from datetime import datetime

from engine.advice.documents.page import gap, heading, table, text, write
from engine.advice.documents.words import word
from engine.advice.economy.overview import Overview
from forms.formatting import clock_time, kroner, long_date, percent


def render(overview: Overview, *, name: str, language: str, made_at: datetime) -> bytes:
    """A PDF. Raises ``FontsMissingError`` when set-up has not been run."""

    def w(key: str) -> str:
        return word(language, key)

    def kr(value: object) -> str:
        return kroner(value, language)  # type: ignore[arg-type]

    made = f"{long_date(made_at, language)} {clock_time(made_at, language)}"
    story = [
        heading(w("title")),
        text(name, 12),
        text(f"{w('made')} {made}. {w('copy')}", 8.5),
        gap(),
        table(
            [
                [w("sum"), ""],
                [w("debt"), kr(overview.total_debt)],
                [w("assets"), kr(overview.total_assets)],
                [w("income"), kr(overview.monthly_income)],
                [w("spending"), kr(overview.monthly_spending)],
            ],
            [120, 50],
        ),
        gap(),
    ]
    if overview.gaps:
        story += [heading(w("gaps"), 2)]
        story += [text(f"– {gap_.data_set} {gap_.who}") for gap_ in overview.gaps]
    story += [heading(w("debts"), 2)]
    rows = [[w("who"), w("source"), w("rate"), w("balance")]]
    for debt in overview.debts:
        sources = ", ".join(s.provider or w("you") for s in debt.balance.sources)
        rate = percent(debt.rate.value, language) if debt.rate else w("unknown")
        rows.append([debt.creditor, sources, rate, kr(debt.balance.value)])
    story += [table(rows, [60, 55, 22, 35]), gap(), heading(w("assets"), 2)]
    rows = [[w("what"), w("source"), w("value")]]
    for asset in overview.assets:
        value = kr(asset.value.value) if asset.value else w("unknown")
        rows.append([asset.name, asset.source.provider or w("you"), value])
    story += [table(rows, [75, 60, 37])]
    return write(w("title"), story, language)
