"""Stopping a share, and the log of who looked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.advice.commands import OpenOverview, RecordAccess, ShareAgain, StopSharing
from engine.advice.sharing.models import access_log, share
from engine.workflow.authorization.actor import Actor, Office, Role
from engine.workflow.errors import Forbidden, NotFound, Refusal
from tests.engine.advice.conftest import NO_GRANTS, Citizens


def state(citizens: Citizens, share_id: str) -> str:
    with citizens.application.db.read() as connection:
        return str(connection.execute(select(share.c.state).where(share.c.id == share_id)).scalar_one())


def looks(citizens: Citizens) -> list[tuple[str, str, str]]:
    """Who looked at what, as the citizen reads it."""
    with citizens.application.db.read() as connection:
        rows = connection.execute(select(access_log).order_by(access_log.c.at))
        return [(row.actor_id, row.office_name, row.what) for row in rows]


@pytest.mark.parametrize("key", ["p", NO_GRANTS])
def test_one_stops_it_once_whatever_the_policy_says(citizens: Citizens, key: str) -> None:
    case = citizens.start(key=key)
    shared = citizens.share(case)
    citizens.suspend(case)

    for _ in range(2):
        citizens.send(StopSharing(case, shared))

    assert state(citizens, shared) == "stopped"
    assert citizens.events(case, "ShareStopped") == [{"share": shared}]


def test_nobody_stops_anothers_share(citizens: Citizens) -> None:
    case, other = citizens.start(), citizens.start()
    shared = citizens.share(case)

    for who, where in ((citizens.truls, case), (citizens.kari, case), (citizens.anne, other)):
        with pytest.raises(NotFound):
            citizens.send(StopSharing(where, shared), who)

    assert state(citizens, shared) == "active"


def test_every_look_at_the_overview_is_noted_for_the_citizen(citizens: Citizens) -> None:
    case = citizens.start()
    citizens.share(case)
    citizens.suspend(case)  # reading is no act

    for _ in range(2):
        citizens.send(RecordAccess(case), citizens.kari)

    assert looks(citizens) == [("kari", "Nav Lillestrøm", "overview")] * 2
    assert citizens.events(case, "OverviewOpened") == [{"what": "overview"}] * 2


def test_a_look_at_the_plan_is_noted_once_a_day_for_each_reader(citizens: Citizens) -> None:
    case = citizens.start()
    citizens.share(case)

    for wait in (timedelta(0), timedelta(hours=23), timedelta(hours=2)):
        citizens.clock.advance(wait)
        citizens.send(RecordAccess(case, "plan"), citizens.kari)

    assert len(citizens.events(case, "PlanOpened")) == len(looks(citizens)) == 2


def test_nobody_looks_without_a_share_in_force_or_without_a_part_in_the_case(citizens: Citizens) -> None:
    case = citizens.start()
    elsewhere = Actor(Role.CASEWORKER, "ola", "Ola", Office("999999999", "Nav Moss"), "high")
    with pytest.raises(Forbidden):
        citizens.send(RecordAccess(case), citizens.kari)
    citizens.share(case)
    for stranger in (elsewhere, citizens.truls):
        with pytest.raises(NotFound):
            citizens.send(RecordAccess(case), stranger)
    with pytest.raises(NotFound):
        citizens.send(RecordAccess(case, "everything"), citizens.kari)
    citizens.clock.advance(timedelta(days=91))
    with pytest.raises(Forbidden):
        citizens.send(RecordAccess(case), citizens.kari)
    assert looks(citizens) == []


def test_where_the_policy_lets_nobody_read_nobody_looks(citizens: Citizens) -> None:
    case = citizens.start(key=NO_GRANTS)
    citizens.share(case)
    with pytest.raises(Forbidden):
        citizens.send(RecordAccess(case), citizens.kari)
    assert looks(citizens) == []


def test_an_overview_of_another_than_the_owner_leaves_an_event_of_whom_it_is_about(citizens: Citizens) -> None:
    case = citizens.start()
    with pytest.raises(NotFound):
        citizens.send(OpenOverview(case))
    citizens.overview(case)
    with pytest.raises(NotFound):
        citizens.send(OpenOverview(case))
    citizens.overview(case, about=citizens.truls.person_id)

    citizens.send(OpenOverview(case))

    assert citizens.events(case, "OverviewOpened") == [{"about": citizens.truls.person_id}]
    with pytest.raises(NotFound):
        citizens.send(OpenOverview(case), citizens.truls)


def test_what_was_stopped_is_shared_again_with_one_press_and_once(citizens: Citizens) -> None:
    case = citizens.start()
    shared = citizens.share(case)
    citizens.send(StopSharing(case, shared))
    with pytest.raises(Forbidden):
        citizens.send(RecordAccess(case), citizens.kari)

    made = [citizens.send(ShareAgain(case, shared)).made for _ in range(2)]

    assert made[0] == made[1] != shared and state(citizens, shared) == "stopped"
    assert citizens.events(case, "SharedAgain") == [{"share": made[0]}]
    citizens.send(RecordAccess(case), citizens.kari)
    assert looks(citizens)[-1] == ("kari", "Nav Lillestrøm", "overview")


def test_nobody_shares_anothers_case_again(citizens: Citizens) -> None:
    case, other = citizens.start(), citizens.start()
    shared = citizens.share(case)
    citizens.send(StopSharing(case, shared))

    for who, where in ((citizens.truls, case), (citizens.kari, case), (citizens.anne, other)):
        with pytest.raises(Refusal):
            citizens.send(ShareAgain(where, shared), who)

    assert citizens.count(share) == 1
