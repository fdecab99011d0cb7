"""The overview as a table."""

from __future__ import annotations

import csv
import io

from engine.advice.economy.overview import Overview


def to_csv(overview: Overview) -> str:
    """Rows of kind, name, amount in NOK, period and sources; a cell never begins with what a spreadsheet runs."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(["type", "navn", "belop", "periode", "kilder"])
    for debt in overview.debts:
        sources = ", ".join(source.provider or "deg" for source in debt.balance.sources)
        writer.writerow(["gjeld", _safe(debt.creditor), debt.balance.value, overview.as_of, sources])
    for asset in overview.assets:
        value = asset.value.value if asset.value else ""
        writer.writerow(["verdi", _safe(asset.name), value, overview.as_of, asset.source.provider or "deg"])
    for kind, lines in (("inntekt", overview.incomes), ("forbruk", overview.spending)):
        for line in lines:
            sources = ", ".join(source.provider or "deg" for source in line.sources)
            writer.writerow([kind, _safe(line.category), line.amount, "per måned", sources])
    return out.getvalue()


def _safe(text: str) -> str:
    return f"'{text}" if text[:1] in "=+-@\t\r" else text
