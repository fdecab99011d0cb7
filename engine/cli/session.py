"""What every command stands on: what ``wsgi.py`` hands over, made when first asked for, and the shared decorators.

A command is a function of its options; ``on_database`` and ``with_session`` give it what else it needs. Nothing here
imports the rooms below when it is itself imported: ``ibalanse --help`` shows the list without them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import wraps
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Protocol

import click

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from engine.advice.economy.figures import Figures, Gap
    from engine.application import Application
    from engine.platform.settings import Settings

BAD_INPUT = 2
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class Options(SimpleNamespace):
    """The options and arguments of one call, by the names click gives them."""

    def __getattr__(self, name: str) -> Any:  # what mypy may assume of them
        raise AttributeError(name)


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


def with_options(function: Callable[[Options], int]) -> Callable[..., int]:
    """A command that needs nothing but its options."""

    @wraps(function)
    def call(**values: Any) -> int:
        return function(Options(**values))

    return call


def with_session(function: Callable[[Session, Options], int]) -> Callable[..., int]:
    """A command that needs settings, or what ``wsgi.py`` hands over."""

    @wraps(function)
    @click.pass_obj
    def call(session: Session, /, **values: Any) -> int:
        return function(session, Options(**values))

    return call


def on_database(function: Callable[[Application, Options], int]) -> Callable[..., int]:
    """A command on the installation's database, which must be of this version."""

    @wraps(function)
    @click.pass_obj
    def call(session: Session, /, **values: Any) -> int:
        return function(session.application(), Options(**values))

    return call


def json_option(text: str = "print one JSON value") -> Decorator:
    return click.option("--json", is_flag=True, help=text)


def reason_option(text: str) -> Decorator:
    return click.option("--reason", default="", metavar="TEXT", help=text)
