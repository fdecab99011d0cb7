"""Thirty cases in a running product's queue: what a debt adviser's office has on an ordinary day.

Fifteen citizens ask to be called and fifteen begin debt advice, each by the commands their own pages would send.
"""

from __future__ import annotations

import time

from sqlalchemy import select

import wsgi
from engine.application import Application
from engine.platform.settings import Settings
from engine.workflow.authorization.actor import Actor, Role
from engine.workflow.execution.commands import CompleteTask, StartInstance
from engine.workflow.execution.models import user_task
from integrations.sandbox.persons.catalogue import all_persons
from tests.browser.conftest import SLOW, Product

OFFICE = {"office": "312345672", "officeName": "Nav Lillestrøm", "granted": False, "pending": 0}
NO = {"answer": "no", "kinds": [], "language": "nb"}
WISH = {"phone": "99887766", "when": "morning", "about": "Jeg får purringer."}
#: What the citizen does before debt advice is the caseworker's: task → data type and answer.
ADVICE = (
    ("GiveConsent", {"consent-answer": NO}),
    ("GiveMandate", {"mandate-answer": NO}),
    ("Supplement", {}),
    ("Share", {"share-answer": NO}),
)


def load(product: Product, each: int = 15) -> list[str]:
    """Start the cases. Returns the names of the citizens, in the order their cases were opened."""
    app, _ = wsgi.wire(Settings.from_env(product.environment))
    citizens = []
    for known in all_persons()[:each]:
        with app.db.write() as connection:
            person = app.vault.register(connection, pid=known.pid, name=known.name, birth_date=known.birth_date)
        citizens.append(Actor(Role.CITIZEN, person.id, person.name, level="high"))
    for citizen in citizens:
        case = app.dispatch.send(StartInstance("callback", citizen.person_id, OFFICE), citizen).case_id
        _complete(app, case, "Ask", {"wish": WISH}, citizen)
    cases = [
        (citizen, app.dispatch.send(StartInstance("advice", citizen.person_id, OFFICE), citizen).case_id)
        for citizen in citizens
    ]
    for step, data in ADVICE:
        for citizen, case in cases:
            _complete(app, case, step, data, citizen)
    app.db.engine.dispose()
    return [citizen.name for citizen in citizens]


def _complete(app: Application, case: str, step: str, data: dict[str, dict[str, object]], citizen: Actor) -> None:
    """Do the step when it is there: the product's own workers bring a case from step to step."""
    ends = time.monotonic() + SLOW
    wanted = (user_task.c.case_id == case, user_task.c.element_id == step, user_task.c.state == "ready")
    while time.monotonic() < ends:
        with app.db.read() as connection:
            task = connection.execute(select(user_task.c.id).where(*wanted)).scalar()
        if task:
            app.dispatch.send(CompleteTask(task, data=data), citizen)
            return
        time.sleep(0.1)
    raise AssertionError(f"{step} did not come")
