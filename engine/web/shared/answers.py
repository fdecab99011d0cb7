"""What has been filled in in a case, as questions and answers a person can read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import g
from sqlalchemy import Connection, select

from engine.casework import merge_fields
from engine.web.shared import access, view
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.definitions.library import Deployed
from engine.workflow.execution import attachments
from engine.workflow.execution.attachments import Attachment
from engine.workflow.execution.data import read_in_case
from engine.workflow.execution.models import data_element
from engine.workflow.instances.rows import CaseRow
from forms.values import Value

#: Kept by pages of their own, not forms people read back.
_OWN = frozenset({"accounts", "assumptions", "measures"})


@dataclass(frozen=True, slots=True)
class Answered:
    """One form that was filled in. ``rows`` are (question, answer) as shown; ``who`` is a person id or ""."""

    title: str
    rows: tuple[tuple[str, str], ...]
    who: str = ""


def of_case(connection: Connection, case: CaseRow, deployed: Deployed) -> tuple[Answered, ...]:
    """Every form of the case that has content and belongs to the journey's own data types, in the bundle's order.

    Those of steps that whoever is logged in may not read are left out.
    """
    application, bundle = view.application(), deployed.bundle
    reader = access.reader(connection, case)
    stored = set(
        connection.execute(select(data_element.c.data_type).where(data_element.c.case_id == case.id)).scalars()
    )
    found = []
    files = bundle.attachment_types and attachments.sent(connection, application.vault, case.id)
    attached = [one for one in files or () if one.component in bundle.attachment_types]
    for kind in bundle.data_types.values():
        if not reader.may_read_step(deployed, kind.task_id):
            continue
        for name in sorted(stored):
            base, _, person = name.partition("@")
            if base != kind.id or kind.id in _OWN:
                continue
            content = read_in_case(connection, application.vault, case.id, name)
            rows = tuple(question_rows(bundle, kind.id, content or {}))
            rows += _files(bundle, kind.task_id, attached, person)
            if rows:
                found.append(Answered(_text(bundle, f"task.{kind.task_id}", kind.id), rows, person))
    return tuple(found)


def _files(bundle: Bundle, task_id: str, attached: Sequence[Attachment], person: str) -> tuple[tuple[str, str], ...]:
    """What was asked for and the names of the files that came; of one *person* where each has a form of their own."""
    there: dict[str, list[str]] = {}
    for one in attached:
        if bundle.attachment_types[one.component].task_id == task_id and person in ("", one.owner_id):
            there.setdefault(one.component, []).append(one.name)
    return tuple((attached_label(bundle, name, g.language), "\n".join(files)) for name, files in there.items())


def attached_label(bundle: Bundle, component: str, language: str) -> str:
    """What was asked for: the title of the component in the form."""
    kind = bundle.attachment_types.get(component)
    for found in bundle.components(kind.task_id) if kind else ():
        title = found.get("textResourceBindings", {}).get("title")
        if found.get("id") == component and isinstance(title, str):
            return bundle.text(title, language)
    return component


def question_rows(
    bundle: Bundle, data_type: str, content: Mapping[str, Any], prefix: str = ""
) -> list[tuple[str, str]]:
    """(question, answer) as shown, in the order of the schema."""
    schema = bundle.schema(data_type) or {}
    order = list(schema.get("properties", {}))
    rows: list[tuple[str, str]] = []
    for name in sorted(content, key=lambda n: order.index(n) if n in order else len(order)):
        value = content[name]
        path = f"{prefix}{name}"
        if isinstance(value, Mapping):
            rows += question_rows(bundle, data_type, value, f"{path}.")
            continue
        if isinstance(value, list) and value and all(isinstance(row, Mapping) for row in value):
            label = _text(bundle, f"field.{data_type}.{path}", name)
            for number, row in enumerate(value, 1):
                inside = question_rows(bundle, data_type, row, f"{path}.")
                rows.append((f"{label} {number}", "\n".join(f"{question}: {answer}" for question, answer in inside)))
            continue
        rule = _rule(schema, path)
        rows.append((_text(bundle, f"field.{data_type}.{path}", name), shown(bundle, data_type, path, value, rule)))
    return rows


def _rule(schema: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    """The schema of a field, whether it stands by itself, in a group or in the rows of one that repeats."""
    rule: Mapping[str, Any] = schema
    for part in path.split("."):
        rule = rule.get("items", rule).get("properties", {}).get(part, {})
    return rule


def _text(bundle: Bundle, key: str, otherwise: str) -> str:
    found = bundle.text(key, g.language)
    return otherwise if found == key else found


def shown(bundle: Bundle, data_type: str, path: str, value: Value, rule: Mapping[str, Any]) -> str:
    return merge_fields.shown(bundle, data_type, path, value, rule, g.language)
