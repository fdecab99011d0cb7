"""Files in the form of a task: kept as they come, whatever else is wrong with the form, and taken out by a press.

The same for citizens and caseworkers. What a file must be is checked in ``engine/casework/uploads.py`` and by what the
component says it takes.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import make_response, request
from sqlalchemy import Connection
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from engine.casework import case_actions, uploads
from engine.web.shared import access, sent_files, view
from engine.web.shared.commands import send
from engine.web.shared.forms import TaskForm
from engine.workflow.errors import NotFound, NotPossible
from engine.workflow.execution import attachments
from engine.workflow.execution.attachments import Attachment
from engine.workflow.execution.commands import AttachFile, DetachFile
from engine.workflow.instances.rows import CaseRow, TaskRow
from forms.files import Taking
from forms.layout import Field, every


def pressed() -> bool:
    """Whether the press was one of the buttons of a file field, and not the form's own."""
    return bool(request.form.get("attach") or request.form.get("detach"))


def take(task: TaskRow, form: TaskForm) -> list[dict[str, str]]:
    """Attach the files that came with the request, and detach the one pressed away. Returns what was not, and why.

    Each file is a command of its own, before the answer's: one that is refused takes no other with it, and none is to
    be chosen again because something else in the form is wrong.
    """
    errors: list[dict[str, str]] = []
    gone = request.form.get("detach", "")
    if gone:
        send(DetachFile(task.id, gone))
    for field in every(form.fields):
        if field.takes is None:
            continue
        sent = [one for one in request.files.getlist(field.path) if one.filename]
        if not sent and request.form.get("attach") == field.id:
            errors.append({"id": field.id, "path": field.path, "text": view.t("upload.missing")})
        there = len(field.takes.files) - any(one.id == gone for one in field.takes.files)
        for one in sent:
            error = _save(task, field, field.takes, one, there)
            there += not error
            if error:
                errors.append({"id": field.id, "path": field.path, "text": f"{one.filename}: {error}"})
    return _one_each(errors)


def _one_each(errors: list[dict[str, str]]) -> list[dict[str, str]]:
    """A field shows one error; several are joined."""
    found: dict[str, dict[str, str]] = {}
    for error in errors:
        before = found.get(error["path"])
        found[error["path"]] = error if before is None else {**error, "text": f"{before['text']}. {error['text']}"}
    return list(found.values())


def _save(task: TaskRow, field: Field, takes: Taking, sent: FileStorage, there: int) -> str:
    """Keep one file. Returns why it could not be, in words, or ""."""
    if there >= takes.max_count:
        return view.t("files.too_many", most=takes.max_count)
    content = sent.stream.read(takes.max_megabytes * 1024 * 1024 + 1)
    if len(content) > takes.max_megabytes * 1024 * 1024:
        return view.t("files.large", size=takes.max_megabytes)
    try:
        upload = uploads.check(sent.filename or "", content)
    except uploads.FileRefusedError as bad:
        return view.t(bad.key)
    if takes.endings and not upload.name.lower().endswith(takes.endings):
        return view.t("files.ending", endings=view.listed(takes.endings, "or"))
    try:
        command = AttachFile(task.id, field.path.partition(":")[2], upload.name, upload.type, upload.content)
        send(command)
    except NotPossible as refused:
        rules = {reason.rule for reason in refused.reasons}
        if rules & {"files-type", "files-max"}:
            return view.t("files.type" if "files-type" in rules else "files.too_many", most=takes.max_count)
        raise
    return ""


def of_task(connection: Connection, task: TaskRow) -> list[Attachment]:
    """What is in the form of this task, sent or not, and in no other."""
    application = view.application()
    kinds = application.library.get(connection, task.definition_id).bundle.attachments_of(task.element_id)
    return attachments.of_task(connection, application.vault, task.instance_id, task.owner_id, kinds)


def for_office(connection: Connection, case: CaseRow) -> list[Attachment]:
    """What was sent in a case, and what its caseworkers are putting in their own forms: of the steps they may read."""
    reader = access.reader(connection, case)
    own = [
        one
        for task in case_actions.tasks(connection, case.id)
        if access.step_readable(connection, reader, task.definition_id, task.element_id)
        for one in of_task(connection, task)
    ]
    return [*sent_files.of_readable_steps(connection, case, reader), *own]


def answered(connection: Connection, case_id: str, attachment_id: str, among: Iterable[Attachment]) -> Response:
    """One of these files to be saved by whoever asked, never shown in the page. Raises ``NotFound``."""
    application = view.application()
    found = next((one for one in among if one.id == attachment_id), None)
    content = attachments.content(connection, application.vault, case_id, found) if found else None
    if found is None or content is None:
        raise NotFound(attachment_id)
    answer = make_response(content)
    answer.headers["Content-Type"] = found.type
    answer.headers.set("Content-Disposition", "attachment", filename=found.name)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
