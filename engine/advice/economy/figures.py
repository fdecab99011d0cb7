"""What sources tell about one person's economy, before anything is compiled: one record, one fact.

A record keeps what its provider said: the sign, the date, the owner's share, and enough to know it again tomorrow
(``identity.py``). What could not be read, or is not in kroner, is a ``RecordGap`` of its own and loses nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from engine.advice.economy.money import Money
from engine.advice.economy.sourced import Source, Sourced


class DebtKind(StrEnum):
    MORTGAGE = "mortgage"
    CAR_LOAN = "car_loan"
    CONSUMER_LOAN = "consumer_loan"
    CREDIT_CARD = "credit_card"
    CHARGE_CARD = "charge_card"
    OVERDRAFT = "overdraft"
    STUDENT_LOAN = "student_loan"
    COLLECTION = "collection"
    TAX = "tax"
    FINE = "fine"
    PRIVATE = "private"
    OTHER = "other"


class DebtStatus(StrEnum):
    CURRENT = "current"
    OVERDUE = "overdue"
    COLLECTION = "collection"
    COURT = "court"
    ATTACHMENT = "attachment"
    MONITORED = "monitored"
    DISPUTED = "disputed"
    PAUSED = "paused"
    UNKNOWN = "unknown"  # a code we do not know: the amount stands, and the page says so


@dataclass(frozen=True, slots=True)
class Debt:
    """One loan, credit or claim.

    id         stable per source record: ``<data set>:<creditor or collector>/<provider's id>``; never a list position
    creditor   who is owed, by its own name; ``collector`` who collects, when another
    name       what the product is called, where that is another thing than the creditor ("Mastercard Gull")
    balance    NOK owed now, all included; below zero the creditor owes the person (a card in credit, a loan overpaid)
    original   NOK the loan was granted with, where the source tells it; with ``limit`` what does not change of it
    fee        NOK per month charged for having it (termingebyr), no part of the instalment
    principal, interest, costs   NOK parts of the balance where the source tells them (R9)
    rate       nominal yearly per cent, 13.40 = 13.40 %
    monthly    NOK per month: instalment and charges
    limit      NOK granted, for credit
    account    the loan's account number where known, IBAN or BBAN: to recognise the same loan, never shown whole
    co_borrower  others owe it too; each owes the whole, so ``share`` is 1 unless the source tells another
    records    in an overview: ids and fingerprints of all the records that tell of this debt
    """

    id: str
    kind: DebtKind
    creditor: str
    balance: Sourced[Money]
    status: DebtStatus = DebtStatus.CURRENT
    collector: str = ""
    principal: Sourced[Money] | None = None
    interest: Sourced[Money] | None = None
    costs: Sourced[Money] | None = None
    rate: Sourced[Decimal] | None = None
    monthly: Sourced[Money] | None = None
    limit: Sourced[Money] | None = None
    terms_left: int | None = None
    secured: bool = False
    co_borrower: bool = False
    due: date | None = None
    account: str = ""
    case_number: str = ""
    creditor_orgno: str = ""
    name: str = ""
    original: Sourced[Money] | None = None
    fee: Sourced[Money] | None = None
    share: Decimal = Decimal(1)
    collector_orgno: str = ""
    kid: str = ""
    pay_to: str = ""
    records: tuple[str, ...] = ()


class AssetKind(StrEnum):
    HOME = "home"
    SECOND_HOME = "second_home"
    VEHICLE = "vehicle"
    DEPOSIT = "deposit"
    SECURITIES = "securities"
    CLAIM = "claim"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Asset:
    """Something owned. ``value`` is NOK for the person's own share; ``None`` = known to exist, value unknown."""

    id: str
    kind: AssetKind
    name: str
    value: Sourced[Money] | None
    source: Source
    share: Decimal = Decimal(1)
    account: str = ""
    matrikkel: str = ""


class IncomeKind(StrEnum):
    WAGE = "wage"
    BENEFIT = "benefit"
    CHILD_BENEFIT = "child_benefit"
    HOUSING_BENEFIT = "housing_benefit"
    PENSION = "pension"
    BUSINESS = "business"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Income:
    """Money in for one calendar month.

    month      first day of the month
    gross, net NOK; ``net`` is ``None`` where the source tells gross only, then ``tax`` may be known
    attached   NOK withheld for creditors (utleggstrekk), part of what is not paid out
    name       what the payer calls it ("Sykepenger"), where it says
    """

    id: str
    kind: IncomeKind
    payer: str
    month: date
    gross: Sourced[Money]
    net: Sourced[Money] | None = None
    tax: Sourced[Money] | None = None
    attached: Sourced[Money] | None = None
    payer_orgno: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """A bank account that is not a loan. ``number`` is IBAN or BBAN, used for recognition, shown masked.

    balance  NOK, without any credit limit in it; below zero the account is overdrawn, and that is a debt
    limit    NOK of credit that belongs to the account (kontokreditt), where the source tells it
    share    the person's own part of a joint account, 1 where it is theirs alone; ``joint``: others own it too
    """

    id: str
    number: str
    name: str
    product: str
    usage: str  # PRIV | ORGA, Berlin Group's hint
    balance: Sourced[Money]
    bank: str = ""
    limit: Sourced[Money] | None = None
    share: Decimal = Decimal(1)
    joint: bool = False
    bank_orgno: str = ""


