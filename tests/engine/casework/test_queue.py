"""The queue's pages, counts and searches against the plain truth."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from engine.casework import drafts, members, queue, views
from engine.casework.queue import Filter, Place
from engine.platform import name_index
from engine.platform.name_index import person_name
from tests.engine.casework.conftest import NAV, Desks

FAR = datetime(9999, 1, 1, tzinfo=UTC)


@pytest.fixture
def many(desks: Desks) -> Desks:
    """Eleven cases: some with the same deadline, some with none, some planned, some taken."""
    now = desks.clock.now()
    days = (3, 1, 1, None, -2, 8, None, 1, 30, None, 5)
    for number, day in enumerate(days):
        case = desks.start(("Anne Eksempel", "Truls Eksempel", "Ægir Ås-Étienne")[number % 3])
        desks.change(
            case,
            deadline_at=None if day is None else now + timedelta(days=day),
            follow_up_at=now - timedelta(hours=number) if number % 4 == 0 else None,
            responsible=(None, desks.kari.person_id, desks.ola.person_id)[number % 3],
            waiting_for="citizen" if number in (2, 5) else "caseworker",
        )
    return desks


def walk(desks: Desks, asked: Filter, size: int) -> tuple[list[list[str]], list[list[str]]]:
    """Every page forwards, then every page backwards from the last."""
    who, now = desks.who(desks.kari), desks.clock.now()
    forwards, backwards = [], []
    with desks.application.db.read() as connection:
        page = queue.page(connection, who, asked, now, None, size)
        forwards.append([row.number for row in page.rows])
        while page.after is not None:
            page = queue.page(connection, who, asked, now, page.after, size)
            forwards.append([row.number for row in page.rows])
        backwards.append([row.number for row in page.rows])
        while page.before is not None:
            page = queue.page(connection, who, asked, now, page.before, size)
            backwards.append([row.number for row in page.rows])
    return forwards, backwards


@pytest.mark.parametrize("sort", sorted(queue.SORTS))
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("size", [1, 3, 4, 20])
def test_pages_hold_every_case_once_in_order_both_ways(many: Desks, sort: str, descending: bool, size: int) -> None:
    column = queue.SORTS[sort]
    with many.application.db.read() as connection:
        rows = connection.execute(select(queue.case_file)).all()
    valued = sorted(
        (r for r in rows if getattr(r, column.name) is not None),
        key=lambda r: (getattr(r, column.name), r.id),
        reverse=descending,
    )
    empty = sorted((r for r in rows if getattr(r, column.name) is None), key=lambda r: r.id, reverse=descending)
    truth = [row.number for row in [*valued, *empty]]

    forwards, backwards = walk(many, Filter(sort=sort, descending=descending), size)

    assert [number for page in forwards for number in page] == truth
    assert [number for page in reversed(backwards) for number in page] == truth
    assert all(len(page) == size for page in forwards[:-1])


def test_each_view_shows_as_many_as_it_counts(many: Desks) -> None:
    who, now = many.who(many.kari), many.clock.now()
    with many.application.db.read() as connection:
        counted = queue.counts(connection, who, now)
        shown = {name: len(queue.page(connection, who, Filter(view=name), now).rows) for name in counted}

    assert counted == shown
    assert counted == {"alle": 11, "mine": 4, "ingen": 4, "venter": 2, "frist": 5, "passert": 1, "planlagt": 3}


@pytest.mark.parametrize("most", [0, queue.MAX_COUNTED])
def test_what_is_searched_for_is_narrowed_and_ordered_as_any_list(
    many: Desks, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MAX_COUNTED", most)
    words = (many.application.vault.blind("eksempel"),)
    who, now = many.who(many.kari), many.clock.now()
    with many.application.db.read() as connection:
        everybody = queue.page(connection, who, Filter(view="frist"), now).rows
        theirs = [row.number for row in everybody if row.owner_id != many.people["Ægir Ås-Étienne"].person_id]
        found = queue.page(connection, who, Filter(view="frist", words=words), now).rows
        assert [row.number for row in found] == theirs and 0 < len(theirs) < len(everybody)
        stranger = queue.Who("999999999", who.person_id, who.mine)
        assert queue.page(connection, stranger, Filter(words=words, number="2026"), now).rows == []


def test_a_list_of_colleagues_counts_to_a_hundred_and_the_leaders_counts_all(
    many: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "MANY", 1)
    now = many.clock.now()
    with many.application.db.read() as connection:
        short = {load.person_id: load.open for load in members.loads(connection, NAV.orgno, now)}
        whole = {
            load.person_id: load for load in members.loads(connection, NAV.orgno, now, whole=queue.end_of_week(now))
        }

    ola = many.ola.person_id
    assert (short[ola], whole[ola].open, whole[ola].week) == (2, 3, 1)


def test_another_offices_cases_are_not_there(many: Desks) -> None:
    stranger = queue.Who("999999999", many.kari.person_id, (many.kari.person_id,))
    with many.application.db.read() as connection:
        assert queue.page(connection, stranger, Filter(), many.clock.now()).rows == []
        assert set(queue.counts(connection, stranger, many.clock.now()).values()) == {0}


def test_a_substitute_has_the_cases_of_who_is_away_and_only_then(many: Desks) -> None:
    now = many.clock.now()
    with many.application.db.write() as connection:
        members.be_away(connection, NAV.orgno, many.ola.person_id, many.kari.person_id, now, now + timedelta(days=2))

    with many.application.db.read() as connection:
        assert queue.counts(connection, many.who(many.kari), now)["mine"] == 4 + 3
    many.clock.advance(timedelta(days=3))
    assert many.who(many.kari).mine == (many.kari.person_id,)


@pytest.mark.parametrize("most", [0, queue.MAX_COUNTED])
@pytest.mark.parametrize(
    "typed, found",
    [("anne", 4), ("EKSEMPEL anne", 4), ("Eksempel", 8), ("ægir", 3), ("ås etienne", 3), ("Åse", 0), ("Ann", 0)],
)
def test_names_are_found_by_whole_words_however_they_are_written(
    many: Desks, typed: str, found: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        queue, "MAX_COUNTED", most
    )  # few cases are read by themselves, many in their order: the same list
    words = tuple(many.application.vault.blind(word) for word in name_index.words(typed))
    with many.application.db.read() as connection:
        page = queue.page(connection, many.who(many.kari), Filter(words=words), many.clock.now())

    assert len(page.rows) == found


def test_the_index_holds_no_name_and_forgets_who_is_erased_or_renamed(many: Desks) -> None:
    vault, anne = many.application.vault, many.people["Anne Eksempel"].person_id
    with many.application.db.read() as connection:
        kept = connection.execute(select(person_name.c.word)).scalars().all()
    assert all(len(word) == 16 and b"anne" not in word.lower() for word in kept)

    with many.application.db.write() as connection:
        from datetime import date

        vault.register(connection, pid="21818297800", name="Anna Nytt-Navn", birth_date=date(2000, 1, 21))
        old = connection.execute(name_index.having(vault.blind("anne"))).scalars().all()
        new = connection.execute(name_index.having(vault.blind("navn"))).scalars().all()
        assert (anne in old, anne in new) == (False, True)
        vault.erase(connection, anne)
        assert connection.execute(select(person_name).where(person_name.c.person_id == anne)).all() == []
        assert vault.index_names(connection) == 0, "an erased person has no name to index"


def test_those_registered_before_the_index_are_indexed_once(desks: Desks) -> None:
    vault, anne = desks.application.vault, desks.people["Anne Eksempel"].person_id
    with desks.application.db.write() as connection:
        name_index.forget(connection, anne)
        assert (vault.index_names(connection), vault.index_names(connection)) == (1, 0)
        assert anne in connection.execute(name_index.having(vault.blind("anne"))).scalars().all()


@pytest.mark.parametrize("most", [0, queue.MAX_COUNTED])
def test_a_number_is_found_whole_and_by_its_beginning(many: Desks, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "MAX_COUNTED", most)
    with many.application.db.read() as connection:

        def found(text: str) -> int:
            page = queue.page(connection, many.who(many.kari), Filter(number=text), many.clock.now())
            return len(page.rows)

        assert [found(text) for text in ("2026-0003", "2026-000", "2026", "2025")] == [1, 9, 11, 0]


def test_saved_views_are_ones_own_or_the_offices(desks: Desks) -> None:
    now, app = desks.clock.now(), desks.application
    query = {"visning": "mine", "steg": "vedtak", "sok": "secret"}
    with app.db.write() as connection:

        def save(who: str, shared: bool, name: str) -> str:
            return views.save(
                connection, office=NAV.orgno, person_id=who, name=name, query=query, shared=shared, now=now
            )

        own = save(desks.kari.person_id, False, "Mine vedtak")
        save(desks.kari.person_id, False, "Mine vedtak")
        shared = save(desks.kari.person_id, True, "Kontorets")
        karis = views.of(connection, NAV.orgno, desks.kari.person_id)
        olas = views.of(connection, NAV.orgno, desks.ola.person_id)

        assert [row.name for row in karis] == ["Mine vedtak", "Kontorets"] and [r.name for r in olas] == ["Kontorets"]
        assert karis[0].query == {"visning": "mine", "steg": "vedtak"}, "a search is never kept in a view"
        mine = {"office": NAV.orgno, "person_id": desks.ola.person_id, "leads": False}
        assert not views.remove(connection, view_id=shared, **mine) and not views.remove(
            connection, view_id=own, **mine
        )
        assert views.remove(connection, view_id=shared, **{**mine, "leads": True})


def test_a_search_is_ones_own_and_lasts_an_hour(desks: Desks) -> None:
    app, kari = desks.application, desks.kari.person_id
    with app.db.write() as connection:
        kept = views.save_search(connection, app.vault, kari, "Anne Eksempel", desks.clock.now())

    with app.db.read() as connection:

        def read(who: str) -> str:
            return views.search(connection, app.vault, who, kept, desks.clock.now())

        assert (read(kari), read(desks.ola.person_id)) == ("Anne Eksempel", "")
        desks.clock.advance(views.LIFE + timedelta(seconds=1))
        assert read(kari) == ""


def test_a_draft_is_kept_for_its_writer_until_it_is_thrown_away(desks: Desks) -> None:
    app, case = desks.application, desks.case(desks.start())
    with app.db.write() as connection:

        def keep(content: dict[str, str]) -> None:
            drafts.save(
                connection,
                app.vault,
                case=case,
                author=desks.kari.person_id,
                kind="note",
                content=content,
                now=desks.clock.now(),
            )

        keep({"note": "half a"})
        keep({"note": "half a thought"})
        assert [d.content for d in drafts.of_case(connection, app.vault, case.id)] == [{"note": "half a thought"}]
        keep({})
        assert drafts.of_case(connection, app.vault, case.id) == []


def test_a_place_somebody_made_up_is_only_a_place(many: Desks) -> None:
    with many.application.db.read() as connection:
        page = queue.page(connection, many.who(many.kari), Filter(), many.clock.now(), Place(FAR, "zzz"))
    assert all(row.deadline_at is None for row in page.rows)
