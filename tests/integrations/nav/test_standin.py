"""Nav of the sandbox tells what Nav's own test data tell, and our client reads it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from engine.advice.evidence.datasets import Subject
from engine.platform.settings import Settings
from integrations.nav.client import benefits
from integrations.sandbox import keys
from integrations.sandbox.app import create_sandbox
from integrations.sandbox.persons import all_persons
from integrations.sandbox.persons.person import Person
from tests.integrations.fake_provider import list_example, request

WHERE = "/nav/utbetaldata/api/v2/hent-utbetalingsinformasjon/ekstern"
SUPPORTED = [one for one in all_persons() if one.benefits]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    data: Path = tmp_path_factory.mktemp("sandbox")
    env = {"IBALANSE_DATA": str(data), "IBALANSE_ENV": "test", "IBALANSE_SANDBOX_URL": "http://localhost:8001"}
    yield create_sandbox(Settings.from_env(env)).test_client()


def paid(sandbox: FlaskClient, person: Person, fom: str, tom: str) -> list[dict[str, Any]]:
    token = keys.sign(sandbox.application.config["SANDBOX_DATA"], {"scope": "nav:utbetaldata"}, 60)
    headers = {"Authorization": f"Bearer {token}", "X-Fullmakt": "m"}
    body = {"ident": person.pid, "periode": {"fom": fom, "tom": tom}}
    found: list[dict[str, Any]] = sandbox.post(WHERE, json=body, headers=headers).get_json()
    return found


def names(told: object) -> set[str]:
    """Every field there is, by the fields it lies in."""
    if isinstance(told, list):
        return {name for one in told for name in names(one)}
    if not isinstance(told, dict):
        return set()
    return set(told) | {f"{name}.{inner}" for name, value in told.items() for inner in names(value)}


@pytest.mark.parametrize("person", SUPPORTED, ids=lambda person: person.key)
def test_nav_of_the_sandbox_tells_no_field_that_nav_does_not(sandbox: FlaskClient, person: Person) -> None:
    told = paid(sandbox, person, "2020-01-01", "2099-01-01")

    assert told
    assert names(told) <= names(list_example("nav/alle_utbetalinger_tidligere_default"))


@pytest.mark.parametrize("person", SUPPORTED, ids=lambda person: person.key)
def test_what_a_person_of_the_sandbox_is_paid_is_read_whole(sandbox: FlaskClient, person: Person) -> None:
    asked = replace(request(), subject=Subject(person.key, person.pid, person.name, person.birth_date))

    read = benefits(paid(sandbox, person, "2020-01-01", "2099-01-01"), asked)

    newest = max(income.month for income in read.incomes)
    months = [income for income in read.incomes if income.month == newest]
    assert sum(income.gross.value for income in months) == sum(Decimal(one.gross) for one in person.benefits)
    assert not read.record_gaps


def test_the_last_day_of_a_question_is_left_out(sandbox: FlaskClient) -> None:
    told = paid(sandbox, SUPPORTED[0], "2020-01-01", "2099-01-01")
    newest = date.fromisoformat(max(one["utbetalingsdato"] for one in told))

    until = [newest.isoformat(), (newest + timedelta(days=1)).isoformat()]
    found = [{one["utbetalingsdato"] for one in paid(sandbox, SUPPORTED[0], newest.isoformat(), tom)} for tom in until]

    assert found == [set(), {newest.isoformat()}]
