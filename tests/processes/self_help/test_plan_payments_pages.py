"""A plan made in August, looked at in November: the pages, the paper and the table hold it against what was paid."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.advice.evidence.datasets import DataSet
from tests.factories.days import day_of


def test_months_later_the_plan_stands_beside_what_was_paid(
    tmp_path: Path,
    migrated_sqlite: Path,
    shipped: tuple[Mapping[str, DataSet], Path],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.ERROR)
    with day_of(datetime(2026, 8, 20, 10, tzinfo=UTC), tmp_path, migrated_sqlite, shipped[1]) as day:
        anne = day.citizen("anne")
        anne.collect()
        anne.send("/budsjett", **{"age-1": "26", "sex-1": "woman", "cars": "none"})
        anne.send("/budsjett/ferdig")
        anne.send("/tiltak/ferdig")
        assert anne.get("/plan.csv").request.path == "/plan", "nothing to tell before there is a plan"
        anne.send("/plan", monthly="9000", order="avalanche", action="done")
        assert "Planen er ny" in anne.page("/plan") and "Planen er ny" in anne.page("/hverdag")

        day.clock.set(datetime(2026, 11, 10, 10, tzinfo=UTC))
        day.work()
        anne = day.citizen("anne")
        anne.send("/oversikt/hent")
        page = anne.page("/plan")

        assert "I oktober 2026 betalte du" in page.replace("\xa0", " ") and "september 2026" in page
        assert "mindre enn planlagt" in page, "Anne has gone on paying the least each creditor asks for"
        assert "I oktober 2026 betalte du" in anne.page("/hverdag").replace("\xa0", " ")
        table = anne.get("/plan.csv").get_data(as_text=True)
        assert "Kortbanken Eksempel;oktober 2026;" in table and "oktober 2026" in table
        assert anne.get("/plan.pdf").get_data().startswith(b"%PDF")
