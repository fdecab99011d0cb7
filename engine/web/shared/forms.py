"""The form of a task: its layout or its schema, drawn, read and validated. The same for citizens and caseworkers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import g, request
from sqlalchemy import Connection

from engine.application import Application
from engine.web.shared import view
from engine.web.shared.amounts import number_error
from engine.workflow.execution import attachments
from engine.workflow.execution.data import CaseData, read_in_case, stored
from engine.workflow.instances.rows import TaskRow
from forms import formatting
from forms.amounts import AmountError
from forms.expressions import ExpressionContext, ExpressionError
from forms.expressions import evaluate as evaluate_in_row
from forms.files import Attached, Taking
from forms.layout import Field, Form, Row, every, fields, value_at
from forms.reading import number_of
from forms.reading import read as read_posted
from forms.validation import Issue, check_schema
from forms.values import Value


@dataclass(frozen=True, slots=True)
class TaskForm:
    """``stored`` is the data type the content is kept under: one per person where the bundle says so."""

    data_type: str
    stored: str
    schema: Mapping[str, Any] | None
    fields: tuple[Field, ...]

    @property
    def takes_files(self) -> bool:
        return any(field.kind == "files" for field in every(self.fields))


def of_task(
    connection: Connection,
    task: TaskRow,
    submitted: Mapping[str, Any] | None = None,
    application: Application | None = None,
) -> TaskForm | None:
    """The form of a task filled with what is kept, or with *submitted*; ``None`` when the task has no form.

    *application* is another application than the one at hand: that of a test run.
    """
    application = application or view.application()
    bundle = application.library.get(connection, task.definition_id).bundle
    kind = bundle.data_type_of(task.element_id)
    if kind is None:
        return None
    own = kind.stored_as(task.owner_id)
    content = submitted
    if content is None:
        there = stored(connection, application.vault, task.instance_id, own)
        content = there.content if there else read_in_case(connection, application.vault, task.case_id, own) or {}
    known = frozenset(bundle.data_types)
    models = CaseData(connection, application.vault, task.case_id, {}, known)
    models.put(kind.id, content)

    def evaluate(expression: Value, row: Row = ()) -> Value:
        return evaluated(expression, models, kind.id, row)

    def options(name: str) -> Sequence[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = json.loads(bundle.files.get(f"options/{name}.json", b"[]"))
        return found

    schema = bundle.schema(kind.id)
    kinds = bundle.attachments_of(task.element_id)
    files = attachments.of_task(connection, application.vault, task.instance_id, task.owner_id, kinds)

    def attached(component: str) -> Sequence[Attached]:
        return [Attached(one.id, one.name, one.size) for one in files if one.component == component]

    form = Form(bundle.layout_files(task.element_id), schema, options, kind.id, rows_asked, attached)
    drawn = fields(form, content, evaluate, lambda key: bundle.text(key, g.language))
    return TaskForm(kind.id, own, schema, drawn)


def evaluated(expression: Value, models: Mapping[str, Any], default: str, row: Row) -> Value:
    """The value of an expression in a layout; one that cannot be evaluated is nothing, and hides nothing."""
    if not isinstance(expression, list):
        return expression
    try:
        return evaluate_in_row(expression, ExpressionContext(models=models, default=default, row=row))
    except ExpressionError:
        return None


def rows_asked(path: str) -> int | None:
    """How many rows of a repeating group the browser sent, and the one that was asked for: ``reshaped`` removes one."""
    shown = request.form.get(f"{path}#", "") if request else ""
    if not shown.isdigit() or len(shown) > 3:
        return None
    pressed = request.form.get("row", "")
    return int(shown) + (pressed == f"+{path}")


def reshaped(form: TaskForm | None, content: dict[str, Any]) -> dict[str, Any] | None:
    """The content when a button of a repeating group was pressed: one row more, or one less. Else ``None``."""
    pressed = request.form.get("row", "")
    group, _, number = pressed[1:].partition("#")
    if form is None or not any(f.kind == "rows" and f.path == group for f in every(form.fields)):
        return None
    rows = value_at(content, group)
    if pressed[0] == "-" and number.isdigit() and isinstance(rows, list) and int(number) < len(rows):
        del rows[int(number)]
    return content


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a form. ``ids`` are those of everything on it, ``navigation`` what it says of its buttons."""

    id: str
    title: str
    fields: tuple[Field, ...]
    navigation: Field | None

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(field.id for field in every(self.fields))


def pages(form: TaskForm | None) -> tuple[Page, ...]:
    """The pages of a form that are shown, in order. A form of one page has one, without a title."""
    if form is None:
        return ()
    found: list[tuple[Field | None, list[Field]]] = []
    for field in form.fields:
        if field.kind == "page" or not found:
            found.append((field if field.kind == "page" else None, []))
        if field.kind != "page":
            found[-1][1].append(field)
    found = found or [(None, [])]
    return tuple(
        Page(
            head.id.removeprefix("page-") if head else "",
            head.title if head else "",
            tuple(inner),
            next((field for field in inner if field.kind == "navigationbuttons"), None),
        )
        for head, inner in found
    )


