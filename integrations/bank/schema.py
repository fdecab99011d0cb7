"""What we read of Berlin Group AIS 1.3.11, record by record: what the standard calls optional is optional here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from engine.advice.economy.figures import RecordGapReason
from engine.advice.economy.identity import account_number
from engine.advice.economy.money import Money
from integrations.record import LONGEST_ADDRESS, BeyondSenseError, Record, UnreadableError

#: A side of a movement: name and account number, "" where not told.
Side = tuple[str, str]
HOME = "NOK"
#: A multi-currency account: each of its balances tells its own currency.
MANY = "XXX"
BOOKED = ("interimBooked", "closingBooked")
AVAILABLE = ("interimAvailable", "forwardAvailable")
NOT_INVOICED = "nonInvoiced"
#: Which balance is the account's own money: the first kind there is.
_PREFERRED = (BOOKED, ("expected",), ("openingBooked",), AVAILABLE)


@dataclass(frozen=True, slots=True)
class Balance:
    """``day``: what the bank says it holds for. ``with_limit``: the credit limit is in the amount."""

    kind: str
    amount: Money
    currency: str
    day: date | None
    with_limit: bool


@dataclass(frozen=True, slots=True)
class Balances:
    """Those that could be read. ``debits_positive`` may stand among them, in an entry of its own."""

    found: tuple[Balance, ...]
    debits_positive: bool | None = None
    unread: RecordGapReason | None = None


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """An account, a loan or a card, as the bank lists it.

    number           in one form; where there is none whatever else names it, never ""
    owners           names, where the bank tells them
    debits_positive  whether what is drawn is written without a minus; ``None`` where the bank does not say
    unread           why a balance of it could not be read, ``None`` where all could
    """

    resource: str
    number: str
    currency: str
    name: str
    product: str
    kind: str
    usage: str
    status: str
    owners: tuple[str, ...]
    balances: tuple[Balance, ...]
    limit: Money | None
    movements: str
    debits_positive: bool | None
    unread: RecordGapReason | None = None

    def within(self, told: Balances) -> AccountRecord:
        """The same with the balances that were asked for by themselves."""
        positive = told.debits_positive if self.debits_positive is None else self.debits_positive
        return replace(self, balances=told.found, debits_positive=positive, unread=told.unread)


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement as the bank wrote it: *amount* with the sign it has there.

    creditor, debtor  (name, account number) of each side, "" where not told
    """

    reference: str
    day: date
    amount: Money
    currency: str
    creditor: Side
    debtor: Side
    text: str
    kid: str
    code: str
    mcc: str


def account(told: Record) -> AccountRecord:
    """Raises ``UnreadableError`` where nothing names the account."""
    number = told.text("iban") or told.text("bban")
    other = told.record("other").text("identification")
    named = number or told.text("maskedPan", "pan", "msisdn") or other or told.text("resourceId")
    if not named:
        raise UnreadableError("iban")
    currency = told.text("currency").upper()
    read = balances(told.records("balances"), currency)
    positive = told.flag("debitAccounting")
    return AccountRecord(
        resource=told.text("resourceId"),
        number=account_number(named),
        currency=currency,
        name=told.text("name", "displayName"),
        product=told.text("product"),
        kind=told.text("cashAccountType").upper(),
        usage="ORGA" if told.text("usage").upper() == "ORGA" else "PRIV",
        status=told.text("status"),
        owners=_owners(told),
        balances=read.found,
        limit=_limit(told),
        movements=link(told, "transactions"),
        debits_positive=read.debits_positive if positive is None else positive,
        unread=read.unread,
    )


def _owners(told: Record) -> tuple[str, ...]:
    """From 1.3.12 a list of names with roles; before that one text, in which two names may stand."""
    several = [one.text("name") for one in told.records("ownerNames")] or told.texts("ownerNames")
    text = told.text("ownerName")
    for mark in (" og ", " and ", "&", ";", "/", ","):
        text = text.replace(mark, "\n")
    return tuple(name for one in (several or text.split("\n")) if (name := one.strip()))


def _limit(told: Record) -> Money | None:
    limit = told.record("creditLimit")
    try:
        return limit.money("amount") if limit.text("currency").upper() in (HOME, "") else None
    except UnreadableError:
        return None


def balances(told: Sequence[Record], currency: str) -> Balances:
    """Each balance by itself. *currency* is the account's, for a balance that tells none."""
    found: list[Balance] = []
    positive: bool | None = None
    unread: RecordGapReason | None = None
    for one in told:
        flag = one.flag("debitAccounting")
        positive = positive if flag is None else flag
        if flag is not None and not one.told("balanceAmount"):
            continue
        try:
            found.append(_balance(one, currency))
        except BeyondSenseError:
            unread = RecordGapReason.TOO_LARGE
        except UnreadableError:
            unread = unread or RecordGapReason.UNREADABLE
    return Balances(tuple(found), positive, unread)


