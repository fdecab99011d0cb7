"""The same walk on PostgreSQL and a Redis of somebody else's: two settings, nothing more."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from engine.workflow.jobs.valkey import binary
from tests.browser.conftest import Person, Product, free_port
from tests.browser.walks import wait_until, walk_to_overview


@pytest.fixture
def redis_url() -> Iterator[str]:
    port = free_port()
    command = [binary(), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait(10)


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory, postgres_url: str, redis_url: str) -> Iterator[Product]:
    running = Product(tmp_path_factory.mktemp("elsewhere"), DATABASE_URL=postgres_url, REDIS_URL=redis_url)
    running.start()
    yield running
    running.stop()


def test_anne_walks_on_postgresql_and_an_external_redis(browser: Browser, elsewhere: Product) -> None:
    anne = Person(browser, elsewhere)
    walk_to_overview(anne, "Anne Eksempel")
    wait_until(anne, {})
    anne.leave()

    assert anne.complaints == []
    assert not (elsewhere.data / "ibalanse.db").exists()
    assert not (elsewhere.data / "valkey").exists()
    checked = elsewhere.command("verify-audit")
    assert checked.returncode == 0 and "whole" in checked.stdout
