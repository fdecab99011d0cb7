"""Where the open cases of a process stand, version by version: what publishing a new version must know."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from engine.workflow.definitions.bundle import Bundle
from engine.workflow.definitions.library import Deployed
from engine.workflow.execution.models import element_instance, process_instance
from engine.workflow.instances.models import case_file


@dataclass(frozen=True, slots=True)
class Waiting:
    """*cases* cases of *version* stand in the element, called *name* there."""

    element: str
    name: str
    version: int
    cases: int


def cases_by_version(connection: Connection, versions: Sequence[Deployed]) -> dict[int, int]:
    """Version → how many instances of it run, on their own or called by another process."""
    rows = connection.execute(
        select(process_instance.c.definition_id, func.count())
        .where(process_instance.c.definition_id.in_([v.id for v in versions]), process_instance.c.ended_at.is_(None))
        .group_by(process_instance.c.definition_id)
    ).all()
    by_id = {row[0]: row[1] for row in rows}
    return {version.version: by_id.get(version.id, 0) for version in versions}


def left_behind(connection: Connection, versions: Sequence[Deployed], there: Collection[str]) -> list[Waiting]:
    """Elements that cases stand in, and that are not in *there*, the elements of the next version."""
    by_id = {version.id: version for version in versions}
    rows = connection.execute(
        select(
            process_instance.c.definition_id,
            element_instance.c.element_id,
            func.count(process_instance.c.id.distinct()),
        )
        .join(process_instance, process_instance.c.id == element_instance.c.instance_id)
        .where(process_instance.c.definition_id.in_(by_id), process_instance.c.ended_at.is_(None))
        .group_by(process_instance.c.definition_id, element_instance.c.element_id)
    ).all()
    found = []
    for definition_id, element_id, cases in rows:
        version = by_id[definition_id]
        element = version.bundle.process.elements.get(element_id)
        if element is not None and element_id not in there:
            found.append(Waiting(element_id, element.name or element_id, version.version, cases))
    return sorted(found, key=lambda w: (-w.version, w.name))


def left_in_stages(
    connection: Connection, versions: Sequence[Deployed], bundle: Bundle, language: str
) -> list[Waiting]:
    """Stages that cases are in, and that *bundle* neither declares nor says that it replaces."""
    known = {stage.id for stage in bundle.stages} | {old for stage in bundle.stages for old in stage.replaces}
    by_id = {version.id: version for version in versions}
    rows = connection.execute(
        select(case_file.c.definition_id, case_file.c.stage, func.count())
        .where(case_file.c.definition_id.in_(by_id), case_file.c.state == "open", case_file.c.stage.is_not(None))
        .group_by(case_file.c.definition_id, case_file.c.stage)
    ).all()
    found = []
    for definition_id, stage, cases in rows:
        version = by_id[definition_id]
        titles = {s["id"]: s.get("title", {}) for s in version.bundle.metadata.get("stages", ())}
        if stage not in known:
            title = titles.get(stage, {})
            found.append(Waiting(stage, title.get(language) or title.get("nb") or stage, version.version, cases))
    return sorted(found, key=lambda w: (-w.version, w.name))
