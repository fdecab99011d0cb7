"""What the old database and its tests both know: where it lies, when it was left, and how people answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PLACE = "old_database.sqlite.gz"
KEYS = HERE / "old_database_keys.json"
#: When the first case began, and when the database was left.
AT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
LAST = AT + timedelta(days=4)

NO = {"answer": "no", "kinds": [], "language": "nb"}
DECISION = {"outcome": "granted", "startDate": "2026-11-25", "reason": "Varige problemer"}
DECLARED = {"testament": "no", "marriagePact": "no", "agricultural": "no"}


def yes(*kinds: str) -> dict[str, Any]:
    return {"answer": "yes", "kinds": list(kinds), "language": "nb"}
