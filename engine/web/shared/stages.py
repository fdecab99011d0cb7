"""The row of stages above a case: what is done, where it stands, what is still to come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.web.shared import view
from engine.workflow.instances.rows import CaseRow


@dataclass(frozen=True, slots=True)
class StageStep:
    """A stage in the row of stages: ``state`` is "done", "now" or "todo", ``at`` when it was entered."""

    title: str
    state: str
    at: datetime | None


def stage_rows(case: CaseRow) -> list[StageStep]:
    """The stage row: done, now or still to come, with the day each was entered."""
    entered = {entry["id"]: datetime.fromisoformat(entry["at"]) for entry in case.stages}
    rows, passed = [], True
    for stage_id, title in view.stages_of(case.definition_id):
        current = stage_id == case.stage
        if current:
            passed = False
        closed = case.state != "open"
        state = "now" if current and not closed else "done" if (passed and case.stage) or current else "todo"
        rows.append(StageStep(title, state, entered.get(stage_id)))
    return rows
