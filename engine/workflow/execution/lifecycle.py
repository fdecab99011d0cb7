"""Is that change of state allowed? The life cycles of what the engine runs."""

from __future__ import annotations

from engine.platform.lifecycle import Lifecycle

PROCESS_INSTANCE = Lifecycle(
    "process instance",
    "active",
    [
        ("complete", "active", "completed"),
        ("terminate", ["active", "suspended"], "terminated"),
        ("suspend", "active", "suspended"),
        ("resume", "suspended", "active"),
        ("reopen", ["completed", "terminated"], "active"),
    ],
)

ELEMENT_INSTANCE = Lifecycle(
    "element instance",
    "ready",
    [
        ("activate", "ready", "activated"),
        ("complete", "activated", "completed"),
        ("terminate", ["ready", "activated", "failed"], "terminated"),
        ("fail", "activated", "failed"),
        ("recover", "failed", "activated"),
    ],
)

USER_TASK = Lifecycle(
    "user task",
    "ready",
    [
        ("claim", "ready", "claimed"),
        ("assign", ["ready", "claimed"], "claimed"),
        ("release", "claimed", "ready"),
        ("delegate", "claimed", "claimed"),
        ("give_back", "claimed", "claimed"),
        ("complete", ["ready", "claimed"], "completed"),
        ("cancel", ["ready", "claimed"], "cancelled"),
    ],
)

TASK_PAUSE = Lifecycle(
    "pause of a user task",
    "running",
    [("pause", "running", "paused"), ("resume", "paused", "running")],
)

INCIDENT = Lifecycle(
    "incident",
    "open",
    [("retry", "open", "retried"), ("skip", "open", "skipped"), ("cancel", "open", "cancelled")],
)