@dataclass(frozen=True, slots=True)
class Transaction:
    """One movement. ``amount`` is NOK, negative out, positive in.

    pending  not booked yet: told, and counted in nothing
    card     made with a card of ``account``, which then is the card's own account or masked number
    """

    id: str
    account: str
    booked: date
    amount: Money
    counterparty: str
    text: str
    source: Source
    counterparty_account: str = ""
    kid: str = ""
    mcc: str = ""
    code: str = ""
    pending: bool = False
    card: bool = False


@dataclass(frozen=True, slots=True)
class Enterprise:
    """A sole proprietorship the person owns, as Enhetsregisteret tells it."""

    orgno: str
    name: str
    form: str
    industry: str
    registered: date | None
    vat_registered: bool
    bankrupt: bool
    winding_up: bool
    source: Source


class Total(StrEnum):
    """The totals of an overview, which data sets feed."""

    DEBT = "debt"
    ASSETS = "assets"
    INCOME = "income"
    SPENDING = "spending"


class GapReason(StrEnum):
    NOT_ASKED = "not_asked"  # no consent or mandate
    NOT_ANSWERED = "not_answered"  # asked, no answer yet
    REFUSED = "refused"  # the source said no, for good
    PARTIAL = "partial"  # answered in part
    STALE = "stale"  # answered, but older than its maximum age


@dataclass(frozen=True, slots=True)
class Gap:
    """Something the overview does not know.

    who    the one that did not answer, as shown
    feeds  the totals it would have fed; ``None`` where nobody knows, as in overviews stored before gaps said so
    why    of single records in an answer that stands otherwise: a ``RecordGapReason``; "" of a whole source
    what   of single records: ``RecordGap.what``;  ``count``: how many
    """

    data_set: str
    who: str
    reason: GapReason
    feeds: tuple[Total, ...] | None = None
    why: str = ""
    what: str = ""
    count: int = 0

    def may_feed(self, total: Total) -> bool:
        """Whether *total* may lack something because of this gap."""
        return self.feeds is None or total in self.feeds


class RecordGapReason(StrEnum):
    """Why one record of an answer became no figure."""

    UNREADABLE = "unreadable"  # what must be there is missing, or is of the wrong kind
    FOREIGN_CURRENCY = "foreign_currency"  # an amount that is not in kroner
    TOO_LARGE = "too_large"  # an amount beyond sense
    NO_AMOUNT = "no_amount"  # known to exist, its amount was not told
    NOT_SENT = "not_sent"  # there was more than the source sent, or than we read: pages, a part it refused
    CLOSED = "closed"  # the source says that it is ended; nothing is lacking
    REPEATED = "repeated"  # the very same record once more; nothing is lacking
    ANOTHER_PERSON = "another_person"  # told of somebody else; nothing is lacking
    NOT_YET = "not_yet"  # told, to be paid later; nothing is lacking


@dataclass(frozen=True, slots=True)
class RecordGap:
    """One record of an answer that became no figure. It is named and accounted for; the rest of the answer stands.

    what       account | card | loan | debt | claim | transaction | income | benefit | asset | enterprise
    who        institution it came from, as shown
    reference  the provider's own id of it, where that could be read; never a national identity number
    feeds      the totals it would have fed, none where nothing is lacking
    amount     as told, in ``currency``, where both could be read
    count      how many records, where single ones cannot be told apart
    """

    data_set: str
    what: str
    reason: RecordGapReason
    who: str = ""
    reference: str = ""
    feeds: tuple[Total, ...] = ()
    amount: Decimal | None = None
    currency: str = ""
    count: int = 1
    as_of: date | None = None

    @property
    def lacking(self) -> bool:
        """Whether a total is less than whole because of it."""
        nothing = (
            RecordGapReason.CLOSED,
            RecordGapReason.REPEATED,
            RecordGapReason.ANOTHER_PERSON,
            RecordGapReason.NOT_YET,
        )
        return self.reason not in nothing and bool(self.feeds)


@dataclass(frozen=True, slots=True)
class Reported:
    """The days a source has told all it has of. A month that is not inside is unknown, never zero.

    total        ``Total.INCOME`` or ``Total.SPENDING``
    since        first day told of
    until        last day told of whole: of wages the end of the last month whose reports are due and in
    institution  as in ``Source.institution``, where a data set has several
    """

    data_set: str
    total: Total
    since: date
    until: date
    institution: str = ""


@dataclass(frozen=True, slots=True)
class TaxSummary:
    """Totals from the newest tax assessment: a cross-check, not a live figure (status 31 December)."""

    year: int
    debt: Sourced[Money] | None
    deposits: Sourced[Money] | None
    gross_wealth: Sourced[Money] | None
    wage: Sourced[Money] | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything one answer, or several put together, tells."""

    debts: tuple[Debt, ...] = ()
    assets: tuple[Asset, ...] = ()
    incomes: tuple[Income, ...] = ()
    accounts: tuple[Account, ...] = ()
    transactions: tuple[Transaction, ...] = ()
    enterprises: tuple[Enterprise, ...] = ()
    tax: tuple[TaxSummary, ...] = ()
    gaps: tuple[Gap, ...] = field(default=())
    record_gaps: tuple[RecordGap, ...] = ()
    reported: tuple[Reported, ...] = ()

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.debts + other.debts,
            self.assets + other.assets,
            self.incomes + other.incomes,
            self.accounts + other.accounts,
            self.transactions + other.transactions,
            self.enterprises + other.enterprises,
            self.tax + other.tax,
            self.gaps + other.gaps,
            self.record_gaps + other.record_gaps,
            self.reported + other.reported,
        )
