"""Sealed values open for the right person and place, and for nobody once the key is gone."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine, event, select

from engine.application import Application
from engine.casework import journal
from engine.platform.vault import ErasedError, TamperedError, person_table
from tests.factories.case_rows import add_case


def test_a_value_opens_in_its_place_and_in_no_other(application: Application, anne: str) -> None:
    vault = application.vault
    with application.db.write() as connection:
        sealed = vault.seal(connection, anne, "note.content:1", {"text": "hei"})

        assert vault.open(connection, anne, "note.content:1", sealed) == {"text": "hei"}
        with pytest.raises(TamperedError):
            vault.open(connection, anne, "note.content:2", sealed)
        with pytest.raises(TamperedError):
            vault.open(connection, anne, "note.content:1", sealed[:-1] + bytes([sealed[-1] ^ 1]))


def test_erasing_a_person_makes_everything_of_theirs_unreadable(application: Application, anne: str) -> None:
    vault = application.vault
    with application.db.write() as connection:
        sealed = vault.seal(connection, anne, "note.content:1", "hei")
        vault.erase(connection, anne)

        with pytest.raises(ErasedError):
            vault.open(connection, anne, "note.content:1", sealed)
        with pytest.raises(ErasedError):
            vault.person(connection, anne)


def test_a_person_is_found_by_their_number_which_stands_nowhere_in_clear(application: Application, anne: str) -> None:
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


def test_a_list_of_one_persons_values_reads_their_key_once(application: Application, anne: str) -> None:
    now = application.clock.now()
    statements: list[str] = []
    with application.db.write() as connection:
        add_case(connection, "a-case", anne, now)
        for number in range(4):
            journal.add_note(
                connection,
                application.vault,
                author="kari",
                case_id="a-case",
                owner_id=anne,
                text=f"nr. {number}",
                now=now,
            )

    def note(_: object, __: object, statement: str, *___: object) -> None:
        if "FROM person_key" in statement:
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with application.db.read() as connection:
            found = journal.notes(connection, application.vault, "a-case")
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert sorted(one.text for one in found) == [f"nr. {number}" for number in range(4)]
    assert len(statements) == 1, "one look at the key for the whole list"


def test_what_opens_a_list_keeps_to_the_place_and_to_the_person(application: Application, anne: str) -> None:
    vault = application.vault
    with application.db.write() as connection:
        bo = vault.register(connection, pid="25922947409", name="Bo", birth_date=date(1970, 1, 1)).id
        annes, bos = (
            vault.seal(connection, anne, "note.content:1", "anne's"),
            vault.seal(connection, bo, "note.content:2", 2),
        )
        opened = vault.opener(connection)
        assert (opened(anne, "note.content:1", annes), opened(bo, "note.content:2", bos)) == ("anne's", 2)
        for person, place in ((bo, "note.content:1"), (anne, "note.content:2")):
            with pytest.raises(TamperedError):
                opened(person, place, annes)
        vault.erase(connection, anne)
        with pytest.raises(ErasedError):
            vault.opener(connection)(anne, "note.content:1", annes)
