"""The debt register: its examples as it documents them, each loan by itself, and its tokens and consents."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from engine.advice.consent.channels import ChannelAsk, ChannelState
from engine.advice.economy.figures import Debt, DebtKind, RecordGapReason
from engine.advice.evidence.datasets import Evidence, EvidenceState
from engine.platform.provider_errors import SourceBrokenError, SourceError, SourceRefusedError
from integrations.gjeldsregister.client import GjeldsregisterClient
from tests.integrations.fake_provider import NOW, PID, FakeProvider, contract, example, request

BASE, TOKENS = "https://api.register.test", "https://access.register.test/oauth2/token"
TOKEN = "/oauth2/token"
Json = dict[str, Any]


def client(answers: Json) -> tuple[GjeldsregisterClient, FakeProvider]:
    there = FakeProvider({TOKEN: example("gjeldsregister/example-token-answer"), **answers})
    return GjeldsregisterClient(BASE, TOKENS, ("us", "secret"), there), there  # type: ignore[arg-type]


def asked(answer: object) -> Evidence:
    return client({"/v1/debt/grant": answer})[0].fetch(request())


def of_example(name: str) -> Json:
    """A loan of the examples that stand at each field of the specification."""
    fields = contract("gjeldsregister", name).schema["$defs"][name]["properties"]
    return {field: told["examples"][0] for field, told in fields.items() if "examples" in told} | {
        "type": fields["type"]["const"]
    }


def answer(*loans: object, **more: object) -> Json:
    told = [{"creditorName": "Kortbanken", "loan": one} for one in loans]
    return {"ssn": PID, "loans": told, "numberOfCreditorsAnswered": len(told), "numberOfcreditorsMissing": 0, **more}


def card(**more: object) -> Json:
    return {
        "type": "creditFacility",
        "creditLimit": 4000000,
        "interestBearingBalance": 3875000,
        "nonInterestBearingBalance": 0,
        "nominalInterestRate": 2450,
        **more,
    }


def only(told: Evidence) -> Debt:
    (debt,) = told.figures.debts
    return debt


def test_the_published_answer_is_read() -> None:
    found = asked(example("gjeldsregister/example-debt-answer"))

    debt = only(found)
    assert (debt.creditor, debt.kind, debt.balance.value) == ("EXAMPLE LENDER", DebtKind.CHARGE_CARD, D("67104.00"))
    assert (debt.rate, debt.limit, debt.fee, debt.monthly, debt.co_borrower) == (None, None, None, None, True)
    assert debt.balance.as_of == date(2022, 11, 3), "when the lender read it, not when we asked"
    assert found.state is EvidenceState.ANSWERED


@pytest.mark.parametrize(
    ("name", "kind", "balance", "rate", "fee", "limit", "original", "terms", "others"),
    [
        ("credit_facility", DebtKind.CREDIT_CARD, "15770", "10", "100", "12000", None, None, False),
        ("repayment_loan", DebtKind.CONSUMER_LOAN, "1231", "10", "100", None, "12000", 3, True),
        ("charge_cards", DebtKind.CHARGE_CARD, "2684.90", None, None, None, None, None, True),
    ],
)
def test_each_kind_of_the_specification_is_read_as_its_examples_say(
    name: str,
    kind: DebtKind,
    balance: str,
    rate: str | None,
    fee: str | None,
    limit: str | None,
    original: str | None,
    terms: int | None,
    others: bool,
) -> None:
    debt = only(asked(answer(of_example(name))))

    told = [None if one is None else one.value for one in (debt.rate, debt.fee, debt.limit, debt.original)]
    assert told == [None if one is None else D(one) for one in (rate, fee, limit, original)]
    assert (debt.kind, debt.balance.value, debt.terms_left, debt.co_borrower) == (kind, D(balance), terms, others)
    assert debt.monthly is None, "a fee is no instalment"
    assert debt.balance.as_of == date(2018, 2, 5)


def test_nothing_per_cent_is_nothing_and_not_unknown() -> None:
    debt = only(asked(answer(card(nominalInterestRate=0, installmentCharges=0))))
    assert debt.rate is not None and debt.fee is not None
    assert (debt.rate.value, debt.fee.value) == (0, 0)


@pytest.mark.parametrize(
    "broken",
    [
        {"interestBearingBalance": 150000.55},
        {"interestBearingBalance": "150000"},
        {"interestBearingBalance": True},
        {"interestBearingBalance": -1},
        {"interestBearingBalance": None, "nonInterestBearingBalance": None},
    ],
)
def test_a_loan_that_cannot_be_read_is_named_and_the_others_stand(broken: Json) -> None:
    told = asked(answer(card(**broken), card(creditLimit=1)))

    assert only(told).balance.value == D(38750) and told.state is EvidenceState.PARTIAL
    assert [(gap.what, gap.reason, gap.who) for gap in told.figures.record_gaps] == [
        ("debt", RecordGapReason.UNREADABLE, "Kortbanken")
    ]


@pytest.mark.parametrize(
    "odd",
    [
        {"nominalInterestRate": 21.9},
        {"nominalInterestRate": 10**9},
        {"nominalInterestRate": True},
        {"terms": "3"},
        {"creditLimit": -1},
        {"installmentCharges": []},
        {"originalBalance": 10**30},
    ],
)
def test_a_figure_that_cannot_be_read_is_unknown_and_named_and_what_is_owed_stands(odd: Json) -> None:
    told = asked(answer(card(**odd)))

    debt = only(told)
    (name,) = odd
    field = {
        "nominalInterestRate": "rate",
        "terms": "terms_left",
        "creditLimit": "limit",
        "installmentCharges": "fee",
        "originalBalance": "original",
    }[name]
    assert debt.balance.value == D(38750) and getattr(debt, field) is None
    assert [(gap.reason, gap.lacking) for gap in told.figures.record_gaps] == [(RecordGapReason.UNREADABLE, False)]


def test_yes_is_no_number_and_no_other_loan() -> None:
    told = asked(answer(card(creditLimit=True), card(creditLimit=1)))
    assert len(told.figures.debts) == 2


def test_more_than_anybody_owes_is_named_as_such() -> None:
    told = asked(answer(card(interestBearingBalance=10**27)))
    assert [gap.reason for gap in told.figures.record_gaps] == [RecordGapReason.TOO_LARGE]


@pytest.mark.parametrize("kind", ["somethingNew", "", None, 7])
def test_a_kind_nobody_knows_is_a_debt_all_the_same(kind: object) -> None:
    assert only(asked(answer(card(type=kind)))).kind is DebtKind.OTHER


def test_a_creditor_that_did_not_answer_is_named_and_one_without_a_name_is_missing_too() -> None:
    told = asked(answer(card(), None, numberOfcreditorsMissing=1))
    assert (told.state, told.missing) == (EvidenceState.PARTIAL, ("Kortbanken",))

    unnamed = asked(answer(card(), numberOfcreditorsMissing=2))
    assert (unnamed.state, unnamed.missing) == (EvidenceState.PARTIAL, ("Gjeldsregisteret",))


def test_the_same_loan_told_twice_is_one() -> None:
    told = asked(answer(card(), card()))
    assert len(told.figures.debts) == 1 and told.state is EvidenceState.ANSWERED
    assert [gap.reason for gap in told.figures.record_gaps] == [RecordGapReason.REPEATED]


def test_a_loan_is_known_again_whatever_the_order_and_whatever_was_paid() -> None:
    some = [
        {"creditorName": f"Bank {n}", "loan": card(creditLimit=n * 100000, interestBearingBalance=n)} for n in (1, 2, 3)
    ]
    first = {d.creditor: d.id for d in asked(answer(loans=some)).figures.debts}
    later = [{**one, "loan": card(creditLimit=one["loan"]["creditLimit"], interestBearingBalance=9)} for one in some]
    second = {d.creditor: d.id for d in asked(answer(loans=later[::-1])).figures.debts}

    assert first == second and len(set(first.values())) == 3


@pytest.mark.parametrize("told", [None, [], {}, {"loans": None}, {"loans": {}}, "x"])
def test_an_answer_without_loans_is_broken(told: object) -> None:
    with pytest.raises(SourceBrokenError, match="schema"):
        asked(told)


def test_an_answer_about_somebody_else_is_refused() -> None:
    with pytest.raises(SourceRefusedError, match="another_person"):
        asked(answer(card(), ssn="12829499914"))


# Tokens and consents


def test_a_token_is_asked_of_its_own_host_for_the_audience_of_the_call_and_used_while_it_lasts() -> None:
    forms: list[Json] = []

    def token(form: Json | None = None, **_: object) -> Json:
        forms.append(form or {})
        return example("gjeldsregister/example-token-answer")  # type: ignore[no-any-return]

    register, there = client({TOKEN: token, "/v1/debt/grant": answer(card())})
    register.fetch(request())
    register.fetch(request())

    assert [url for url in there.asked if "oauth2" in url] == [TOKENS]
    assert forms == [
        {
            "grant_type": "client_credentials",
            "audience": f"{BASE}/v1/debt",
            "scope": "debt.unsecured.presentation",
        }
    ]


def ask(days: int) -> ChannelAsk:
    until = NOW + timedelta(days=days)
    return ChannelAsk("my-unique-id-001", request().subject, (), NOW, until, "https://ibalanse.test", "nb")


def test_a_consent_is_agreed_for_as_long_as_the_citizen_was_told() -> None:
    bodies: list[Json] = []

    def agree(json: Json | None = None, **_: object) -> Json:
        bodies.append(json or {})
        return example("gjeldsregister/example-consent-answer")  # type: ignore[no-any-return]

    reply = client({"/v1/consent/agreement": agree})[0].request(ask(30))

    assert bodies == [example("gjeldsregister/example-consent-request")]
    assert (reply.grant, reply.state) == ("0dcec3d5-6844-4d2c-b972-83086064b111", ChannelState.ACTIVE)


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ({"active": True, "expires_at": 1629195636}, ChannelState.ACTIVE),
        ({"active": False, "expires_at": 1629195636}, ChannelState.EXPIRED),
        ({"active": False, "expires_at": 4102444800}, ChannelState.REVOKED),
        ({"active": False}, ChannelState.REVOKED),
    ],
)
def test_a_consent_that_ran_out_is_not_one_that_was_withdrawn(told: Json, state: ChannelState) -> None:
    assert client({"/v1/debt/grant/status": told})[0].state("grant", NOW) is state


@pytest.mark.parametrize(("active", "ends"), [(False, True), (True, False)])
def test_ending_a_consent_that_has_ended_is_no_error_and_a_refusal_is_one(active: bool, ends: bool) -> None:
    refused = SourceRefusedError("http_403")
    register, _ = client({"/v1/debt/grant": refused, "/v1/debt/grant/status": {"active": active}})
    if ends:
        register.revoke("grant")
    else:
        with pytest.raises(SourceRefusedError, match="http_403"):
            register.revoke("grant")


@pytest.mark.parametrize("told", [{}, {"consent": None}, {"consent": {"id": None}}, []])
def test_an_agreement_without_an_id_is_broken(told: object) -> None:
    with pytest.raises(SourceError, match="consent_answer"):
        client({"/v1/consent/agreement": told})[0].request(replace(ask(1)))
