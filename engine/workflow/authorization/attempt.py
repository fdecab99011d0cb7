"""What authorization asks of the command it decides on. The context of execution is one."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import Connection

from engine.workflow.authorization.actor import Actor
from engine.workflow.definitions.library import Deployed


class Resource(Protocol):
    """The process instance the command is about."""

    @property
    def id(self) -> str: ...

    @property
    def key(self) -> str: ...

    @property
    def case_id(self) -> str: ...

    @property
    def owner_id(self) -> str: ...

    @property
    def definition_id(self) -> str: ...


class Attempt(Protocol):
    """One command of one actor. ``live``: the instance, once it is found."""

    @property
    def actor(self) -> Actor: ...

    @property
    def connection(self) -> Connection: ...

    @property
    def case_id(self) -> str: ...

    @property
    def live(self) -> Resource: ...

    def deployed(self, definition_id: str) -> Deployed: ...
