"""The work queue with 100 000 open cases in one office, through the real web application, rendering included."""

from __future__ import annotations

import random
import re
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy import insert, text

import processes
from bench.measure import Row, row, timed
from engine.application import Application, build
from engine.casework import members
from engine.platform import schema
from engine.platform.clock import FixedClock
from engine.platform.settings import Settings
from engine.web import create_app
from engine.web.shared.login import COOKIE
from engine.workflow.authorization import sessions
from engine.workflow.authorization.actor import Office, Role
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.execution.models import process_instance, user_task
from engine.workflow.instances.models import case_file
from engine.workflow.jobs.wakeup import no_wakeup
from tests.factories import postgres

OPEN, CLOSED, PERSONS, ADVISERS = 100_000, 20_000, 2_000, 40
AT_ONCE = 5_000
#: Two thousand names of 40 first names and 50 last names, as rare and as common as names are.
FIRST = tuple(a + b for a in ("Al", "Be", "Da", "El", "Gu", "Ha", "Is", "Ka") for b in ("a", "ine", "mar", "rik", "va"))
LAST = tuple(
    a + b
    for a in ("Nord", "Sør", "Øst", "Vest", "Berg", "Fjell", "Haug", "Li", "Mo", "Vik")
    for b in ("an", "by", "dal", "heim", "land")
)
GOAL = 100.0
ROUNDS = 40
_NUMBER = re.compile(r'href="/saker/(2026-[0-9]{6})"')
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
OFFICE = Office("312345672", "Nav Lillestrøm")
#: What an adviser asks for, by the address of the page; the twenty-first page is reached by its links.
ASKED: Mapping[str, str] = {
    "first page": "/arbeidsko",
    "mine": "/arbeidsko?visning=mine",
    "nobody responsible": "/arbeidsko?visning=ingen",
    "waits for the citizen": "/arbeidsko?visning=venter",
    "deadline this week": "/arbeidsko?visning=frist",
    "one stage": "/arbeidsko?steg=radgivning",
    "one stage of mine": "/arbeidsko?visning=mine&steg=vedtak",
    "deadline passed": "/arbeidsko?visning=passert",
    "latest deadline first": "/arbeidsko?sorter=frist&synkende=1",
    "a number": "/arbeidsko?nummer=2026-077",
    "a number that is not there": "/arbeidsko?nummer=1999-1",
}
#: Names that are searched for: of one person, of one in forty, of nobody (both words are somebody's, not together).
SOUGHT: Mapping[str, str] = {
    "a name": f"{FIRST[7]} {LAST[11]}",
    "a common first name": FIRST[7],
    "a name nobody has": f"{FIRST[7]} Rådgiver",
}


def fill(application: Application) -> list[str]:
    """Cases of every stage, age and deadline, the same every time. Returns the ids of the advisers."""
    dice = random.Random(1)
    schema.upgrade(application.db)
    with application.db.write() as connection:
        for folder in processes.ALL:
            application.library.deploy(connection, Bundle.read(folder), by="bench")
        definition = application.library.newest(connection, "advice")
        people = [
            application.vault.register(
                connection,
                pid=f"{n:011}",
                name=f"{FIRST[n % 40]} {LAST[n // 40]}",
                birth_date=date(1950 + n % 55, 1 + n % 12, 1),
            ).id
            for n in range(PERSONS)
        ]
        advisers = [
            application.vault.register(
                connection, pid=f"9{n:010}", name=f"Rådgiver {n}", birth_date=date(1980, 1, 1)
            ).id
            for n in range(ADVISERS)
        ]
    stages = [stage.id for stage in definition.bundle.stages]
    steps = ["Assess", "Decide", "Advise", "FollowUp"]
    for begin in range(0, OPEN + CLOSED, AT_ONCE):
        cases: list[dict[str, object]] = []
        tasks: list[dict[str, object]] = []
        instances: list[dict[str, object]] = []
        for number in range(begin, begin + AT_ONCE):
            is_open, identity = number < OPEN, str(uuid.UUID(int=dice.getrandbits(128)))
            opened = NOW - timedelta(minutes=dice.randrange(300 * 24 * 60))
            due = NOW + timedelta(hours=dice.randrange(-20 * 24, 80 * 24))
            waits = dice.choices(("caseworker", "citizen", "source", "nobody"), (60, 25, 10, 5))[0]
            common = {"definition_id": definition.id, "key": "advice", "owner_id": people[number % PERSONS]}
            step = dice.choice(steps)
            cases.append(
                {
                    **common,
                    "id": identity,
                    "number": f"2026-{number:06}",
                    "office": OFFICE.orgno,
                    "responsible": dice.choice(advisers) if dice.random() < 0.7 else None,
                    "state": "open" if is_open else "closed",
                    "stage": dice.choice(stages),
                    "stages": [],
                    "waiting_for": waits,
                    "waiting_task": step,
                    "waiting_since": opened,
                    "deadline_at": due if waits == "caseworker" else None,
                    "warn_at": due - timedelta(days=1) if waits == "caseworker" else None,
                    "opened_at": opened,
                    "closed_at": None if is_open else NOW,
                }
            )
            instances.append(
                {
                    **common,
                    "id": identity,
                    "case_id": identity,
                    "parent_token": None,
                    "state": "active" if is_open else "completed",
                    "version": 1,
                    "children": 1,
                    "variables": {},
                    "data": None,
                    "started_at": opened,
                    "ended_at": None if is_open else NOW,
                    "end_event": None,
                }
            )
            if is_open and waits in ("caseworker", "citizen"):
                tasks.append(
                    {
                        **common,
                        "id": str(uuid.UUID(int=dice.getrandbits(128))),
                        "instance_id": identity,
                        "case_id": identity,
                        "element_id": step,
                        "task_type": "data",
                        "performer": waits,
                        "state": "ready",
                        "assignee": None,
                        "created_at": opened,
                        "due_at": due,
                        "warn_at": due - timedelta(days=1),
                    }
                )
        with application.db.write() as connection:
            connection.execute(insert(case_file), cases)
            connection.execute(insert(process_instance), instances)
            if tasks:
                connection.execute(insert(user_task), tasks)
    with application.db.write() as connection:
        connection.execute(text("ANALYZE"))
    return advisers


