"""What the pages of a business share: the guard, and what they work on."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from engine.advice.economy.enk.overview import EnkOverview
from engine.advice.economy.figures import Figures
from engine.advice.economy.overview import Overview
from engine.advice.evidence import business, snapshots
from engine.advice.evidence.page_data import PageData
from engine.web.shared import access, view
from engine.web.shared.guards import actor, guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.instances.rows import CaseRow

blueprint = guarded("enk", "engine.web", Role.CITIZEN.value)


@dataclass(frozen=True, slots=True)
class Known:
    """What the pages work on: the case with the newest data, the overview of the business, and what was told."""

    case: CaseRow
    overview: EnkOverview
    figures: Figures
    private: Overview | None


def known_of(connection: Connection) -> Known | None:
    application = view.application()
    now, vault, owner = application.clock.now(), application.vault, actor().person_id
    case = access.data_case(connection)
    if case is None:
        return None
    newest = snapshots.newest(connection, vault, case.id, now)
    if newest is None:
        found, figures = business.overview(
            connection, vault, case_id=case.id, owner_id=owner, data_sets=application.data_sets, now=now
        )
        return Known(case, found, figures, None)
    about = PageData(connection, vault, case.id, application.data_sets, newest[0], newest[2])
    return Known(case, about.business(owner, now), about.pages.figures, newest[0])
