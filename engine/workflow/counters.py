"""What one process counts for Prometheus. Labels are kinds, outcomes and codes; never an id, a name or a number."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class _Counted:
    """What this process counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.commands = Counter(
            "ibalanse_commands", "Commands by kind and outcome", ["command", "outcome"], registry=self.registry
        )
        self.seconds = Histogram(
            "ibalanse_step_seconds",
            "How long one step of a case takes, from command to commit",
            ["command"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.retries = Counter(
            "ibalanse_retries", "Jobs put back after a passing failure", ["task_type"], registry=self.registry
        )
        self.raised = Counter("ibalanse_incidents_raised", "Incidents raised", ["code"], registry=self.registry)
        self.missed = Counter("ibalanse_bells_missed", "Bells that Redis did not take", registry=self.registry)


COUNTERS = _Counted()
