"""Kinds of events about who came in and who was refused."""

from __future__ import annotations

from engine.workflow.audit.kinds import EventKind


class AccessEvent(EventKind):
    """Log-ins and refusals."""

    LOGGED_IN = "LoggedIn"
    LOG_IN_FAILED = "LogInFailed"
    REQUEST_REFUSED = "RequestRefused"
