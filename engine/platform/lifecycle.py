"""Life cycles: which change of state is allowed. One flat ``transitions`` machine each, one table.

A life cycle is declared as rows (trigger, source, destination) and built once.
People-paced changes go through ``move``, which asks the machine; the token loop
reads ``table``, compiled from that same machine at start-up, because a trigger
costs some sixty times a look-up. So there is one truth and two speeds.

Nothing is registered with the machine: registered models are held by strong
reference and leak (transitions 0.9.3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from transitions import Machine, MachineError


class HasState(Protocol):
    """Anything with a ``state``."""

    state: str


class Lifecycle:
    """One table of allowed changes.

    rows     (trigger, source state or states, destination)
    initial  the state a new entity stands in
    """

    def __init__(self, name: str, initial: str, rows: Sequence[tuple[str, str | Sequence[str], str]]) -> None:
        self.name = name
        self.initial = initial
        sources = [[source] if isinstance(source, str) else list(source) for _, source, _ in rows]
        states = dict.fromkeys([initial, *(s for group in sources for s in group), *(row[2] for row in rows)])
        self.states = tuple(states)
        self.machine = Machine(
            model=None,
            states=list(states),
            initial=initial,
            auto_transitions=False,
            transitions=[
                {"trigger": trigger, "source": group, "dest": destination}
                for (trigger, _, destination), group in zip(rows, sources, strict=True)
            ],
        )
        self.table: Mapping[tuple[str, str], str] = {
            (source, trigger): str(transition.dest)
            for trigger, event in self.machine.events.items()
            for source, group in event.transitions.items()
            for transition in group
        }

    def move(self, entity: HasState, trigger: str) -> None:
        """Change ``entity.state``. Raises ``TransitionError`` when the table says no."""
        event = self.machine.events.get(trigger)
        try:
            if event is None:
                raise TransitionError(self.name, trigger, entity.state)
            event.trigger(entity)
        except MachineError as error:
            raise TransitionError(self.name, trigger, entity.state) from error

    def allows(self, state: str, trigger: str) -> bool:
        """Whether *trigger* may happen in *state*."""
        return (state, trigger) in self.table

    def after(self, state: str, trigger: str) -> str:
        """The state after *trigger*. Raises ``TransitionError``."""
        try:
            return self.table[state, trigger]
        except KeyError:
            raise TransitionError(self.name, trigger, state) from None


class TransitionError(Exception):
    """A change of state that the life cycle does not have."""

    def __init__(self, lifecycle: str, trigger: str, state: str) -> None:
        super().__init__(f"{lifecycle}: {trigger} is not allowed in state {state}")
        self.lifecycle = lifecycle
        self.trigger = trigger
        self.state = state
