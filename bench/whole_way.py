"""The whole way of one answer: read to facts, sealed and stored, compiled, and shown on every page that works on it.

A citizen has everything from ten sources, the bank among them with as many transactions as the row says. What is timed
is what the product does, with its vault, its database and its web application: ``harvest.seal`` and ``record`` of the
bank's answer, the job that builds the overview, and each page, rendering included.
"""

from __future__ import annotations

import re
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from flask.testing import FlaskClient

import wsgi
from bench.harvest import made_up
from bench.measure import Row, row, timed
from engine.advice.commands import AddSupplement
from engine.advice.documents.records import line_key
from engine.advice.economy.figures import Total
from engine.advice.evidence import harvest, snapshots
from engine.advice.evidence.datasets import Evidence, EvidenceState
from engine.application import Application
from engine.platform.clock import FixedClock
from engine.platform.settings import Settings
from engine.web import create_app
from engine.web.shared.login import COOKIE
from engine.workflow.authorization import sessions
from engine.workflow.authorization.actor import Actor, Role
from engine.workflow.execution.commands import StartInstance

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
SIZES = (5_000, 50_000)
#: Milliseconds a page may take at the larger size; how often each is asked for, and how often a file.
GOAL, ROUNDS, FILE_ROUNDS = 250.0, 20, 3
#: So many times linear the growth may be.
GROWTH = 1.3
PAGES: Mapping[str, str] = {
    "overview": "/oversikt",
    "reconciliation": "/oversikt/satt-sammen?vis=spending&side=2",
    "reconciliation of a line": "/oversikt/satt-sammen?vis=spending&linje={line}",
    "a record opened": "/oversikt/satt-sammen?vis=spending&side=2&post={record}",
    "everyday": "/hverdag",
    "one category": "/hverdag/forbruk/food",
    "budget": "/budsjett",
    "measures": "/tiltak",
    "plan": "/plan",
    "business": "/enk",
    "accounts of a business": "/enk/kontoer",
}
#: What is as long as there are records.
FILES: Mapping[str, str] = {"records as CSV": "/oversikt/poster.csv", "records as JSON": "/oversikt/poster.json"}


@dataclass
class Case:
    """One citizen with one case, known to the web application."""

    application: Application
    clock: FixedClock
    client: FlaskClient
    actor: Actor
    person: str
    case: str


@dataclass(frozen=True)
class Times:
    """Milliseconds.

    stored, compiled, entry, files  medians: an answer stored, an overview built, a press that adds an entry, each file
    pages  every round of each page, the quickest first
    """

    stored: float
    compiled: float
    entry: float
    files: Mapping[str, float]
    pages: Mapping[str, list[float]]


@contextmanager
def _citizen() -> Iterator[Case]:
    with tempfile.TemporaryDirectory(prefix="whole-way") as folder:
        settings = Settings.from_env({"IBALANSE_DATA": folder, "IBALANSE_ENV": "test", "REDIS_URL": "redis://nobody"})
        clock = FixedClock(NOW)
        application = made_up.wire(settings, clock)
        wsgi.prepare(application)
        with application.db.write() as connection:
            person = application.vault.register(
                connection, pid=f"{1:011}", name="Anne Eksempel", birth_date=date(1980, 1, 1)
            ).id
            token = sessions.log_in(
                connection,
                NOW,
                person_id=person,
                role=Role.CITIZEN,
                office=None,
                level="high",
                language="nb",
                issuer="bench",
                sid="",
                id_token="",
            )
        given = {"office": "312345672", "officeName": "Nav Lillestrøm", "granted": False, "pending": 0}
        anne = Actor(Role.CITIZEN, person, "Anne Eksempel", level="high")
        case = application.dispatch.send(StartInstance("advice", person, given), anne).case_id
        client = create_app(application, logins={}, identify=lambda pid: ("", NOW.date())).test_client()
        client.set_cookie(COOKIE, token)
        yield Case(application, clock, client, anne, person, case)
        application.db.engine.dispose()


