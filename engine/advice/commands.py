"""What citizens do with their own data, and who looks at it: consent, sharing, the overview, the household, a business.

Each has its list of steps in ``engine.advice.sequence``. Except for the consent and the share, which are ended whatever
the journey's policy says, the policy is asked first, and what is stored is stored in the citizen's own case only:
``NotFound`` for every other. A suspended case refuses what is not a way out (``Suspended``).

task_id  in several: the citizen's task that the same press ends, "" when the page was opened without one
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from engine.advice.consent.channels import ChannelState
from engine.workflow.execution.commands import CaseCommand, Received


class OwnEntry(CaseCommand):
    """What a citizen enters about themselves, on no step of the journey: only in a case of their own.

    The policy is asked whether they may read the case. No more: what a journey lets them do on its steps goes by other
    names in each, and correcting what is kept about oneself is a right (GDPR article 16).
    """

    __slots__ = ()
    action: ClassVar[str] = "read"


@dataclass(frozen=True, slots=True)
class WithdrawConsent(CaseCommand):
    """End one's own consent or mandate at once. Of one that has ended nothing more is done.

    Raises ``NotFound`` for another's, and for one of another case.
    """

    case_id: str
    record_id: str


class Registered(CaseCommand):
    """What a citizen who does not log in has said, written down by who has their case at the office.

    Each has ``received``, how it came: ``NotPossible`` and ``NotFound`` as ``registration.require``, ``AlreadyDone``
    where a colleague has the case. The journey's policy is asked for ``register``.
    """

    __slots__ = ()
    action: ClassVar[str] = "register"


@dataclass(frozen=True, slots=True)
class RegisterAnswer(Registered):
    """Do a task of the citizen's as they said: give or refuse a consent or a mandate, share, go through the overview.

    data  data type → what they answered, as the citizen's own page sends it
    note  what the journal says of it, for the citizen to read too
    """

    case_id: str
    task_id: str
    received: Received
    data: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class RegisterWithdrawal(Registered):
    """End a consent or a mandate of the case as the citizen said. Of one that has ended nothing more is done."""

    case_id: str
    record_id: str
    received: Received
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class RegisterShareStop(Registered):
    """Stop the share with an office as the citizen said. Of one that has ended nothing more is done."""

    case_id: str
    share_id: str
    received: Received
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class GiveConsentAgain(OwnEntry):
    """Give a consent or mandate again that was refused or has ended, or that will soon.

    data_sets  ids of those it is for now, () for the same as before
    language   of the page it was read on: nb | nn | en

    One of the same kind that stands is replaced. Where the journey waits for the same answer it is answered there;
    else jobs open the sources and ask them. Once a newer one stands, nothing more is done. Raises ``NotFound`` for
    another's record, and for one of another case; ``NotPossible`` where no source is left of it.
    """

    case_id: str
    record_id: str
    data_sets: tuple[str, ...] = ()
    language: str = "nb"


@dataclass(frozen=True, slots=True)
class CarryOver(OwnEntry):
    """Begin the journey *key* with all there is in a case of one's own, and share it with the office that gets it.

    Consents and mandates are given anew for its purpose, no longer than they stand now; answers, what was entered by
    hand and the overview follow. Raises ``NotPossible`` where nothing stands to carry.

    variables  what the new case begins with
    """

    case_id: str
    key: str
    variables: Mapping[str, Any]
    language: str = "nb"


@dataclass(frozen=True, slots=True)
class SettleGrant(OwnEntry):
    """Note what a source says of a grant. The task of approving ends with the last one that waited."""

    case_id: str
    grant_id: str
    state: ChannelState


@dataclass(frozen=True, slots=True)
class StopSharing(CaseCommand):
    """End one's own share at once. Of one that has ended nothing more is done. Raises ``NotFound`` for another's."""

    case_id: str
    share_id: str


@dataclass(frozen=True, slots=True)
class StartSharing(OwnEntry):
    """Let the case's own office look, on no step of the journey: for one who said no, or stopped it, and thinks again.

    One that looks already goes on. Raises ``NotFound`` where the case has no office.
    """

    case_id: str


@dataclass(frozen=True, slots=True)
class ShareAgain(OwnEntry):
    """Let the office of one's own ended share look anew, for as long as at first. One that looks already goes on.

    Raises ``NotFound`` for another's share, and for one of another case.
    """

    case_id: str
    share_id: str


@dataclass(frozen=True, slots=True)
class RecordAccess(CaseCommand):
    """An office looks at what is shared with it: the citizen sees who did and when.

    what  "overview", noted every time, or "plan", noted once a day for each reader

    Raises ``Forbidden`` where no share is in force.
    """

    action: ClassVar[str] = "read"

    case_id: str
    what: str = "overview"


@dataclass(frozen=True, slots=True)
class OpenOverview(CaseCommand):
    """Somebody who takes part in a case looks at the overview of whom the case is about, and not of its owner.

    Raises ``NotFound`` where there is no such overview.
    """

    action: ClassVar[str] = "read"

    case_id: str


@dataclass(frozen=True, slots=True)
class AddSupplement(OwnEntry):
    """Add to the overview what no source knows.

    kind    ``debt``, ``asset``, ``income`` or ``spending``
    amount  NOK, from 0 to 100 million; NOK a month of income and spending
    private a debt to family or friends;  ``rate``: per cent a year of a debt, where there is one
    """

    case_id: str
    kind: str
    name: str = field(repr=False)
    amount: Decimal = field(repr=False)
    private: bool = False
    rate: Decimal | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class RegisterSupplement(Registered):
    """Enter what stands on the citizen's papers: a bill, a pay slip, the rent. Fields as ``AddSupplement``."""

    case_id: str
    received: Received
    kind: str
    name: str = field(repr=False)
    amount: Decimal = field(repr=False)
    private: bool = False
    rate: Decimal | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class RemoveRegistered(CaseCommand):
    """Take back what the office entered for the citizen. Of one that is gone nothing more is done.

    What the citizen entered is theirs: ``NotFound``.
    """

    action: ClassVar[str] = "register"

    case_id: str
    entry_id: str


