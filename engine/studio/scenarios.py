"""Test runs that are stored in the bundle and done again at every publishing: a moved outcome is reported.

``scenarios/<name>.json``::

    {"title", "blocks": true when it must hold, "script": what was pressed, "outcome": how it stood then}
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine.application import Application
from engine.studio.bpmn_editor import EditRefused, Files
from engine.studio.trial import OPEN, Trial, beginning
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.errors import Refusal
from engine.workflow.execution.models import user_task

PREFIX = "scenarios/"
MAX_TITLE = 120


@dataclass(frozen=True, slots=True)
class Replay:
    """How a scenario ended this time.

    differs  "" as before | start | never | refused | end | state | path;  ``step`` where, by name
    """

    name: str
    title: str
    blocks: bool
    differs: str
    step: str = ""


def of(bundle: Bundle) -> dict[str, dict[str, Any]]:
    """Name → scenario, in the order of their names."""
    return {
        name[len(PREFIX) : -5]: json.loads(data)
        for name, data in sorted(bundle.files.items())
        if name.startswith(PREFIX) and name.endswith(".json")
    }


def basis(bundle: Bundle) -> str:
    """A checksum of what a bundle does when it runs: two with the same run the same, whatever scenarios they keep."""
    return Bundle(bundle.key, {n: data for n, data in bundle.files.items() if not n.startswith(PREFIX)}).checksum


def save(
    files: Files,
    name: str,
    title: str,
    script: Sequence[Mapping[str, Any]],
    outcome: Mapping[str, Any],
    *,
    blocks: bool,
) -> dict[str, bytes]:
    """A run as a scenario of the bundle. Raises ``EditRefused`` without a title."""
    title = title.strip()
    if not title or not name:
        raise EditRefused("scenario.named")
    if len(title) > MAX_TITLE:
        raise EditRefused("edit.too_long")
    value = {"title": title, "blocks": blocks, "script": list(script), "outcome": dict(outcome)}
    return {**files, f"{PREFIX}{name}.json": json.dumps(value, ensure_ascii=False, indent=2).encode()}


def remove(files: Files, name: str) -> dict[str, bytes]:
    return {path: data for path, data in files.items() if path != f"{PREFIX}{name}.json"}


def replays(application: Application, bundle: Bundle) -> list[Replay]:
    """Every scenario of the bundle done again on it, each in a room of its own that is gone afterwards."""
    stored = of(bundle)
    if not stored:
        return []
    with application.db.read() as connection:
        others = [deployed.bundle for deployed in application.library.every_newest(connection)]
    return list(_replays(application, bundle, others, stored))


def _replays(
    application: Application, bundle: Bundle, others: Sequence[Bundle], stored: Mapping[str, Any]
) -> Iterator[Replay]:
    for name, scenario in stored.items():
        with tempfile.TemporaryDirectory(prefix="scenario-") as folder:
            trial = Trial(application, bundle.key, "scenario", Path(folder) / "run")
            differs, step = _differs(trial, bundle, others, scenario)
        yield Replay(name, str(scenario.get("title", name)), bool(scenario.get("blocks")), differs, step)


def _differs(trial: Trial, bundle: Bundle, others: Sequence[Bundle], scenario: Mapping[str, Any]) -> tuple[str, str]:
    try:
        trial.start(bundle, others, *beginning(bundle))
    except Refusal:
        return "start", ""
    for press in scenario.get("script", ()):
        error = _again(trial, press)
        if error:
            return error, _named(bundle, str(press.get("element", "")))
    was, now = scenario.get("outcome", {}), trial.outcome()
    if was.get("waiting") != now["waiting"]:
        return "end", ", ".join(_named(bundle, element) for element in now["waiting"]) or now["state"]
    if was.get("state") != now["state"]:
        return "state", now["state"]
    if was.get("happened") != now["happened"]:
        other = sorted(set(was.get("happened", {}).items()) ^ set(now["happened"].items()))
        return "path", ", ".join(dict.fromkeys(_named(bundle, key.partition(":")[2]) for key, _ in other))
    return "", ""


def _again(trial: Trial, press: Mapping[str, Any]) -> str:
    """Do one press again. Returns why it could not be done."""
    if press["do"] == "clock":
        trial.move(timedelta(hours=press["hours"]))
    elif press["do"] == "turn":
        trial.turn(press["knob"])
    elif press["do"] == "retry":
        trial.retry(press["element"])
    elif press["do"] == "fault":
        trial.fault(press["source"], press["kind"])
    else:
        with trial.open() as app, app.db.read() as connection:
            same = select(user_task).where(user_task.c.element_id == press["element"], user_task.c.state.in_(OPEN))
            tasks = connection.execute(same.order_by(user_task.c.created_at, user_task.c.id)).all()
        if len(tasks) <= press.get("at", 0):
            return "never"
        task = tasks[press.get("at", 0)]
        data = {
            f"{name}{task.owner_id}" if name.endswith("@") else name: v for name, v in press.get("data", {}).items()
        }
        try:
            trial.complete(task.id, data, press.get("action", ""))
        except Refusal:
            return "refused"
    return ""


def _named(bundle: Bundle, element: str) -> str:
    try:
        return bundle.element(element).name or element
    except KeyError:
        return element
