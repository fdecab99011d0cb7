"""The data sets that may be asked for, and the shape of a question and its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from engine.advice.economy.figures import Figures


class Requirement(StrEnum):
    """The legal basis a data set needs (report 3.4, R84, R102)."""

    CONSENT = "consent"
    MANDATE = "mandate"
    STATUTE = "statute"
    OPEN = "open"


class Kind(StrEnum):
    """What the citizen ticks on the consent page: kinds of information, not sources."""

    LOANS = "loans"
    INCOME = "income"
    SPENDING = "spending"
    PROPERTY = "property"
    BUSINESS = "business"


@dataclass(frozen=True, slots=True)
class Subject:
    """The person asked about. ``pid`` (11 digits) must never be logged, queued or put in a URL."""

    person_id: str
    pid: str
    name: str
    birth_date: date


@dataclass(frozen=True, slots=True)
class EvidenceRequest:
    """One question.

    grant            reference the consent channel or mandate gave, "" where none is needed
    idempotency_key  the same at every try of the same question
    since            ask for history from this day where the source has history
    """

    subject: Subject
    grant: str
    correlation_id: str
    idempotency_key: str
    as_of: datetime
    since: date


class EvidenceState(StrEnum):
    ANSWERED = "answered"
    EMPTY = "empty"
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One answer. ``missing`` names those behind the source that did not answer (PARTIAL)."""

    state: EvidenceState
    figures: Figures
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DataSet:
    """One thing a source offers.

    id            e.g. ``bank.accounts``: key of texts ``dataset.<id>.title`` and ``.owner``
    provider      folder under ``integrations/``
    channel       consent channel that opens it: altinn | bank | norskgjeld | mandate | none
    resource      the channel's own name of what is asked for (Altinn resource id, scope …)
    timeout       how long one question may take
    max_age       how old an answer may be before it counts as stale
    channel_today whether the lawful channel exists today for this purpose (D15)
    legal_reference  statute, agreement or consent resource, with paragraph
    subject_role  role in the case of the person asked about, e.g. ``avdode``; "" = the case's owner
    fetch         asks; raises ``SourceError`` only
    """

    id: str
    provider: str
    kind: Kind
    requirement: Requirement
    channel: str
    resource: str
    timeout: timedelta
    max_age: timedelta
    channel_today: bool
    legal_reference: str
    fetch: Callable[[EvidenceRequest], Evidence]
    subject_role: str = ""


def own_data_sets(data_sets: Mapping[str, DataSet]) -> list[str]:
    """Ids of the data sets about the case's owner herself."""
    return [data_set.id for data_set in data_sets.values() if not data_set.subject_role]