def posted(form: TaskForm, page: Page | None = None) -> dict[str, Any]:
    """What the browser sent for the fields of *form*. With *page* only that one was shown: the others stay as kept."""
    shown = form.fields if page is None else tuple(_as_stored(f, page.ids) for f in form.fields)
    return read_posted(shown, form.schema, request.form.getlist)


def stored_values(form: TaskForm) -> dict[str, Any]:
    """What is stored for the fields of *form*."""
    return read_posted(tuple(_as_stored(field, frozenset()) for field in form.fields), form.schema, lambda _: [])


def _as_stored(field: Field, shown: frozenset[str]) -> Field:
    """The field, or one that keeps its stored value when it was not on the page."""
    if field.id in shown:
        return field
    rows = tuple(tuple(_as_stored(inner, shown) for inner in row) for row in field.rows)
    return replace(field, read_only=True, rows=rows if field.kind in ("group", "rows") else field.rows)


def errors(form: TaskForm, content: Mapping[str, Any]) -> list[dict[str, str]]:
    """Every error, in words: the field's id and the sentence. In the order of the form."""
    issues = check_schema(form.schema, content) if form.schema else []
    found = {issue.field: issue for issue in reversed(issues)}
    rows = []
    for field in every(form.fields):
        issue = found.pop(field.path, None) if field.path else None
        if field.takes is not None:
            issue = _few_or_many(field, field.takes)
        elif issue is None and field.required and field.path and _empty(field, content) and _there(field, content):
            issue = Issue(field.path, "required")
        if issue is not None:
            rows.append(
                {"id": field.id, "path": field.path, "text": sentence(issue, field, value_at(content, field.path))}
            )
    rows += [{"id": "form", "path": path, "text": sentence(issue, None)} for path, issue in found.items()]
    return rows


def with_others(first: list[dict[str, str]], rest: list[dict[str, str]]) -> list[dict[str, str]]:
    """Errors of the same form from two places; a field keeps the first of its own."""
    paths = {error["path"] for error in first}
    return [*first, *(error for error in rest if error["path"] not in paths)]


def _few_or_many(field: Field, takes: Taking) -> Issue | None:
    if len(takes.files) < takes.min_count:
        return Issue(field.path, "required" if takes.min_count == 1 else "minFiles", {"limit": takes.min_count})
    return Issue(field.path, "maxFiles", {"limit": takes.max_count}) if len(takes.files) > takes.max_count else None


def field_errors(connection: Connection, task: TaskRow, content: Mapping[str, Any]) -> list[dict[str, str]]:
    """The errors of a task's form as *content* leaves it: what is asked for may hang on what was answered now."""
    form = of_task(connection, task, content)
    return errors(form, content) if form is not None else []


def _empty(field: Field, content: Mapping[str, Any]) -> bool:
    return value_at(content, field.path) in (None, "", [], False)


def _there(field: Field, content: Mapping[str, Any]) -> bool:
    """Whether the row a field stands in is one that was written in."""
    row, inside, _ = field.path.rpartition("]")
    return not inside or value_at(content, f"{row}]") is not None


def display(field: Field) -> str:
    """What a field holds, as a person reads it: the words of a choice, a number with its unit, a day."""
    value = field.value
    if field.takes is not None:
        return ", ".join(one.name for one in field.takes.files) or view.t("form.nothing")
    if value in (None, "", []):
        return view.t("form.nothing")
    if field.kind == "yes":
        return view.t("answer.yes" if value else "answer.no")
    if field.options:
        chosen = value if isinstance(value, list) else str(value).split(",") if field.kind == "checks" else [str(value)]
        return ", ".join(option.label for option in field.options if option.value in chosen)
    if field.kind == "date":
        try:
            return formatting.long_date(date.fromisoformat(str(value)), g.language)
        except ValueError:
            return str(value)
    return f"{value} {field.suffix}".strip()


def _no_number(field: Field, written: object) -> str:
    """Why what was written in a field for a number is none, or is not the whole number it was to be."""
    label = field.title.rstrip("?")
    try:
        number_of(str(written), field, {})
    except AmountError as error:
        return number_error(error, label, str(written))
    return view.t("number.whole", label=label)


def sentence(issue: Issue, field: Field | None, written: object = "") -> str:
    """What is wrong, with the field's own word first. *written*: what stands in it."""
    known = (
        "required",
        "type",
        "minimum",
        "maximum",
        "minLength",
        "maxLength",
        "enum",
        "format",
        "pattern",
        "const",
        "minFiles",
        "maxFiles",
    )
    code = issue.code if issue.code in known else "other"
    if code == "type" and field is not None and field.kind == "number":
        return _no_number(field, written)
    if code == "required" and field is not None and field.title.endswith("?"):
        return view.t("issue.answer", label=field.title)
    label = (field.title if field is not None else issue.field).rstrip("?")
    return view.t(f"issue.{code}", label=label, limit=issue.values.get("limit", ""))
