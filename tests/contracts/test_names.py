"""Names that lie in databases and in environments of installations: none is lost, and what people read has words."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.contracts import observation, seam
from tests.contracts.journeys import KEYS, LAST
from tests.contracts.walking import Old

NAMES: dict[str, list[str]] = observation.recorded("names")
SETTINGS: dict[str, str | None] = observation.recorded("settings")
#: Held by asking the wired product itself, below.
REGISTERED = ("jobs", "user tasks", "data sets", "channels", "due work of its own", "queues", "roles")


@pytest.mark.parametrize("kind", sorted(set(NAMES) - set(REGISTERED)))
def test_a_stored_name_still_stands_in_the_product(kind: str) -> None:
    assert observation.unknown(NAMES[kind]) == []


def test_every_kind_of_event_is_still_known_to_the_code() -> None:
    """Words for it are not enough: whoever counts, shows or writes it names it."""
    assert set(NAMES["events"]) <= observation.literals()


def test_what_bundles_are_extended_with_is_still_read() -> None:
    assert [name for name in observation.recorded("extensions_read") if not observation.mentioned(name)] == []
    assert not observation.mentioned("dueBefore"), "one there never was"


def test_a_name_that_stands_nowhere_is_noticed() -> None:
    assert observation.unknown(["NoteWritten", "NeverHappened"]) == ["NeverHappened"]


def test_what_is_registered_by_name_still_is(tmp_path: Path) -> None:
    now = seam.job_types(tmp_path)

    for kind in REGISTERED:
        assert not set(NAMES[kind]) - set(now[kind]), kind


def test_every_kind_of_event_in_the_old_database_is_recorded(old: Old) -> None:
    kinds = {row[0] for row in old.rows("SELECT DISTINCT kind FROM audit_event")}

    assert len(kinds) > 30 and not kinds - set(NAMES["events"])


def test_every_event_that_had_words_for_a_caseworker_still_has_them(old: Old) -> None:
    """Shown by the page: a kind without words is shown by its name."""
    case, number = old.case("waits for a call"), old.number("waits for a call")
    kinds = [*NAMES["events with a text"], "NeverHappened"]
    with old.product.application.db.write() as connection:
        from sqlalchemy import text

        for seq, kind in enumerate(kinds, 1000):
            connection.execute(
                text(
                    "INSERT INTO audit_event (case_id, seq, at, actor_role, actor_id, kind, data, hash) "
                    "VALUES (:case, :seq, :at, 'caseworker', :kari, :kind, '{}', :hash)"
                ),
                {
                    "case": case,
                    "seq": seq,
                    "at": (LAST + timedelta(seconds=seq)).strftime("%Y-%m-%d %H:%M:%S.%f"),
                    "kari": old.people["kari"].person_id,
                    "kind": kind,
                    "hash": bytes(32),
                },
            )
    page = seam.Browser(old.product, old.people["kari"]).get(f"/saker/{number}/historikk")

    assert page.count("<tr>") + page.count("<tr ") >= len(kinds)
    assert [kind for kind in kinds if re.search(rf"\b{kind}\b", page)] == ["NeverHappened"]


def test_no_change_of_a_life_cycle_is_lost_or_leads_elsewhere() -> None:
    now = {frozenset(table.items()) for table in seam.life_cycles().values()}

    for name, table in observation.recorded("life_cycles").items():
        assert any(set(table.items()) <= found for found in now), name


def test_no_value_of_an_enumeration_is_lost() -> None:
    now = [set(values) for values in seam.enumerations()]

    for values in observation.recorded("enumerations"):
        assert any(set(values) <= found for found in now), values


@pytest.mark.parametrize("name", sorted(name for name, value in SETTINGS.items() if value is not None))
def test_an_environment_variable_still_sets_something(name: str, tmp_path: Path) -> None:
    """Whatever reads it: with it the settings are others than without."""
    keys = tmp_path / "ring.json"
    ring: dict[str, Any] = json.loads(KEYS.read_text())
    keys.write_text(json.dumps({**ring, "lookup_key": "00" * 32}))
    value = str(SETTINGS[name]).format(tmp=tmp_path, keys=keys)
    without = seam.settings_text(tmp_path)

    assert seam.settings_text(tmp_path, **{name: value}) != without
    assert seam.settings_text(tmp_path) == without, "and nothing else makes them differ"


@pytest.mark.parametrize("name", sorted(name for name, value in SETTINGS.items() if value is None))
def test_an_environment_variable_beside_the_settings_is_still_read(name: str) -> None:
    assert observation.unknown([name]) == []
