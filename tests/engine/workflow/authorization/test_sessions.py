"""Sessions: found by a hash, over when idle, old, ended or logged out elsewhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.application import Application
from engine.casework import merge_fields
from engine.platform.clock import FixedClock
from engine.workflow.authorization import sessions
from engine.workflow.authorization.actor import Office, Role


@pytest.fixture
def token(application: Application, anne: str, clock: FixedClock) -> str:
    with application.db.write() as connection:
        return sessions.log_in(
            connection,
            clock.now(),
            person_id=anne,
            role=Role.CASEWORKER,
            office=Office("1", "Nav"),
            level="high",
            language="nb",
            issuer="https://issuer",
            sid="s1",
            id_token="t",
        )


def found(application: Application, token: str, clock: FixedClock) -> bool:
    with application.db.read() as connection:
        return sessions.find(connection, token, clock.now()) is not None


def test_a_session_knows_its_actor_and_not_its_cookie(application: Application, token: str, clock: FixedClock) -> None:
    with application.db.read() as connection:
        row = sessions.find(connection, token, clock.now())
        stored = connection.execute(select(sessions.session_table.c.id)).scalar_one()

    assert row is not None and sessions.actor(row, "Kari").office == Office("1", "Nav")
    assert token.encode() not in stored


def test_thirty_idle_minutes_end_it_and_use_keeps_it_for_eight_hours(
    application: Application, token: str, clock: FixedClock
) -> None:
    for _ in range(19):
        clock.advance(timedelta(minutes=25))
        assert found(application, token, clock)
        with application.db.write() as connection:
            sessions.seen(connection, token, clock.now())
    clock.advance(timedelta(minutes=25))
    assert not found(application, token, clock), "eight hours are over"


def test_an_idle_session_is_over(application: Application, token: str, clock: FixedClock) -> None:
    clock.advance(timedelta(minutes=31))
    assert not found(application, token, clock)


def test_the_issuers_log_out_ends_the_sessions_of_its_sid_and_no_other(
    application: Application, token: str, clock: FixedClock
) -> None:
    with application.db.write() as connection:
        assert sessions.end_by_sid(connection, "https://other", "s1", clock.now()) == 0
        assert sessions.end_by_sid(connection, "https://issuer", "s2", clock.now()) == 0
    assert found(application, token, clock)
    with application.db.write() as connection:
        assert sessions.end_by_sid(connection, "https://issuer", "s1", clock.now()) == 1
    assert not found(application, token, clock)


def test_a_log_in_under_way_is_taken_once_and_only_for_a_quarter(application: Application, clock: FixedClock) -> None:
    def begin() -> str:
        with application.db.write() as connection:
            return sessions.begin(connection, clock.now(), language="nb", state={"nonce": "n"}, issuer="i")

    def take(token: str) -> dict[str, object] | None:
        with application.db.write() as connection:
            return sessions.take_login(connection, token, clock.now())

    first, late = begin(), begin()
    assert take(first) == {"nonce": "n"}
    assert take(first) is None
    clock.advance(timedelta(minutes=16))
    assert take(late) is None
    assert not found(application, late, clock)


def test_a_forms_token_is_worth_nothing_in_another_session() -> None:
    assert sessions.csrf_token("a", "secret") != sessions.csrf_token("b", "secret")
    assert sessions.csrf_token("a", "secret") == sessions.csrf_token("a", "secret")


def test_the_language_is_the_persons_in_whatever_browser_they_come_with(
    application: Application, token: str, anne: str, clock: FixedClock
) -> None:
    with application.db.write() as connection:
        assert sessions.language_of(connection, anne) is None
        sessions.set_language(connection, token, "nn")
        sessions.set_language(connection, token, "en")
        again = sessions.log_in(
            connection,
            clock.now(),
            person_id=anne,
            role=Role.CITIZEN,
            office=None,
            level="high",
            language="nb",
            issuer="https://issuer",
            sid="s2",
            id_token="t",
        )
        row = sessions.find(connection, again, clock.now())
        assert row is not None and row.language == "en"
        connection.execute(sessions.session_table.delete())
        assert merge_fields.language_of(connection, anne) == "en", "also in a letter, when the log-ins are forgotten"
