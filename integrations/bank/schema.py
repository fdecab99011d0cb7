"""What we read of Berlin Group AIS 1.3.11, record by record: what the standard calls optional is optional here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from engine.advice.economy.figures import RecordGapReason
from engine.advice.economy.identity import account_number
from engine.advice.economy.money import Money
from integrations.record import MAX_ADDRESS, BeyondSenseError, Record, UnreadableError

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

    def within(self, record: Balances) -> AccountRecord:
        """The same with the balances that were asked for by themselves."""
        positive = record.debits_positive if self.debits_positive is None else self.debits_positive
        return replace(self, balances=record.found, debits_positive=positive, unread=record.unread)


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


def account(record: Record) -> AccountRecord:
    """Raises ``UnreadableError`` where nothing names the account."""
    number = record.text("iban") or record.text("bban")
    other = record.record("other").text("identification")
    named = number or record.text("maskedPan", "pan", "msisdn") or other or record.text("resourceId")
    if not named:
        raise UnreadableError("iban")
    currency = record.text("currency").upper()
    read = balances(record.records("balances"), currency)
    positive = record.flag("debitAccounting")
    return AccountRecord(
        resource=record.text("resourceId"),
        number=account_number(named),
        currency=currency,
        name=record.text("name", "displayName"),
        product=record.text("product"),
        kind=record.text("cashAccountType").upper(),
        usage="ORGA" if record.text("usage").upper() == "ORGA" else "PRIV",
        status=record.text("status"),
        owners=_owners(record),
        balances=read.found,
        limit=_limit(record),
        movements=link(record, "transactions"),
        debits_positive=read.debits_positive if positive is None else positive,
        unread=read.unread,
    )


def _owners(record: Record) -> tuple[str, ...]:
    """From 1.3.12 a list of names with roles; before that one text, in which two names may stand."""
    several = [one.text("name") for one in record.records("ownerNames")] or record.texts("ownerNames")
    text = record.text("ownerName")
    for mark in (" og ", " and ", "&", ";", "/", ","):
        text = text.replace(mark, "\n")
    return tuple(name for one in (several or text.split("\n")) if (name := one.strip()))


def _limit(record: Record) -> Money | None:
    limit = record.record("creditLimit")
    try:
        return limit.money("amount") if limit.text("currency").upper() in (HOME, "") else None
    except UnreadableError:
        return None


def balances(record: Sequence[Record], currency: str) -> Balances:
    """Each balance by itself. *currency* is the account's, for a balance that tells none."""
    found: list[Balance] = []
    positive: bool | None = None
    unread: RecordGapReason | None = None
    for one in record:
        flag = one.flag("debitAccounting")
        positive = positive if flag is None else flag
        if flag is not None and not one.has("balanceAmount"):
            continue
        try:
            found.append(_balance(one, currency))
        except BeyondSenseError:
            unread = RecordGapReason.TOO_LARGE
        except UnreadableError:
            unread = unread or RecordGapReason.UNREADABLE
    return Balances(tuple(found), positive, unread)


def _balance(record: Record, currency: str) -> Balance:
    amount = record.record("balanceAmount").money("amount")
    if amount is None:
        raise UnreadableError("balanceAmount")
    kind = record.text("balanceType")
    if kind not in (*BOOKED, *AVAILABLE, "expected", "openingBooked", NOT_INVOICED):
        raise UnreadableError("balanceType")
    written = record.record("balanceAmount").text("currency").upper() or (currency if currency != MANY else "")
    if not written:
        raise UnreadableError("currency")
    day = record.day("referenceDate", "lastChangeDateTime")
    return Balance(kind, amount, written, day, bool(record.flag("creditLimitIncluded")))


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


def entry(record: Record) -> Entry:
    """An entry on an account. Raises ``UnreadableError``."""
    amount, currency = _amount(record)
    return Entry(
        reference=record.text("transactionId", "entryReference"),
        day=_day(record, "bookingDate", "valueDate", "transactionDate"),
        amount=amount,
        currency=currency,
        creditor=_side(record, "creditor", "ultimateCreditor"),
        debtor=_side(record, "debtor", "ultimateDebtor"),
        text=_text(record),
        kid=_kid(record),
        code=record.text("bankTransactionCode", "proprietaryBankTransactionCode"),
        mcc=record.text("merchantCategoryCode"),
    )


def card_entry(record: Record) -> Entry:
    """A purchase or a payment on a card account. Raises ``UnreadableError``."""
    amount, currency = _amount(record)
    shop = record.text("cardAcceptorName", "creditorName") or record.text("transactionDetails", "cardAcceptorId")
    return Entry(
        reference=record.text("cardTransactionId", "transactionId"),
        day=_day(record, "transactionDate", "bookingDate", "acceptorTransactionDateTime", "valueDate"),
        amount=amount,
        currency=currency,
        creditor=(shop, ""),
        debtor=(record.text("debtorName"), ""),
        text=record.text("transactionDetails") or _text(record),
        kid="",
        code=record.text("proprietaryBankTransactionCode"),
        mcc=record.text("merchantCategoryCode"),
    )


def _amount(record: Record) -> tuple[Money, str]:
    amount = record.record("transactionAmount").money("amount")
    currency = record.record("transactionAmount").text("currency").upper()
    if amount is None or not currency:
        raise UnreadableError("transactionAmount")
    return amount, currency


def _day(record: Record, *names: str) -> date:
    day = record.day(*names)
    if day is None:
        raise UnreadableError("bookingDate")
    return day


def _side(record: Record, side: str, ultimate: str) -> Side:
    where = record.record(f"{side}Account")
    number = where.text("iban") or where.text("bban") or where.record("other").text("identification")
    return record.text(f"{side}Name", ultimate), account_number(number)


def _text(record: Record) -> str:
    return (
        record.text("remittanceInformationUnstructured")
        or " ".join(record.texts("remittanceInformationUnstructuredArray"))
        or record.text("additionalInformation")
    )


def _kid(record: Record) -> str:
    """The structured reference: an object in the standard, a text at some banks, or a list of either."""
    name = "remittanceInformationStructured"
    found = record.text(name) or record.record(name).text("reference")
    several = [one.text("reference") for one in record.records(f"{name}Array")] + record.texts(f"{name}Array")
    return found or next((one for one in several if one), "")


def link(record: Record, name: str) -> str:
    """The address of ``_links``, as an object with ``href`` or as a text alone; "" where there is none."""
    links = record.record("_links")
    return links.record(name).text("href", limit=MAX_ADDRESS) or links.text(name, limit=MAX_ADDRESS)
