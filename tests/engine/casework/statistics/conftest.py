"""A product with a past, for tests that only read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest

import wsgi
from engine.application import Application
from engine.platform.settings import Settings
from tests.factories import pasts
from tests.factories.walks import Walked

BEGIN = pasts.BEGIN


@dataclass(frozen=True)
class Past:
    application: Application
    cases: list[Walked]
    now: datetime


@pytest.fixture(scope="session")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    walked = pasts.walked_once(pasts.of_this_run(tmp_path_factory))
    data = tmp_path_factory.mktemp("walked")
    walked.copy(data)
    application, _ = wsgi.wire(Settings.from_env({"IBALANSE_DATA": str(data), "IBALANSE_ENV": "test"}))
    yield Past(application, walked.cases, walked.now)
    application.db.engine.dispose()
