"""One application on each database for all the runs: an empty table is cheaper than a new one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.durability.durable import House
from tests.factories.postgres import Server


@pytest.fixture(scope="session")
def sqlite_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    directory = tmp_path_factory.mktemp("durable")
    house = House(f"sqlite:///{directory / 'test.db'}", directory)
    yield house
    house.close()


@pytest.fixture(scope="session")
def postgres_house(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(postgres.new_database(), tmp_path_factory.mktemp("durable-postgres"))
    yield house
    house.close()
    postgres.drop(house.db.url)
