"""Validates what was filled in before a task may end: the data type's JSON Schema, and how many files there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.workflow.definitions.bundle import Bundle
from engine.workflow.execution import attachments
from engine.workflow.execution.context import Context
from engine.workflow.execution.data import stored
from forms.validation import Issue, check_schema


def validate(ctx: Context, data: Mapping[str, Mapping[str, Any]]) -> tuple[Issue, ...]:
    """Every issue of every data element handed in, and of the one the task owns when none was."""
    assert ctx.task is not None
    bundle = ctx.deployed(ctx.task.definition_id).bundle
    contents = dict(data)
    owned = bundle.data_type_of(ctx.task.element_id)
    own = owned.stored_as(ctx.task.owner_id) if owned is not None else ""
    if own and own not in contents:
        found = stored(ctx.connection, ctx.services.vault, ctx.live.id, own)
        contents[own] = found.content if found else {}
    issues: list[Issue] = []
    for data_type, content in contents.items():
        schema = bundle.schema(data_type)
        if schema is not None:
            issues.extend(check_schema(schema, content))
    return (*issues, *_files(ctx, bundle))


def _files(ctx: Context, bundle: Bundle) -> Iterator[Issue]:
    """Too few files of a kind the task asks for (Altinn: TooFewDataElementsOfType)."""
    assert ctx.task is not None
    wanted = {name: kind for name, kind in bundle.attachments_of(ctx.task.element_id).items() if kind.min_count > 0}
    there = attachments.of_task(ctx.connection, ctx.services.vault, ctx.live.id, ctx.task.owner_id, wanted)
    for kind in wanted.values():
        if sum(one.component == kind.id for one in there) < kind.min_count:
            yield Issue(f"file:{kind.id}", "minFiles", {"limit": kind.min_count})
