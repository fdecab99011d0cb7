"""The reason somebody gives for what they do: stored whole, or refused with how long it may be; never cut."""

from __future__ import annotations

from engine.workflow.errors import NotPossible, Reason

MAX_REASON = 500


def require_reason_within_limit(reason: str, limit: int = MAX_REASON) -> str:
    """The reason as it was given. Raises ``NotPossible`` when it is longer than *limit* characters."""
    if len(reason) > limit:
        raise NotPossible(Reason("", "text-long", f"the reason has more than {limit} characters"))
    return reason
