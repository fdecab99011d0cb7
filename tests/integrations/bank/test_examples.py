"""Every example answer that Berlin Group publishes is read as the standard says: figures by hand from the example."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import pytest

from engine.advice.consent.channels import ChannelAsk, ChannelState
from engine.advice.economy.figures import DebtKind, Figures, RecordGapReason
from engine.advice.evidence.datasets import EvidenceState
from engine.platform.provider_errors import SourceBrokenError
from integrations.bank import schema
from integrations.bank.client import BankClient
from integrations.record import Record
from tests.integrations.fake_provider import NOW, contract, example, http, in_kroner, request

FIRST, SECOND = "3dc3d5b3-7023-4848-9853-f5400a64e80f", "3dc3d5b3-7023-4848-9853-f5400a64e81e"
CARD = "3d9a81b3-a47d-4130-8765-a9c0ff861b99"
NONE: dict[str, Any] = {"transactions": {"booked": [], "_links": {"account": {"href": "/psd2/v1/accounts"}}}}


def told(answers: dict[str, Any]) -> Figures:
    return BankClient("https://bank.test/psd2", "Banken", http(answers)).fetch(request()).figures


def accounts_of(name: str, **more: object) -> dict[str, Any]:
    return {"/psd2/v1/accounts": in_kroner(example(f"bank/{name}")), **more}


def with_transactions(name: str) -> dict[str, Any]:
    listed = {"accounts": [in_kroner(example("bank/accountListExample1"))["accounts"][0]]}
    return {
        "/psd2/v1/accounts": listed,
        f"/psd2/v1/accounts/{FIRST}/balances": in_kroner(example("bank/balancesExample1_RegularAccount")),
        f"/psd2/v1/accounts/{FIRST}/transactions": in_kroner(example(f"bank/{name}")),
    }


def gaps(found: Figures) -> list[tuple[str, RecordGapReason, D | None, str]]:
    return [(gap.what, gap.reason, gap.amount, gap.currency) for gap in found.record_gaps]


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("accountListExample1", "accountList"),
        ("accountListExample2", "accountList"),
        ("accountListExample3", "accountList"),
        ("cardAccountListExample1", "cardAccountList"),
        ("transactionsExample1_RegularAccount_json", "transactionsResponse-200_json"),
        ("transactionsExample3_MulticurrencyAccount_json", "transactionsResponse-200_json"),
        ("balancesExample1_RegularAccount", "readAccountBalanceResponse-200"),
    ],
)
def test_the_contract_our_stand_in_is_held_to_takes_the_published_examples(name: str, answer: str) -> None:
    published = example(f"bank/{name}")

    assert [error.message for error in contract("bank", answer).iter_errors(published)] == []
    assert not contract("bank", answer).is_valid({**published, "somethingNew": 1}), "and nothing besides"


def test_list_1_a_balance_is_asked_for_where_the_list_has_none_and_a_dollar_account_is_named() -> None:
    found = told(
        accounts_of(
            "accountListExample1",
            **{
                f"/psd2/v1/accounts/{FIRST}/balances": in_kroner(example("bank/balancesExample1_RegularAccount")),
                f"/psd2/v1/accounts/{FIRST}/transactions": NONE,
                f"/psd2/v1/accounts/{SECOND}/transactions": NONE,
            },
        )
    )

    (account,) = found.accounts
    assert (account.number, account.name, account.balance.value) == ("DE2310010010123456789", "Main Account", D(500))
    assert str(account.balance.as_of) == "2017-10-25"
    assert gaps(found) == [("account", RecordGapReason.FOREIGN_CURRENCY, None, "USD")]


def test_list_2_two_accounts_of_one_number_are_two_by_their_currency() -> None:
    found = told(
        accounts_of(
            "accountListExample2",
            **{f"/psd2/v1/accounts/{FIRST}/balances": in_kroner(example("bank/balancesExample1_RegularAccount"))},
        )
    )

    assert [account.balance.value for account in found.accounts] == [D(500)]
    assert ("account", RecordGapReason.FOREIGN_CURRENCY, None, "USD") in gaps(found)


def test_list_3_an_account_of_many_currencies_tells_the_kroner_and_names_the_rest() -> None:
    listed = in_kroner(example("bank/accountListExample3"))["accounts"][:1]
    found = told(
        {
            "/psd2/v1/accounts": {"accounts": listed},
            f"/psd2/v1/accounts/{FIRST}/balances": in_kroner(example("bank/balancesExample2_MulticurrencyAcount")),
            f"/psd2/v1/accounts/{FIRST}/transactions": in_kroner(
                example("bank/transactionsExample3_MulticurrencyAccount_json")
            ),
        }
    )

    (account,) = found.accounts
    assert account.balance.value == D(500)
    assert [t.amount for t in found.transactions] == [D("-256.67"), D("343.01"), D("-100.03")]
    assert [t.pending for t in found.transactions] == [False, False, True]
    assert gaps(found) == [
        ("account", RecordGapReason.FOREIGN_CURRENCY, D(350), "USD"),
        ("transaction", RecordGapReason.FOREIGN_CURRENCY, D(100), "USD"),
    ]


def test_every_account_list_as_published_is_answered_and_in_euro_nothing_is_taken_for_kroner() -> None:
    for name in ("accountListExample1", "accountListExample2", "accountListExample3"):
        found = told({"/psd2/v1/accounts": example(f"bank/{name}")})

        assert (found.accounts, found.debts, found.transactions) == ((), (), ())
        named = [gap for gap in found.record_gaps if gap.what == "account"]
        assert len(named) == len(example(f"bank/{name}")["accounts"])


@pytest.mark.parametrize("name", ["accountDetailsRegularAccount", "accountDetailsMulticurrencyAccount"])
def test_the_details_of_an_account_read_as_its_line_in_the_list(name: str) -> None:
    account = schema.account(Record(example(f"bank/{name}")["account"]))

    assert (account.number, account.owners, account.kind) == (
        "FR7612345987650123456789014",
        ("Heike Mustermann",),
        "CACC",
    )


def test_balances_3_the_credit_limit_is_no_money_of_the_owner() -> None:
    read = schema.balances(Record(example("bank/balancesExample3_RegularAccount")).records("balances"), "EUR")
    own = schema.own_money(read.found, None)

    assert own is not None and (own.kind, own.amount) == ("interimBooked", D(1000))
    only_available = schema.own_money([one for one in read.found if one.kind == "interimAvailable"], None)
    assert only_available is not None and only_available.amount == D(300)
    with_limit = [one for one in read.found if one.with_limit]
    assert schema.own_money(with_limit, None) is None
    less_the_limit = schema.own_money(with_limit, D(5000))
    assert less_the_limit is not None and less_the_limit.amount == D(300)


def test_cards_what_is_not_invoiced_yet_is_owed_besides_what_is_booked() -> None:
    found = told(
        {
            "/psd2/v1/accounts": {"accounts": []},
            "/psd2/v1/card-accounts": in_kroner(example("bank/cardAccountListExample1")),
            f"/psd2/v1/card-accounts/{CARD}/transactions": NONE,
        }
    )

    (card,) = found.debts
    assert (card.kind, card.creditor, card.name) == (DebtKind.CREDIT_CARD, "Banken", "Main")
    assert card.limit is not None
    assert (card.balance.value, card.limit.value) == (D("18531.64"), D(15000))


def test_cards_the_details_say_that_debits_are_positive() -> None:
    card = schema.account(Record(example("bank/cardAccountDetailsExample")["cardAccount"]))
    assert card.debits_positive is True and card.owners == ("Heike Mustermann",)
    read = schema.balances(Record(example("bank/balancesExample_CardAccount")).records("balances"), "EUR")
    assert (read.debits_positive, read.unread) == (True, None)
    assert [one.amount for one in read.found] == [D("14355.78"), D("4175.86")]


def test_transactions_1_without_a_minus_the_side_that_is_named_tells_the_direction() -> None:
    found = told(with_transactions("transactionsExample1_RegularAccount_json"))

    rows = [(t.amount, t.counterparty, t.counterparty_account, t.text, t.pending) for t in found.transactions]
    assert rows == [
        (D("-256.67"), "John Miles", "DE67100100101306118605", "Example 1", False),
        (D("343.01"), "Paul Simpson", "NL76RABO0359400371", "Example 2", False),
        (D("-100.03"), "Claude Renault", "FR7612345987650123456789014", "Example 3", True),
    ]
    assert found.record_gaps == ()


def test_transactions_2_a_history_that_must_be_downloaded_is_named_as_not_read() -> None:
    found = told(with_transactions("transactionsExample2_Download_json"))

    assert [account.balance.value for account in found.accounts] == [D(500)]
    assert [(gap.what, gap.reason) for gap in found.record_gaps] == [("transaction", RecordGapReason.NOT_SENT)]


def test_transactions_4_standing_orders_have_not_moved_anything() -> None:
    found = told(with_transactions("transactionsResponse200JsonExample"))

    assert (found.transactions, found.record_gaps) == ((), ())


def test_the_details_of_a_transaction_read_as_its_line_in_the_report() -> None:
    entry = schema.entry(Record(example("bank/transactionDetailsExample")["transactionsDetails"]))

    assert (entry.amount, entry.reference, entry.code) == (D("-256.67"), "1234567", "PMNT-RDDT-ESDD")


def ask() -> ChannelAsk:
    return ChannelAsk(
        "1f8e2d34-0000-4000-8000-000000000000", request().subject, (), NOW, NOW, "https://ibalanse.test", "nb"
    )


def test_consent_a_redirect_is_followed() -> None:
    client = BankClient(
        "https://bank.test/psd2",
        "Banken",
        http({"/psd2/v1/consents": example("bank/consentResponseExample1a_Redirect")}),
    )
    reply = client.request(ask())

    assert (reply.grant, reply.state) == ("1234-wertiq-983", ChannelState.PENDING)
    assert reply.redirect == "https://www.testbank.com/authentication/1234-wertiq-983"


@pytest.mark.parametrize("name", ["1b_Redirect", "2_OAuth2", "3_Decoupled", "4_Embedded"])
def test_consent_a_way_of_approving_that_we_do_not_have_is_an_error_and_no_dead_link(name: str) -> None:
    answer = {"/psd2/v1/consents": example(f"bank/consentResponseExample{name}")}
    with pytest.raises(SourceBrokenError, match="consent_answer"):
        BankClient("https://bank.test/psd2", "Banken", http(answer)).request(ask())


@pytest.mark.parametrize("name", ["consentStatusResponseExample1", "consentsInformationResponseExample"])
def test_consent_the_status_is_read(name: str) -> None:
    client = BankClient("https://bank.test", "Banken", http({"/v1/consents/grant/status": example(f"bank/{name}")}))
    assert client.state("grant", NOW) is ChannelState.ACTIVE


def test_no_account_at_all_is_empty_and_not_an_error() -> None:
    answer = {"/v1/accounts": {"accounts": []}, "/v1/card-accounts": {"cardAccounts": []}}
    found = BankClient("https://bank.test", "Banken", http(answer)).fetch(request())
    assert found.state is EvidenceState.EMPTY
