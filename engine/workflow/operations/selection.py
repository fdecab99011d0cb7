"""Which cases: by process, version, live element, stage and age. What a batch works on, kept with it as data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, select

from engine.workflow.bpmn.timing import add_duration
from engine.workflow.definitions.library import Library
from engine.workflow.execution.models import element_instance, incident, process_instance
from engine.workflow.instances.models import case_file

LIVE = ("active", "suspended")


@dataclass(frozen=True, slots=True)
class Query:
    """Every condition given must hold; "" is no condition.

    process     key of the process
    version     number or tag of it
    element     id of an element a token rests on
    stage       stage the case is in
    older_than  ISO 8601 duration since the start
    state       active | suspended; "" = either
    incident    only those with an open incident
    """

    process: str = ""
    version: str = ""
    element: str = ""
    stage: str = ""
    older_than: str = ""
    state: str = ""
    incident: bool = False

    @property
    def empty(self) -> bool:
        """Whether it would choose everything there is."""
        return self == Query()

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value}


def cases(connection: Connection, library: Library, query: Query, now: datetime) -> Iterator[str]:
    """Ids of the cases that fit, oldest first. Raises ``UnknownDefinitionError`` and ``TimerSyntaxError``."""
    yield from _chosen(connection, library, query, now, cases_only=True)


def instances(connection: Connection, library: Library, query: Query, now: datetime) -> Iterator[str]:
    """Ids of the process instances that fit, called ones too, oldest first."""
    yield from _chosen(connection, library, query, now, cases_only=False)


def _chosen(
    connection: Connection, library: Library, query: Query, now: datetime, *, cases_only: bool
) -> Iterator[str]:
    wanted: list[ColumnElement[bool]] = [process_instance.c.state.in_((query.state,) if query.state else LIVE)]
    if cases_only:
        wanted.append(process_instance.c.id == process_instance.c.case_id)
    if query.process:
        wanted.append(process_instance.c.key == query.process)
    if query.version:
        deployed = library.version(connection, query.process, query.version)
        wanted.append(process_instance.c.definition_id == deployed.id)
    if query.older_than:
        wanted.append(process_instance.c.started_at <= add_duration(now, query.older_than, back=True))
    if query.stage:
        staged = select(case_file.c.id).where(case_file.c.stage == query.stage)
        wanted.append(process_instance.c.case_id.in_(staged))
    if query.incident:
        wanted.append(exists().where(incident.c.case_id == process_instance.c.case_id, incident.c.state == "open"))
    if query.element:
        wanted.append(_rests_on(query.element, cases_only))
    found = select(process_instance.c.id).where(*wanted).order_by(process_instance.c.started_at, process_instance.c.id)
    yield from connection.execute(found).scalars()


def _rests_on(element: str, cases_only: bool) -> ColumnElement[bool]:
    here = process_instance.alias()
    token = element_instance.c.element_id == element
    if not cases_only:
        return exists().where(element_instance.c.instance_id == process_instance.c.id, token)
    return exists().where(here.c.case_id == process_instance.c.id, element_instance.c.instance_id == here.c.id, token)
