"""An answer with one record wrong: no error but the sources' own, no source lost, no other record's figure changed.

2 000 mutants of the published examples in every run, 20 000 others in ``make prove``.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from typing import Any, cast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.advice.economy.figures import Figures
from engine.advice.evidence.datasets import Evidence, EvidenceState
from engine.platform.provider_errors import SourceError
from integrations.bank.client import BankClient
from integrations.dsop.client import DsopClient
from integrations.gjeldsregister.client import GjeldsregisterClient
from integrations.maskinporten.client import MaskinportenClient
from tests.factories.sampling import examples
from tests.integrations.fake_provider import PID, contract, example, http, in_kroner, request
from tests.integrations.mutants import Mutant, holders, mutant, odd

Json = dict[str, Any]
ANY_SEED = st.integers(min_value=0, max_value=2**32)


def plain(answers: Json) -> Json:
    """The same, in which no two records share a part."""
    found: Json = json.loads(json.dumps(answers))
    return found


def known(figures: Figures) -> Counter[Any]:
    """Every figure by what it says, without the name it is kept by."""
    debts = [
        (
            "debt",
            d.kind,
            d.creditor,
            d.name,
            d.account,
            d.balance.value,
            d.rate and d.rate.value,
            d.limit and d.limit.value,
            d.fee and d.fee.value,
            d.original and d.original.value,
            d.terms_left,
            d.balance.as_of,
        )
        for d in figures.debts
    ]
    accounts = [("account", a.number, a.name, a.balance.value, a.share, a.balance.as_of) for a in figures.accounts]
    moved = [
        ("moved", t.account, t.booked, t.amount, t.counterparty, t.counterparty_account, t.text, t.kid, t.pending)
        for t in figures.transactions
    ]
    return Counter([*debts, *accounts, *moved])


def compare(one: Mutant, whole: Evidence, without: Evidence, told: Evidence, repeats: bool) -> None:
    """What *told* of the mutant may and may not differ in from the *whole* answer, and from the one *without* it."""
    found = known(told.figures)
    assert not known(without.figures) - found, (one.what, "another record's figure changed")
    if repeats:
        assert found == known(whole.figures), (one.what, "a record told twice is counted twice")
    ids = [fact.id for fact in (*told.figures.debts, *told.figures.accounts, *told.figures.transactions)]
    assert len(set(ids)) == len(ids), one.what
    if sum(found.values()) < sum(known(whole.figures).values()):
        assert told.figures.record_gaps or told.missing, (one.what, "a record is gone and nobody says so")
    if any(gap.lacking for gap in told.figures.record_gaps) or told.missing:
        assert told.state is EvidenceState.PARTIAL


def _anything(seed: int, answers: Json, ask: Callable[[Json], Evidence]) -> None:
    dice = random.Random(seed)
    for _ in range(dice.randrange(1, 4)):
        place = dice.choice(list(holders(answers)))
        place[0][place[1]] = odd(dice)
    try:
        told = ask(answers)
    except SourceError:
        return
    assert isinstance(told, Evidence)


# The bank: the published examples, and the same shape with the money and the words of a Norwegian bank

ACCOUNT, CARD = "3dc3d5b3-7023-4848-9853-f5400a64e80f", "3d9a81b3-a47d-4130-8765-a9c0ff861b99"


def bank_answers() -> Json:
    norwegian = in_kroner
    first, second = norwegian(example("bank/accountListExample1"))["accounts"]
    first |= {
        "balances": norwegian(example("bank/balancesExample3_RegularAccount"))["balances"],
        "ownerName": "Anne Eksempel",
    }
    loan = {
        "resourceId": "l1",
        "bban": "97107001234",
        "currency": "NOK",
        "name": "Boliglån",
        "cashAccountType": "LOAN",
        "balances": [
            {
                "balanceAmount": {"currency": "NOK", "amount": "-1900000.50"},
                "balanceType": "closingBooked",
                "referenceDate": "2026-11-26",
            }
        ],
    }
    saving = {
        "resourceId": "s1",
        "iban": "NO9386011117947",
        "currency": "NOK",
        "product": "Sparekonto",
        "cashAccountType": "SVGS",
        "usage": "PRIV",
        "status": "enabled",
        "balances": [{"balanceAmount": {"currency": "NOK", "amount": "312.00"}, "balanceType": "expected"}],
    }
    report = norwegian(example("bank/transactionsExample3_MulticurrencyAccount_json"))
    report["transactions"]["booked"] += [
        norwegian(example("bank/transactionDetailsExample"))["transactionsDetails"] | {"transactionId": "77"},
        {
            "entryReference": "78",
            "bookingDate": "2026-10-20",
            "creditorName": "Strøm AS",
            "creditorAccount": {"bban": "9710.12.34567"},
            "transactionAmount": {"currency": "NOK", "amount": "-899.00"},
            "remittanceInformationStructured": {"reference": "2345676", "referenceType": "KID"},
            "remittanceInformationUnstructuredArray": ["Faktura", "oktober"],
        },
        {
            "bookingDate": "2026-10-21",
            "debtorName": "Arbeidsgiver AS",
            "transactionAmount": {"currency": "NOK", "amount": "24000.00"},
        },
    ]
    bought = {
        "cardTransactionId": "201710020036959",
        "transactionAmount": {"currency": "NOK", "amount": "256.67"},
        "transactionDate": "2026-10-25",
        "bookingDate": "2026-10-26",
        "merchantCategoryCode": "5411",
        "originalAmount": {"currency": "SEK", "amount": "2499"},
        "invoiced": False,
        "transactionDetails": "WIFIMARKET.SE",
    }
    cards = norwegian(example("bank/cardAccountListExample1"))
    cards["cardAccounts"].append(
        norwegian(example("bank/cardAccountDetailsExample"))["cardAccount"]
        | {"resourceId": "k2", "maskedPan": "540012******4711", "name": "Second"}
    )
    return {
        "/v1/accounts": {"accounts": [first, second, loan, saving]},
        "/v1/card-accounts": cards,
        f"/v1/accounts/{ACCOUNT}/transactions": report,
        f"/v1/accounts/{second['resourceId']}/transactions": {"transactions": {"booked": [], "_links": {}}},
        "/v1/accounts/s1/transactions": {
            "transactions": {
                "booked": [
                    {
                        "transactionId": str(n),
                        "bookingDate": f"2026-09-0{n}",
                        "debtorName": "Anne Eksempel",
                        "transactionAmount": {"currency": "NOK", "amount": f"{'-' if n % 2 else ''}{n}00"},
                    }
                    for n in range(1, 6)
                ],
                "_links": {"account": {"href": "/v1/accounts/s1"}},
            }
        },
        f"/v1/card-accounts/{CARD}/transactions": {
            "cardTransactions": {
                "booked": [
                    bought,
                    {**bought, "cardTransactionId": "2", "transactionAmount": {"currency": "NOK", "amount": "19.00"}},
                ]
            }
        },
        "/v1/card-accounts/k2/transactions": {"cardTransactions": {"booked": [], "pending": [], "_links": {}}},
    }


BANK_LISTS = [
    ("/v1/accounts", "accounts"),
    ("/v1/accounts", "accounts"),
    ("/v1/card-accounts", "cardAccounts"),
    (f"/v1/accounts/{ACCOUNT}/transactions", "transactions", "booked"),
    (f"/v1/accounts/{ACCOUNT}/transactions", "transactions", "booked"),
    (f"/v1/accounts/{ACCOUNT}/transactions", "transactions", "pending"),
    ("/v1/accounts/s1/transactions", "transactions", "booked"),
    (f"/v1/card-accounts/{CARD}/transactions", "cardTransactions", "booked"),
]


def of_bank(answers: Json) -> Evidence:
    return BankClient("http://bank", "Banken", http(answers)).fetch(request())


@settings(max_examples=examples(900), suppress_health_check=[HealthCheck.too_slow])
@given(seed=ANY_SEED)
def test_one_record_of_a_bank_that_is_wrong_is_wrong_alone(seed: int) -> None:
    answers = plain(bank_answers())
    one = mutant(answers, BANK_LISTS, random.Random(seed))
    told = of_bank(one.answers)
    has_id = one.where[-1] in ("accounts", "cardAccounts")
    compare(one, of_bank(answers), of_bank(one.without), told, has_id and one.what in ("repeated", "reordered"))


@settings(max_examples=examples(150), suppress_health_check=[HealthCheck.too_slow])
@given(seed=ANY_SEED)
def test_one_entry_of_a_bank_that_writes_no_minus_is_wrong_alone(seed: int) -> None:
    answers = bank_answers()
    report = in_kroner(example("bank/transactionsExample1_RegularAccount_json"))
    answers[f"/v1/accounts/{ACCOUNT}/transactions"] = report
    answers["/v1/accounts/s1/transactions"] = {"transactions": {"booked": [], "_links": {}}}
    where = [(f"/v1/accounts/{ACCOUNT}/transactions", "transactions", name) for name in ("booked", "pending")]
    one = mutant(answers, where, random.Random(seed))
    compare(one, of_bank(answers), of_bank(one.without), of_bank(one.answers), one.what == "repeated")


@settings(max_examples=examples(200), suppress_health_check=[HealthCheck.too_slow])
@given(seed=ANY_SEED)
def test_nothing_a_bank_can_answer_is_an_error_but_the_sources_own(seed: int) -> None:
    """Anything changed anywhere in an answer, the whole answer too."""
    _anything(seed, bank_answers(), of_bank)


# The debt register


def register_answers() -> Json:
    def loan(name: str, **more: object) -> Json:
        fields = contract("gjeldsregister", name).schema["$defs"][name]["properties"]
        told = {field: told["examples"][0] for field, told in fields.items() if "examples" in told}
        return told | {"type": fields["type"]["const"]} | more

    published = example("gjeldsregister/example-debt-answer")
    published["loans"] += [
        {"creditorName": "Kortbanken", "loan": loan("credit_facility")},
        {"creditorName": "Kortbanken", "loan": loan("credit_facility", creditLimit=400_00)},
        {"creditorName": "Lånebanken", "loan": loan("repayment_loan")},
        {"creditorName": "Faktura AS", "loan": loan("charge_cards")},
        {"creditorName": "Den tause", "loan": None},
    ]
    return {
        "/oauth2/token": example("gjeldsregister/example-token-answer"),
        "/v1/debt/grant": published | {"ssn": PID, "numberOfcreditorsMissing": 1},
    }


def of_register(answers: Json) -> Evidence:
    return GjeldsregisterClient("http://api", "http://access/oauth2/token", ("us", "s"), http(answers)).fetch(request())


@settings(max_examples=examples(350), suppress_health_check=[HealthCheck.too_slow])
@given(seed=ANY_SEED)
def test_one_loan_of_the_register_that_is_wrong_is_wrong_alone(seed: int) -> None:
    answers = plain(register_answers())
    one = mutant(answers, [("/v1/debt/grant", "loans")], random.Random(seed))
    told = of_register(one.answers)
    compare(one, of_register(answers), of_register(one.without), told, one.what in ("repeated", "reordered"))


@settings(max_examples=examples(100), suppress_health_check=[HealthCheck.too_slow])
@given(seed=ANY_SEED)
def test_nothing_the_register_can_answer_is_an_error_but_the_sources_own(seed: int) -> None:
    _anything(seed, register_answers(), of_register)


# The bank of a deceased


class _Tokens:
    def token(self, scope: str, *, resource: str = "") -> str:
        return "token"


def deceased_answers() -> Json:
    detail = example("dsop/accountDetail")
    detail["primaryOwner"]["identifier"]["value"] = PID
    loan = {
        **detail,
        "accountReference": "r2",
        "accountIdentifier": "97107001234",
        "type": "loanAccount",
        "name": "Boliglån",
        "balances": [{"type": "bookedBalance", "amount": 640000.5, "creditDebitIndicator": "debit", "currency": "NOK"}],
    }
    detail = {**detail, "accountReference": "r1"}

    def listed(told: Json) -> Json:
        return {name: value for name, value in told.items() if name != "balances"}

    moved = [
        {
            "transactionIdentifier": str(number),
            "creditDebitIndicator": "debit" if number % 2 else "credit",
            "status": "booked",
            "bookingDate": "2026-10-05T10:00:00+02:00",
            "amount": 100 + number,
            "currency": "NOK",
            "counterParties": [{"type": "creditor", "name": "Strøm AS", "accountIdentifier": "86011117947"}],
            "references": [{"type": "remittanceReference", "value": "2345676"}],
            "additionalInfo": "Faktura",
        }
        for number in range(5)
    ]
    complete = {"status": "complete"}
    return {
        "/v2/accounts": {"responseDetails": complete, "accounts": [listed(detail), listed(loan)], "links": []},
        "/v2/accounts/r1": {"responseDetails": complete, "account": detail},
        "/v2/accounts/r2": {"responseDetails": complete, "account": loan},
        "/v2/accounts/r1/transactions": {"responseDetails": complete, "transactions": moved, "links": []},
        "/v2/accounts/r2/transactions": {"responseDetails": complete},
    }


def of_deceased(answers: Json) -> Evidence:
    tokens = cast(MaskinportenClient, _Tokens())
    return DsopClient("http://dsop", "Banken", http(answers), tokens).fetch(request("Vennlig Nattkrem"))


DECEASED_LISTS = [
    ("/v2/accounts", "accounts"),
    ("/v2/accounts/r1/transactions", "transactions"),
    ("/v2/accounts/r1", "account", "balances"),
]


@settings(max_examples=examples(200), suppress_health_check=[HealthCheck.too_slow])
@given(seed=ANY_SEED)
def test_one_record_of_a_deceased_that_is_wrong_is_wrong_alone(seed: int) -> None:
    answers = plain(deceased_answers())
    one = mutant(answers, DECEASED_LISTS, random.Random(seed))
    told = of_deceased(one.answers)
    if one.where[-1] == "balances":  # two balances are of one record
        one = Mutant(
            one.answers,
            {
                **answers,
                "/v2/accounts": {**answers["/v2/accounts"], "accounts": [answers["/v2/accounts"]["accounts"][1]]},
            },
            one.where,
            one.what,
        )
    compare(one, of_deceased(answers), of_deceased(one.without), told, one.what in ("repeated", "reordered"))


@settings(max_examples=examples(100), suppress_health_check=[HealthCheck.too_slow])
@given(seed=ANY_SEED)
def test_nothing_the_bank_of_a_deceased_can_answer_is_an_error_but_the_sources_own(seed: int) -> None:
    _anything(seed, deceased_answers(), of_deceased)
