"""What each tab of a process draws, by its name: a tab's own module says it, the page asks for the open one.

So the page knows no tab, and a tab that saves a change may draw the page again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.workflow.bpmn.elements import Process
from engine.workflow.definitions.bundle import Bundle

#: In the order they stand.
TABS = ("diagram", "steg", "skjemaer", "lister", "tekster", "maler", "tilganger", "versjoner")
#: The bundle, its process and the step that is open → names the tab's part of the page draws with.
TabContext = Callable[[Bundle, Process, str], Mapping[str, Any]]

_CONTEXTS: dict[str, TabContext] = {}


def tab(name: str) -> Callable[[TabContext], TabContext]:
    """Declare what the tab *name* draws."""
    assert name in TABS, name

    def declare(context: TabContext) -> TabContext:
        _CONTEXTS[name] = context
        return context

    return declare


def context_of(name: str, bundle: Bundle, process: Process | None, step: str) -> Mapping[str, Any]:
    """What the open tab draws with; a process that cannot be read has nothing to draw."""
    context = _CONTEXTS.get(name)
    return {} if context is None or process is None else context(bundle, process, step)
