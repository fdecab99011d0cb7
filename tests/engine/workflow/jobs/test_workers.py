"""Many workers, killed workers, no Redis, no database for a while: each piece of work is done once."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
import requests
from sqlalchemy import text, update
from sqlalchemy.exc import OperationalError

from engine.application import Application, build
from engine.platform import schema
from engine.platform.clock import SystemClock
from engine.platform.db import trouble
from engine.platform.settings import Settings
from engine.workflow.jobs.job_types import Done
from engine.workflow.jobs.models import due_work
from engine.workflow.jobs.valkey import ensure_redis
from engine.workflow.jobs.wakeup import no_wakeup
from engine.workflow.workers import performer as performer_module
from tests.browser.conftest import free_port
from tests.engine.workflow.jobs.conftest import JOB_AND_TIMER, Cases, Process, Spawn, eventually
from tests.factories import postgres
from tests.factories.bundles import job, line
from tests.factories.postgres import Server

ONCE = {"CaseStarted": 1, "RolesChanged": 1, "JobFinished": 1, "TimerFired": 1}
SHORT = f'<startEvent id="s"/><serviceTask id="j">{job("work")}</serviceTask><endEvent id="e"/>' + line("s", "j", "e")


@pytest.fixture
def application(database_url: str, tmp_path: Path) -> Iterator[Application]:
    """On the machine's own clock, which the processes beside the test have too."""
    settings = Settings.from_env(
        {"IBALANSE_DATA": str(tmp_path / "data"), "DATABASE_URL": database_url, "IBALANSE_ENV": "test"}
    )
    built = build(settings, clock=SystemClock(), wakeup=no_wakeup)
    schema.upgrade(built.db)
    yield built
    built.db.engine.dispose()


def expire(cases: Cases) -> None:
    """Let a minute pass for the leases of those who were killed."""
    with cases.app.db.write() as connection:
        now = cases.app.clock.now()
        connection.execute(update(due_work).where(due_work.c.state == "leased").values(lease_until=now))


def done_once(cases: Cases, count: int) -> bool:
    events = [dict(found) for case, found in cases.events().items() if case != "system"]
    assert cases.states() == {"completed": count}
    assert events == [ONCE] * count
    assert cases.due() == []
    assert cases.incidents() == []
    return cases.whole()


def test_four_workers_do_two_hundred_pieces_of_work_once_each(cases: Cases, spawn: Spawn) -> None:
    cases.deploy(JOB_AND_TIMER)
    for _ in range(100):
        cases.start()

    workers = [spawn("worker", "--burst", "--json") for _ in range(4)]
    assert [worker.wait() for worker in workers] == [0] * 4

    counts = [worker.lines()[-1]["done"] for worker in workers]
    assert sum(counts) >= 200
    assert sum(count > 0 for count in counts) >= 2, f"the work was shared: {counts}"
    assert done_once(cases, 100)


@pytest.mark.parametrize("place", ["after_claim", "after_perform", "before_commit", "after_commit"])
def test_a_worker_killed_anywhere_loses_nothing_and_does_nothing_twice(cases: Cases, spawn: Spawn, place: str) -> None:
    cases.deploy(JOB_AND_TIMER)
    for _ in range(3):
        cases.start()

    worker = spawn("worker", "--burst", IBALANSE_FAIL_POINT=f"{place}:2")
    assert worker.wait() == -signal.SIGKILL
    expire(cases)
    assert spawn("worker", "--burst").wait() == 0

    assert done_once(cases, 3)


def test_the_first_signal_finishes_what_is_in_hand_and_gives_the_rest_back(cases: Cases, spawn: Spawn) -> None:
    cases.deploy(JOB_AND_TIMER)
    for _ in range(300):
        cases.start()
    worker = spawn("worker", "--burst", "--json")
    assert eventually(
        lambda: (
            any(found["TimerFired"] for found in cases.events().values())
            or any(found["JobFinished"] for found in cases.events().values())
        ),
    )

    worker.popen.terminate()

    assert worker.wait() == 0
    assert [row["event"] for row in worker.lines()] == ["started", "stopping", "stopped"]
    left = cases.due()
    assert left, "it stopped in the middle"
    assert {row.state for row in left} == {"due"}, "nothing stays leased"
    assert all(row.attempts == 0 for row in left)


@pytest.fixture
def server(application: Application) -> Iterator[redis.Redis]:
    """A Redis of the test's own, which outlives the workers."""
    url, process = ensure_redis(application.settings)
    assert process is not None
    with redis.Redis.from_url(url) as client:
        yield client
    process.kill()
    process.wait()


def test_work_is_found_again_after_redis_was_emptied(cases: Cases, spawn: Spawn, server: redis.Redis) -> None:
    cases.deploy(JOB_AND_TIMER)
    worker = spawn("worker")
    assert worker.prints("serving timers, work, bulk")
    for n in range(20):
        cases.start()
        if n % 5 == 0:
            server.flushall()

    assert eventually(lambda: cases.states() == {"completed": 20}), worker.text
    assert done_once(cases, 20)
    worker.popen.terminate()
    assert worker.wait() == 0
    assert "stopped after" in worker.text


