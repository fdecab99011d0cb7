"""What a bank holds of a deceased. There is no interest rate, term or instalment in DSOP: a loan is a balance.

Cards and roles may not be asked for an estate; whose an account is stands in its list.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote, urlencode

from engine.advice.economy.figures import (
    Account,
    Debt,
    DebtKind,
    Figures,
    RecordGap,
    RecordGapReason,
    Reported,
    Total,
    Transaction,
)
from engine.advice.economy.money import Money
from engine.advice.economy.sourced import Source, Sourced
from engine.advice.evidence.datasets import DataSetMetadata, Evidence, EvidenceRequest, EvidenceState
from engine.platform.calendar import norwegian_day
from engine.platform.provider_errors import SourceBrokenError, SourceError, SourceUnavailableError
from engine.platform.strict_json import Json
from integrations.bank.mapping import loan_kind
from integrations.dsop import schema
from integrations.dsop.metadata import ESTATE_ACCOUNTS
from integrations.dsop.schema import HOME, AccountRecord, Balance, Entry
from integrations.http import HttpClient
from integrations.links import at_provider
from integrations.maskinporten.client import MaskinportenClient
from integrations.provider import Provider, ProviderContext
from integrations.record import BeyondSenseError, Record, UnreadableError, digest, once

#: The mandate of Digitalt dødsbo, in the words the banks check.
MANDATE = "Arveloven § 92 første ledd og § 118, jf. § 88 a, jf. forskrift om Digitalt dødsbo"
HISTORY = timedelta(days=90)
#: A list of more pages than this is cut, and the cut is told.
MAX_PAGES = 500
LOAN, CARD, WITHOUT_BALANCE = "loanAccount", "creditCardAccount", "accountWithoutBalance"


class DsopClient:
    """One bank. Its answers do not always name it (KAR's ``bankName`` does): *bank_name* goes with its address."""

    def __init__(
        self,
        base_url: str,
        bank_name: str,
        http: HttpClient,
        maskinporten: MaskinportenClient,
        data_set: DataSetMetadata = ESTATE_ACCOUNTS,
    ) -> None:
        self._url = base_url.rstrip("/")
        self._bank_name = bank_name
        self._http = http
        self._maskinporten = maskinporten
        self._data_set = data_set

    def fetch(self, request: EvidenceRequest) -> Evidence:
        """Accounts with balances, and movements from three months back."""
        return _Question(self, request).evidence()

    def get(self, url: str, request: EvidenceRequest, **headers: str) -> Json:
        """One answer of the bank's. Raises ``SourceError``."""
        sent = {
            "Authorization": f"Bearer {self._maskinporten.token(self._data_set.scope, resource=self._url)}",
            "AccountInfoRequestID": request.correlation_id,
            "CorrelationID": str(uuid.uuid4()),
            "Legal-Mandate": quote(MANDATE),
            **headers,
        }
        return self._http.get(url, headers=sent).json()

    def question(self) -> tuple[str, str, DataSetMetadata]:
        """Where, to whom and for what."""
        return self._url, self._bank_name, self._data_set


class _Question:
    """One question to one bank: what it answered, and what could not be had."""

    def __init__(self, client: DsopClient, request: EvidenceRequest) -> None:
        self._client = client
        self._request = request
        self._url, self._bank, self._data_set = client.question()
        self._gaps: list[RecordGap] = []
        self._missing: list[str] = []
        self._partial = False

    def evidence(self) -> Evidence:
        """Raises ``SourceError`` where the bank tells no accounts."""
        since = norwegian_day(self._request.as_of) - HISTORY
        debts: list[Debt] = []
        accounts: list[Account] = []
        moved: list[Transaction] = []
        answered = False
        for account in self._accounts():
            where = f"{self._url}/v2/accounts/{quote(account.reference, safe='')}"
            if account.kind != WITHOUT_BALANCE:
                found = self._holding(account, where)
                debts += [one for one in found if isinstance(one, Debt)]
                accounts += [one for one in found if isinstance(one, Account)]
            if account.kind not in (LOAN, WITHOUT_BALANCE) and account.reference:
                entries = self._entries(account, f"{where}/transactions?{urlencode({'fromDate': since.isoformat()})}")
                answered = answered or entries is not None
                moved += [self._transaction(account, entry) for entry in self._counted(account, entries or [])]
        reported = Reported(self._data_set.id, Total.SPENDING, since, norwegian_day(self._request.as_of), self._bank)
        figures = Figures(
            debts=tuple(replace(one, id=name) for one, name in zip(debts, once(d.id for d in debts), strict=True)),
            accounts=tuple(replace(a, id=name) for a, name in zip(accounts, once(a.id for a in accounts), strict=True)),
            transactions=tuple(replace(m, id=name) for m, name in zip(moved, once(m.id for m in moved), strict=True)),
            record_gaps=tuple(self._gaps),
            reported=(reported,) if answered else (),
        )
        missing = (*self._missing, *([self._bank] if self._partial else []))
        if missing or any(gap.lacking for gap in self._gaps):
            return Evidence(EvidenceState.PARTIAL, figures, tuple(dict.fromkeys(missing)))
        known = debts or accounts or self._gaps
        return Evidence(EvidenceState.ANSWERED if known else EvidenceState.EMPTY, figures)

    # What the bank answers

    def _accounts(self) -> list[AccountRecord]:
        """Every account of every page, each once. Raises ``SourceError`` where there is no first page."""
        seen: list[Record] = []
        found: list[AccountRecord] = []
        answered = False
        first = f"{self._url}/v2/accounts?OnlyPrimaryOwner=TRUE"
        try:
            for page in self._pages(first, PartyID=self._request.subject.pid):
                answered = True
                for record in page.records("accounts"):
                    found += self._listed(record, repeated=any(record.same_as(before) for before in seen))
                    seen.append(record)
        except SourceError:
            if not answered:
                raise
            self._lacks("account", RecordGapReason.NOT_SENT, Total.ASSETS, Total.DEBT, Total.SPENDING)
        return found

    def _listed(self, record: Record, *, repeated: bool) -> list[AccountRecord]:
        try:
            account = schema.account(record)
        except UnreadableError:
            self._lacks("account", RecordGapReason.UNREADABLE, Total.ASSETS, Total.DEBT, Total.SPENDING)
            return []
        if repeated:
            self._lacks("account", RecordGapReason.REPEATED, of=account)
        elif account.owner and account.owner != self._request.subject.pid:
            self._lacks("account", RecordGapReason.ANOTHER_PERSON, of=account)
        else:
            return [account]
        return []

    def _pages(self, url: str, **headers: str) -> Iterator[Record]:
        """Each page that *url* leads to. Raises ``SourceError`` where the first cannot be had."""
        followed = {url}
        following: str | None = url
        while following:
            page = Record(self._client.get(following, self._request, **headers))
            if not page.has("responseDetails"):
                raise SourceBrokenError("schema")
            self._partial = self._partial or page.record("responseDetails").text("status") != "complete"
            yield page
            links = page.records("links")
            href = next((one.text("href", limit=4000) for one in links if one.text("rel") == "next"), "")
            following = at_provider(self._url, "/v2/", href, following) if href else None
            if href and (following is None or following in followed or len(followed) >= MAX_PAGES):
                raise SourceBrokenError("pages")
            followed.add(following or "")

    def _holding(self, account: AccountRecord, where: str) -> list[Debt | Account]:
        """What an account holds, or what is owed on it; where that cannot be had, the account is a gap."""
        what = {LOAN: "loan", CARD: "card"}.get(account.kind, "account")
        feeds = (Total.DEBT,) if what != "account" else (Total.ASSETS, Total.DEBT)
        try:
            page = Record(self._client.get(where, self._request)) if account.reference else Record(None)
            balances = schema.booked(page.record("account"), account.currency)
        except SourceUnavailableError:
            self._missing.append(self._shown(account))
            return []
        except SourceError:
            self._lacks(what, RecordGapReason.NOT_SENT, *feeds, of=account)
            return []
        except UnreadableError as error:
            self._lacks(what, _why(error), *feeds, of=account)
            return []
        for one in balances:
            if one.currency != HOME:
                side = (Total.ASSETS,) if one.amount > 0 else (Total.DEBT,) if one.amount < 0 else ()
                self._lacks(
                    what, RecordGapReason.FOREIGN_CURRENCY, *side, of=account, amount=one.amount, currency=one.currency
                )
        home = next((one for one in balances if one.currency == HOME), None)
        if home is None and not balances:
            closed = account.status == "deleted"
            reason = RecordGapReason.CLOSED if closed else RecordGapReason.NO_AMOUNT
            foreign = account.currency != HOME and not closed
            self._lacks(what, RecordGapReason.FOREIGN_CURRENCY if foreign else reason, *feeds, of=account)
        return [self._debt(account, home) if what != "account" else self._account(account, home)] if home else []

    def _entries(self, account: AccountRecord, url: str) -> list[Entry] | None:
        """What moved, as far as the bank tells it; ``None`` where it tells nothing."""
        found: list[Entry] | None = None
        unread: Counter[RecordGapReason] = Counter()
        try:
            for page in self._pages(url):
                found = [] if found is None else found
                for record in page.records("transactions"):
                    try:
                        found.append(schema.entry(record, account))
                    except UnreadableError as error:
                        unread[_why(error)] += 1
        except SourceUnavailableError:
            self._missing.append(self._shown(account))
        except SourceError:
            self._lacks("transaction", RecordGapReason.NOT_SENT, Total.SPENDING, of=account)
        for reason, count in sorted(unread.items()):
            self._lacks("transaction", reason, Total.SPENDING, of=account, count=count)
        return found

    def _counted(self, account: AccountRecord, entries: list[Entry]) -> Iterator[Entry]:
        """The movements in kroner, each once; what only informs is none."""
        seen: set[tuple[object, ...]] = set()
        for entry in entries:
            known = (entry.reference, entry.day, entry.amount, entry.currency)
            if entry.reference and known in seen:
                self._lacks("transaction", RecordGapReason.REPEATED, of=account)
            elif entry.currency != HOME:
                self._lacks(
                    "transaction",
                    RecordGapReason.FOREIGN_CURRENCY,
                    Total.SPENDING,
                    of=account,
                    amount=entry.amount,
                    currency=entry.currency,
                )
            elif entry.status != "info":
                yield entry
            seen.add(known)

    # What becomes of it

    def _account(self, account: AccountRecord, money: Balance) -> Account:
        return Account(
            id=self._id("account", account.number, account.currency),
            number=account.number,
            name=account.name or account.kind,
            product=account.kind,
            usage="ORGA" if account.kind == "businessAccount" else "PRIV",
            balance=self._sourced(money.amount, account, money),
            bank=account.bank or self._bank,
            joint=account.with_other,
        )

    def _debt(self, account: AccountRecord, money: Balance) -> Debt:
        kind = DebtKind.CREDIT_CARD if account.kind == CARD else loan_kind(account.name)
        return Debt(
            id=self._id("debt", account.number, account.currency),
            kind=kind,
            creditor=account.bank or self._bank,
            balance=self._sourced(-money.amount, account, money),
            account=account.number,
            name=account.name,
            secured=kind in (DebtKind.MORTGAGE, DebtKind.CAR_LOAN),
        )

    def _transaction(self, account: AccountRecord, entry: Entry) -> Transaction:
        known = entry.reference or digest(entry.day, entry.amount, entry.other, entry.text, entry.kid)
        return Transaction(
            id=self._id("transaction", account.number, known),
            account=account.number,
            booked=entry.day,
            amount=entry.amount,
            counterparty=entry.other[0],
            text=entry.text,
            source=self._source(account),
            counterparty_account=entry.other[1],
            kid=entry.kid,
            code=entry.code,
            pending=entry.status == "pending",
            card=account.kind == CARD,
        )

    def _id(self, *parts: str) -> str:
        return f"{self._data_set.id}:{digest(*parts)}"

    def _source(self, account: AccountRecord) -> Source:
        basis = self._data_set.requirement.value
        return Source(self._data_set.id, self._bank, self._request.as_of, basis, account.reference, self._bank)

    def _sourced(self, value: Money, account: AccountRecord, money: Balance) -> Sourced[Money]:
        return Sourced(value, (self._source(account),), money.day or norwegian_day(self._request.as_of))

    def _shown(self, account: AccountRecord) -> str:
        return f"{self._bank}, {account.name} ••{account.number[-4:]}"

    def _lacks(
        self,
        what: str,
        reason: RecordGapReason,
        *feeds: Total,
        of: AccountRecord | None = None,
        amount: Money | None = None,
        currency: str = "",
        count: int = 1,
    ) -> None:
        who = self._shown(of) if of else self._bank
        reference = of.reference if of else ""
        self._gaps.append(RecordGap(self._data_set.id, what, reason, who, reference, feeds, amount, currency, count))


def _why(error: UnreadableError) -> RecordGapReason:
    return RecordGapReason.TOO_LARGE if isinstance(error, BeyondSenseError) else RecordGapReason.UNREADABLE


def connect(context: ProviderContext) -> Provider:
    data_set = context.of(ESTATE_ACCOUNTS)
    client = DsopClient(context.url, context.name, context.http, context.maskinporten, data_set)
    return Provider(fetch={data_set.id: client.fetch})
