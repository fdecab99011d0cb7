"""How a page sends a command: what a view may send is declared where the view is, and held to it.

::

    @blueprint.post("/saker/<number>/notat")
    @sends(AddNote)
    def note(number): ...

A test lists every POST route with what it declares here.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, request

from engine.web.shared import view
from engine.web.shared.guards import actor
from engine.workflow.authorization.actor import Actor
from engine.workflow.execution.commands import Command, Outcome
from engine.workflow.execution.dispatch import digest

View = TypeVar("View", bound=Callable[..., Any])
_DECLARED = "sent_commands"


class UndeclaredCommandError(AssertionError):
    """A view sends what it did not declare: a mistake in the code, raised at once."""


def sends(*kinds: type[Command]) -> Callable[[View], View]:
    """Declare the commands a view may send."""

    def declare(view_function: View) -> View:
        setattr(view_function, _DECLARED, (*declared(view_function), *kinds))
        return view_function

    return declare


def declared(view_function: Callable[..., Any]) -> tuple[type[Command], ...]:
    """What a view declared with ``sends``."""
    found: tuple[type[Command], ...] = getattr(view_function, _DECLARED, ())
    return found


def send(command: Command, *, once: bool = False, as_actor: Actor | None = None) -> Outcome:
    """Send a command for whoever is logged in. Raises a ``Refusal``.

    once      the form carries a key: sent twice, it is done once and answers the same;
              sent with other words it is another act
    as_actor  another actor than who is logged in, where the page acts for the installation itself
    """
    view_function = current_app.view_functions[request.endpoint or ""]
    if type(command) not in declared(view_function):
        raise UndeclaredCommandError(f"{request.endpoint} sends {type(command).__name__} undeclared")
    form_key = request.form.get("_key", "") if once else ""
    key = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{form_key}/{digest(command)}")) if form_key else ""
    return view.application().dispatch.send(command, as_actor or actor(), key=key)
