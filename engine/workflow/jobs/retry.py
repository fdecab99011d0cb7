"""When a job is tried again, as data: on the task type, and per element in the diagram (``ib:retry``)."""

from __future__ import annotations

import random
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from engine.workflow.bpmn.elements import RetrySettings


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Pauses grow from ``first`` by ``factor`` to ``longest``.

    attempts       most tries in a row that fail, 0 = no limit
    jitter         each pause is longer or shorter by up to this share, so that a thousand do not come at once
    give_up_after  how long it may fail without one answer
    wait_for       how long it may wait for an answer that is not there yet, which is not failing
    """

    attempts: int = 0
    first: timedelta = timedelta(seconds=1)
    factor: float = 2.0
    longest: timedelta = timedelta(minutes=5)
    jitter: float = 0.2
    give_up_after: timedelta = timedelta(hours=24)
    wait_for: timedelta = timedelta(days=365)

    def with_settings(self, settings: RetrySettings | None) -> RetryPolicy:
        """What the diagram says comes first."""
        if settings is None:
            return self
        overrides = {field.name: getattr(settings, field.name) for field in fields(settings)}
        return replace(self, **{name: value for name, value in overrides.items() if value is not None})

    def again_at(self, now: datetime, attempts: int, retry_after: float | None = None) -> datetime:
        """The next try after *attempts* that failed. What the other side asked for (seconds) is honoured."""
        if retry_after is not None:
            return now + timedelta(seconds=min(max(retry_after, 0.0), self.give_up_after.total_seconds()))
        pause = self.first.total_seconds()
        longest = max(self.longest.total_seconds(), pause)
        for _ in range(max(attempts - 1, 0)):
            pause *= self.factor
            if pause >= longest:
                break
        return now + timedelta(seconds=min(pause, longest) * random.uniform(1 - self.jitter, 1 + self.jitter))

    def spent(self, now: datetime, attempts: int, failing_since: datetime | None) -> str:
        """Why it is not tried again, or "" when it is."""
        if self.attempts and attempts >= self.attempts:
            return f"failed {attempts} times"
        if failing_since is not None and now - failing_since >= self.give_up_after:
            return "failed for too long"
        return ""


DEFAULT = RetryPolicy()
