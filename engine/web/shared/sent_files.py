"""The files of a case, as its pages list them."""

from __future__ import annotations

from typing import Any

from flask import g

from engine.web.shared import answers, view
from engine.workflow.execution import attachments
from engine.workflow.execution.attachments import Attachment


def handed_in(case: Any) -> list[tuple[str, list[Attachment]]]:
    """What the forms of a case asked for, and the files that were sent with them."""
    house = view.house()
    with house.db.read() as connection:
        bundle = house.library.get(connection, case.definition_id).bundle
        files = bundle.attachment_types and attachments.sent(connection, house.vault, case.id)
    found: dict[str, list[Attachment]] = {}
    for one in files or ():
        if one.component in bundle.attachment_types:
            found.setdefault(answers.attached_label(bundle, one.component, g.language), []).append(one)
    return list(found.items())
