"""The form of a task: its layout or its schema, drawn, read and judged. The same for citizens and caseworkers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import g, request
from sqlalchemy import Connection

from engine.application import Application
from engine.execution.data import CaseData, read, read_in_case
from engine.execution.execution import Fault
from engine.execution.expressions import evaluate as evaluate_expression
from engine.web import view
from forms.layout import Field, Form, fields
from forms.layout import read as read_posted
from forms.validation import Issue, check_schema


@dataclass(frozen=True, slots=True)
class TaskForm:
    """``stored`` is the data type the content is kept under: one per person where the bundle says so."""

    data_type: str
    stored: str
    schema: Mapping[str, Any] | None
    fields: tuple[Field, ...]


def of_task(
    connection: Connection, task: Any, given: Mapping[str, Any] | None = None, house: Application | None = None
) -> TaskForm | None:
    """The form of a task filled with what is kept, or with *given*; ``None`` when the task has no form.

    *house* is another application than the one at hand: that of a test run.
    """
    house = house or view.house()
    bundle = house.library.get(connection, task.definition_id).bundle
    kind = bundle.data_type_of(task.element_id)
    if kind is None:
        return None
    stored = kind.stored_as(task.owner_id)
    content = given
    if content is None:
        kept = read(connection, house.vault, task.instance_id, stored)
        content = kept[0] if kept else read_in_case(connection, house.vault, task.case_id, stored) or {}
    known = frozenset(bundle.data_types)
    models = CaseData(connection, house.vault, task.case_id, {}, known)
    models.put(kind.id, content)

    def evaluate(expression: Any) -> Any:
        if not isinstance(expression, list):
            return expression
        try:
            return evaluate_expression(expression, models, kind.id)
        except Fault:
            return None

    def options(name: str) -> Sequence[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = json.loads(bundle.files.get(f"options/{name}.json", b"[]"))
        return found

    schema = bundle.schema(kind.id)
    form = Form(bundle.layout_files(task.element_id), schema, options, kind.id)
    drawn = fields(form, content, evaluate, lambda key: bundle.text(key, g.language))
    return TaskForm(kind.id, stored, schema, drawn)


def posted(form: TaskForm) -> dict[str, Any]:
    """What the browser sent for the fields of *form*."""
    return read_posted(form.fields, form.schema, request.form.getlist)


def faults(form: TaskForm, content: Mapping[str, Any]) -> list[dict[str, str]]:
    """Every fault, in words: the field's id and the sentence. In the order of the form."""
    issues = check_schema(form.schema, content) if form.schema else []
    found = {issue.field: issue for issue in reversed(issues)}
    rows = []
    for field in form.fields:
        issue = found.pop(field.path, None) if field.path else None
        if issue is None and field.required and field.path and _empty(field, content):
            issue = Issue(field.path, "required")
        if issue is not None:
            rows.append({"id": field.id, "path": field.path, "text": sentence(issue, field)})
    rows += [{"id": "form", "path": path, "text": sentence(issue, None)} for path, issue in found.items()]
    return rows


def _empty(field: Field, content: Mapping[str, Any]) -> bool:
    value: Any = content
    for part in field.path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value in (None, "", [], False)


def sentence(issue: Issue, field: Field | None) -> str:
    """What is wrong, with the field's own word first."""
    known = ("required", "type", "minimum", "maximum", "minLength", "maxLength", "enum", "format", "pattern", "const")
    code = issue.code if issue.code in known else "other"
    if code == "type" and field is not None and field.kind == "number":
        code = "number"
    if code == "required" and field is not None and field.title.endswith("?"):
        return view.t("issue.answer", label=field.title)
    label = (field.title if field is not None else issue.field).rstrip("?")
    return view.t(f"issue.{code}", label=label, limit=issue.values.get("limit", ""))
