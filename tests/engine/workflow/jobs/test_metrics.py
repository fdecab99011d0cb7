"""What Prometheus is told, and the trace that follows a request into its jobs."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import pytest
import requests

from engine.cli import exporter
from engine.platform import trace
from engine.platform.clock import FixedClock, SystemClock
from engine.platform.logs import Clean
from engine.workflow.errors import NotFound
from engine.workflow.execution.commands import StartInstance
from engine.workflow.jobs.job_types import Done, GiveUp, Result, Retry
from integrations.http import HttpClient
from tests.browser.conftest import free_port
from tests.engine.workflow.jobs.conftest import CITIZEN, Cases, Spawn
from tests.factories.bundles import job, line

BODY = f'<startEvent id="s"/><serviceTask id="j">{job("work")}</serviceTask><endEvent id="e"/>' + line("s", "j", "e")
TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def figure(text: str, name: str, **labels: str) -> float:
    """The value of one line, 0 when it is not there."""
    for row in text.splitlines():
        found = re.fullmatch(rf"{name}(?:\{{(.*)\}})? (\S+)", row)
        if found and all(f'{key}="{value}"' in (found[1] or "") for key, value in labels.items()):
            return float(found[2])
    return 0.0


def test_what_happens_and_how_things_stand_is_told(cases: Cases, clock: FixedClock) -> None:
    cases.deploy(BODY)
    cases.script("work", Retry("http_503"), GiveUp("http_403"), Done())
    before = exporter.text(cases.app)
    for _ in range(3):
        cases.start()
    with pytest.raises(NotFound):
        cases.app.dispatch.send(StartInstance("none", "x"), CITIZEN)
    waiting = exporter.text(cases.app)
    cases.work()
    clock.advance(timedelta(seconds=0.5))
    after = exporter.text(cases.app)

    def more(name: str, **labels: str) -> float:
        return figure(after, name, **labels) - figure(before, name, **labels)

    assert more("ibalanse_commands_total", command="StartInstance", outcome="done") == 3
    assert more("ibalanse_commands_total", command="StartInstance", outcome="not_found") == 1
    assert more("ibalanse_step_seconds_count", command="FinishJob") == 1
    assert more("ibalanse_retries_total", task_type="work") == 1
    assert more("ibalanse_incidents_raised_total", code="http_403") == 1
    assert figure(after, "ibalanse_incidents_open", code="http_403") == 1
    assert figure(waiting, "ibalanse_due_work", queue="work", state="due") == 3
    assert figure(after, "ibalanse_due_work", queue="work", state="due") == 1
    assert figure(waiting, "ibalanse_open_cases", state="active") == 3
    assert figure(after, "ibalanse_open_cases", state="active") == 2
    clock.advance(timedelta(minutes=5))
    assert figure(exporter.text(cases.app), "ibalanse_due_work_oldest_seconds", queue="work") > 290


def test_no_label_carries_an_id_a_name_or_a_number(cases: Cases, anne: str) -> None:
    cases.deploy(BODY)
    cases.script("work", GiveUp("http_403", "detail"))
    case = cases.start()
    cases.work()

    text = exporter.text(cases.app)

    for personal in (case, anne, CITIZEN.person_id, "detail", "21818297804"):
        assert personal not in text
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}|\d{11}", re.sub(r"^#.*$|\S+$", "", text, flags=re.M))


def test_the_figures_of_every_process_are_added_up_on_a_port_of_its_own(
    cases: Cases, clock: FixedClock, spawn: Spawn, tmp_path: Path
) -> None:
    from tests.engine.workflow.jobs.conftest import JOB_AND_TIMER, eventually

    counted = tmp_path / "counted"
    counted.mkdir()
    cases.deploy(JOB_AND_TIMER)
    clock.set(SystemClock().now())
    for _ in range(4):
        cases.start()
    port = free_port()
    shared = {"PROMETHEUS_MULTIPROC_DIR": str(counted)}
    assert spawn("worker", "--burst", **shared).wait() == 0
    spawn("metrics", "--port", str(port), **shared)

    def scraped() -> str:
        try:
            return requests.get(f"http://127.0.0.1:{port}/metrics", timeout=5).text
        except requests.RequestException:
            return ""

    assert eventually(lambda: bool(scraped()))
    assert figure(scraped(), "ibalanse_commands_total", command="FinishJob", outcome="done") == 4
    assert figure(scraped(), "ibalanse_commands_total", command="FireTimer", outcome="done") == 4


def test_a_trace_goes_from_a_request_through_its_job_to_its_calls_and_logs(
    cases: Cases, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sent: list[str] = []

    class Calls:
        name = "work"

        def perform(self, work: object, now: object) -> Result:
            logging.getLogger("job").warning("calling")
            HttpClient(("http://source",)).get("http://source/")
            return Done()

    def request(
        _session: requests.Session, _method: str, _url: str, *, headers: Mapping[str, str], **_: object
    ) -> NoReturn:
        sent.append(headers["traceparent"])
        raise requests.ConnectionError

    monkeypatch.setattr(requests.Session, "request", request)
    caplog.handler.addFilter(Clean())
    cases.deploy(BODY)
    cases.app.job_types["work"] = Calls()
    with trace.following(TRACEPARENT):
        traceparent = trace.header()
        cases.start()
    cases.work()

    assert sent[0][3:35] == TRACEPARENT[3:35], "one trace"
    assert len({TRACEPARENT[36:52], traceparent and traceparent[36:52], sent[0][36:52]}) == 3, (
        "each part has its own span"
    )
    assert sent[0].endswith("-01")
    assert [record.trace for record in caplog.records if record.message == "calling"] == [TRACEPARENT[3:35]]  # type: ignore[attr-defined]
    assert trace.header() is None


@pytest.mark.parametrize(
    "traceparent",
    [
        None,
        "",
        "garbage",
        "00-" + "0" * 32 + "-00f067aa0ba902b7-01",
        "ff" + TRACEPARENT[2:],
        TRACEPARENT + "-more",
        TRACEPARENT.upper(),
        "00-" + "1" * 32 + "-" + "0" * 16 + "-01",
        TRACEPARENT[:-1],
    ],
)
def test_what_is_no_trace_begins_a_new_one(traceparent: str | None) -> None:
    made = trace.follow(traceparent)
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-00", made)
    assert made[3:35] != TRACEPARENT[3:35]


def test_a_later_version_is_followed_as_far_as_we_know_it() -> None:
    assert trace.follow("cc" + TRACEPARENT[2:] + "-what-the-future-holds")[3:35] == TRACEPARENT[3:35]
