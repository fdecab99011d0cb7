"""Operations: what stands still is found by kind and let go on; how the engine is, without anything secret."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from engine.advice.task_types.milestones import MILESTONES
from engine.application import Application
from engine.casework.statistics.job import ReadTimelines
from engine.platform.clock import FixedClock
from engine.workflow.audit import chain
from engine.workflow.audit.chain import audit_event
from engine.workflow.authorization.actor import Office, Role
from engine.workflow.execution.models import incident
from engine.workflow.jobs.job_types import Done, GiveUp
from engine.workflow.jobs.models import breaker, due_work
from engine.workflow.operations import batches
from engine.workflow.operations.jobs import RunBatch, VerifyAudit
from tests.engine.web.staff import Staff, text_of
from tests.engine.workflow.jobs.conftest import Cases
from tests.factories.bundles import job, line

BODY = (
    f'<startEvent id="s"/><serviceTask id="j" name="Spør banken">{job("work")}</serviceTask><endEvent id="e"/>'
    + line("s", "j", "e")
)
GROUP = {"kode": "http_404", "prosess": "p", "steg": "j", "slag": "job"}
ADDRESS = "/drift/feil?kode=http_404&prosess=p&steg=j&slag=job"


@pytest.fixture
def cases(application: Application) -> Cases:
    reads = ReadTimelines(application.db, application.library, MILESTONES)
    for one in (RunBatch(application), VerifyAudit(application), reads):
        application.job_types[one.name] = one
    return Cases(application)


@pytest.fixture
def ada(application: Application) -> Staff:
    own = Office(application.settings.organisation_number, "iBalanse")
    return Staff(application, Role.ADMINISTRATOR, own, "12128812345", "Ada Administrator")


@pytest.fixture
def stopped(cases: Cases) -> Cases:
    """Seven cases that stopped the same way and one that stopped another way."""
    cases.deploy(BODY)
    cases.script("work", *[GiveUp("http_404", "no such account")] * 7, GiveUp("http_410", "gone"), Done())
    for _ in range(8):
        cases.start()
    cases.work()
    return cases


def test_incidents_are_gathered_by_kind_the_largest_first(stopped: Cases, ada: Staff) -> None:
    page = ada.read("/drift")

    assert "8 ting har stanset og venter på deg. De er av 2 slag." in page
    assert page.index("http_404") < page.index("http_410")
    assert "Den andre siden svarte med feil (404)" in page and "Spør banken" in page


def test_one_is_tried_again_at_once_by_whoever_asked(stopped: Cases, ada: Staff) -> None:
    one = stopped.incidents()[0]

    answer = ada.post("/drift/feil/en", **GROUP, id=one.id, how="retry")
    stopped.work()

    assert answer.status_code == 303 and "gjort=retry" in answer.headers["Location"]
    assert stopped.state(one.case_id) == "completed"
    with stopped.app.db.read() as connection:
        row = connection.execute(select(incident).where(incident.c.id == one.id)).one()
    assert (row.state, row.ended_by) == ("retried", ada.id)
    assert "6 saker har stanset" in ada.read(ADDRESS)


def test_all_of_a_kind_are_tried_again_by_a_worker_with_a_result_for_each(stopped: Cases, ada: Staff) -> None:
    answer = ada.post("/drift/feil/alle", **GROUP, how="retry")
    where = answer.headers["Location"]
    assert "0 av 7 er behandlet" in ada.read(where)

    stopped.work()

    assert "Ferdig. Alle 7 gikk bra." in ada.read(where)
    assert stopped.states() == {"completed": 7, "active": 1}
    assert [one.code for one in stopped.incidents() if one.state == "open"] == ["http_410"]
    with stopped.app.db.read() as connection:
        who = connection.execute(select(audit_event.c.actor_id).where(audit_event.c.kind == "IncidentResolved"))
        assert set(who.scalars()) == {ada.id}
    assert stopped.whole()


def test_skipping_needs_a_reason_which_every_case_keeps(stopped: Cases, ada: Staff) -> None:
    refused = ada.post("/drift/feil/alle", **GROUP, how="skip", reason=" ")
    assert refused.status_code == 422 and "Grunn mangler" in text_of(refused)
    assert not batches.latest(stopped.app)

    where = ada.post("/drift/feil/alle", **GROUP, how="skip", reason="the bank has closed").headers["Location"]
    stopped.work()

    assert "Alle 7 gikk bra" in ada.read(where)
    assert {one.reason for one in stopped.incidents() if one.code == "http_404"} == {"the bank has closed"}
    assert stopped.states() == {"completed": 7, "active": 1}


@pytest.mark.parametrize("how", ["retry", "skip"])
@pytest.mark.parametrize("path", ["en", "alle"])
def test_a_reason_of_more_than_500_characters_is_refused_and_never_cut(
    stopped: Cases, ada: Staff, path: str, how: str
) -> None:
    one = stopped.incidents()[0]
    reason = "x" * 501
    refused = ada.post(f"/drift/feil/{path}", **GROUP, id=one.id, how=how, reason=reason)
    assert refused.status_code == 422 and "Grunnen må ha høyst 500 tegn" in text_of(refused)
    assert reason in refused.get_data(as_text=True), "what was written stands in the form"
    assert not batches.latest(stopped.app) and {one.state for one in stopped.incidents()} == {"open"}

    assert ada.post("/drift/feil/en", **GROUP, id=one.id, how="skip", reason=reason[1:]).status_code == 303
    assert next(found.reason for found in stopped.incidents() if found.id == one.id) == reason[1:]


def test_what_refuses_is_named_and_keeps_the_others_from_nothing(stopped: Cases, ada: Staff) -> None:
    taken = stopped.incidents()[0]
    where = ada.post("/drift/feil/alle", **GROUP, how="retry").headers["Location"]
    assert ada.post("/drift/feil/en", **GROUP, id=taken.id, how="skip", reason="by hand").status_code == 303

    stopped.work()

    page = ada.read(where)
    assert "6 av 7 gikk bra, 1 ble nektet" in page and "Disse ble nektet" in page


def test_a_stopped_job_stands_still_until_somebody_lets_it_go_on(stopped: Cases, ada: Staff) -> None:
    where = ada.post("/drift/feil/alle", **GROUP, how="retry").headers["Location"]
    ada.post(f"{where}/stopp")
    stopped.work()
    assert "Stanset etter 0 av 7" in ada.read(where)

    ada.post(f"{where}/videre")
    stopped.work()

    assert "Alle 7 gikk bra" in ada.read(where)


def test_the_log_is_verified_by_a_worker_and_a_change_is_found(stopped: Cases, ada: Staff) -> None:
    ada.post("/drift/kontroll")
    assert "Kontrollerer" in ada.read("/drift")
    stopped.work()
    assert "Hel" in ada.read("/drift")

    victim = stopped.incidents()[0].case_id
    with stopped.app.db.write() as connection:
        wanted = (audit_event.c.case_id == victim, audit_event.c.seq == 1)
        connection.execute(update(audit_event).where(*wanted).values(actor_id="somebody else"))
    ada.post("/drift/kontroll")
    stopped.work()

    page = ada.read("/drift")
    assert "1 brudd" in page and victim in page and "hendelsen er endret" in page


def test_a_breaker_is_reset_and_what_it_held_tries_at_once(cases: Cases, ada: Staff, clock: FixedClock) -> None:
    cases.deploy(BODY)
    cases.script("work", Done())
    case = cases.start()
    until = clock.now() + timedelta(minutes=5)
    with cases.app.db.write() as connection:
        connection.execute(insert(breaker).values(name="work", open_until=until, pause=300, probes=0, left=3))
    cases.work()
    assert cases.state(case) == "active" and "Får hvile" in ada.read("/drift")

    ada.post("/drift/bryter/work")
    cases.work()

    assert cases.state(case) == "completed" and "Får hvile" not in ada.read("/drift")
    with cases.app.db.read() as connection:
        kinds = connection.execute(select(audit_event.c.kind).where(audit_event.c.case_id == chain.SYSTEM_CHAIN))
        assert "BreakerReset" in kinds.scalars().all()


def test_queues_tell_how_much_waits_and_since_when(cases: Cases, ada: Staff, clock: FixedClock) -> None:
    cases.deploy(BODY)
    cases.script("work", Done())
    for _ in range(3):
        cases.start()
    clock.advance(timedelta(minutes=5))

    page = ada.read("/drift")

    assert "Arbeid noen venter på work 3 0 0 0 23. november 2026 kl. 08.00 For sent" in page
    assert "Redis svarer ikke" in page, "a test has no Redis, and the page says so instead of falling"


def test_what_the_clock_does_next_is_told_by_step_soonest_first(cases: Cases, ada: Staff, clock: FixedClock) -> None:
    def wait(name: str, duration: str) -> str:
        timer = f"<timerEventDefinition><timeDuration>{duration}</timeDuration></timerEventDefinition>"
        return f'<intermediateCatchEvent id="w" name="{name}">{timer}</intermediateCatchEvent>'

    assert "Klokken setter ikke i gang noe" in ada.read("/drift")
    for key, name, duration in (("long", "Vent en måned", "P30D"), ("b", "Vent to døgn", "P2D"), ("a", "Vent", "P1D")):
        body = f'<startEvent id="s"/>{wait(name, duration)}<endEvent id="e"/>'
        cases.deploy(body + line("s", "w", "e"), key=key)
        cases.start(key)
    cases.start("a")

    page = ada.read("/drift")

    rows = page.partition("nærmeste først.")[2]
    assert rows.index("Vent 2") < rows.index("Vent to døgn 1")
    assert "Vent en måned" not in page


def test_no_secret_is_on_the_page(application: Application, ada: Staff) -> None:
    settings = application.settings
    html = ada.get("/drift").get_data(as_text=True)

    for secret in (
        *settings.secret_keys,
        *(key.hex() for key in settings.data_keys.values()),
        settings.lookup_key.hex(),
    ):
        assert secret not in html
    assert "IBALANSE_KEYS" in html


def test_a_password_in_an_address_is_not_shown() -> None:
    from engine.web.operations.index import _without_password

    assert _without_password("postgresql://u:hemmelig@h/db?x=1") == "postgresql://u:***@h/db"
    assert "hemmelig" not in _without_password("rediss://:hemmelig@h:6379/0")
    assert _without_password("not an address") == "not an address"


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.LEADER])
def test_only_administrators_enter(application: Application, role: Role) -> None:
    somebody = Staff(application, role, Office("312345672", "Nav"), "04048012345", "Kari")

    assert somebody.get("/drift").status_code == 403
    assert somebody.post("/drift/feil/alle", **GROUP, how="retry").status_code == 403


def test_work_that_is_asked_for_twice_is_done_once(stopped: Cases, ada: Staff) -> None:
    for _ in range(2):
        ada.post("/drift/kontroll")

    with stopped.app.db.read() as connection:
        rows = connection.execute(select(due_work.c.id).where(due_work.c.name == "verify_audit")).all()
    assert len(rows) == 1
