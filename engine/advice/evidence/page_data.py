"""What a page needs beside the overview: of the parts kept with it while they are of all that is known, else compiled.

Both ways give the same. What only the citizen decides (a plan, a budget, what an account is for) is in neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection, select

from engine.advice.economy import spending_details
from engine.advice.economy.compilation import categories
from engine.advice.economy.enk.overview import EnkOverview
from engine.advice.economy.figures import Figures
from engine.advice.economy.overview import Overview
from engine.advice.economy.page_figures import PageFigures, page_figures
from engine.advice.economy.reconciliation import Entry
from engine.advice.economy.record_pages import CompiledPages, RecordPages
from engine.advice.economy.records import Fact, facts, of_source
from engine.advice.economy.spending_details import Behind
from engine.advice.economy.supplements import Supplement
from engine.advice.evidence import business, harvest, snapshots
from engine.advice.evidence.datasets import DataSetMetadata
from engine.advice.evidence.models import snapshot
from engine.advice.evidence.snapshot_parts import SnapshotParts, stored
from engine.platform.vault import Vault


@dataclass(frozen=True)
class PageData:
    """Of one overview of a case; what is asked for is read, or compiled, while *connection* lasts."""

    connection: Connection
    vault: Vault
    case_id: str
    data_sets: Mapping[str, DataSetMetadata]
    overview: Overview
    version: int

    @cached_property
    def _parts(self) -> SnapshotParts | None:
        """``None`` where there are none, or where something came or went since they were made."""
        wanted = (snapshot.c.case_id == self.case_id, snapshot.c.version == self.version)
        columns = (snapshot.c.id, snapshot.c.built_at, snapshot.c.made_of)
        row = self.connection.execute(select(*columns).where(*wanted)).first()
        if row is None:
            return None
        then = snapshots.basis(self.connection, self.case_id, self.data_sets, "", row.built_at)
        if row.made_of != then.mark or then.version != self.version:
            return None
        return SnapshotParts(stored(self.connection, self.vault, row.id), self.overview) or None

    @cached_property
    def _own(self) -> tuple[Supplement, ...]:
        return tuple(entry for _, entry in harvest.supplements(self.connection, self.vault, self.case_id))

    @cached_property
    def _figures(self) -> Figures:
        return harvest.figures(self.connection, self.vault, self.case_id, self.data_sets)[0]

    @cached_property
    def pages(self) -> PageFigures:
        """What the pages of the household work on."""
        if self._parts is not None:
            return self._parts.pages()
        return page_figures(self._figures, self.overview, categories(self._own))

    def behind(self, category: str) -> Behind:
        """The payees of one category."""
        if self._parts is not None:
            return self._parts.behind(category)
        every = spending_details.behind(self._figures, self.overview, categories(self._own))
        return every.get(category, Behind())

    def business(self, owner_id: str, now: datetime) -> EnkOverview:
        """The overview of the owner's business as of *now*."""
        figures, days = (self._figures, None) if self._parts is None else (self.pages.figures, self._parts.business())
        return business.overview_of(self.connection, self.vault, owner_id=owner_id, figures=figures, days=days, now=now)

    @cached_property
    def records(self) -> RecordPages:
        """What became of every record."""
        if self._parts is not None:
            return self._parts
        made = snapshots.compiled(
            self.connection, self.vault, case_id=self.case_id, data_sets=self.data_sets, as_of=self.overview.as_of
        )
        return CompiledPages(made)

    def facts(self, entry: Entry) -> tuple[Fact, ...]:
        """What the record of an entry that is shown said."""
        moved = self.records.movement(entry)
        if moved is not None:
            return facts(entry, Figures(transactions=(moved,)))
        data_set = entry.source.data_set
        kept = facts(entry, of_source(self.pages.figures, data_set), self._own) if self._parts is not None else ()
        return kept or facts(entry, harvest.answer(self.connection, self.vault, self.case_id, data_set), self._own)