@dataclass(frozen=True, slots=True)
class CorrectFigure(OwnEntry):
    """Put an amount (NOK) beside the one a source gave for *target*, the id of a line of the overview."""

    case_id: str
    target: str
    amount: Decimal = field(repr=False)


@dataclass(frozen=True, slots=True)
class DecideSameDebt(OwnEntry):
    """Say whether two debts are one. ``one`` and ``other``: ids of two debts of the overview, or of two records of one.

    The answer holds for whatever is known of the two debts, and can be taken back as any entry.
    """

    case_id: str
    one: str
    other: str
    same: bool


@dataclass(frozen=True, slots=True)
class AskSourcesAgain(OwnEntry):
    """Ask anew the sources whose answer is old or was a failure, as far as there is still a basis to ask."""

    case_id: str


@dataclass(frozen=True, slots=True)
class CategorizePayee(OwnEntry):
    """Say what payments to *payee* are for: those there are and those to come. Taken back by ``RemoveSupplement``.

    payee     as the bank writes it
    category  one of ``economy.payees.categories``
    """

    case_id: str
    payee: str = field(repr=False)
    category: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RemoveSupplement(OwnEntry):
    """Take back what was added or corrected. Of one that is gone nothing more is done."""

    case_id: str
    entry_id: str


@dataclass(frozen=True, slots=True)
class SaveHousehold(OwnEntry):
    """Who lives in the household.

    persons  each with ``age`` (``37`` years, ``8 mnd`` months), ``sex`` and ``about``, see ``engine.advice.household``
    cars     one of ``household.CARS``
    """

    case_id: str
    persons: tuple[Mapping[str, str], ...] = field(repr=False)
    cars: str = "none"


@dataclass(frozen=True, slots=True)
class SaveBudget(OwnEntry):
    """The citizen's own budget: group of ``sifo.OWN_GROUPS`` → NOK a month. A group that is left out is not in it."""

    case_id: str
    amounts: Mapping[str, Decimal] = field(repr=False)


@dataclass(frozen=True, slots=True)
class AddHouseholdMeasure(OwnEntry):
    """Try a measure of everyday life, see ``engine.advice.economy.measures.Measure`` for *amount* and *rate*."""

    case_id: str
    kind: str
    name: str = field(repr=False)
    amount: Decimal = field(repr=False)
    rate: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class RemoveHouseholdMeasure(OwnEntry):
    """Take a measure away. Of one that is gone nothing more is done."""

    case_id: str
    measure_id: str


@dataclass(frozen=True, slots=True)
class SavePlan(OwnEntry):
    """A plan for living with debt: *monthly* NOK, paid in *order*. What was owed when it began is kept with it.

    Raises ``NotFound`` where there is no overview.
    """

    case_id: str
    monthly: Decimal = field(repr=False)
    order: str
    task_id: str = ""


@dataclass(frozen=True, slots=True)
class TagAccounts(OwnEntry):
    """Say what each account is for: account number → ``economy.enk.tagging.Tag``."""

    case_id: str
    tags: Mapping[str, str] = field(repr=False)
    task_id: str = ""


@dataclass(frozen=True, slots=True)
class SaveAssumptions(OwnEntry):
    """What no source tells of a business.

    stated    as ``evidence.business.read_assumptions`` reads it, without ``returns``
    returned  term → NOK of a VAT return that is sent in; the others stand
    today     the day it is said, in Norway
    """

    case_id: str
    stated: Mapping[str, Any] = field(repr=False)
    today: date
    returned: Mapping[str, Decimal] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class SaveChecklist(OwnEntry):
    """The steps of setting up a business that are done, and those set aside for later."""

    case_id: str
    done: tuple[str, ...]
    later: tuple[str, ...] = ()
    task_id: str = ""


@dataclass(frozen=True, slots=True)
class SaveClosingSteps(OwnEntry):
    """The steps of closing a business that are done."""

    case_id: str
    done: tuple[str, ...]
    task_id: str = ""
