"""What the operations pages share: the guard, and the names of processes, steps and codes in people's words."""

from __future__ import annotations

from flask import g
from sqlalchemy import Connection

from engine.web.shared import view
from engine.web.shared.guards import guarded
from engine.web.shared.texts import texts
from engine.workflow.authorization.actor import Role
from engine.workflow.definitions.library import UnknownDefinitionError

blueprint = guarded("operations", "engine.web", Role.ADMINISTRATOR.value)


def named(key: str, name: str) -> str:
    """The text ``key.name``; where there is none, the name itself."""
    return view.t(f"{key}.{name}") if f"{key}.{name}" in texts("nb") else name


def error_text(code: str) -> str:
    """A code of an incident as a sentence, where we know it."""
    if code.startswith("http_"):
        return view.t("drift.code.http", status=code.removeprefix("http_"))
    return named("drift.code", code)


def process_name(connection: Connection, key: str) -> str:
    """The title of a process; work that belongs to none has the name of its task type."""
    try:
        return view.application().library.newest(connection, key).bundle.title(g.language)
    except UnknownDefinitionError:
        return key


def step_name(connection: Connection, key: str, element_id: str) -> str:
    """What the newest version calls a step."""
    try:
        bundle = view.application().library.newest(connection, key).bundle
        return bundle.element(element_id).name or element_id
    except KeyError:
        return element_id
