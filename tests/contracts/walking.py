"""How every case of the old database goes on: the same steps by the old code, which told where they led, and by this.

A step is (who, element, data) for a task that is done; what else happens has a word of its own:
``WORK`` (what is due is done, after so long a time), ``YES`` (every source's own page was answered) or a function.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from tests.contracts import seam
from tests.contracts.journeys import DECISION, DECLARED, NO, yes
from tests.contracts.seam import Actor, Office, Product, Role

Step = tuple[Any, ...]
WORK, YES = "work", "yes"
PLAN = {"turnover": 90_000, "costs": 12_000, "startCosts": 40_000, "savings": 20_000, "ramp": 6}
_CHOICE = {"settlement": "private", "assumeDebt": "yes"}


class Old:
    """The old database, opened by the code of today."""

    def __init__(self, product: Product, told: dict[str, Any]) -> None:
        self.product = product
        self.told = told
        seam.court_knows(product, told["heirs"])
        self.people = {key: _actor(found) for key, found in told["people"].items()}

    def rows(self, sql: str, **values: object) -> list[Any]:
        with self.product.application.db.read() as connection:
            return list(connection.execute(text(sql), values).all())

    def case(self, name: str) -> str:
        return str(self.told["cases"][name]["case"])

    def number(self, name: str) -> str:
        return str(self.told["cases"][name]["number"])

    def tasks(self, name: str) -> list[str]:
        found = self.rows(
            "SELECT element_id FROM user_task WHERE case_id = :case AND state IN ('ready', 'claimed')",
            case=self.case(name),
        )
        return sorted(row[0] for row in found)

    def standing(self, name: str) -> dict[str, Any]:
        """Where a case is: what a client or a person would see of it, and nothing of how that is stored."""
        case = self.case(name)
        ((state, stage),) = self.rows("SELECT state, stage FROM case_file WHERE id = :case", case=case)
        (instance,) = self.rows("SELECT state FROM process_instance WHERE id = :case", case=case)
        open_incidents = self.rows("SELECT code FROM incident WHERE case_id = :case AND state = 'open'", case=case)
        waiting = self.rows("SELECT message FROM subscription WHERE case_id = :case", case=case)
        return {
            "case": state,
            "stage": stage,
            "process": instance[0],
            "tasks": self.tasks(name),
            "incidents": sorted(row[0] for row in open_incidents),
            "messages": sorted(row[0] for row in waiting),
            "notices": sorted(row[0] for row in self.rows("SELECT kind FROM notice WHERE case_id = :case", case=case)),
        }

    def take(self, name: str, step: Step) -> None:
        """Do one step of a case."""
        case = self.case(name)
        if step[0] == WORK:
            self.product.clock.advance(step[1] if len(step) > 1 else timedelta(0))
            seam.work(self.product)
        elif step[0] == YES:
            self.product.approve(case)
        elif callable(step[0]):
            step[0](self, name)
        else:
            who, element, *given = step
            self.complete(case, who, element, *given)

    def complete(self, case: str, who: str, element: str, data: object = None, action: str = "") -> None:
        found = self.rows(
            "SELECT id, owner_id, assignee FROM user_task WHERE case_id = :case AND element_id = :element "
            "AND state IN ('ready', 'claimed') ORDER BY created_at, id",
            case=case,
            element=element,
        )
        actor = self.people[who]
        own = [row for row in found if row.owner_id == actor.person_id] or found
        assert own, (element, "does not wait")
        # whoever has the case has its new tasks: where the old code let any colleague, they do it
        actor = next((one for one in self.people.values() if one.person_id == own[0].assignee), actor)
        seam.send(self.product, "CompleteTask", actor, task_id=own[0].id, data=data or {}, action=action)


def _actor(found: dict[str, Any]) -> Actor:
    office = Office(found["office"], "Kontoret") if found["office"] else None
    return Actor(Role(found["role"]), found["id"], found["name"], office, "high")


def _resume(old: Old, name: str) -> None:
    seam.send(old.product, "ResumeCase", old.people["ada"], case_id=old.case(name), reason="undersøkt")


def _retry(old: Old, name: str) -> None:
    (row,) = old.rows("SELECT id FROM incident WHERE case_id = :case AND state = 'open'", case=old.case(name))
    seam.send(old.product, "ResolveIncident", seam.SYSTEM, incident_id=row.id, how="retry", reason="")


def _court_answers(old: Old, name: str) -> None:
    seam.court_answers(old.product, "PRIVAT_SKIFTE_IHT_ARVELOVEN_PARAGRAF_99", date(2026, 12, 1))


def _sign(who: str) -> Callable[[Old, str], None]:
    def sign(old: Old, name: str) -> None:
        person = old.people[who].person_id
        old.complete(old.case(name), who, "Sign", {f"choice@{person}": _CHOICE})

    return sign


def _told(old: Old, name: str) -> None:
    seam.send(
        old.product,
        "CorrelateMessage",
        old.people["ada"],
        name="told",
        key=old.case(name),
        source="test",
        message_id=f"walk-{name}",
    )


_TO_THE_ADVISER: list[Step] = [("anne", "Supplement"), ("anne", "Share", {"share-answer": NO})]
_ADVICE: list[Step] = [
    ("kari", "Assess"),
    ("kari", "Decide", {"decision": DECISION}),
    ("kari", "Advise", {"advice-plan": {"plan": "Nedbetaling"}}),
    ("kari", "FollowUp", {"follow-up": {"result": "Går bra"}}),
    ("kari", "Close", {"closing": {"result": "Gjeldfri om tre år"}}),
]


def _by(who: str, steps: list[Step]) -> list[Step]:
    return [(who, *step[1:]) if step[0] == "anne" else step for step in steps]


_CALL: Step = ("kari", "Call", {"talk": {"result": "Enige om å prøve."}})
_ASK = {"wish": {"phone": "99887766", "when": "morning", "about": ""}}
_MINUTES = timedelta(minutes=15)

#: Case of the old database → what happens to it. In this order, on one clock.
WALKS: dict[str, list[Step]] = {
    "a job is due": [(WORK,), (WORK, _MINUTES)],
    "in consent": [
        ("truls", "GiveConsent", {"consent-answer": NO}),
        ("truls", "GiveMandate", {"mandate-answer": NO}),
        (WORK,),
        *_by("truls", _TO_THE_ADVISER),
        *_ADVICE,
    ],
    "waiting for the sources' own pages": [(YES,), ("truls", "ApproveAtSources"), (WORK,), (WORK, _MINUTES)],
    "collection is due": [(WORK,), *_by("truls", _TO_THE_ADVISER), *_ADVICE],
    "some sources are asked again": [(WORK, _MINUTES), *_by("andreas", _TO_THE_ADVISER), *_ADVICE],
    "in advice": _ADVICE[2:],
    "shared": [("ola", "Assess"), *_ADVICE[1:]],
    "half filled in": [("anne", "Ask", _ASK), _CALL],
    "waits for a call": [_CALL],
    "begun on a page": [("truls", "Ask", _ASK), _CALL],
    "suspended": [(_resume,), (WORK,), ("anne", "Ask", _ASK), _CALL],
    "migrated": [
        ("anne", "Apply", {"form_apply": {"hva_heter_du": "Anne"}}),
        ("kari", "Handle", {"form_handle": {"hva_kom_dere_fram_til": "Ja"}}),
    ],
    "on the version before": [("anne", "Apply", {"form_apply": {"hva_heter_du": "Anne"}})],
    "a published process, at the office": [("kari", "Handle", {"form_handle": {"hva_kom_dere_fram_til": "Ja"}})],
    "a message waits for it": [("anne", "a")],
    "an incident": [(_retry,), (WORK,), (_court_answers,), (WORK, timedelta(days=1)), ("truls", "Close")],
    "to be signed": [
        ("truls", "Declare", {"declaration": DECLARED}),
        (_sign("truls"),),
        (_sign("anne"),),
        (WORK,),
        (WORK, timedelta(days=1)),
        ("truls", "Close"),
    ],
    "enk": [(WORK, timedelta(days=31)), (WORK, timedelta(days=31))],
    "enk start": [
        ("andreas", "Budget", {"business-plan": PLAN}),
        ("andreas", "Assess", None, "go_on"),
        ("andreas", "Share", {"share-answer": yes()}),
    ],
    "suspended while a message came": [
        (_resume,),
        (WORK,),
        ("anne", "three"),
        ("anne", "paid"),
        ("anne", "checked"),
        ("anne", "wanted"),
    ],
    "everything at rest": [
        (_told,),
        ("anne", "hear"),
        ("anne", "nudged"),
        ("anne", "three"),
        ("anne", "three"),
        ("anne", "two"),
        ("anne", "checked"),
        ("anne", "wanted"),
        ("anne", "again"),
        ("anne", "repay"),
        ("anne", "again"),
        ("anne", "two"),
        ("anne", "watched"),
    ],
    "everything further on": [
        ("anne", "repay"),
        (WORK, timedelta(days=12)),
        ("anne", "two"),
        ("anne", "again"),
        (WORK, timedelta(days=90)),
    ],
    "completed": [],
    "cancelled": [],
}


def walked(old: Old) -> dict[str, list[dict[str, Any]]]:
    """Walk every case on. Case → where it stood before the first step, and after each."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name, steps in WALKS.items():
        found[name] = [old.standing(name)]
        for step in steps:
            old.take(name, step)
            found[name].append(old.standing(name))
    return found
