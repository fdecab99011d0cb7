"""What ends with a consent or a mandate: what only it allowed, and nothing else, by withdrawal and by time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from engine.advice.commands import WithdrawConsent
from engine.advice.consent.channels import ChannelAsk, ChannelReply, ChannelState
from engine.advice.consent.models import consent_record, grant
from engine.advice.economy.figures import Figures
from engine.advice.evidence import harvest
from engine.advice.evidence.datasets import (
    MANDATE,
    NO_CHANNEL,
    DataSet,
    Evidence,
    EvidenceRequest,
    EvidenceState,
    Kind,
    Requirement,
    Title,
)
from engine.advice.evidence.models import harvest as harvest_table
from engine.advice.evidence.models import snapshot
from engine.advice.retention import purge
from engine.advice.sharing.models import share
from engine.advice.task_types.collection import RebuildOverview, RevokeGrant
from engine.application import Application
from engine.platform.provider_errors import SourceError, SourceRefusedError, SourceUnavailableError
from engine.workflow.jobs.job_types import Deferred, Done, Retry
from engine.workflow.jobs.models import due_work
from engine.workflow.jobs.outbox import Work
from tests.engine.advice.conftest import Citizens


def made(number: str, requirement: Requirement, channel: str, subject_role: str = "") -> DataSet:
    def fetch(asked: EvidenceRequest) -> Evidence:
        return Evidence(EvidenceState.EMPTY, Figures())

    day = timedelta(days=1)
    return DataSet(
        id=number,
        title=Title(nb=number, nn=number, en=number),
        kind=Kind.LOANS,
        feeds=(),
        requirement=requirement,
        channel=channel,
        subject_role=subject_role,
        resource="r",
        timeout=day,
        max_age=day,
        channel_today=True,
        legal_reference="the law",
        fetch=fetch,
    )


NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
CONSENTED, MANDATED, OPEN, BY_LAW = "bank.accounts", "nav.benefits", "brreg.enterprises", "estate.bank"


@pytest.fixture
def application(application: Application) -> Application:
    """One data set of each basis."""
    assert isinstance(application.data_sets, dict)
    application.data_sets |= {
        CONSENTED: made(CONSENTED, Requirement.CONSENT, "bank"),
        MANDATED: made(MANDATED, Requirement.MANDATE, MANDATE),
        OPEN: made(OPEN, Requirement.OPEN, NO_CHANNEL),
        BY_LAW: made(BY_LAW, Requirement.STATUTE, NO_CHANNEL, "avdode"),
    }
    return application


def asked(citizens: Citizens, case: str) -> None:
    """Every source was asked, an overview was built and an office looks at it."""
    with citizens.application.db.write() as connection:
        everything = [CONSENTED, MANDATED, OPEN, BY_LAW]
        harvest.note_requested(connection, case, citizens.anne.person_id, everything, citizens.clock.now())
    citizens.overview(case)
    citizens.share(case)


def kept(citizens: Citizens) -> set[str]:
    with citizens.application.db.read() as connection:
        return set(connection.execute(select(harvest_table.c.data_set)).scalars())


def shared(citizens: Citizens) -> set[str]:
    with citizens.application.db.read() as connection:
        return set(connection.execute(select(share.c.state)).scalars())


def rebuilt(citizens: Citizens, case: str) -> int:
    """Do the rebuilding that waits. Returns how many overviews there are then."""
    assert citizens.count(snapshot) == 0, "what was withdrawn is in none of them"
    with citizens.application.db.read() as connection:
        waiting = connection.execute(select(due_work.c.id).where(due_work.c.name == "rebuild_overview")).scalars().all()
    job = RebuildOverview(citizens.application.db, citizens.application.vault, citizens.application.data_sets)
    for number in waiting:
        result = job.perform(work(case, number, {}), citizens.clock.now())
        assert isinstance(result, Done) and result.effect is not None
        with citizens.application.db.write() as connection:
            result.effect(connection)
    return citizens.count(snapshot)


def work(case: str, number: str, payload: dict[str, str]) -> Work:
    return Work(
        id=number,
        kind="outbox",
        name="",
        case_id=case,
        instance_id=case,
        token_id="",
        element_id="",
        payload=payload,
        idempotency_key=number,
        fence=0,
        attempts=0,
        queue="work",
        reclaims=0,
        due_at=NOW,
        created_at=NOW,
        failing_since=None,
        waiting_since=None,
        trace=None,
    )


Ending = Callable[[Citizens, str, str], None]


def by_press(citizens: Citizens, case: str, record: str) -> None:
    citizens.send(WithdrawConsent(case, record))


def by_time(citizens: Citizens, case: str, record: str) -> None:
    """The record's own time runs out; the others' does not."""
    with citizens.application.db.write() as connection:
        now = citizens.clock.now()
        connection.execute(
            consent_record.update()
            .where(consent_record.c.id == record)
            .values(decided_at=now - timedelta(days=1), valid_to=now - timedelta(hours=5))
        )
        assert purge(connection, now, citizens.application.data_sets)["consents"] == 1


both = pytest.mark.parametrize("end", [by_press, by_time])


@both
def test_what_another_record_still_allows_is_kept_compiled_anew_and_shared_on(citizens: Citizens, end: Ending) -> None:
    case = citizens.start()
    citizens.consent(case)
    mandate = citizens.consent(case, basis="mandate", data_sets=(MANDATED,))
    asked(citizens, case)

    end(citizens, case, mandate)

    assert kept(citizens) == {CONSENTED, OPEN, BY_LAW}
    assert shared(citizens) == {"active"}
    assert rebuilt(citizens, case) == 1


@both
def test_a_record_that_was_renewed_takes_nothing_with_it(citizens: Citizens, end: Ending) -> None:
    case = citizens.start()
    first, _ = citizens.consent(case), citizens.consent(case)
    asked(citizens, case)

    end(citizens, case, first)

    assert kept(citizens) == {CONSENTED, MANDATED, OPEN, BY_LAW}
    assert rebuilt(citizens, case) == 1


@both
def test_with_the_last_record_all_goes_but_what_a_statute_allows(citizens: Citizens, end: Ending) -> None:
    case = citizens.start()
    record = citizens.consent(case, data_sets=(CONSENTED, MANDATED))
    asked(citizens, case)

    end(citizens, case, record)

    assert kept(citizens) == {BY_LAW}
    assert shared(citizens) == {"stopped"}


def test_a_consent_that_ran_out_ended_when_its_time_was_out_and_not_when_that_was_seen(citizens: Citizens) -> None:
    record = citizens.consent(citizens.start())
    until = citizens.clock.now() + timedelta(days=90)
    citizens.clock.advance(timedelta(days=93))

    with citizens.application.db.write() as connection:
        purge(connection, citizens.clock.now(), {})
        row = connection.execute(select(consent_record).where(consent_record.c.id == record)).one()

    assert (row.state, row.ended_at) == ("expired", until)


class Channel:
    """A channel that does what a test says when it is told of a withdrawal."""

    name = "bank"
    title = Title(nb="banken", nn="banken", en="the bank")

    def __init__(self, *, citizen_ends: bool = False, error: SourceError | None = None) -> None:
        self.citizen_ends = citizen_ends
        self.error = error
        self.answer = ChannelState.ACTIVE

    def request(self, ask: ChannelAsk) -> ChannelReply:
        raise NotImplementedError

    def state(self, grant: str, now: datetime) -> ChannelState:
        return self.answer

    def revoke(self, grant: str) -> None:
        assert not self.citizen_ends
        if self.error is not None:
            raise self.error


def ended(citizens: Citizens, channel: Channel) -> tuple[object, datetime | None]:
    """What the job of a withdrawal comes to, and when the grant has ended at its channel."""
    case, now = citizens.start(), citizens.clock.now()
    with citizens.application.db.write() as connection:
        connection.execute(
            insert(consent_record).values(
                id="r",
                case_id=case,
                person_id=citizens.anne.person_id,
                basis="consent",
                purpose="debt_advice",
                state="withdrawn",
                data_sets=[CONSENTED],
                wording_hash=bytes(32),
                content=b"",
                decided_at=now,
            )
        )
        connection.execute(
            insert(grant).values(
                id="g",
                record_id="r",
                case_id=case,
                channel="bank",
                data_sets=[CONSENTED],
                reference="there",
                redirect="",
                state="revoked",
                created_at=now,
            )
        )
    job = RevokeGrant(citizens.application.db, {"bank": channel})
    result = job.perform(work(case, "w", {"grant": "g"}), now)
    with citizens.application.db.write() as connection:
        if isinstance(result, Done) and result.effect is not None:
            result.effect(connection)
        at = connection.execute(select(grant.c.ended_at)).scalar_one()
        connection.execute(grant.delete())
        connection.execute(consent_record.delete())
    return result, at


def test_a_withdrawal_is_noted_as_done_only_when_the_channel_has_done_it(citizens: Citizens) -> None:
    result, at = ended(citizens, Channel())
    assert isinstance(result, Done) and at == citizens.clock.now()

    for error in (SourceRefusedError("http_403"), SourceUnavailableError("http_503", retry_after=7.0)):
        result, at = ended(citizens, Channel(error=error))
        assert isinstance(result, Retry) and at is None
    assert isinstance(result, Retry) and result.after == 7.0


def test_where_only_the_citizen_can_end_it_the_channel_is_asked_until_they_have(citizens: Citizens) -> None:
    channel = Channel(citizen_ends=True)
    result, at = ended(citizens, channel)
    assert isinstance(result, Deferred) and result.until == timedelta(days=1) and at is None

    channel.answer = ChannelState.REVOKED
    result, at = ended(citizens, channel)
    assert isinstance(result, Done) and at == citizens.clock.now()
