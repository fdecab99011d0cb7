"""The outbox job of the statistics: what a page asked for and a worker does, a slice at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.casework.statistics import store
from engine.casework.statistics.timeline import Milestones
from engine.platform.db import Database
from engine.workflow.definitions.library import Library
from engine.workflow.jobs.job_types import Deferred, Done, Result
from engine.workflow.jobs.outbox import Work

#: How long a worker reads before it looks at what else is due, in seconds.
SLICE = 5.0
SOON = timedelta(0)


class ReadTimelines:
    """Outbox job ``read_courses``: read on in the trails of the cases that statistics are behind with.

    The name is stored with work that waits, and stays.
    """

    name = "read_courses"

    def __init__(self, database: Database, library: Library, milestones: Milestones) -> None:
        self._database = database
        self._library = library
        self._milestones = milestones

    def perform(self, work: Work, now: datetime) -> Result:
        behind = store.refresh(self._database, self._library, self._milestones, SLICE)
        return Deferred(SOON, "more") if behind else Done()
