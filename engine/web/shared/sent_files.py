"""The files of a case, as its pages list them."""

from __future__ import annotations

from flask import g
from sqlalchemy import Connection

from engine.web.shared import access, answers, view
from engine.workflow.authorization.pep import Reader
from engine.workflow.execution import attachments
from engine.workflow.execution.attachments import Attachment
from engine.workflow.instances.rows import CaseRow


def handed_in(case: CaseRow) -> list[tuple[str, list[Attachment]]]:
    """What the forms of a case asked for, and the files that were sent with them."""
    application = view.application()
    with application.db.read() as connection:
        bundle = application.library.get(connection, case.definition_id).bundle
        files = bundle.attachment_types and of_readable_steps(connection, case, access.reader(connection, case))
    found: dict[str, list[Attachment]] = {}
    for one in files or ():
        if one.component in bundle.attachment_types:
            found.setdefault(answers.attached_label(bundle, one.component, g.language), []).append(one)
    return list(found.items())


def of_readable_steps(connection: Connection, case: CaseRow, reader: Reader) -> list[Attachment]:
    """The files that were sent with forms of steps the actor may read; of a called journey those of a case they may."""
    application = view.application()
    deployed = application.library.get(connection, case.definition_id)
    kinds = deployed.bundle.attachment_types
    return [
        one
        for one in attachments.sent(connection, application.vault, case.id)
        if one.component not in kinds or reader.may_read_step(deployed, kinds[one.component].task_id)
    ]