def _balance(told: Record, currency: str) -> Balance:
    amount = told.record("balanceAmount").money("amount")
    if amount is None:
        raise UnreadableError("balanceAmount")
    kind = told.text("balanceType")
    if kind not in (*BOOKED, *AVAILABLE, "expected", "openingBooked", NOT_INVOICED):
        raise UnreadableError("balanceType")
    written = told.record("balanceAmount").text("currency").upper() or (currency if currency != MANY else "")
    if not written:
        raise UnreadableError("currency")
    day = told.day("referenceDate", "lastChangeDateTime")
    return Balance(kind, amount, written, day, bool(told.flag("creditLimitIncluded")))


def own_money(found: Sequence[Balance], limit: Money | None) -> Balance | None:
    """What is the owner's own: booked and newest before anything expected or available, never with the limit in it.

    Where every balance has the limit in it, the limit is taken out if it is told; else nobody knows.
    """
    for kinds in _PREFERRED:
        some = [one for one in found if one.kind in kinds and not one.with_limit]
        if some:
            return max(some, key=lambda one: (_newest(one), -kinds.index(one.kind)))
    with_limit = [one for one in found if one.with_limit and one.kind != NOT_INVOICED]
    if not with_limit or limit is None:
        return None
    newest = max(with_limit, key=_newest)
    return Balance(newest.kind, newest.amount - limit, newest.currency, newest.day, with_limit=False)


def _newest(one: Balance) -> date:
    """A balance of the running day without a date is of now; one of a closed period without a date is of any time."""
    return one.day or (date.min if one.kind in ("closingBooked", "openingBooked") else date.max)


def entry(told: Record) -> Entry:
    """An entry on an account. Raises ``UnreadableError``."""
    amount, currency = _amount(told)
    return Entry(
        reference=told.text("transactionId", "entryReference"),
        day=_day(told, "bookingDate", "valueDate", "transactionDate"),
        amount=amount,
        currency=currency,
        creditor=_side(told, "creditor", "ultimateCreditor"),
        debtor=_side(told, "debtor", "ultimateDebtor"),
        text=_text(told),
        kid=_kid(told),
        code=told.text("bankTransactionCode", "proprietaryBankTransactionCode"),
        mcc=told.text("merchantCategoryCode"),
    )


def card_entry(told: Record) -> Entry:
    """A purchase or a payment on a card account. Raises ``UnreadableError``."""
    amount, currency = _amount(told)
    shop = told.text("cardAcceptorName", "creditorName") or told.text("transactionDetails", "cardAcceptorId")
    return Entry(
        reference=told.text("cardTransactionId", "transactionId"),
        day=_day(told, "transactionDate", "bookingDate", "acceptorTransactionDateTime", "valueDate"),
        amount=amount,
        currency=currency,
        creditor=(shop, ""),
        debtor=(told.text("debtorName"), ""),
        text=told.text("transactionDetails") or _text(told),
        kid="",
        code=told.text("proprietaryBankTransactionCode"),
        mcc=told.text("merchantCategoryCode"),
    )


def _amount(told: Record) -> tuple[Money, str]:
    amount = told.record("transactionAmount").money("amount")
    currency = told.record("transactionAmount").text("currency").upper()
    if amount is None or not currency:
        raise UnreadableError("transactionAmount")
    return amount, currency


def _day(told: Record, *names: str) -> date:
    day = told.day(*names)
    if day is None:
        raise UnreadableError("bookingDate")
    return day


def _side(told: Record, side: str, ultimate: str) -> Side:
    where = told.record(f"{side}Account")
    number = where.text("iban") or where.text("bban") or where.record("other").text("identification")
    return told.text(f"{side}Name", ultimate), account_number(number)


def _text(told: Record) -> str:
    return (
        told.text("remittanceInformationUnstructured")
        or " ".join(told.texts("remittanceInformationUnstructuredArray"))
        or told.text("additionalInformation")
    )


def _kid(told: Record) -> str:
    """The structured reference: an object in the standard, a text at some banks, or a list of either."""
    name = "remittanceInformationStructured"
    found = told.text(name) or told.record(name).text("reference")
    several = [one.text("reference") for one in told.records(f"{name}Array")] + told.texts(f"{name}Array")
    return found or next((one for one in several if one), "")


def link(told: Record, name: str) -> str:
    """The address of ``_links``, as an object with ``href`` or as a text alone; "" where there is none."""
    links = told.record("_links")
    return links.record(name).text("href", most=LONGEST_ADDRESS) or links.text(name, most=LONGEST_ADDRESS)