@contextmanager
def queue(url: str = "") -> Iterator[FlaskClient]:
    """A browser an adviser of the office is logged in with."""
    with tempfile.TemporaryDirectory() as name:
        environment = {"IBALANSE_DATA": name, "IBALANSE_ENV": "test", **({"DATABASE_URL": url} if url else {})}
        application = build(Settings.from_env(environment), clock=FixedClock(NOW), wakeup=no_wakeup)
        advisers = fill(application)
        with application.db.write() as connection:
            for adviser in advisers:
                members.note_login(connection, OFFICE.orgno, adviser, False, NOW)
            token = sessions.log_in(
                connection,
                NOW,
                person_id=advisers[0],
                role=Role.CASEWORKER,
                office=OFFICE,
                level="high",
                language="nb",
                issuer="bench",
                sid="",
                id_token="",
            )
        browser = create_app(application, logins={}, identify=lambda _: ("", date(1980, 1, 1))).test_client()
        browser.set_cookie(COOKIE, token)
        yield browser
        application.db.engine.dispose()


def _get(browser: FlaskClient, path: str) -> Callable[[], str]:
    def get() -> str:
        answer = browser.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.get_data(as_text=True)

    return get


def _following(page: str) -> str:
    """The address of the next page."""
    found = re.search(r'href="(/arbeidsko\?[^"]*etter=[^"]+)"', page)
    assert found, "100 000 cases are more than one page"
    return found[1].replace("&amp;", "&")


def _search(browser: FlaskClient, page: str, name: str) -> str:
    """The address of what was found: a name is sent in a form, so that it stands in no address."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    answer = browser.post("/arbeidsko/sok", data={"csrf_token": token[1], "tekst": name})
    assert answer.status_code == 303, answer.status_code
    return answer.headers["Location"]


def ninety_five(act: Callable[[], object]) -> float:
    """The 95th percentile of one call in milliseconds, nearest rank, after a few that warm up."""
    for _ in range(3):
        act()
    return sorted(timed(act) for _ in range(ROUNDS))[-(-95 * ROUNDS // 100) - 1]


def measure() -> dict[str, Row]:
    """Rows of the suite ``queue``."""
    rows = _on("SQLite", "")
    with postgres.server(durable=True) as server:
        rows.update(_on("PostgreSQL", server.new_database()))
    return rows


def _on(name: str, url: str) -> dict[str, Row]:
    rows = {}
    with queue(url) as browser:
        asked = dict(ASKED)
        page = _get(browser, "/arbeidsko")()
        seen = set(_NUMBER.findall(page))
        for _ in range(20):
            following = _following(page)
            page = _get(browser, following)()
            seen |= set(_NUMBER.findall(page))
        assert len(seen) == 21 * 20, "every page shows other cases"
        asked["page 21"] = following
        for title, name_sought in SOUGHT.items():
            asked[title] = _search(browser, page, name_sought)
        for title, path in asked.items():
            took = ninety_five(_get(browser, path))
            rows[f"queue of 100 000, {title}, {name}"] = row(
                took,
                "ms",
                peer="p95 of the whole answer, one after another",
                ratio=took / GOAL,
                goal="p95 under 100 ms",
                reached=took < GOAL,
            )
    return rows
