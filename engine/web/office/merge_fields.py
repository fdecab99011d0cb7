"""What a case knows, for the blanks of what the one at the page writes."""

from __future__ import annotations

from sqlalchemy import Connection

from engine.casework import merge_fields
from engine.casework.merge_fields import language_of
from engine.web.shared import view
from engine.web.shared.guards import actor
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.instances.rows import CaseRow

__all__ = ["language_of", "values"]


def values(connection: Connection, case: CaseRow, bundle: Bundle, language: str) -> dict[str, str]:
    """Blank → words, in the name of whoever is logged in."""
    application, who = view.application(), actor()
    return merge_fields.values(
        connection,
        application.vault,
        case=case,
        bundle=bundle,
        language=language,
        now=application.clock.now(),
        adviser=who.name,
        office=who.office.name if who.office else "",
    )
