"""Tall: read from the trails of real cases, of one's own office, with small numbers hidden in pages and files."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update
from werkzeug.test import TestResponse

from engine.advice.task_types.collection import BuildOverview
from engine.advice.task_types.milestones import MILESTONES
from engine.application import Application
from engine.casework.commands import AddNote
from engine.casework.statistics import store
from engine.casework.statistics.models import case_course
from engine.platform.clock import FixedClock
from engine.workflow.audit import chain
from engine.workflow.audit.kinds import WorkflowEvent
from engine.workflow.authorization.actor import Actor, Office, Role
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.execution.commands import CompleteTask, MigrateInstance, StartInstance
from engine.workflow.execution.models import user_task
from engine.workflow.instances.models import case_file
from engine.workflow.jobs.job_types import Done
from tests.engine.web.staff import Staff, text_of
from tests.engine.workflow.jobs.conftest import Scripted
from tests.factories.bundles import bundle, job, line

NAV, OTHER = Office("312345672", "Nav Lillestrøm"), Office("987654325", "Nav Moss")


def stage(name: str) -> str:
    return f'<extensionElements><ib:stage id="{name}"/></extensionElements>'


def version(decide: str, look: str, replaces: tuple[str, ...] = ()) -> Bundle:
    """A small advice journey. The second version has other names for the deciding step and for a stage."""
    body = (
        f'<startEvent id="s">{stage("ask")}</startEvent><serviceTask id="build">{job(BuildOverview.name)}</serviceTask>'
        f'<userTask id="{decide}">{stage(look)}</userTask><userTask id="Advise">{stage("help")}</userTask>'
        '<endEvent id="e"/>' + line("s", "build", decide, "Advise", "e")
    )
    titles = {"ask": "Henvendelse", "look": "Kartlegging", "see": "Blikk", "help": "Hjelp"}
    metadata: dict[str, object] = {
        "title": {"nb": "Råd"},
        "order": 1,
        "stages": [
            {"id": "ask", "title": {"nb": titles["ask"]}},
            {"id": look, "title": {"nb": titles[look]}, "replaces": list(replaces)},
            {"id": "help", "title": {"nb": titles["help"]}},
        ],
        "dataTypes": [{"id": "decision", "taskId": decide}, {"id": "advice-plan", "taskId": "Advise"}],
        "offices": [{"orgno": office.orgno, "name": office.name} for office in (NAV, OTHER)],
    }
    return bundle(body, metadata=metadata)


class Journey:
    def __init__(self, application: Application, clock: FixedClock, anne: str) -> None:
        self.app, self.clock = application, clock
        self.anne = Actor(Role.CITIZEN, anne, "Anne", level="high")
        self.app.job_types[BuildOverview.name] = Scripted(BuildOverview.name, Done())

    def deploy(self, bundle: Bundle) -> str:
        with self.app.db.write() as connection:
            return self.app.library.deploy(connection, bundle, by="t")[0].id

    def start(self, office: Office = NAV) -> str:
        return self.app.dispatch.send(
            StartInstance("p", self.anne.person_id, {"office": office.orgno}), self.anne
        ).case_id

    def work(self, hours: float = 0) -> None:
        self.clock.advance(timedelta(hours=hours))
        while self.app.performer.run_until_idle(5):
            pass

    def step(self, case: str, hours: float = 0) -> None:
        self.clock.advance(timedelta(hours=hours))
        with self.app.db.read() as connection:
            wanted = (user_task.c.case_id == case, user_task.c.state == "ready")
            task = connection.execute(select(user_task.c.id).where(*wanted)).scalar_one()
        self.app.dispatch.send(CompleteTask(task), self.anne)

    def note(self, case: str) -> None:
        self.app.dispatch.send(AddNote(case, "x"), self.anne)


@pytest.fixture
def journey(application: Application, clock: FixedClock, anne: str) -> Journey:
    return Journey(application, clock, anne)


@pytest.fixture
def liv(application: Application) -> Staff:
    return Staff(application, Role.LEADER, NAV, "17057112345", "Liv Leder")


@pytest.fixture
def hans(application: Application) -> Staff:
    own = Office(application.settings.organisation_number, "iBalanse")
    return Staff(application, Role.LEADER, own, "08026812345", "Hans Husleder")


def rows(answer: TestResponse) -> dict[str, list[str]]:
    assert answer.status_code == 200
    lines = list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff")), delimiter=";"))
    return {line[0]: line[1:] for line in lines[1:]}


def test_times_are_read_from_the_trail_of_real_cases(journey: Journey, liv: Staff) -> None:
    journey.deploy(version("Decide", "look"))
    cases = [journey.start() for _ in range(6)]
    journey.work(hours=12)
    for case in cases:
        journey.step(case, hours=4)

    page = liv.read("/tall")
    found = rows(liv.get("/tall/ventetid.csv"))

    assert "100 % av oversiktene sto klare innen to døgn." in page.replace("\u00a0", " ")
    assert found["Fra henvendelse til oversikt"] == ["6", "0.5000", "0.5000", "1.0000", "0"]
    decided = sorted((12 + 4 * n) / 24 for n in range(1, 7))
    assert float(found["Fra henvendelse til vedtak"][1]) == pytest.approx((decided[2] + decided[3]) / 2, abs=1e-4)
    assert "Råd gitt før vedtak: 0 saker" in page


def test_a_later_version_with_other_names_changes_nothing_that_was(journey: Journey, liv: Staff) -> None:
    journey.deploy(version("Decide", "see"))
    cases = [journey.start() for _ in range(10)]
    journey.work(hours=1)
    for case in cases[:5]:
        journey.step(case)  # decided by the old name
    before = rows(liv.get("/tall/ventetid.csv"))

    new = journey.deploy(version("Rule", "look", replaces=("see",)))
    for case in cases[5:]:
        with journey.app.db.write() as connection:  # let the old stage be known to the move
            connection.execute(update(case_file).where(case_file.c.id == case).values(stage="ask"))
        journey.app.dispatch.send(
            MigrateInstance(case, new, {"Decide": "Rule"}, ""), Actor(Role.ADMINISTRATOR, "ada", "Ada")
        )
    assert rows(liv.get("/tall/ventetid.csv")) == before
    assert before["Fra henvendelse til vedtak"][0] == "5"

    stages = rows(liv.get("/tall/steg.csv"))
    assert list(stages) == ["Henvendelse", "Kartlegging", "Hjelp"], "the old stage is counted under its new name"
    assert [stages[name][-1] for name in stages] == ["0", "5", "5"]
    for case in cases[5:]:
        journey.step(case, hours=1)  # decided by the new name
    assert rows(liv.get("/tall/ventetid.csv"))["Fra henvendelse til vedtak"][0] == "10"


def test_what_is_kept_beside_the_trail_can_be_thrown_away(journey: Journey, liv: Staff) -> None:
    journey.deploy(version("Decide", "look"))
    for case in [journey.start() for _ in range(7)]:
        journey.note(case)
    journey.work(hours=3)
    names = ("ventetid", "notater", "steg", "frafall", "kilder")
    before = [rows(liv.get(f"/tall/{name}.csv")) for name in names]

    with journey.app.db.write() as connection:
        connection.execute(delete(case_course))

    assert [rows(liv.get(f"/tall/{name}.csv")) for name in names] == before
    assert before[1]["Inntil 7 døgn"] == ["7"]


def test_reading_on_stops_when_its_time_is_out_and_says_how_much_is_left(journey: Journey) -> None:
    journey.deploy(version("Decide", "look"))
    for _ in range(3):
        journey.start()

    assert store.refresh(journey.app.db, journey.app.library, MILESTONES, 0) == 3
    assert store.refresh(journey.app.db, journey.app.library, MILESTONES, 10) == 0
    journey.work(hours=1)
    assert store.refresh(journey.app.db, journey.app.library, MILESTONES, 0) == 3, "what moved is read again"


def test_a_leader_sees_their_own_office_alone_and_the_house_every_one(
    journey: Journey, liv: Staff, hans: Staff
) -> None:
    journey.deploy(version("Decide", "look"))
    for office, count in ((NAV, 6), (OTHER, 5)):
        for _ in range(count):
            journey.start(office)
    journey.work()

    def waiting(who: Staff, **choice: str) -> str:
        return rows(who.get("/tall/ventetid.csv", query_string=choice))["Fra henvendelse til oversikt"][0]

    assert waiting(liv) == waiting(liv, kontor=OTHER.orgno) == waiting(liv, kontor="x") == "6"
    assert waiting(hans) == "11"
    assert waiting(hans, kontor=OTHER.orgno) == "5"


def test_the_leader_of_an_office_sees_its_small_numbers_and_the_house_does_not(
    journey: Journey, liv: Staff, hans: Staff
) -> None:
    journey.deploy(version("Decide", "look"))
    cases = [journey.start() for _ in range(3)]
    journey.work()
    journey.note(cases[0])
    overview = "Fra henvendelse til oversikt"

    assert rows(liv.get("/tall/ventetid.csv"))[overview] == ["3", "0.0000", "0.0000", "1.0000", "0"]
    assert rows(liv.get("/tall/notater.csv"))["Ingen notater"] == ["2"]
    assert "Dette er ditt eget kontor" in liv.read("/tall")
    for choice in ({}, {"kontor": NAV.orgno}):
        page = text_of(hans.get("/tall", query_string=choice))
        assert "for få saker" in page and "Antall fra 1 til 4 er skjult" in page
        found = rows(hans.get("/tall/ventetid.csv", query_string=choice))[overview]
        assert found == ["skjult", "skjult", "skjult", "skjult", "0"]
        assert set(rows(hans.get("/tall/notater.csv", query_string=choice))["Ingen notater"]) == {"skjult"}


def test_the_small_number_of_an_office_is_not_the_sum_less_the_others(journey: Journey, hans: Staff) -> None:
    """Of 6 and 3 that make 9, either alone would tell the other."""
    journey.deploy(version("Decide", "look"))
    for office, count in ((NAV, 6), (OTHER, 3)):
        for _ in range(count):
            journey.start(office)
    journey.work()

    def done(**choice: str) -> str:
        return rows(hans.get("/tall/ventetid.csv", query_string=choice))["Fra henvendelse til oversikt"][0]

    assert [done(), done(kontor=NAV.orgno), done(kontor=OTHER.orgno)] == ["9", "skjult", "skjult"]


def test_advice_before_a_decision_is_an_alarm(journey: Journey, liv: Staff, application: Application) -> None:
    journey.deploy(version("Decide", "look"))
    case = journey.start()
    journey.work()
    with application.db.write() as connection:  # as a move by hand would leave it
        chain.append(
            connection,
            case,
            journey.clock.now(),
            journey.anne,
            WorkflowEvent.INSTANCE_MODIFIED,
            {"moved": ["Advise:activated"]},
        )

    page = liv.read("/tall")

    assert "Råd er gitt før vedtak" in page and "I 1 sak begynte" in page


@pytest.mark.parametrize("choice", [{"fra": "2026-13"}, {"fra": "nå"}, {"fra": "2026-05", "til": "2026-04"}])
def test_a_period_that_cannot_be_read_is_said_and_not_guessed(
    journey: Journey, liv: Staff, choice: dict[str, str]
) -> None:
    journey.deploy(version("Decide", "look"))

    answer = liv.get("/tall", query_string=choice)

    assert answer.status_code == 200 and "Perioden kunne ikke leses" in answer.get_data(as_text=True)


def test_the_period_is_whole_months_of_norway(journey: Journey, liv: Staff) -> None:
    journey.deploy(version("Decide", "look"))
    for _ in range(5):
        journey.start()  # on 23 November
    journey.work()

    def waiting(since: str, until: str) -> str:
        address = {"fra": since, "til": until}
        return rows(liv.get("/tall/ventetid.csv", query_string=address))["Fra henvendelse til oversikt"][0]

    assert waiting("2026-11", "2026-11") == "5"
    assert waiting("2026-10", "2026-10") == waiting("2026-12", "2027-01") == "0"


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.ADMINISTRATOR])
def test_only_leaders_enter_and_they_enter_nothing_else(application: Application, liv: Staff, role: Role) -> None:
    somebody = Staff(application, role, NAV, "04048012345", "Kari")

    assert somebody.get("/tall").status_code == somebody.get("/tall/steg.csv").status_code == 403
    for path in ("/arbeidsko", "/saker/2026-0001", "/drift", "/prosesser"):
        assert liv.get(path).status_code == 403


def test_an_adviser_who_leads_their_office_sees_its_figures_too(journey: Journey, application: Application) -> None:
    journey.deploy(version("Decide", "look"))
    lise = Staff(application, Role.CASEWORKER, Office(NAV.orgno, NAV.name, leads=True), "12066912345", "Lise")

    assert lise.get("/tall").status_code == lise.get("/arbeidsko").status_code == 200
    assert 'href="/tall"' in lise.get("/arbeidsko").get_data(as_text=True)


def test_nothing_of_a_person_is_on_the_page(journey: Journey, liv: Staff) -> None:
    journey.deploy(version("Decide", "look"))
    case = journey.start()
    journey.work()

    html = liv.get("/tall").get_data(as_text=True)

    with journey.app.db.read() as connection:
        number = connection.execute(select(case_file.c.number).where(case_file.c.id == case)).scalar_one()
        content = connection.execute(select(case_course.c.content)).scalar_one()
    for secret in (case, number, journey.anne.person_id, "Anne Eksempel"):
        assert secret not in html and secret not in json.dumps(content)
