"""The rows of the audit trail, as those who are given one may read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol


class EventRow(Protocol):
    """One event of a case's trail: ``data`` holds ids, codes and numbers by name; ``at`` is in UTC."""

    @property
    def case_id(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def actor_id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def data(self) -> Mapping[str, Any]: ...