def test_work_goes_on_while_redis_is_gone(cases: Cases, spawn: Spawn, server: redis.Redis) -> None:
    cases.deploy(JOB_AND_TIMER)
    worker = spawn("worker")
    assert worker.prints("serving")
    time.sleep(1)
    os.kill(int(server.info()["process_id"]), signal.SIGKILL)
    for _ in range(10):
        cases.start()

    assert eventually(lambda: cases.states() == {"completed": 10}), worker.text
    worker.popen.terminate()
    assert worker.wait() == 0, worker.text
    assert done_once(cases, 10)


def test_a_second_signal_stops_now_and_the_job_in_hand_is_anybodys(
    cases: Cases, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopped:
        name = "work"

        def perform(self, work: object, now: object) -> Done:
            raise SystemExit(0)

    cases.deploy(SHORT)
    cases.app.job_types["work"] = Stopped()
    case = cases.start()
    with pytest.raises(SystemExit):
        cases.work()
    cases.script("work", Done())
    cases.work()

    assert cases.state(case) == "completed", "no lease to wait for"


def test_an_unknown_queue_is_refused_and_the_state_of_the_work_is_told(cases: Cases, spawn: Spawn) -> None:
    cases.deploy(JOB_AND_TIMER)
    cases.start()

    refused = spawn("worker", "--queues", "timers,fast")
    status = spawn("worker", "--status", "--json")
    helped = spawn("worker", "--help")
    assert (refused.wait(), status.wait(), helped.wait()) == (2, 0, 0)

    assert "timers, work, bulk" in refused.text
    shown = status.lines()[0]
    assert (shown["due"], shown["queues"]["work"], shown["redis"]) == (1, {"due": 1}, False)
    assert "SIGTERM" in helped.text


def test_a_worker_serves_its_own_queues_only(cases: Cases, spawn: Spawn) -> None:
    cases.deploy(JOB_AND_TIMER)
    cases.start()

    assert spawn("worker", "--burst", "--queues", "timers,bulk").wait() == 0
    assert [row.name for row in cases.due()] == ["change_roles"]
    assert spawn("worker", "--burst", "--queues", "work").wait() == 0
    assert [row.kind for row in cases.due()] == ["timer"]


def test_a_full_disk_refuses_clearly_and_everything_goes_on_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings.from_env({"IBALANSE_DATA": str(tmp_path), "IBALANSE_ENV": "test"})
    cases = Cases(build(settings, clock=SystemClock(), wakeup=no_wakeup))
    schema.upgrade(cases.app.db)
    cases.deploy(SHORT)
    cases.script("work", Done({"big": "x" * 100_000}))
    case_ids = [cases.start() for _ in range(3)]
    monkeypatch.setattr(performer_module, "WRITE_TIMEOUT", 0.2)

    def pages(limit: int) -> None:
        cases.app.db.engine.dispose()
        with cases.app.db.engine.connect() as connection:
            used = connection.execute(text("PRAGMA page_count")).scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count={used + limit}")

    pages(1)
    with pytest.raises(OperationalError) as refused:
        for _ in range(1000):
            case_ids.append(cases.start(note="y" * 2000))
    assert trouble(refused.value) == "disk_full"
    cases.app.performer.run_until_idle(1)
    assert set(cases.states()) == {"active"}, "nothing was half done"

    pages(1_000_000)
    expire(cases)
    cases.work()
    assert {cases.state(case) for case in case_ids} == {"completed"}
    assert cases.incidents() == []
    assert cases.whole()
    cases.app.db.engine.dispose()


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A PostgreSQL that may be stopped without another test noticing."""
    try:
        with postgres.server() as running:
            yield running
    except postgres.Unavailable as error:
        pytest.skip(str(error))


def test_the_database_goes_away_for_ten_seconds_and_worker_and_web_come_back_by_themselves(
    own_server: Server, tmp_path: Path
) -> None:
    port = free_port()
    environment = {
        **os.environ,
        "IBALANSE_DATA": str(tmp_path),
        "DATABASE_URL": own_server.url,
        "IBALANSE_ENV": "test",
        "IBALANSE_BASE_URL": f"http://localhost:{port}",
    }
    cases = Cases(build(Settings.from_env(environment), clock=SystemClock(), wakeup=no_wakeup))
    schema.upgrade(cases.app.db)
    cases.deploy(JOB_AND_TIMER)
    processes = [
        Process(environment, "worker"),
        Process(environment, "worker"),
    ]
    import subprocess
    import sys

    web = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "gunicorn",
            "wsgi:application()",
            "--bind",
            f"127.0.0.1:{port}",
            "--no-control-socket",
            "--worker-class",
            "gthread",
            "--threads",
            "2",
            "--log-level",
            "error",
        ],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"

    def status(path: str) -> int:
        try:
            return requests.get(address + path, timeout=10, cookies={"__Host-session": "x"}).status_code
        except requests.RequestException:
            return 0

    try:
        assert all(process.prints("serving") for process in processes)
        assert eventually(lambda: status("/health/ready") == 200)
        for _ in range(40):
            cases.start()
        own_server.stop()
        gone = time.monotonic()
        assert status("/health/ready") == 503
        assert status("/health/live") == 200
        while time.monotonic() - gone < 10:
            time.sleep(0.2)
        own_server.start()

        assert eventually(lambda: status("/health/ready") == 200), "the web comes back"
        assert eventually(lambda: cases.states() == {"completed": 40}), processes[0].text
        assert done_once(cases, 40)
        for process in processes:
            process.popen.terminate()
            assert process.wait() == 0, process.text
    finally:
        for process in processes:
            process.popen.kill()
        web.kill()
        web.wait()
        cases.app.db.engine.dispose()
