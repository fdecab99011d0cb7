"""What every command stands on: what ``wsgi.py`` hands over, made when first asked for, and the shared decorators.

A command is a function of its options, by the names click gives them; ``on_database`` and ``with_session`` give it
what else it needs. Nothing here imports the rooms below when it is itself imported: ``ibalanse --help`` shows the list
without them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol

import click

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from engine.advice.economy.figures import Figures, Gap
    from engine.application import Application
    from engine.platform.settings import Settings

BAD_INPUT = 2
P = ParamSpec("P")
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class Recorded(Protocol):
    """What a folder of recorded answers tells."""

    @property
    def figures(self) -> Figures: ...
    @property
    def gaps(self) -> tuple[Gap, ...]: ...


@dataclass(frozen=True, slots=True)
class Session:
    """What ``wsgi.py`` hands to the commands.

    shipped       keys of the processes that come with the product
    read_answers  reads a folder of recorded answers of providers
    """

    wire: Callable[[Settings], Application]
    prepare: Callable[[Application], None]
    create_sandbox: Callable[[Settings], Any]
    shipped: Collection[str] = ()
    read_answers: Callable[[Path, datetime, Settings], Recorded] | None = None

    def settings(self) -> Settings:
        """The settings in force. Raises ``SettingsError``."""
        from engine.platform.settings import Settings

        return Settings.from_env()

    def application(self) -> Application:
        """The application on a database of this version. Raises ``SettingsError`` and ``SchemaError``."""
        from engine.platform import schema

        application = self.wire(self.settings())
        schema.require_current(application.db)
        return application


def with_session(function: Callable[Concatenate[Session, P], int]) -> Callable[P, int]:
    """A command that needs settings, or what ``wsgi.py`` hands over."""
    return click.pass_obj(function)


def on_database(function: Callable[Concatenate[Application, P], int]) -> Callable[P, int]:
    """A command on the installation's database, which must be of this version."""

    @wraps(function)
    @click.pass_obj
    def call(session: Session, /, *args: P.args, **options: P.kwargs) -> int:
        return function(session.application(), *args, **options)

    return call


def json_option(text: str = "print one JSON value") -> Decorator:
    """``as_json`` of a command."""
    return click.option("--json", "as_json", is_flag=True, help=text)


def reason_option(text: str) -> Decorator:
    return click.option("--reason", default="", metavar="TEXT", help=text)
