"""Afterwards: is everything there, and there once?"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from bench.soak.roles import EFFECTS, effect, is_odd
from engine.application import Application
from engine.workflow.audit import chain
from engine.workflow.audit.chain import audit_event
from engine.workflow.execution.models import (
    element_instance,
    incident,
    process_instance,
    subscription,
    user_task,
)
from engine.workflow.jobs.models import due_work


@dataclass
class Verdict:
    """Figures of one run. ``faults`` is empty when nothing was lost and nothing doubled."""

    figures: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def must_be(self, name: str, value: int, wanted: int) -> None:
        self.figures[name] = value
        if value != wanted:
            self.faults.append(f"{name}: {value}, not {wanted}")


def judge(application: Application, data: Path) -> Verdict:
    """Count what was asked for, what was done, and what is left."""
    verdict = Verdict()
    with application.db.read() as connection:
        states = dict(connection.execute(select(process_instance.c.id, process_instance.c.state)).tuples().all())
        effects = connection.execute(select(effect.c.case_id, effect.c.element, effect.c.key)).tuples().all()
        completed = Counter(
            connection.execute(select(audit_event.c.case_id).where(audit_event.c.kind == "TaskCompleted")).scalars()
        )
        tasks = Counter(
            connection.execute(select(user_task.c.case_id).where(user_task.c.state == "completed")).scalars()
        )
        left = {
            "rows left waiting": sum(
                connection.execute(select(func.count()).select_from(table).where(live)).scalar_one()
                for table, live in (
                    (element_instance, element_instance.c.id.is_not(None)),
                    (subscription, subscription.c.id.is_not(None)),
                    (due_work, due_work.c.state != "done"),
                    (user_task, user_task.c.state.in_(("ready", "claimed"))),
                )
            ),
            "open incidents": connection.execute(
                select(func.count()).select_from(incident).where(incident.c.state == "open")
            ).scalar_one(),
        }
        chains = list(chain.verify_all(connection))
        verdict.figures["reclaimed leases"] = connection.execute(select(func.sum(due_work.c.reclaims))).scalar() or 0
    asked, answered = _journals(data)
    verdict.must_be("cases asked for", len(asked), len(states))
    verdict.must_be("cases answered", len(set(answered.values()) & set(states)), len(states))
    verdict.must_be("cases completed", sum(state == "completed" for state in states.values()), len(states))
    once = Counter(effects)
    wanted = len(states) * sum(EFFECTS.values())
    verdict.must_be("effects written", len(effects), wanted)
    verdict.must_be("effects lost", wanted - len(once), 0)
    verdict.must_be("effects doubled", len(effects) - len(once), 0)
    per_element = Counter((case, element) for case, element, _ in once)
    wrong = sum(per_element[case, element] != times for case in states for element, times in EFFECTS.items())
    verdict.must_be("elements done a wrong number of times", wrong, 0)
    odd = sum(completed[case] != (3 if is_odd(case) else 2) or tasks[case] != completed[case] for case in states)
    verdict.must_be("cases with a task lost or doubled", odd, 0)
    outside = Path(data / "outside.log").read_text().split()
    verdict.figures["outside calls"] = len(outside)
    verdict.figures["of them repeats"] = len(outside) - len(set(outside))
    verdict.must_be("effects the receiver never heard of", len({key for *_, key in once} - set(outside)), 0)
    for name, count in left.items():
        verdict.must_be(name, count, 0)
    verdict.figures["audit chains"] = len(chains)
    verdict.must_be("audit chains broken", sum(broken is not None for _, broken in chains), 0)
    if not states:
        verdict.faults.append("nothing was done at all")
    return verdict


def _journals(data: Path) -> tuple[set[str], dict[str, str]]:
    asked: set[str] = set()
    answered: dict[str, str] = {}
    for path in data.glob("sender-*.jsonl"):
        for line in path.read_text().splitlines():
            entry = json.loads(line)
            asked.add(entry["key"])
            if "case" in entry:
                answered[entry["key"]] = entry["case"]
    return asked, answered
