"""The job that asks sources. What each may be asked for and on what basis is for ``consent.gate`` to say."""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from engine.advice.consent import gate
from engine.advice.consent.ending import REBUILD_OVERVIEW
from engine.advice.evidence import harvest
from engine.advice.evidence.datasets import DataSet, Evidence, EvidenceRequest, EvidenceState, Noted, Subject
from engine.advice.evidence.models import harvest as harvest_table
from engine.advice.task_types.collection import subject_of
from engine.advice.task_types.descriptions import named
from engine.platform import raw_answers
from engine.platform.calendar import norwegian_day
from engine.platform.db import Database
from engine.platform.provider_errors import SourceBrokenError, SourceRefusedError, SourceUnavailableError
from engine.platform.vault import Vault
from engine.workflow.jobs import outbox
from engine.workflow.jobs.job_types import Done, Error, GiveUp, Result
from engine.workflow.jobs.outbox import Work

HISTORY_MONTHS = 6
#: How many questions to one source a worker has open at once: one that hangs holds up no other.
PER_SOURCE = 3
#: Until how many tries a source is asked again after how long, as ISO 8601 and in seconds.
_PAUSES = ((8, "PT15S", 15), (20, "PT5M", 300), (44, "PT1H", 3600), (math.inf, "PT6H", 21600))
#: What a source did: state of the harvest, code of a failure, the answer, and the seconds it asked us to wait.
Answer = tuple[str, str, Evidence | None, float]


class Fetch:
    """Task type ``fetch``: ask sources. The failure of one is its own gap and nobody else's.

    config  ``dataSet``: one, which is asked whatever it answered before; or ``dataSets``: several, of which those
            whose answer is still fresh (``DataSet.max_age``) are left alone
    leaves  ``answered``: all that may be asked have answered; ``askAgain``, the ISO 8601 time until the next try;
            ``notAllowed``, how many there was no basis for
    throws  ``NO_BASIS`` when none may be asked, or not any more
    """

    name = harvest.FETCH
    concurrency = PER_SOURCE

    def __init__(self, database: Database, vault: Vault, data_sets: Mapping[str, DataSet]) -> None:
        self._database = database
        self._vault = vault
        self._data_sets = data_sets

    def other_side(self, payload: Mapping[str, Any]) -> str:
        """The one source that is asked; of several none is the one that fails."""
        return next(iter(named(payload.get("dataSet"))), "")

    def perform(self, work: Work, now: datetime) -> Result:
        single = named(work.payload.get("dataSet"))
        several = () if single else named(work.payload.get("dataSets"))
        chosen = single or several
        unknown = [name for name in chosen if name not in self._data_sets]
        if unknown or not chosen:
            return GiveUp("unknown_data_set", ", ".join(unknown))
        wanted = [self._data_sets[name] for name in dict.fromkeys(chosen)]
        with self._database.write() if several else self._database.read() as connection:
            allowed = [
                (one, grant)
                for one in wanted
                if (grant := gate.may_ask(connection, work.case_id, one, now)) is not None
            ]
            subjects = {
                one.id: subject_of(connection, self._vault, work.case_id, one.subject_role) for one, _ in allowed
            }
            if (
                several
            ):  # a source that was planned has its row already, and one that was withdrawn must not get it back
                self._ask_for(connection, work.case_id, subjects, now)
            tries, fresh = self._before(connection, work.case_id, [one for one, _ in allowed], now)
        if not allowed:
            return Error("NO_BASIS")
        answers = {
            data_set.id: self._ask(data_set, grant, subjects[data_set.id], work, now)
            for data_set, grant in allowed
            if single or data_set.id not in fresh
        }

        sealed = {
            name: harvest.seal(
                self._database,
                self._vault,
                case_id=work.case_id,
                person_id=subjects[name].person_id,
                data_set=name,
                evidence=evidence,
            )
            for name, (_, _, evidence, _) in answers.items()
            if evidence is not None
        }

        def save(connection: Connection) -> None:
            for name, (state, error, evidence, _) in answers.items():
                harvest.record(
                    connection,
                    self._vault,
                    case_id=work.case_id,
                    person_id=subjects[name].person_id,
                    data_set=name,
                    state=state,
                    now=now,
                    evidence=evidence,
                    error=error,
                    sealed=sealed.get(name),
                )

        silent = [name for name, answer in answers.items() if _may_have_more(answer)]
        again = ask_again(
            max((tries.get(name, 0) for name in silent or answers), default=0),
            max((answers[name][3] for name in silent), default=0.0),
        )
        left = {"answered": not silent, "askAgain": again}
        down = bool(single) and any(state in ("unavailable", "broken") for state, *_ in answers.values())
        return Done(left | ({"notAllowed": len(wanted) - len(allowed)} if several else {}), save, failed=down)

    @staticmethod
    def _ask_for(connection: Connection, case_id: str, subjects: Mapping[str, Subject], now: datetime) -> None:
        """Note what is asked for, so that it is a row on the page and an event of the trail."""
        for person in dict.fromkeys(subject.person_id for subject in subjects.values()):
            about = [name for name, subject in subjects.items() if subject.person_id == person]
            harvest.note_requested(connection, case_id, person, about, now)

    @staticmethod
    def _before(
        connection: Connection, case_id: str, data_sets: Sequence[DataSet], now: datetime
    ) -> tuple[dict[str, int], set[str]]:
        """How often each was tried, and those whose answer is still fresh."""
        age = {data_set.id: data_set.max_age for data_set in data_sets}
        rows = connection.execute(
            select(harvest_table).where(harvest_table.c.case_id == case_id, harvest_table.c.data_set.in_(age))
        ).all()
        fresh = {
            row.data_set
            for row in rows
            if row.state in harvest.ANSWERED and row.answered_at and row.answered_at > now - age[row.data_set]
        }
        return {row.data_set: row.attempts for row in rows}, fresh

    @staticmethod
    def _ask(data_set: DataSet, grant: str, subject: Subject, work: Work, now: datetime) -> Answer:
        own = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{work.idempotency_key}/{data_set.id}"))
        request = EvidenceRequest(
            subject=subject,
            grant=grant,
            correlation_id=work.case_id,
            idempotency_key=work.idempotency_key if work.payload.get("dataSet") else own,
            as_of=now,
            since=history_since(norwegian_day(now)),
        )
        try:
            with raw_answers.recording() as noted:
                evidence = data_set.fetch(request)
        except SourceUnavailableError as failure:
            return "unavailable", failure.code, None, failure.retry_after or 0.0
        except SourceRefusedError as failure:
            return "refused", failure.code, None, 0.0
        except SourceBrokenError as failure:
            return "broken", failure.code, None, 0.0
        told = Noted(grant, request.since, raw_answers.pack(noted)) if noted else None
        return evidence.state.value, "", replace(evidence, noted=told), 0.0


