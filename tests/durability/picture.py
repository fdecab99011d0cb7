"""What a test compares: the whole state of a case, told without ids, so that two runs of it can be equal."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

PEOPLE = frozenset({"userTask", "manualTask", "task"})


@dataclass
class Live:
    """One live element instance, wherever it was read from."""

    id: str
    element: str
    type: str
    state: str
    role: str
    scope_id: str
    instance_id: str
    children: int
    variables: Mapping[str, Any] | None
    data: Mapping[str, Any] | None
    order: Any = 0


@dataclass
class Process:
    """One process instance."""

    id: str
    key: str
    state: str
    parent: str | None
    children: int
    variables: Mapping[str, Any]
    data: Mapping[str, Any] | None


@dataclass
class Picture:
    """Equal pictures: the same waits, the same variables, the same ends.

    moved     element:state since the picture before, counted
    waits     who listens for which message or signal
    timers    what falls due when
    jobs      which work waits to be done
    people    which tasks wait for somebody
    faults    open incidents
    buffered  messages nobody has taken
    """

    instances: Counter[str] = field(default_factory=Counter)
    tokens: Counter[str] = field(default_factory=Counter)
    waits: Counter[str] = field(default_factory=Counter)
    timers: Counter[str] = field(default_factory=Counter)
    jobs: Counter[str] = field(default_factory=Counter)
    people: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    buffered: Counter[str] = field(default_factory=Counter)
    moved: Counter[str] = field(default_factory=Counter)

    def differences(self, other: Picture) -> list[str]:
        found = []
        for name in self.__dataclass_fields__:
            mine, theirs = getattr(self, name), getattr(other, name)
            found += [f"{name}: only in memory: {what} x{n}" for what, n in (mine - theirs).items()]
            found += [f"{name}: only durable: {what} x{n}" for what, n in (theirs - mine).items()]
        return found


class Paths:
    """Where a token stands, as text: ``p/sub1#2/user3``."""

    def __init__(self, tokens: Iterable[Live], instances: Iterable[Process]) -> None:
        self._tokens = {token.id: token for token in tokens}
        self._instances = {instance.id: instance for instance in instances}

    def of(self, holder_id: str) -> str:
        token = self._tokens.get(holder_id)
        if token is None:
            instance = self._instances[holder_id]
            return instance.key if instance.parent is None else f"{self.of(instance.parent)}/{instance.key}"
        turn = ""
        if token.role == "inner":
            index = (token.data or {}).get("index")
            turn = f"#{index + 1 if index is not None else (token.variables or {}).get('loopCounter')}"
        elif token.role:
            turn = f"({token.role})"
        parent = self._tokens.get(token.scope_id)
        if token.role == "inner" and parent is not None:
            return f"{self.of(token.scope_id)}{turn}"
        return f"{self.of(token.scope_id)}/{token.element}{turn}"


def paint(tokens: list[Live], instances: list[Process]) -> tuple[Picture, Paths]:
    """The part of a picture that is about instances and tokens, and the paths for the rest."""
    paths = Paths(tokens, [i for i in instances if i.state == "active" or i.parent is None])
    picture = Picture()
    for token in tokens:
        told = [token.state, token.children, _plain(token.variables), _data(token.data, paths)]
        picture.tokens[f"{paths.of(token.id)} {told}"] += 1
    for instance in instances:
        live = instance.state == "active"
        where = paths.of(instance.id) if live else instance.key
        told = [instance.state, instance.children, _plain(instance.variables)]
        picture.instances[f"{where} {told} {_data(instance.data, paths) if live else ''}"] += 1
    return picture, paths


def _plain(variables: Mapping[str, Any] | None) -> list[tuple[str, Any]]:
    return sorted((variables or {}).items(), key=lambda pair: pair[0])


def _data(data: Mapping[str, Any] | None, paths: Paths) -> str:
    """What a scope remembers. Conditions of holders that are gone say nothing any more."""
    kept = {}
    for name, value in (data or {}).items():
        if name == "conditions":
            told = []
            for holder, element, true in value:
                try:
                    told.append(f"{paths.of(holder)}:{element}:{true}")
                except KeyError:
                    continue
            value = sorted(told)
        if value not in ({}, [], None):
            kept[name] = value
    return json.dumps(kept, sort_keys=True)
