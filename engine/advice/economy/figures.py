"""What sources tell about one person's economy, before anything is compiled."""

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


@dataclass(frozen=True, slots=True)
class Debt:
    """One loan, credit or claim.

    id         stable per source record: ``<data set>:<provider's id>``
    creditor   who is owed; ``collector`` who collects, when another
    balance    NOK owed now, all included
    principal, interest, costs   NOK parts of the balance where the source tells them (R9)
    rate       nominal yearly per cent, 13.40 = 13.40 %
    monthly    NOK per month: instalment and charges
    limit      NOK granted, for credit
    account    the loan's account number where known: used to recognise the same loan, never shown whole
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
    """A bank account that is not a loan. ``number`` is 11 digits, used for recognition, shown masked."""

    id: str
    number: str
    name: str
    product: str
    usage: str  # PRIV | ORGA, Berlin Group's hint
    balance: Sourced[Money]
    bank: str = ""


@dataclass(frozen=True, slots=True)
class Transaction:
    """One booked movement. ``amount`` is NOK, negative out, positive in."""

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
    """

    data_set: str
    who: str
    reason: GapReason
    feeds: tuple[Total, ...] | None = None

    def may_feed(self, total: Total) -> bool:
        """Whether *total* may lack something because of this gap."""
        return self.feeds is None or total in self.feeds


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
        )
