"""Sealed values open for the right person and place, and for nobody once the key is gone."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from engine.application import Application
from engine.vault import Erased, Tampered, person_table


def test_a_value_opens_in_its_place_and_in_no_other(application: Application, anne: str) -> None:
    vault = application.vault
    with application.db.write() as connection:
        sealed = vault.seal(connection, anne, "note.content:1", {"text": "hei"})

        assert vault.open(connection, anne, "note.content:1", sealed) == {"text": "hei"}
        with pytest.raises(Tampered):
            vault.open(connection, anne, "note.content:2", sealed)
        with pytest.raises(Tampered):
            vault.open(connection, anne, "note.content:1", sealed[:-1] + bytes([sealed[-1] ^ 1]))


def test_erasing_a_person_makes_everything_of_hers_unreadable(application: Application, anne: str) -> None:
    vault = application.vault
    with application.db.write() as connection:
        sealed = vault.seal(connection, anne, "note.content:1", "hei")
        vault.erase(connection, anne)

        with pytest.raises(Erased):
            vault.open(connection, anne, "note.content:1", sealed)
        with pytest.raises(Erased):
            vault.person(connection, anne)


def test_a_person_is_found_by_her_number_which_stands_nowhere_in_clear(application: Application, anne: str) -> None:
    with application.db.read() as connection:
        found = application.vault.person_by_pid(connection, "21818297804")
        row = connection.execute(select(person_table)).one()

    assert found is not None and found.id == anne
    assert b"21818297804" not in row.lookup + row.identity


def test_a_new_name_at_log_in_replaces_the_old_one(application: Application, anne: str) -> None:
    with application.db.write() as connection:
        again = application.vault.register(
            connection, pid="21818297804", name="Anne Nygift", birth_date=date(2000, 1, 21)
        )
        assert again.id == anne
        assert application.vault.person(connection, anne).name == "Anne Nygift"


def test_several_people_are_read_at_once_without_the_unknown_and_the_erased(
    application: Application, anne: str
) -> None:
    vault = application.vault
    with application.db.write() as connection:
        gone = vault.register(connection, pid="04819599970", name="Borte Eksempel", birth_date=date(1995, 1, 4)).id
        there = vault.register(connection, pid="05817198450", name="Her Eksempel", birth_date=date(1971, 1, 5)).id
        vault.erase(connection, gone)

        found = vault.people(connection, [anne, gone, there, "nobody"])

        assert found == {one: vault.person(connection, one) for one in (anne, there)}
