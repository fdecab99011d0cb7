"""What the statistics of any service are to read in the trails of debt advice: names the writers themselves have."""

from __future__ import annotations

from engine.advice.event_kinds import AdviceEvent
from engine.advice.task_types.collection import BuildOverview
from engine.casework.statistics.timeline import Milestones

MILESTONES = Milestones(
    overview_job=BuildOverview.name,
    asked=AdviceEvent.SOURCES_ASKED,
    answered=AdviceEvent.SOURCE_ANSWERED,
    decision="decision",
    advice="advice-plan",
)
