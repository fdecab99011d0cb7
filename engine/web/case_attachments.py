"""Files that came with the forms of a case, for its caseworker to open."""

from __future__ import annotations

from typing import Any

from engine.audit import chain
from engine.authorization.actor import Role
from engine.web import attaching, desk, view
from engine.web.casework import case_of
from engine.web.guards import actor, guarded

blueprint = guarded("case_attachments", __name__, Role.CASEWORKER.value)
desk.only_members(blueprint)


@blueprint.get("/saker/<number>/vedlegg/<attachment_id>")
def show(number: str, attachment_id: str) -> Any:
    """A file as it was handed in; that it was opened is written down."""
    house = view.house()
    with house.db.read() as connection:
        case = case_of(connection, number)
        answer = attaching.answered(connection, case.id, attachment_id, attaching.for_office(connection, case.id))
    data = {"attachment": attachment_id}
    with house.db.write() as connection:
        chain.append(connection, case.id, house.clock.now(), actor(), "FileOpened", data)
    return answer
