"""What ``ibalanse run`` is given: stimuli and bindings, read strictly and applied one by one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from engine.platform.strict_json import loads
from engine.workflow.bpmn.conditions import ConditionSyntaxError, read_json
from engine.workflow.bpmn.timing import TimerSyntaxError, add_duration
from engine.workflow.execution.simulation import BEGIN, Effect, NobodyWaitsError, Simulation

MAX_STIMULI = 100_000
#: Stimulus → what it must be, and what may be said with it; the same names in ``_HAPPEN``.
_KINDS: Mapping[str, tuple[type, Mapping[str, type]]] = {
    "start": (dict, {}),
    "complete": (str, {"variables": dict, "action": str}),
    "error": (str, {"code": str}),
    "escalation": (str, {"code": str}),
    "message": (str, {"key": object, "variables": dict}),
    "signal": (str, {"variables": dict}),
    "advance": (str, {}),
    "set": (dict, {}),
    "cancel": (bool, {}),
}
_EFFECT: Mapping[str, tuple[type, ...]] = {
    "set": (dict,),
    "error": (str,),
    "fail": (str,),
    "wait": (str,),
    "mark": (str, list),
}
_NAMES = {dict: "an object", str: "a text", bool: "true", list: "an expression"}


class StimuliError(Exception):
    """A stimulus or binding cannot be used; says which and why."""


def apply_stimulus(simulation: Simulation, stimulus: Mapping[str, Any], number: int) -> None:
    """Let one thing happen. Raises ``StimuliError`` when nobody can take it."""
    try:
        _HAPPEN[next(kind for kind in _HAPPEN if kind in stimulus)](simulation, stimulus)
    except NobodyWaitsError as error:
        raise StimuliError(f"stimulus {number}: {error}") from None
    except TimerSyntaxError as error:
        raise StimuliError(f"stimulus {number} cannot be used: {error}") from None


def _message(simulation: Simulation, stimulus: Mapping[str, Any]) -> None:
    key = stimulus.get("key")
    simulation.message(stimulus["message"], None if key is None else str(key), stimulus.get("variables", {}))


_HAPPEN: Mapping[str, Callable[[Simulation, Mapping[str, Any]], None]] = {
    "start": lambda run, s: run.start(s["start"].get("variables", {})),
    "complete": lambda run, s: run.complete(s["complete"], s.get("variables", {}), s.get("action", "")),
    "error": lambda run, s: run.error(s["error"], s.get("code", "")),
    "escalation": lambda run, s: run.escalation(s["escalation"], s.get("code", "")),
    "message": _message,
    "signal": lambda run, s: run.signal(s["signal"], s.get("variables", {})),
    "advance": lambda run, s: run.advance(s["advance"]),
    "set": lambda run, s: run.set(s["set"]),
    "cancel": lambda run, _: run.cancel(),
}


def read_stimuli(path: Path | None) -> list[Mapping[str, Any]]:
    """What happens, checked whole before anything does. Raises ``StimuliError`` and ``OSError``."""
    if path is None:
        return []
    found = _json(path)
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise StimuliError(f"{path.name}: stimuli are a JSON array of objects")
    if len(found) > MAX_STIMULI:
        raise StimuliError(f"{path.name}: more than {MAX_STIMULI} stimuli")
    for number, item in enumerate(found, 1):
        error = _error(item)
        if error:
            raise StimuliError(f"{path.name}: stimulus {number}: {error}")
    return found


def _error(stimulus: Mapping[str, Any]) -> str:
    """What is wrong with a stimulus, or ""."""
    kinds = [kind for kind in _KINDS if kind in stimulus]
    if len(kinds) != 1:
        return f"it must be one of {', '.join(_KINDS)}"
    kind = kinds[0]
    wanted, more = _KINDS[kind]
    value: Any = stimulus[kind]
    if not isinstance(stimulus[kind], wanted) or value is False:
        return f"{kind!r} must be {_NAMES[wanted]}"
    unknown = set(stimulus) - {kind} - set(more)
    if kind == "start":
        unknown |= set(value) - {"variables"}
        if not isinstance(value.get("variables", {}), dict):
            return "'variables' must be an object"
    if unknown:
        return f"{', '.join(sorted(map(repr, unknown)))} means nothing with {kind!r}"
    for name, type_ in more.items():
        if name in stimulus and not isinstance(stimulus[name], type_):
            return f"{name!r} must be {_NAMES[type_]}"
    return _time_error(value) if kind == "advance" else ""


def _time_error(text: str) -> str:
    """Time only goes forward, by an ISO 8601 duration."""
    try:
        return "" if add_duration(BEGIN, text) >= BEGIN else f"{text!r} goes back in time"
    except TimerSyntaxError as error:
        return str(error)


def read_effects(path: Path | None) -> dict[str, Effect]:
    """What automatic tasks do, checked as the stimuli are."""
    if path is None:
        return {}
    found = _json(path)
    if not isinstance(found, dict):
        raise StimuliError(f"{path.name}: bindings are a JSON object")
    for name, effect in found.items():
        error = _effect_error(effect)
        if error:
            raise StimuliError(f"{path.name}: the binding of {name!r}: {error}")
    return {name: Effect(**effect) for name, effect in found.items()}


def _effect_error(effect: object) -> str:
    """What is wrong with a binding, or ""."""
    if not isinstance(effect, dict) or any(name not in _EFFECT for name in effect):
        return f"it must be an object of {', '.join(_EFFECT)}"
    for name, value in effect.items():
        if not isinstance(value, _EFFECT[name]):
            return f"{name!r} must be {' or '.join(_NAMES[type_] for type_ in _EFFECT[name])}"
    try:
        for value in (*effect.get("set", {}).values(), effect.get("mark", "")):
            if isinstance(value, list):
                read_json(json.dumps(value))  # for its depth
    except ConditionSyntaxError as error:
        return str(error)
    return _time_error(effect["wait"]) if "wait" in effect else ""


def _json(path: Path) -> object:
    try:
        found: object = loads(path.read_bytes())
    except ValueError as error:
        raise StimuliError(f"{path.name} is not JSON: {error}") from None
    return found
