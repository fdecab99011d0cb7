"""What a scope and an element instance remember between two commands: the JSON of their column ``data``.

These are plain dictionaries, so that the token loop makes nothing and converts nothing; the keys are stored names.
"""

from __future__ import annotations

from typing import Any, TypeAlias, TypedDict

#: One event that is listened for: ``[holder's id, element's id, causes that were true]``.
Listening: TypeAlias = list[Any]


class Done(TypedDict, total=False):
    """An activity that is done and can be compensated. Of one with a handler only ``element`` is kept.

    element    its id
    variables  of the subprocess, as it ended
    done       what was done inside it, the last last
    each       the same of a repeated activity: what each of its inner instances has done
    """

    element: str
    variables: dict[str, Any] | None
    done: list[Done]
    each: list[Done]


class ScopeState(TypedDict, total=False):
    """Nothing is there until somebody has something to remember.

    Of any scope:

    joins        gateway → incoming flow → how many tokens have come by it
    fired        complex gateway that has fired and waits for the rest → the flows that took part
    quantities   activity → how many tokens have come, of the several it begins with
    seen         element that waits for all of several events → the causes of those that have happened
    handling     how many event subprocesses run
    interrupted  an interrupting event subprocess has taken over
    cancelled    the transaction is cancelled
    done         what can be compensated, the last last
    todo         what is still to be compensated, the last first

    Of the instance, for everything in it:

    conditions   what is listened for by conditional events

    Of one element instance:

    total, completed  inner instances of a multi-instance: how many there are, and how many are done
    items, results    what each of them is given, one after another; what each has answered
    index             which of them this one is, from 0
    turns             of a loop
    order             activities of a sequential ad-hoc subprocess that have not begun
    each              a repeated activity that is compensated
    """

    joins: dict[str, dict[str, int]]
    fired: dict[str, list[str]]
    quantities: dict[str, int]
    seen: dict[str, list[str]]
    handling: int
    interrupted: bool
    cancelled: bool
    done: list[Done]
    todo: list[Done]
    conditions: list[Listening]
    total: int
    completed: int
    items: list[Any]
    results: list[Any]
    index: int
    turns: int
    order: list[str]
    each: bool
