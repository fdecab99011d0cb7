"""What the pages of a business share: the guard, and what they work on."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from engine.advice.economy.enk.overview import EnkOverview
from engine.advice.economy.figures import Figures
from engine.advice.economy.overview import Overview
from engine.advice.evidence import business, snapshots
from engine.web.shared import access, view
from engine.web.shared.guards import actor, guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.instances.rows import CaseRow

blueprint = guarded("enk", "engine.web", Role.CITIZEN.value)


@dataclass(frozen=True, slots=True)
class Known:
    """What the pages work on: the case with the newest data, the overview of the business, and all figures."""

    case: CaseRow
    overview: EnkOverview
    figures: Figures
    private: Overview | None


def known_of(connection: Connection) -> Known | None:
    application = view.application()
    case = access.data_case(connection)
    if case is None:
        return None
    found, figures = business.overview(
        connection,
        application.vault,
        case_id=case.id,
        owner_id=actor().person_id,
        data_sets=application.data_sets,
        now=application.clock.now(),
    )
    newest = snapshots.newest(connection, application.vault, case.id, application.clock.now())
    return Known(case, found, figures, newest[0] if newest else None)