def _may_have_more(answer: Answer) -> bool:
    """Whether asking again may tell more: a record that could not be read, or is in euro, is the same the next time."""
    state, _, evidence, _ = answer
    if evidence is not None and state == EvidenceState.PARTIAL.value:
        return bool(evidence.missing)
    return state not in harvest.ANSWERED


class FetchAgain:
    """Outbox job ``fetch_again``: ask one source anew, on no step of the journey. Its overview is work of its own.

    A source there is no basis to ask any more, or that fails, leaves the answer there was.
    """

    name = harvest.FETCH_AGAIN
    concurrency = PER_SOURCE

    def __init__(self, database: Database, vault: Vault, data_sets: Mapping[str, DataSet]) -> None:
        self._fetch = Fetch(database, vault, data_sets)

    def other_side(self, payload: Mapping[str, Any]) -> str:
        """The source that is asked."""
        return self._fetch.other_side(payload)

    def perform(self, work: Work, now: datetime) -> Result:
        found = self._fetch.perform(work, now)
        if not isinstance(found, Done) or found.effect is None:
            return Done()
        save = found.effect

        def keep(connection: Connection) -> None:
            save(connection)
            key = str(uuid.uuid5(uuid.NAMESPACE_URL, f"rebuild/{work.idempotency_key}"))
            outbox.enqueue(connection, name=REBUILD_OVERVIEW, case_id=work.case_id, payload={}, key=key, now=now)

        return Done(effect=keep, failed=found.failed)


def ask_again(tries: int, wait: float = 0.0) -> str:
    """15 seconds at first, then minutes, then hours, and never sooner than a source asked for: *wait* seconds."""
    pause, seconds = next((pause, seconds) for most, pause, seconds in _PAUSES if tries < most)
    return pause if wait <= seconds else f"PT{math.ceil(wait)}S"


def history_since(today: date) -> date:
    """The day history is asked from: six whole months back, and never later than 1 January (the income year)."""
    return min(_months_back(today, HISTORY_MONTHS), date(today.year, 1, 1))


def _months_back(today: date, months: int) -> date:
    first = today.replace(day=1)
    for _ in range(months):
        first = (first - timedelta(days=1)).replace(day=1)
    return first
