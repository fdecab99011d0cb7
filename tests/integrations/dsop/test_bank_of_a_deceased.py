"""What a bank tells of a deceased by Bits' contract: most of it may be absent, and each record is read alone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from typing import Any, cast

import pytest

from engine.advice.economy.figures import DebtKind, RecordGapReason
from engine.advice.evidence.datasets import Evidence, EvidenceState
from engine.platform.provider_errors import SourceBrokenError, SourceError, SourceRefusedError, SourceUnavailableError
from integrations.dsop.client import MANDATE, DsopClient
from integrations.maskinporten.client import MaskinportenClient
from tests.integrations.fake_provider import PID, FakeProvider, contract, example, request

BASE = "https://bank.test"
COMPLETE = {"status": "complete"}
Json = dict[str, Any]


class _Tokens:
    def token(self, scope: str, *, resource: str = "") -> str:
        assert (scope, resource) == ("bits:kontoinformasjon", BASE)
        return "token"


def account(reference: str = "r1", **more: object) -> Json:
    number = {"r1": "12278825320", "r2": "12278825321"}.get(reference, "12278825322")
    return {"accountIdentifier": number, "accountReference": reference, "type": "salaryAccount", "name": "Lønn", **more}


def balance(amount: object = 1400, side: str | None = "credit", **more: object) -> Json:
    return {"type": "bookedBalance", "amount": amount, "creditDebitIndicator": side, "currency": "NOK", **more}


def moved(number: int = 1, amount: object = 10, **more: object) -> Json:
    return {
        "transactionIdentifier": str(number),
        "amount": amount,
        "creditDebitIndicator": "debit",
        "bookingDate": "2026-10-05T10:00:00+02:00",
        **more,
    }


def asked(accounts: object, balances: Json | None = None, moves: object = None, **more: object) -> Evidence:
    return there(accounts, balances, moves, **more)[0]


def there(
    accounts: object, balances: Json | None = None, moves: object = None, **more: object
) -> tuple[Evidence, FakeProvider]:
    rows = accounts if isinstance(accounts, list) else []
    answers: Json = {
        "/v2/accounts?OnlyPrimaryOwner=TRUE": {"responseDetails": COMPLETE, "accounts": accounts}
        if isinstance(accounts, list)
        else accounts
    }
    for one in rows:
        if isinstance(one, dict) and "accountReference" in one:
            where = f"/v2/accounts/{one['accountReference']}"
            held = (balances or {}).get(one["accountReference"], [balance()])
            answers[where] = {"responseDetails": COMPLETE, "account": {**one, "balances": held}}
            answers[f"{where}/transactions"] = {"responseDetails": COMPLETE, "transactions": moves or []}
    told = FakeProvider(answers | more)
    client = DsopClient(BASE, "Banken", told, cast(MaskinportenClient, _Tokens()))  # type: ignore[arg-type]
    return client.fetch(request("Vennlig Nattkrem")), told


def gaps(found: Evidence) -> list[tuple[str, RecordGapReason]]:
    return [(gap.what, gap.reason) for gap in found.figures.record_gaps]


def test_the_published_account_is_read() -> None:
    told = example("dsop/accountDetail")
    told["primaryOwner"]["identifier"]["value"] = PID
    contract("dsop", "AccountDetail").validate(told)
    where = f"/v2/accounts/{told['accountReference']}".replace("=", "%3D")
    found = asked(
        {"responseDetails": COMPLETE, "accounts": [{k: v for k, v in told.items() if k != "balances"}]},
        **{
            where: {"responseDetails": COMPLETE, "account": told},
            f"{where}/transactions": {"responseDetails": COMPLETE},
        },
    )

    (one,) = found.figures.accounts
    assert (one.number, one.bank, one.balance.value) == ("12278825320", "DNB", D(1400))
    assert one.balance.as_of == date(2024, 11, 28), "registered just before midnight in UTC"
    assert (found.state, gaps(found)) == (EvidenceState.ANSWERED, [])


def test_an_account_of_another_primary_owner_is_not_the_deceaseds() -> None:
    told = example("dsop/accountDetail")
    found = asked({"responseDetails": COMPLETE, "accounts": [told]})
    assert found.figures.accounts == () and gaps(found) == [("account", RecordGapReason.ANOTHER_PERSON)]
    assert found.state is EvidenceState.ANSWERED


def test_the_question_says_what_the_contract_requires() -> None:
    headers: list[Json] = []

    def listed(headers: Json | None = None, **_: object) -> Json:
        seen.append(headers or {})
        return {"responseDetails": COMPLETE}

    seen = headers
    found = asked(listed, **{"/v2/accounts?OnlyPrimaryOwner=TRUE": listed})
    (sent,) = seen
    assert found.state is EvidenceState.EMPTY, "no list is an empty list"
    assert sent["PartyID"] == PID and sent["AccountInfoRequestID"] and sent["CorrelationID"]
    assert sent["Legal-Mandate"].startswith("Arveloven%20%C2%A7%2092") and MANDATE.endswith("Digitalt dødsbo")


@pytest.mark.parametrize(
    ("balances", "amount"),
    [
        ([balance(5, "debit")], "-5"),
        ([balance("5.50")], "5.50"),
        ([balance(5, registered="2026-11-25T12:00:00Z"), balance(9, registered="2026-11-26T12:00:00Z")], "9"),
        ([balance(9, type="availableBalance"), balance(5)], "5"),
        ([balance(30, creditLineIncluded=True, creditLineAmount=25)], "5"),
        ([balance(0, None)], "0"),
        ([balance(5, currency=None)], "5"),
    ],
)
def test_what_is_booked_is_what_the_account_holds(balances: list[Json], amount: str) -> None:
    (one,) = asked([account()], {"r1": balances}).figures.accounts
    assert one.balance.value == D(amount)


@pytest.mark.parametrize(
    ("balances", "reason"),
    [
        ([], RecordGapReason.NO_AMOUNT),
        ([balance(9, type="availableBalance")], RecordGapReason.NO_AMOUNT),
        ([balance(50, currency="EUR")], RecordGapReason.FOREIGN_CURRENCY),
        ([balance(-5)], RecordGapReason.UNREADABLE),
        ([balance(5, None)], RecordGapReason.UNREADABLE),
        ([balance(None)], RecordGapReason.UNREADABLE),
        ([balance(10**30)], RecordGapReason.TOO_LARGE),
        ([balance(30, creditLineIncluded=True)], RecordGapReason.UNREADABLE),
    ],
)
def test_what_is_not_told_is_unknown_and_never_nothing(balances: list[Json], reason: RecordGapReason) -> None:
    found = asked([account(), account("r2")], {"r1": balances})
    assert [one.number for one in found.figures.accounts] == ["12278825321"]
    assert (found.state, gaps(found)) == (EvidenceState.PARTIAL, [("account", reason)])


def test_loans_and_cards_are_owed() -> None:
    found = asked(
        [account(type="loanAccount", name="Boliglån"), account("r2", type="creditCardAccount", name="Mastercard")],
        {"r1": [balance(640000, "debit")], "r2": [balance(500, "credit")]},
    )
    assert [(d.kind, d.creditor, d.name, d.balance.value) for d in found.figures.debts] == [
        (DebtKind.MORTGAGE, "Banken", "Boliglån", D(640000)),
        (DebtKind.CREDIT_CARD, "Banken", "Mastercard", D(-500)),
    ]
    assert found.figures.accounts == ()


def test_the_direction_is_the_side_also_of_a_reversal_and_what_is_pending_is_kept_apart() -> None:
    found = asked(
        [account()],
        moves=[
            moved(1, 100),
            moved(2, 100, creditDebitIndicator="credit", reversalIndicator=True),
            moved(3, 7, status="pending"),
            moved(4, 8, status="info"),
            moved(5, 9, currency="EUR"),
            moved(1, 100),
        ],
    )
    assert [(t.amount, t.pending) for t in found.figures.transactions] == [
        (D(-100), False),
        (D(100), False),
        (D(-7), True),
    ]
    assert gaps(found) == [
        ("transaction", RecordGapReason.FOREIGN_CURRENCY),
        ("transaction", RecordGapReason.REPEATED),
    ]


def test_the_other_side_is_the_party_that_is_not_the_account() -> None:
    parties = [
        {"type": "debtor", "name": "Dagny", "accountIdentifier": "1227.88.25320"},
        {"type": "creditor", "name": "Strøm AS", "accountIdentifier": "NO9386011117947"},
    ]
    references = [{"type": "archiveReference", "value": "9"}, {"type": "remittanceReference", "value": "1234"}]
    (one,) = asked([account()], moves=[moved(counterParties=parties, references=references)]).figures.transactions
    assert (one.counterparty, one.counterparty_account, one.kid) == ("Strøm AS", "86011117947", "1234")


@pytest.mark.parametrize("day", ["2026-10-05T23:30:00Z", "2026-10-06", "2026-10-06T08:00:00+02:00"])
def test_a_moment_is_on_its_day_in_norway(day: str) -> None:
    (one,) = asked([account()], moves=[moved(bookingDate=day)]).figures.transactions
    assert one.booked == date(2026, 10, 6)


def test_what_cannot_be_read_of_the_movements_is_counted() -> None:
    odd: list[Any] = [None, {}, moved(2, "x"), moved(3, 5, creditDebitIndicator=None), moved(4, 5, bookingDate=None)]
    found = asked([account()], moves=[moved(1, 5), *odd])
    assert [t.amount for t in found.figures.transactions] == [D(-5)]
    assert [(gap.reason, gap.count) for gap in found.figures.record_gaps] == [(RecordGapReason.UNREADABLE, 5)]


def test_every_page_is_read_and_a_link_away_is_told() -> None:
    where = "/v2/accounts/r1/transactions"
    first = {
        "responseDetails": COMPLETE,
        "transactions": [moved(1)],
        "links": [{"rel": "next", "href": f"{where}?p=1"}],
    }
    second = {"responseDetails": COMPLETE, "transactions": [moved(2)]}
    found = asked([account()], **{where: first, f"{where}?p=1": second})
    assert (len(found.figures.transactions), found.state) == (2, EvidenceState.ANSWERED)

    away = {**first, "links": [{"rel": "next", "href": "https://evil.test/v2/x"}]}
    answer, told = there([account()], **{where: away})
    assert gaps(answer) == [("transaction", RecordGapReason.NOT_SENT)]
    assert all(url.startswith(BASE) for url in told.asked)


@pytest.mark.parametrize(
    ("error", "state", "missing"),
    [
        (SourceUnavailableError("http_429"), EvidenceState.PARTIAL, ("Banken, Lønn ••5320",)),
        (SourceRefusedError("http_403"), EvidenceState.PARTIAL, ()),
        (SourceBrokenError("not_json"), EvidenceState.PARTIAL, ()),
    ],
)
@pytest.mark.parametrize("where", ["/v2/accounts/r1", "/v2/accounts/r1/transactions"])
def test_one_account_that_fails_is_the_loss_of_no_other(
    error: SourceError, state: EvidenceState, missing: tuple[str, ...], where: str
) -> None:
    found = asked([account(), account("r2")], **{where: error})
    assert (found.state, found.missing) == (state, missing)
    assert "12278825321" in [one.number for one in found.figures.accounts]


def test_what_the_bank_itself_calls_partial_is() -> None:
    found = asked({"responseDetails": {"status": "partial"}, "accounts": []})
    assert (found.state, found.missing) == (EvidenceState.PARTIAL, ("Banken",))


@pytest.mark.parametrize("told", [None, [], {}, {"accounts": []}, "x"])
def test_an_answer_without_its_details_is_broken(told: object) -> None:
    with pytest.raises(SourceBrokenError, match="schema"):
        asked(None, **{"/v2/accounts?OnlyPrimaryOwner=TRUE": told})
