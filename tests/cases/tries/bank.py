"""A bank that answers what a case tells it to, and the figures that come of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from engine.advice.economy.overview import build
from engine.advice.evidence.datasets import Evidence
from engine.platform.provider_errors import SourceRefusedError, SourceUnavailableError
from tests.cases.seam import bank_client
from tests.integrations.fake_provider import http

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
ERRORS = {"refused": SourceRefusedError, "unavailable": SourceUnavailableError}


class _Asked:
    grant, since, as_of = "g", date(2026, 1, 1), NOW


def _error(told: object) -> object:
    """What stands as ``{"error": kind, "code": …}`` is no answer but an error of that kind."""
    if isinstance(told, dict) and "error" in told:
        return ERRORS[told["error"]](told["code"])
    return told


def _answered(told: dict[str, Any]) -> Evidence:
    answers = {path: _error(answer) for path, answer in told.items()}
    return bank_client("http://bank", http({"/v1/card-accounts": {"cardAccounts": []}} | answers)).fetch(_Asked())  # type: ignore[arg-type]


def figures(told: dict[str, Any]) -> dict[str, Any]:
    """Answers by path → balances by account number, what is owed, what moved, and what is named as not read."""
    found = _answered(told)
    return {
        "state": found.state.value,
        "accounts": {one.number: str(one.balance.value) for one in found.figures.accounts},
        "owed": [[debt.kind.value, str(debt.balance.value)] for debt in found.figures.debts],
        "moved": [[str(t.amount), t.text, t.kid] for t in found.figures.transactions],
        "not read": [[gap.what, gap.reason.value, gap.count] for gap in found.figures.record_gaps],
        "missing": list(found.missing),
    }


def spending(told: dict[str, Any]) -> str:
    """Answers by path → NOK a month that the overview counts as spent."""
    return str(build(_answered(told).figures, as_of=NOW.date()).monthly_spending)
