"""Consents, accounts, card accounts, balances and transactions of one bank.

What one account, card or page lacks is a gap of its own; only a bank that does not answer for its accounts at all
is an error.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import quote

from engine.advice.consent.channels import ChannelAsk, ChannelReply, ChannelState
from engine.advice.economy.figures import RecordGapReason, Total
from engine.advice.evidence.datasets import DataSetMetadata, Evidence, EvidenceRequest, EvidenceState, Title
from engine.platform.calendar import norwegian_day
from engine.platform.provider_errors import SourceBrokenError, SourceError, SourceRefusedError, SourceUnavailableError
from engine.platform.strict_json import Json
from integrations.bank import schema
from integrations.bank.answer import Answer, Movements, shown
from integrations.bank.mapping import figures
from integrations.bank.metadata import ACCOUNTS
from integrations.bank.schema import AccountRecord, Entry
from integrations.http import HttpClient
from integrations.links import at_provider
from integrations.provider import Provider, ProviderContext
from integrations.record import BeyondSenseError, Record, UnreadableError, rows

#: A history of more pages than this is cut, and the cut is told.
MAX_PAGES = 500
#: The history a bank must give when the citizen is not there (RTS article 10).
UNATTENDED = timedelta(days=89)
#: After so many calls without an answer the rest of the question is left for the next time.
MAX_SILENT_CALLS = 2
#: A bank that has been asked too often and does not say for how long has answered what it must for a day: seconds.
EXCEEDED = 6 * 3600.0
#: How a bank says that it has no card service.
NO_SERVICE = frozenset({"http_404", "http_405", "http_501"})
_STATES = {
    "received": ChannelState.PENDING,
    "partiallyAuthorised": ChannelState.PENDING,
    "valid": ChannelState.ACTIVE,
    "rejected": ChannelState.REFUSED,
    "revokedByPsu": ChannelState.REVOKED,
    "terminatedByTpp": ChannelState.REVOKED,
    "expired": ChannelState.EXPIRED,
}


#: What a bank is called in a sentence, where there is one.
TITLE = Title(nb="banken", nn="banken", en="the bank")


class BankClient:
    """One bank (ASPSP). No answer of Berlin Group's names the bank: *bank_name* goes with its address."""

    citizen_ends = False

    def __init__(self, base_url: str, bank_name: str, http: HttpClient, data_set: DataSetMetadata = ACCOUNTS) -> None:
        self._url = base_url.rstrip("/")
        self._bank_name = bank_name
        self._http = http
        self._data_set = data_set
        self.name = data_set.channel
        self.title = TITLE if data_set is ACCOUNTS else data_set.title

    # The consent channel

    def request(self, ask: ChannelAsk) -> ChannelReply:
        body = {
            "access": {"allPsd2": "allAccounts"},
            "recurringIndicator": True,
            "validUntil": norwegian_day(ask.valid_to).isoformat(),
            "frequencyPerDay": 4,
            "combinedServiceIndicator": False,
        }
        headers = {
            "PSU-ID": ask.subject.pid,
            "PSU-IP-Address": "127.0.0.1",
            "TPP-Redirect-URI": ask.redirect_url,
            "TPP-Nok-Redirect-URI": ask.redirect_url,
            "X-Request-ID": ask.reference,
        }
        answer = self._http.post(
            f"{self._url}/v1/consents", json=body, headers=headers, expected=frozenset({200, 201})
        ).json()
        record = Record(answer)
        state, consent_id = _state(record), record.text("consentId")
        redirect = schema.link(record, "scaRedirect")
        if not consent_id or (state is ChannelState.PENDING and not redirect):
            raise SourceBrokenError("consent_answer")
        return ChannelReply(consent_id, state, redirect)

    def state(self, grant: str, now: datetime) -> ChannelState:
        url = f"{self._url}/v1/consents/{quote(grant, safe='')}/status"
        return _state(Record(self._http.get(url).json()))

    def revoke(self, grant: str) -> None:
        url = f"{self._url}/v1/consents/{quote(grant, safe='')}"
        self._http.call("DELETE", url, expected=frozenset({200, 204, 404}))

    # The data set

    def fetch(self, request: EvidenceRequest) -> Evidence:
        """Accounts, loans, cards and what was booked on them since ``asked.since``. No account at all is EMPTY."""
        return _Question(self._url, self._bank_name, self._http, self._data_set, request).evidence()


