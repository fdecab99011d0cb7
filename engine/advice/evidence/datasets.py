"""What a source says of the data sets it offers, and the shape of a question and its answer.

Which there are is for ``integrations``: the metadata of each is in its provider's folder.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from enum import StrEnum

from engine.advice.economy.figures import Figures, Total


class Requirement(StrEnum):
    """The legal basis a data set needs (report 3.4, R84, R102)."""

    CONSENT = "consent"
    MANDATE = "mandate"
    STATUTE = "statute"
    OPEN = "open"


#: The channel of what is opened by the citizen's mandate, and of what needs no opening.
MANDATE, NO_CHANNEL = "mandate", "none"
#: The one channel of each requirement; a consent may be given through any that is connected.
CHANNEL_OF = {Requirement.MANDATE: MANDATE, Requirement.STATUTE: NO_CHANNEL, Requirement.OPEN: NO_CHANNEL}


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
class Noted:
    """The answer itself, and what it was asked with: enough to read it anew without asking.

    answers  as ``raw_answers.pack`` writes them
    """

    grant: str
    since: date
    answers: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One answer. ``missing`` names those behind the source that did not answer (PARTIAL).

    noted  the answer word for word, where it was noted
    """

    state: EvidenceState
    figures: Figures
    missing: tuple[str, ...] = ()
    noted: Noted | None = None


Fetch = Callable[[EvidenceRequest], Evidence]


class DataSetError(ValueError):
    """What is said of a data set does not hold together; the text names it. Stops start-up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """What a data set is called on pages, or another thing they say of it, in every language."""

    nb: str
    nn: str
    en: str

    def text(self, language: str) -> str:
        """It in *language*, else in bokmål."""
        return {"nn": self.nn, "en": self.en}.get(language, self.nb)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSetMetadata:
    """What a source says of one thing it offers, before anybody is asked: ``integrations/<provider>/metadata.py``.

    id            e.g. ``bank.accounts``; stored with answers and consents, so it never changes
    title         what pages call it, by whoever answers for it
    kind          what the citizen ticks to give it
    feeds         the totals of the overview it tells of: while it is silent they are lower bounds; () = none
    channel       consent channel that opens it, or ``MANDATE`` or ``NO_CHANNEL``
    resource      the channel's own name of what is asked for (Altinn resource id, consent scope …)
    consent_parameters  what the channel's own text of the resource wants to know: names, as the channel spells them
    scope         scope of the access token it is asked with, "" where the source takes none
    timeout       how long one question may take
    max_age       how old an answer may be before it counts as stale
    channel_today whether the lawful channel exists today for this purpose (D15)
    legal_reference  statute, agreement or consent resource, with paragraph
    subject_role  role in the case of the person asked about, e.g. ``avdode``; "" = the case's owner
    one_of        of a source where the citizen chooses which institutions are asked: the same text of each of them
    citizen_opens whether the citizen must say yes at the channel's own page: a yes on paper does not open it
    mistakes      whom a citizen tells that what it says is wrong, and how it is put right there
    raises        ``DataSetError``
    """

    id: str
    title: Title
    kind: Kind
    feeds: tuple[Total, ...]
    requirement: Requirement
    channel: str
    resource: str
    consent_parameters: tuple[str, ...] = ()
    scope: str = ""
    timeout: timedelta
    max_age: timedelta
    channel_today: bool
    legal_reference: str
    subject_role: str = ""
    one_of: str = ""
    citizen_opens: bool = True
    mistakes: Title | None = None

    def __post_init__(self) -> None:
        unknown = [str(total) for total in self.feeds if not isinstance(total, Total)]
        if unknown:
            raise DataSetError(f"{self.id} feeds {', '.join(unknown)}: the totals are {', '.join(Total)}")
        if not all((self.id, self.resource, self.legal_reference, self.title.nb, self.title.nn, self.title.en)):
            raise DataSetError(f"{self.id or 'a data set'} lacks an id, a title, a resource or a legal reference")
        opened_by = CHANNEL_OF.get(self.requirement)
        if (opened_by or self.channel) != self.channel or (opened_by is None and self.channel in CHANNEL_OF.values()):
            raise DataSetError(f"{self.id} needs {self.requirement}, which the channel {self.channel!r} does not give")
        if self.timeout <= timedelta(0) or self.max_age <= timedelta(0):
            raise DataSetError(f"{self.id} needs a timeout and a maximum age above zero")

    @property
    def opened_on_paper(self) -> bool:
        """Whether a yes that somebody at an office writes down is enough for the source."""
        if self.requirement is Requirement.MANDATE:
            return True
        return self.requirement is Requirement.CONSENT and not self.citizen_opens

    def asked_by(self, fetch: Fetch) -> DataSet:
        """The same with the one who asks for it."""
        return DataSet(**{one.name: getattr(self, one.name) for one in fields(DataSetMetadata)}, fetch=fetch)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet(DataSetMetadata):
    """A data set that can be asked for. ``fetch`` raises ``SourceError`` only."""

    fetch: Fetch


def about(data_sets: Mapping[str, DataSetMetadata], subject_role: str = "") -> list[str]:
    """Ids of the data sets about whoever has *subject_role* in the case; "" = the case's owner."""
    return [data_set.id for data_set in data_sets.values() if data_set.subject_role == subject_role]


def to_choose(data_sets: Iterable[DataSetMetadata]) -> list[DataSetMetadata]:
    """Those the citizen chooses among: institutions of a source that has several of them."""
    listed = list(data_sets)
    groups = Counter(data_set.one_of for data_set in listed if data_set.one_of)
    return [data_set for data_set in listed if groups[data_set.one_of] > 1]
