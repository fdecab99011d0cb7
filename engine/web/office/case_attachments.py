"""Files that came with the forms of a case, for its caseworker to open."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from engine.casework.commands import OpenAttachment
from engine.web.citizen import attachments
from engine.web.office import session
from engine.web.office.case_page import case_of
from engine.web.shared import view
from engine.web.shared.commands import send, sends
from engine.web.shared.guards import guarded
from engine.workflow.authorization.actor import Role

blueprint = guarded("case_attachments", __name__, Role.CASEWORKER.value)
session.only_members(blueprint)


@blueprint.get("/saker/<number>/vedlegg/<attachment_id>")
@sends(OpenAttachment)
def show(number: str, attachment_id: str) -> ResponseReturnValue:
    """A file as it was handed in; that it was opened is written down."""
    application = view.application()
    with application.db.read() as connection:
        case = case_of(connection, number)
        answer = attachments.answered(connection, case.id, attachment_id, attachments.for_office(connection, case))
    send(OpenAttachment(case.id, attachment_id))
    return answer