class _Question:
    """One question to one bank: what it answered, and what could not be had."""

    def __init__(
        self, base_url: str, bank_name: str, http: HttpClient, data_set: DataSetMetadata, request: EvidenceRequest
    ) -> None:
        self._url = base_url
        self._http = http
        self._headers = {"Consent-ID": request.grant}
        self._answer = Answer(data_set, bank_name, request.as_of, request.subject.name)
        self._missing: list[str] = []
        near = max(request.since, norwegian_day(request.as_of) - UNATTENDED)
        #: What movements are asked by, from the most to the least a bank must take, and the first one it took.
        self._wishes = (("both", request.since), ("booked", request.since), ("booked", near))
        self._taken = 0
        self._silent = 0

    def evidence(self) -> Evidence:
        """Raises ``SourceError`` where the bank tells no accounts."""
        self._add(self._accounts(), "account", "/v1/accounts")
        self._add(self._cards(), "card", "/v1/card-accounts")
        found = figures(self._answer)
        if self._missing or any(gap.lacking for gap in found.record_gaps):
            return Evidence(EvidenceState.PARTIAL, found, tuple(self._missing))
        known = self._answer.accounts or self._answer.cards
        return Evidence(EvidenceState.ANSWERED if known else EvidenceState.EMPTY, found)

    def _get(self, url: str, query: dict[str, str] | None = None) -> Json:
        if self._silent >= MAX_SILENT_CALLS:
            raise SourceUnavailableError("silent")
        try:
            return self._http.get(url, headers=self._headers, params=query).json()
        except SourceUnavailableError as error:
            self._silent += 1
            if error.code == "http_429" and error.retry_after is None:
                raise SourceUnavailableError(error.code, retry_after=EXCEEDED) from None
            raise

    def _accounts(self) -> list[Record]:
        url = f"{self._url}/v1/accounts"
        try:
            answer = self._get(url, {"withBalance": "true"})
        except SourceRefusedError as error:
            if error.code != "http_400":
                raise
            answer = self._get(url)  # no right to balances in the list: each is asked for by itself
        found = rows(answer, "accounts")
        if found is None:
            raise SourceBrokenError("schema")
        return found

    def _cards(self) -> list[Record]:
        """Those of the card service, which is the bank's to offer. One that fails is told, and the accounts stand."""
        try:
            found = rows(self._get(f"{self._url}/v1/card-accounts"), "cardAccounts")
        except SourceError as error:
            if error.code in NO_SERVICE:
                return []
            if isinstance(error, SourceUnavailableError):
                self._missing.append(self._answer.bank)
                return []
            found = None
        if found is None:
            self._answer.lacks("card", RecordGapReason.NOT_SENT, Total.DEBT)
        return found or []

    def _add(self, listed: list[Record], what: str, path: str) -> None:
        """Each account or card of a list, with what the bank tells of it elsewhere."""
        to, read = (self._answer.cards, schema.card_entry) if what == "card" else (self._answer.accounts, schema.entry)
        for number, record in enumerate(listed):
            try:
                account = schema.account(record)
            except UnreadableError:
                self._answer.lacks(what, RecordGapReason.UNREADABLE, Total.ASSETS, Total.DEBT, Total.SPENDING)
                continue
            if any(record.same_as(before) for before in listed[:number]):
                self._answer.lacks(what, RecordGapReason.REPEATED, of=account)
                continue
            where = f"{self._url}{path}/{quote(account.resource, safe='')}" if account.resource else ""
            if where and not account.balances and account.unread is None:
                account = self._with_balances(account, f"{where}/balances")
            loan = account.kind == "LOAN"
            to.append((account, Movements() if loan else self._movements(record, account, where, read)))

    def _with_balances(self, account: AccountRecord, url: str) -> AccountRecord:
        try:
            record = Record(self._get(url)).records("balances")
        except SourceUnavailableError:
            self._missing.append(shown(account))
            return account
        except SourceError:
            return account
        return account.within(schema.balances(record, account.currency))

    def _movements(
        self, record: Record, account: AccountRecord, where: str, read: Callable[[Record], Entry]
    ) -> Movements:
        """What moved on an account, as far as the bank tells it; the account stands without."""
        found = Movements()
        unread: Counter[RecordGapReason] = Counter()
        link = schema.link(record, "transactions")
        url = f"{where}/transactions" if where else self._at_bank(link, self._url) if link else None
        try:
            page = self._first_page(url, found) if url else Record(None)
            followed = {url}
            while page:
                for name, entries in (("booked", found.booked), ("pending", found.pending)):
                    unread += _read(page.records(name), read, entries, counts=name == "booked")
                following = schema.link(page, "next")
                if not following:
                    break
                url = self._at_bank(following, url or self._url)
                if url is None or url in followed or len(followed) >= MAX_PAGES:
                    page = Record(None)
                    break
                followed.add(url)
                page = _report(self._get(url))
        except SourceUnavailableError:
            self._missing.append(shown(account))
            page = Record({"": ""})
        except SourceError:
            page = Record(None)
        if not page:
            self._answer.lacks("transaction", RecordGapReason.NOT_SENT, Total.SPENDING, of=account)
        for reason, count in sorted(unread.items()):
            self._answer.lacks("transaction", reason, Total.SPENDING, of=account, count=count)
        return found

    def _first_page(self, url: str, found: Movements) -> Record:
        """The report that *url* begins with, by the most that this bank takes. Raises ``SourceError``."""
        for number, (status, since) in enumerate(self._wishes[self._taken :], start=self._taken):
            try:
                answer = self._get(url, {"bookingStatus": status, "dateFrom": since.isoformat()})
            except SourceRefusedError as error:
                if error.code != "http_400" or number == len(self._wishes) - 1:
                    raise
                continue
            self._taken = number
            report = _report(answer)
            found.since = since if report else None
            found.debits_positive = Record(answer).flag("debitAccounting")
            return report
        raise SourceBrokenError("no_query")  # pragma: no cover

    def _at_bank(self, href: str, current: str) -> str | None:
        return at_provider(self._url, "/v1/", href, current)


def _report(answer: Json) -> Record:
    """The report of an account is called another thing than that of a card."""
    record = Record(answer)
    return record.record("transactions") or record.record("cardTransactions")


def _read(
    record: list[Record], read: Callable[[Record], Entry], to: list[Entry], *, counts: bool
) -> Counter[RecordGapReason]:
    """Add the entries that can be read; why the others cannot, where they count for anything."""
    unread: Counter[RecordGapReason] = Counter()
    for one in record:
        try:
            to.append(read(one))
        except UnreadableError as error:
            too_large = isinstance(error, BeyondSenseError)
            unread[RecordGapReason.TOO_LARGE if too_large else RecordGapReason.UNREADABLE] += counts
    return +unread


def _state(record: Record) -> ChannelState:
    try:
        return _STATES[record.text("consentStatus")]
    except KeyError:
        raise SourceBrokenError("consent_status") from None


def connect(context: ProviderContext) -> Provider:
    data_set = context.of(ACCOUNTS)
    bank = BankClient(context.url, context.name, context.http, data_set)
    return Provider(fetch={data_set.id: bank.fetch}, channels=(bank,))
