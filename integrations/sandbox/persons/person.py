"""What a person's economy consists of, before any source tells it in its own way. Amounts are whole NOK."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Loan:
    """kind: mortgage | car_loan | consumer_loan | credit_card | student_loan; rate in per cent a year.

    registered  NOK the debt register still has of it, where it is behind the lender, 0 where it is not
    """

    kind: str
    lender: str
    balance: int
    rate: str
    monthly: int
    original: int
    limit: int = 0
    account: str = ""
    terms: int = 0
    registered: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """A collection claim (inkasso)."""

    case_number: str
    collector: str
    creditor: str
    kind: str
    principal: int
    interest: int
    costs: int
    status: str
    due: date


@dataclass(frozen=True, slots=True)
class TaxClaim:
    """An open claim at Skatteetaten or Statens innkrevingssentral."""

    identifier: str
    text: str
    kind: str
    group: str
    original: int
    remaining: int
    interest: int
    due: date


@dataclass(frozen=True, slots=True)
class Spending:
    """A monthly habit: what, to whom, merchant category code, NOK per month, times per month."""

    text: str
    counterparty: str
    mcc: str
    monthly: int
    times: int = 1


@dataclass(frozen=True, slots=True)
class Benefit:
    """A monthly payment from Nav."""

    kind: str
    gross: int
    tax: int
    attached: int = 0
    creditor: str = ""


@dataclass(frozen=True, slots=True)
class Home:
    """Property owned: share as (numerator, denominator)."""

    municipality: str
    municipality_name: str
    holding: int
    sub_holding: int
    share: tuple[int, int]
    tax_value: int


@dataclass(frozen=True, slots=True)
class Business:
    orgno: str
    name: str
    industry_code: str
    industry: str
    registered: date
    vat: bool


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody the sandbox knows.

    wage       gross and tax per month, from ``employer``
    deposits   (name, product, balance) per account; the first is the everyday account
    savings_transfer  NOK moved to the second account each month, and partly back
    wage_reported     the day of the next month the employer reports the wage of this one, 0 when it is paid
    """

    key: str
    name: str
    pid: str
    birth_date: date
    summary: str
    wage: int = 0
    tax: int = 0
    employer: str = ""
    employer_orgno: str = ""
    deposits: tuple[tuple[str, str, int], ...] = (("Brukskonto", "Lønnskonto", 1200),)
    savings_transfer: int = 0
    loans: tuple[Loan, ...] = ()
    claims: tuple[Claim, ...] = ()
    tax_claims: tuple[TaxClaim, ...] = ()
    spending: tuple[Spending, ...] = ()
    benefits: tuple[Benefit, ...] = ()
    homes: tuple[Home, ...] = ()
    vehicle: int = 0
    business: Business | None = None
    turnover: int = 0
    silent_creditor: str = ""
    wage_reported: int = 0


@dataclass(frozen=True, slots=True)
class Employee:
    """A caseworker, leader or administrator who logs in with Ansattporten.

    also  (organisation number, name, role) of each office they work at besides
    """

    key: str
    name: str
    pid: str
    birth_date: date
    office_orgno: str
    office_name: str
    role: str
    also: tuple[tuple[str, str, str], ...] = ()
