"""What the page of an overview is drawn from, the same names whoever reads it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from flask import render_template
from sqlalchemy import Row

from engine.advice.economy.statement import Statement
from engine.advice.economy.supplements import Supplement
from engine.advice.evidence.rows import HarvestRow
from engine.web.citizen.charts import panels
from engine.web.shared.amounts import FieldErrors
from engine.workflow.instances.rows import CaseRow, TaskRow


@dataclass(frozen=True, slots=True)
class OverviewContext:
    """The overview as it was compiled, and what only the one it is about may see and do.

    told      what the overview says; None until it is compiled
    view_only for others than the one it is about: *owner* is their name, *by_party* one who takes part in the case
    old       data sets whose answer has grown old
    waiting   more is to come, and the page asks for itself again
    ended     the consent that ended last, where none stands
    submitted what was written, beside *errors*, where it was refused
    """

    case: CaseRow
    told: Statement | None
    built_at: datetime | None
    version: int
    view_only: bool = True
    by_party: bool = False
    owner: str = ""
    sources: Sequence[HarvestRow] = ()
    old: Collection[str] = ()
    entries: Sequence[tuple[str, Supplement]] = ()
    shares: Sequence[Row[Any]] = ()
    task: TaskRow | None = None
    waiting: bool = False
    ended: Row[Any] | None = None
    submitted: Mapping[str, str] = field(default_factory=dict)
    errors: FieldErrors = field(default_factory=list)

    def drawn(self) -> str:
        """The page."""
        shown = {one.name: getattr(self, one.name) for one in fields(self)}
        return render_template("overview.html", panels=panels(self.told) if self.told else (), **shown)
