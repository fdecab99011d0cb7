"""A debt register that answers what a case tells it to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from integrations.gjeldsregister.mapping import figures

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def debts(answer: dict[str, Any]) -> dict[str, Any]:
    """Creditor, balance, yearly per cent, NOK of fee a month, limit, and the lender's own date of each debt."""
    found, missing = figures(answer, NOW)
    return {
        "debts": [
            [
                d.creditor,
                *(None if one is None else str(one.value) for one in (d.balance, d.rate, d.fee, d.limit)),
                str(d.balance.as_of),
            ]
            for d in found.debts
        ],
        "not read": [[gap.who, gap.reason.value] for gap in found.record_gaps],
        "missing": list(missing),
    }


def known_again(answers: list[dict[str, Any]]) -> bool:
    """Whether each debt of the first answer is known again in each later one, by creditor and kind."""
    named = [{(d.creditor, d.kind): d.id for d in figures(answer, NOW)[0].debts} for answer in answers]
    return all(one == named[0] for one in named) and len(set(named[0].values())) == len(named[0])
