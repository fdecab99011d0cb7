"""One application on each database for all the runs: an empty table is cheaper than a new one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.durability.durable import Product
from tests.factories.postgres import Server


@pytest.fixture(scope="session")
def sqlite_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    directory = tmp_path_factory.mktemp("durable")
    product = Product(f"sqlite:///{directory / 'test.db'}", directory)
    yield product
    product.close()


@pytest.fixture(scope="session")
def postgres_house(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    product = Product(postgres.new_database(), tmp_path_factory.mktemp("durable-postgres"))
    yield product
    product.close()
    postgres.drop(product.db.url)
