"""Jobs that open sources, choose which may be asked, and build the overview."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from engine.advice.consent import actions as consent
from engine.advice.consent import ending, gate
from engine.advice.consent.channels import ChannelAsk, ChannelReply, ChannelState, ConsentChannel
from engine.advice.consent.models import consent_record, grant
from engine.advice.evidence import harvest, snapshots
from engine.advice.evidence.datasets import DataSet, Requirement, Subject
from engine.advice.evidence.models import harvest as harvest_table
from engine.advice.task_types.descriptions import named
from engine.platform.db import Database
from engine.platform.provider_errors import SourceError, SourceUnavailableError
from engine.platform.vault import Vault
from engine.workflow.execution.execution import ExecutionError
from engine.workflow.execution.models import process_instance
from engine.workflow.instances import parties
from engine.workflow.jobs import outbox
from engine.workflow.jobs.job_types import Deferred, Done, Result, Retry
from engine.workflow.jobs.models import due_work
from engine.workflow.jobs.outbox import Work

#: What stands for a grant's reference where the channel gave none.
REFUSED = "refused-"
A_DAY = timedelta(days=1)
_TRIGGERS = {
    ChannelState.ACTIVE: "activate",
    ChannelState.REFUSED: "refuse",
    ChannelState.REVOKED: "revoke",
    ChannelState.EXPIRED: "expire",
}


def person_about(connection: Connection, case_id: str, role: str = "") -> str:
    """Person id of the one a case is about: its owner, or whom a register says is in *role*.

    Raises ``ExecutionError`` where nobody is.
    """
    if role:
        found = parties.named(connection, case_id, role)
        if not found:
            raise ExecutionError("nobody_in_role", role)
        return found[0].person_id
    owner: str = connection.execute(
        select(process_instance.c.owner_id).where(process_instance.c.id == case_id)
    ).scalar_one()
    return owner


def subject_of(connection: Connection, vault: Vault, case_id: str, role: str = "") -> Subject:
    """The person a case is about, as sources are asked about them."""
    person = vault.person(connection, person_about(connection, case_id, role))
    return Subject(person.id, person.pid, person.name, person.birth_date)


#: So long an overview waits for more answers that may come at once, and how soon it looks again.
QUIET, LOOK_AGAIN = timedelta(seconds=1), timedelta(seconds=0.25)


class OpenSources:
    """Task type ``open_sources``: turn a given consent into grants, one per channel.

    Leaves ``pending``: how many channels wait for the citizen at their own page.
    """

    name = "open_sources"

    def __init__(
        self,
        database: Database,
        vault: Vault,
        data_sets: Mapping[str, DataSet],
        channels: Mapping[str, ConsentChannel],
        base_url: str,
    ) -> None:
        self._database = database
        self._vault = vault
        self._data_sets = data_sets
        self._channels = channels
        self._base_url = base_url

    def perform(self, work: Work, now: datetime) -> Result:
        with self._database.read() as connection:
            subject = subject_of(connection, self._vault, work.case_id)
            record = connection.execute(
                select(consent_record)
                .where(
                    consent_record.c.case_id == work.case_id,
                    consent_record.c.basis == "consent",
                    consent_record.c.state == "given",
                )
                .order_by(consent_record.c.decided_at.desc())
            ).first()
        if record is None:
            return Done({"pending": 0})
        wanted: dict[str, list[DataSet]] = {}
        for data_set_id in record.data_sets:
            data_set = self._data_sets.get(data_set_id)
            if data_set is not None:  # a source may have been taken away since the yes was given
                wanted.setdefault(data_set.channel, []).append(data_set)
        replies: list[tuple[str, str, list[str], ChannelReply]] = []
        for name, data_sets in sorted(wanted.items()):
            reference = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{record.id}/{name}"))
            back = f"{self._base_url}/retur/{reference}"
            ask = ChannelAsk(reference, subject, tuple(data_sets), now, record.valid_to, back, "nb")
            ids = [data_set.id for data_set in data_sets]
            try:
                replies.append((reference, name, ids, self._channels[name].request(ask)))
            except SourceUnavailableError as error:
                return Retry(error.code, error.retry_after)
            except SourceError as error:
                refused = ChannelReply(f"{REFUSED}{error.code}", ChannelState.REFUSED)
                replies.append((reference, name, ids, refused))

        def save(connection: Connection) -> None:
            for reference, name, ids, reply in replies:
                consent.add_grant(
                    connection,
                    grant_id=reference,
                    record_id=record.id,
                    case_id=work.case_id,
                    channel=name,
                    data_sets=ids,
                    reference=reply.grant,
                    redirect=reply.redirect,
                    state=reply.state.value,
                    now=now,
                )

        pending = sum(reply.state is ChannelState.PENDING for *_, reply in replies)
        return Done({"pending": pending}, save)


class OpenSourcesAgain(OpenSources):
    """Outbox job ``open_sources_again``: open what a consent allows that was given again, on no step of the journey.

    payload  ``record``: the consent

    What opens at once is asked by work of its own, what waits for the citizen when they come back from its page.
    """

    name = consent.OPEN_SOURCES_AGAIN

    def perform(self, work: Work, now: datetime) -> Result:
        found = super().perform(work, now)
        if not isinstance(found, Done) or found.effect is None:
            return found
        add_grants = found.effect

        def save(connection: Connection) -> None:
            add_grants(connection)
            opened = select(grant.c.data_sets).where(
                grant.c.record_id == work.payload["record"], grant.c.state == "active"
            )
            ids = [one for data_sets in connection.execute(opened).scalars() for one in data_sets]
            if ids:
                person = person_about(connection, work.case_id)
                harvest.ask_opened(connection, work.case_id, person, ids, self._data_sets, now)

        return Done(effect=save)


class PlanHarvest:
    """Task type ``plan_harvest``: which sources may be asked. Leaves ``sources``, a list of data set ids.

    config  ``subject``: the role of whom it is about; ``dataSets``: only these; ``onlyMissing``: not those whose
            answer is there and not old
    """

    name = "plan_harvest"

    def __init__(self, database: Database, data_sets: Mapping[str, DataSet]) -> None:
        self._database = database
        self._data_sets = data_sets

    def perform(self, work: Work, now: datetime) -> Result:
        role = work.payload.get("subject") or ""
        chosen = named(work.payload.get("dataSets"))
        about = [
            data_set
            for data_set in self._data_sets.values()
            if data_set.subject_role == role and (not chosen or data_set.id in chosen)
        ]
        with self._database.read() as connection:
            person = person_about(connection, work.case_id, role)
            allowed = [
                data_set.id for data_set in about if gate.may_ask(connection, work.case_id, data_set, now) is not None
            ]
            closed = {data_set.id for data_set in about if data_set.requirement is not Requirement.OPEN}
            fresh = self._fresh(connection, work.case_id, now) if work.payload.get("onlyMissing") is True else set()
        if not closed.intersection(allowed):
            allowed = []  # no yes at all: open registers are left alone too
        allowed = [one for one in allowed if one not in fresh]

        def save(connection: Connection) -> None:
            harvest.note_requested(connection, work.case_id, person, allowed, now)

        return Done({"sources": allowed}, save)

    def _fresh(self, connection: Connection, case_id: str, now: datetime) -> set[str]:
        rows = connection.execute(select(harvest_table).where(harvest_table.c.case_id == case_id)).all()
        old = harvest.stale(rows, self._data_sets, now)
        return {row.data_set for row in rows if row.state in harvest.ANSWERED and row.data_set not in old}


class BuildOverview:
    """Task type ``overview``: compile what is known into the next snapshot, with no transaction open.

    One is done only when the newest snapshot is of all that was known when it looked, so that every answer is in a
    snapshot whatever becomes of the jobs of other answers: one that finds all compiled leaves it at that, and ten
    answers that come together make one snapshot. It waits a moment (``QUIET`` at most) for sources of the case that
    were asked just now, and for another that compiles the same.
    """

    name = "overview"

    def __init__(self, database: Database, vault: Vault, data_sets: Mapping[str, DataSet]) -> None:
        self._database = database
        self._vault = vault
        self._data_sets = data_sets

    def perform(self, work: Work, now: datetime) -> Result:
        role = work.payload.get("subject") or ""
        with self._database.read() as connection:
            person = person_about(connection, work.case_id, role)
            if self._basis(connection, work.case_id, role, now).is_compiled:
                return Done()
            if self._others_in_hand(connection, work, now):
                return Deferred(LOOK_AGAIN, "more_to_come")
            known = snapshots.gather(
                connection,
                self._vault,
                case_id=work.case_id,
                person_id=person,
                data_sets=self._data_sets,
                subject_role=role,
                now=now,
            )
        ready = snapshots.prepared(known)

        def save(connection: Connection) -> None:
            current = self._basis(connection, work.case_id, role, now)
            if current.is_compiled:
                return
            if snapshots.may_store(ready, current):
                snapshots.store(connection, self._vault, ready)
                return
            snapshots.build(
                connection,
                self._vault,
                case_id=work.case_id,
                person_id=person,
                data_sets=self._data_sets,
                subject_role=role,
                now=now,
            )

        return Done(effect=save)

    def _basis(self, connection: Connection, case_id: str, role: str, now: datetime) -> snapshots.Basis:
        return snapshots.basis(connection, case_id, self._data_sets, role, now)

    @staticmethod
    def _others_in_hand(connection: Connection, work: Work, now: datetime) -> bool:
        """Whether a worker has a source in hand that was asked just now, or compiles what this one would."""
        if work.waiting_since is not None and now - work.waiting_since >= QUIET:
            return False
        others = select(due_work.c.name, due_work.c.payload, due_work.c.lease_until).where(
            due_work.c.case_id == work.case_id,
            due_work.c.name.in_((harvest.FETCH, harvest.FETCH_AGAIN, BuildOverview.name, RebuildOverview.name)),
            due_work.c.state == "leased",
            due_work.c.lease_until > now,
            due_work.c.id != work.id,
        )
        role = work.payload.get("subject") or ""
        return any(
            row.lease_until > now + outbox.LEASE - QUIET  # taken just now
            if row.name in (harvest.FETCH, harvest.FETCH_AGAIN)
            else (row.payload.get("subject") or "") == role
            for row in connection.execute(others)
        )


class RebuildOverview(BuildOverview):
    """Outbox job ``rebuild_overview``: compile what is left when a consent or a mandate has ended."""

    name = ending.REBUILD_OVERVIEW


class RevokeGrant:
    """Outbox job ``revoke_grant``: end a grant at its channel too, and note when it had ended there.

    A channel that refuses is asked again, and becomes an incident. Where only the citizen can end it, the channel is
    asked once a day whether they have.
    """

    name = consent.REVOKE_GRANT

    def __init__(self, database: Database, channels: Mapping[str, ConsentChannel]) -> None:
        self._database = database
        self._channels = channels

    def perform(self, work: Work, now: datetime) -> Result:
        with self._database.read() as connection:
            row = connection.execute(select(grant).where(grant.c.id == work.payload["grant"])).first()
        if row is None or row.channel not in self._channels or row.reference.startswith(REFUSED):
            return Done()
        channel = self._channels[row.channel]
        try:
            if channel.citizen_ends:
                if channel.state(row.reference, now) in (ChannelState.ACTIVE, ChannelState.PENDING):
                    return Deferred(A_DAY, "citizen_ends")
            else:
                channel.revoke(row.reference)
        except SourceError as error:
            return Retry(error.code, getattr(error, "retry_after", None))
        return Done(effect=lambda connection: consent.note_ended(connection, row.id, now))


def settle(connection: Connection, grant_id: str, state: ChannelState) -> None:
    """Write what a channel says of a grant."""
    if state in _TRIGGERS:
        consent.settle_grant(connection, grant_id, _TRIGGERS[state])