def _store(known: Case, data_set: str, transactions: int) -> float:
    """Milliseconds from an answer in hand to its row."""
    told = made_up.told(data_set, 1, transactions, NOW)
    evidence = Evidence(EvidenceState.ANSWERED, told)
    application = known.application
    own = {"case_id": known.case, "person_id": known.person, "data_set": data_set}

    def act() -> None:
        sealed = harvest.seal(application.db, application.vault, **own, evidence=evidence)
        with application.db.write() as connection:
            harvest.record(
                connection,
                application.vault,
                **own,
                state=evidence.state.value,
                now=known.clock.now(),
                evidence=evidence,
                sealed=sealed,
            )

    return timed(act)


def _compile(known: Case) -> float:
    """Milliseconds of the job that builds the overview: read, compile, seal, store."""
    application = known.application

    def act() -> None:
        with application.db.read() as connection:
            gathered = snapshots.gather(
                connection,
                application.vault,
                case_id=known.case,
                person_id=known.person,
                data_sets=application.data_sets,
                now=known.clock.now(),
            )
        ready = snapshots.prepared(gathered)
        with application.db.write() as connection:
            snapshots.store(connection, application.vault, ready)

    return timed(act)


def _page(known: Case, address: str, rounds: int = ROUNDS) -> list[float]:
    found = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        answer = known.client.get(address)
        assert answer.get_data() and answer.status_code == 200, (address, answer.status_code)
        found.append((time.perf_counter() - began) * 1000)
    return sorted(found[1:])  # the first has templates to read


def _addresses(known: Case) -> dict[str, str]:
    """Of every page: with a line and a record there are."""
    page = known.client.get(PAGES["reconciliation"]).get_data(as_text=True)
    record = re.findall(r"post=([0-9a-f]{16})", page)[0]
    line = line_key(Total.SPENDING, "food")
    return {name: address.format(line=line, record=record) for name, address in PAGES.items()}


def _entry(known: Case) -> float:
    """Milliseconds of the command that adds an entry, the overview with it."""
    known.clock.advance(timedelta(seconds=1))
    command = AddSupplement(known.case, "spending", "Lommepenger", Decimal(300))
    return timed(lambda: known.application.dispatch.send(command, known.actor))


def _of(size: int) -> Times:
    with _citizen() as known:
        asked = [name for name, one in known.application.data_sets.items() if not one.subject_role]
        with known.application.db.write() as connection:
            harvest.note_requested(connection, known.case, known.person, asked, NOW)
        for name in asked:
            _store(known, name, size)
        stored = [_store(known, made_up.BANK, size) for _ in range(3)]
        compiled = []
        for _ in range(3):
            known.clock.advance(timedelta(seconds=1))
            compiled.append(_compile(known))
        pages = {name: _page(known, address) for name, address in _addresses(known).items()}
        files = {name: statistics.median(_page(known, address, FILE_ROUNDS)) for name, address in FILES.items()}
        entry = statistics.median([_entry(known) for _ in range(3)])
        return Times(statistics.median(stored), statistics.median(compiled), entry, files, pages)


def measure() -> dict[str, Row]:
    """Rows of the suite ``overview`` that follow one answer from its source to the page."""
    small, large = (_of(size) for size in SIZES)
    rows = {}
    for title, less, more in (
        ("answer sealed and stored", small.stored, large.stored),
        ("overview read, compiled, sealed and stored", small.compiled, large.compiled),
        ("own entry, the overview with it", small.entry, large.entry),
        *((name, small.files[name], large.files[name]) for name in FILES),
    ):
        growth = more / less / (SIZES[1] / SIZES[0])
        rows[f"{title}, 50 000 transactions"] = row(
            more,
            "ms",
            peer=f"{less:.0f} ms at 5 000",
            ratio=growth,
            goal=f"{GROWTH:g} times linear",
            reached=growth <= GROWTH,
        )
    for name, found in large.pages.items():
        (p50, p95), (half, most) = _percentiles(found), _percentiles(small.pages[name])
        rows[f"page {name}, 50 000 transactions"] = row(
            p95,
            "ms p95",
            peer=f"p50 {p50:.0f}; at 5 000 p50 {half:.0f}, p95 {most:.0f} ms",
            ratio=p95 / GOAL,
            goal=f"{GOAL:g} ms",
            reached=p95 <= GOAL,
        )
    return rows


def _percentiles(found: list[float]) -> tuple[float, float]:
    """The 50th and the 95th."""
    return found[len(found) // 2], found[max(int(len(found) * 0.95) - 1, 0)]
