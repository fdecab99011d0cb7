"""What programs outside meet over HTTP: addresses, health, and the names Prometheus collects under."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.contracts import observation, seam
from tests.contracts.conftest import environment
from tests.contracts.promises import scrape


@pytest.fixture
def client(folder: Path) -> FlaskClient:
    return seam.web(**environment(folder)).test_client()


def test_every_address_still_leads_somewhere(client: FlaskClient) -> None:
    now = observation.routes(client.application)

    assert not set(observation.recorded("routes")) - set(now)


def test_it_is_alive(client: FlaskClient) -> None:
    answer = client.get("/health/live")

    assert (answer.status_code, json.loads(answer.data)) == (200, {"status": "live"})


def test_readiness_tells_of_the_database_the_work_and_redis(client: FlaskClient) -> None:
    answer = client.get("/health/ready")

    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(answer.data)
    assert found["status"] == "degraded" and found["redis"] is False, "no Redis runs here: slower, not down"
    assert isinstance(found["due"], int) and isinstance(found["oldest_seconds"], int | float)


def test_readiness_is_503_when_the_schema_is_another(client: FlaskClient, folder: Path) -> None:
    with sqlite3.connect(folder / "old.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")

    answer = client.get("/health/ready")

    assert answer.status_code == 503 and json.loads(answer.data)["status"] == "down"


def test_every_family_of_metrics_keeps_its_kind_and_labels(prepared: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(prepared, copy)
    now = scrape(copy)

    for name, was in observation.recorded("metrics").items():
        assert name in now and now[name]["kind"] == was["kind"], name
        assert now[name]["labels"] == was["labels"], (name, "a dashboard adds up by these")
