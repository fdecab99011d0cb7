"""Hypothesis strategies: which processes, which stimuli, where it crashes."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, is_dataclass, replace

from hypothesis import strategies as st

from tests.durability.model import (
    Activity,
    Block,
    Catch,
    Catcher,
    Choice,
    Gate,
    Loop,
    Model,
    Par,
    Seq,
    Stop,
    Task,
    Throw,
)

DEPTH = 3
_kinds = st.sampled_from
UNDO = ("", "", "auto", "user", "job")


def _tasks() -> st.SearchStrategy[Block]:
    undone = st.builds(Task, _kinds(("user", "job", "auto")), _kinds(UNDO))
    return st.one_of(st.builds(Task, _kinds(("user", "job", "manual", "auto", "receive"))), undone)


def _leaves() -> st.SearchStrategy[Block]:
    return st.one_of(
        _tasks(),
        st.builds(Catch, _kinds(("timer", "message", "signal", "conditional", "mail", "call", "past"))),
        st.builds(Throw, _kinds(("none", "mail", "call", "escalation", "compensation", "link"))),
    )


@functools.cache
def blocks(depth: int = DEPTH) -> st.SearchStrategy[Block]:
    """A block that has a way out."""
    if depth == 0:
        return _leaves()
    inner, ending = blocks(depth - 1), branches(depth - 1)
    more = st.lists(ending, min_size=1, max_size=2)
    return st.one_of(
        _leaves(),
        st.builds(Seq, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(_with_default, st.builds(Choice, _kinds(("exclusive", "inclusive")), more.map(tuple)), inner),
        st.builds(_and_one, st.builds(Par, more.map(tuple)), inner),
        st.builds(
            Gate,
            st.lists(st.tuples(_kinds(("message", "timer", "signal", "receive")), inner), min_size=2, max_size=3).map(
                tuple
            ),
        ),
        st.builds(Loop, inner),
        activities(depth),
    )


def _with_default(choice: Choice, default: Block) -> Choice:
    return Choice(choice.kind, (*choice.branches, default))


def _and_one(par: Par, branch: Block) -> Par:
    return Par((*par.branches, branch))


@functools.cache
def branches(depth: int) -> st.SearchStrategy[Block]:
    """A block that may end the matter."""
    stops = st.builds(Stop, _kinds(("end", "terminate", "error", "compensation")))
    return st.one_of(blocks(depth), st.builds(lambda body, stop: Seq((body, stop)), blocks(depth), stops), stops)


@functools.cache
def _catchers(depth: int, kinds: tuple[str, ...]) -> st.SearchStrategy[tuple[Catcher, ...]]:
    def catcher(kind: str, interrupting: bool, then: Block) -> Catcher:
        return Catcher(kind, interrupting or kind in ("error", "cancel"), then)

    return st.lists(st.builds(catcher, _kinds(kinds), st.booleans(), branches(depth)), max_size=2).map(tuple)


ON_TASK = ("timer", "message", "signal", "conditional", "error", "cycle")
ON_SCOPE = (*ON_TASK, "escalation")


@functools.cache
def activities(depth: int) -> st.SearchStrategy[Block]:
    inner = depth - 1
    repeat = _kinds(("", "", "", "loop", "sequential", "parallel"))
    rests = st.builds(Task, _kinds(("user", "job", "receive", "manual")))
    return st.one_of(
        st.builds(
            Activity, st.just("task"), rests, repeat, st.integers(1, 3), st.booleans(), _catchers(inner, ON_TASK)
        ),
        st.builds(
            Activity,
            _kinds(("sub", "sub", "call")),
            branches(inner),
            repeat,
            st.integers(0, 3),
            st.booleans(),
            _catchers(inner, ON_SCOPE),
            _catchers(inner, ON_SCOPE),
        ),
        st.builds(_transaction, blocks(inner), blocks(inner), st.booleans()),
    ).map(_without_a_race)


#: What reaches every instance of a parallel multi-instance at the same moment.
AT_ONCE = frozenset({"timer", "cycle", "past", "signal", "call", "conditional"})
#: What one instance does that ends the others, or is heard outside.
DECIDING = frozenset({"error", "terminate", "cancel", "escalation", "compensation", "mail"})


def _without_a_race(activity: Activity) -> Activity:
    """Instances side by side that are reached at one moment race to end each other: who wins, the standard leaves free.

    Such a multi-instance takes its items one after another instead.
    """
    kinds = frozenset(_kinds_in(activity))
    if activity.repeat == "parallel" and kinds & AT_ONCE and (activity.enough or kinds & DECIDING):
        return replace(activity, repeat="sequential")
    return activity


def _kinds_in(part: object) -> Iterator[str]:
    """Every kind of event and block inside."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, tuple):
        for one in part:
            yield from _kinds_in(one)
    elif is_dataclass(part):
        for name in part.__dataclass_fields__:
            yield from _kinds_in(getattr(part, name))


def _transaction(body: Block, after: Block, undone: bool) -> Activity:
    """Something that can be undone, and a choice to cancel it."""
    first = Task("user", "auto" if undone else "job")
    choice = Choice("exclusive", (Stop("cancel"), Throw("none")))
    return Activity("transaction", Seq((first, body, choice)), catchers=(Catcher("cancel", True, after),))


def models() -> st.SearchStrategy[Model]:
    return st.builds(Model, branches(DEPTH), _catchers(1, ON_SCOPE))


@dataclass(frozen=True)
class Move:
    """One stimulus, taken from what can happen at that moment; and where it crashes, if at all.

    crashes  points passed before each crash: statements, steps, commits
    """

    pick: int
    variable: str
    value: int
    crashes: tuple[int, ...] = ()


def moves() -> st.SearchStrategy[list[Move]]:
    crashes = st.lists(st.integers(1, 60), max_size=2).map(tuple)
    return st.lists(
        st.builds(Move, st.integers(0, 40), _kinds(("a", "b", "c")), st.integers(0, 2), crashes), max_size=9
    )
