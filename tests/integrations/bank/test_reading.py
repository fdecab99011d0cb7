"""What a bank may answer: each account, card and entry by itself, signs, limits, owners, links, pages and refusals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from engine.advice.economy.figures import DebtKind, Figures, RecordGapReason
from engine.advice.evidence.datasets import Evidence, EvidenceState
from engine.platform.provider_errors import SourceBrokenError, SourceError, SourceRefusedError, SourceUnavailableError
from integrations.bank import client as bank_client
from integrations.bank.client import BankClient
from integrations.bank.mapping import loan_kind
from tests.integrations.fake_provider import FakeProvider, http, request

ACC, OTHER = "86011117947", "97101234567"
BASE = "https://bank.test/psd2"
Json = dict[str, Any]


def balance(amount: object, kind: str = "interimBooked", **more: object) -> Json:
    return {"balanceAmount": {"currency": "NOK", "amount": amount}, "balanceType": kind, **more}


def account(resource: str = "a1", **more: object) -> Json:
    return {
        "resourceId": resource,
        "bban": ACC,
        "currency": "NOK",
        "name": "Brukskonto",
        "cashAccountType": "CACC",
        "balances": [balance("1000.00")],
        **more,
    }


def entry(amount: str, number: int = 1, **more: object) -> Json:
    return {
        "transactionId": str(number),
        "bookingDate": "2026-10-05",
        "transactionAmount": {"currency": "NOK", "amount": amount},
        **more,
    }


def page(*booked: object, following: object = None, pending: object = None) -> Json:
    links = {"next": following} if following is not None else {}
    return {"transactions": {"booked": list(booked), "_links": links, **({"pending": pending} if pending else {})}}


def asked(accounts: list[Any], moves: object = None, cards: list[Any] | None = None, **more: object) -> Evidence:
    answers: Json = {"/psd2/v1/accounts": {"accounts": accounts}}
    answers["/psd2/v1/card-accounts"] = {"cardAccounts": cards or []}
    for one in accounts:
        if isinstance(one, dict):
            answers[f"/psd2/v1/accounts/{one.get('resourceId')}/transactions"] = page()
    if moves is not None:
        answers["/psd2/v1/accounts/a1/transactions"] = moves
    return BankClient(BASE, "Banken", http(answers | more)).fetch(request())


def told(accounts: list[Any], moves: object = None, cards: list[Any] | None = None, **more: object) -> Figures:
    return asked(accounts, moves, cards, **more).figures


def card(*balances: Json, **more: object) -> Json:
    return {
        "resourceId": "c1",
        "maskedPan": "540012******4711",
        "currency": "NOK",
        "name": "Mastercard",
        "creditLimit": {"currency": "NOK", "amount": "50000"},
        "balances": list(balances),
        **more,
    }


# Balances


@pytest.mark.parametrize(
    ("balances", "own"),
    [
        ([balance("5", "openingBooked"), balance("9", "closingBooked")], "9"),
        (
            [
                balance("9", "closingBooked", referenceDate="2026-11-26"),
                balance("5", "closingBooked", referenceDate="2026-11-25"),
            ],
            "9",
        ),
        ([balance("5", "closingBooked", referenceDate="2026-11-26"), balance("9", "interimBooked")], "9"),
        ([balance("22000", "interimAvailable"), balance("-8240", "interimBooked")], "-8240"),
        ([balance("30000", "interimBooked", creditLimitIncluded=True), balance("9", "expected")], "9"),
        ([balance("x", "interimBooked"), balance("9", "expected")], "9"),
        ([None, 7, balance("9", "expected")], "9"),
        ([balance("9", "forwardAvailable")], "9"),
    ],
)
def test_the_balance_is_the_newest_booked_one_and_never_with_the_limit_in_it(balances: list[Json], own: str) -> None:
    (found,) = told([account(balances=balances)]).accounts
    assert found.balance.value == D(own)


def test_the_limit_is_taken_out_where_it_is_told_and_else_nobody_knows() -> None:
    with_limit = balance("22000", "interimAvailable", creditLimitIncluded=True)
    (found,) = told([account(balances=[with_limit], creditLimit={"currency": "NOK", "amount": "30000"})]).accounts
    assert found.limit is not None and (found.balance.value, found.limit.value) == (D(-8000), D(30000))

    unknown = told([account(balances=[with_limit])])
    assert unknown.accounts == ()
    assert [(gap.what, gap.reason) for gap in unknown.record_gaps] == [("account", RecordGapReason.NO_AMOUNT)]


def test_the_banks_own_date_is_kept() -> None:
    (found,) = told([account(balances=[balance("9", referenceDate="2026-11-25")])]).accounts
    assert found.balance.as_of == date(2026, 11, 25)


def test_a_closed_account_without_a_balance_lacks_nothing() -> None:
    answer = asked([account(status="deleted", balances=[])])
    assert [gap.reason for gap in answer.figures.record_gaps] == [RecordGapReason.CLOSED]
    assert not any(gap.lacking for gap in answer.figures.record_gaps)


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        ("1" + "0" * 13, RecordGapReason.TOO_LARGE),
        ("much", RecordGapReason.UNREADABLE),
        (None, RecordGapReason.UNREADABLE),
    ],
)
def test_a_balance_nobody_has_is_the_loss_of_one_account(amount: object, reason: RecordGapReason) -> None:
    answer = asked([account(balances=[balance(amount)]), account("a2", bban=OTHER)])
    assert answer.state is EvidenceState.PARTIAL
    assert [one.number for one in answer.figures.accounts] == [OTHER]
    (gap,) = answer.figures.record_gaps
    assert (gap.what, gap.reason, gap.who) == ("account", reason, "Banken, Brukskonto ••7947")


# Loans and cards


@pytest.mark.parametrize(("written", "owed"), [("-200000", D(200000)), ("1500", D(-1500)), ("0", D(0))])
def test_a_loan_is_owed_below_zero_and_overpaid_above(written: str, owed: D) -> None:
    (loan,) = told([account(cashAccountType="LOAN", product="Forbrukslån", balances=[balance(written)])]).debts
    assert (loan.creditor, loan.name, loan.balance.value, loan.kind) == (
        "Banken",
        "Brukskonto",
        owed,
        DebtKind.CONSUMER_LOAN,
    )


@pytest.mark.parametrize(
    ("product", "kind"),
    [
        ("Mobilbank kreditt", DebtKind.OTHER),
        ("Stabil kreditt", DebtKind.OTHER),
        ("Mobillån", DebtKind.OTHER),
        ("Flexilån", DebtKind.MORTGAGE),
        ("Førstehjemslån ung", DebtKind.MORTGAGE),
        ("Hyttelån", DebtKind.MORTGAGE),
        ("Rammelån", DebtKind.MORTGAGE),
        ("Bustadlån", DebtKind.MORTGAGE),
        ("Lån med pant i bolig", DebtKind.MORTGAGE),
        ("Grønt billån", DebtKind.CAR_LOAN),
        ("Forbrukslån", DebtKind.CONSUMER_LOAN),
        ("Smålån", DebtKind.CONSUMER_LOAN),
    ],
)
def test_what_a_loan_is_for_is_read_of_whole_words(product: str, kind: DebtKind) -> None:
    assert loan_kind(product) is kind


@pytest.mark.parametrize(
    ("balances", "more", "owed"),
    [
        ([balance("-12000")], {}, "12000"),
        ([balance("500")], {"debitAccounting": False}, "-500"),
        ([balance("12000")], {"debitAccounting": True}, "12000"),
        ([balance("-500")], {"debitAccounting": True}, "-500"),
        ([balance("-9000", "closingBooked"), balance("-3000", "nonInvoiced")], {}, "12000"),
        ([balance("9000"), balance("3000", "nonInvoiced")], {}, "12000"),
        ([balance("-12000", "expected"), balance("-3000", "nonInvoiced")], {}, "12000"),
        ([balance("38000", "interimAvailable")], {}, "12000"),
        ([balance("38000", "interimAvailable", creditLimitIncluded=True)], {}, "12000"),
        ([balance("38000", "interimAvailable"), balance("-9000")], {}, "9000"),
        ([balance("12000", "interimAvailable")], {"debitAccounting": True}, "12000"),
    ],
)
def test_what_is_drawn_on_a_card_is_owed(balances: list[Json], more: Json, owed: str) -> None:
    found = told([account()], cards=[card(*balances, **more)])
    (debt,) = found.debts
    assert (debt.kind, debt.creditor, debt.balance.value) == (DebtKind.CREDIT_CARD, "Banken", D(owed))
    assert not [gap for gap in found.record_gaps if gap.what == "card"]


def test_a_card_whose_sign_nobody_tells_is_no_debt_and_is_named() -> None:
    found = told([account()], cards=[card(balance("500"))])
    assert [debt.balance.value for debt in found.debts] == [D(-500)]
    assert [(gap.what, gap.amount, gap.lacking) for gap in found.record_gaps if gap.what == "card"] == [
        ("card", D(500), True)
    ]


def test_only_what_is_available_on_a_card_without_its_limit_tells_nothing_of_what_is_owed() -> None:
    found = told([account()], cards=[card(balance("38000", "interimAvailable"), creditLimit=None)])
    assert found.debts == ()
    assert ("card", RecordGapReason.NO_AMOUNT) in [(gap.what, gap.reason) for gap in found.record_gaps]


@pytest.mark.parametrize(("positive", "amount"), [(True, "349.00"), (False, "-349.00")])
def test_a_purchase_with_a_card_goes_out_whichever_way_it_is_written(positive: bool, amount: str) -> None:
    bought = {
        "cardTransactionId": "1",
        "transactionDate": "2026-10-04",
        "merchantCategoryCode": "5651",
        "transactionAmount": {"currency": "NOK", "amount": amount},
        "transactionDetails": "H&M",
    }
    found = told(
        [account()],
        cards=[card(balance("-1"), debitAccounting=positive)],
        **{"/psd2/v1/card-accounts/c1/transactions": {"cardTransactions": page(bought)["transactions"]}},
    )
    (moved,) = found.transactions
    assert (moved.amount, moved.counterparty, moved.mcc, moved.card) == (D(-349), "H&M", "5651", True)


@pytest.mark.parametrize("code", ["http_404", "http_405", "http_501"])
def test_a_bank_without_cards_has_no_cards(code: str) -> None:
    answer = asked([account()], **{"/psd2/v1/card-accounts": SourceRefusedError(code)})
    assert (answer.state, len(answer.figures.accounts)) == (EvidenceState.ANSWERED, 1)


@pytest.mark.parametrize(
    ("error", "missing"),
    [
        (SourceUnavailableError("http_503"), ("Banken",)),
        (SourceRefusedError("http_403"), ()),
        (SourceBrokenError("not_json"), ()),
    ],
)
def test_a_card_service_that_fails_is_told_and_the_accounts_stand(error: SourceError, missing: tuple[str, ...]) -> None:
    answer = asked([account()], **{"/psd2/v1/card-accounts": error})
    assert (answer.state, answer.missing, len(answer.figures.accounts)) == (EvidenceState.PARTIAL, missing, 1)


# Owners


@pytest.mark.parametrize(
    ("owners", "share"),
    [
        ({}, D(1)),
        ({"ownerName": "Anne Eksempel"}, D(1)),
        ({"ownerName": "Anne Eksempel og Per Eksempel"}, D("0.5")),
        ({"ownerName": "Anne Eksempel / Per Eksempel"}, D("0.5")),
        ({"ownerNames": [{"name": "Anne Eksempel"}, {"name": "Per Eksempel"}]}, D("0.5")),
    ],
)
def test_of_a_joint_account_a_part_is_the_persons(owners: Json, share: D) -> None:
    (found,) = told([account(**owners)]).accounts
    assert (found.share, found.joint) == (share, share < 1)


def test_an_account_the_person_may_only_use_is_another_persons() -> None:
    answer = asked([account(ownerName="Gunvor Mor"), account("a2", bban=OTHER, ownerName="EKSEMPEL ANNE MARIE")])
    assert [one.number for one in answer.figures.accounts] == [OTHER]
    assert answer.state is EvidenceState.ANSWERED
    assert [gap.reason for gap in answer.figures.record_gaps] == [RecordGapReason.ANOTHER_PERSON]


# Movements


def amounts(*entries: Json, **more: object) -> list[str]:
    return [str(t.amount) for t in told([account("a1", **more)], page(*entries)).transactions]


@pytest.mark.parametrize(
    ("told_of", "amount"),
    [
        (entry("-137.50", debtorName="Anne Eksempel"), "-137.50"),
        (entry("-137.50", creditorName="Butikken", debtorName="Anne Eksempel"), "-137.50"),
        (entry("256.67", creditorName="John Miles"), "-256.67"),
        (entry("343.01", debtorName="Paul Simpson"), "343.01"),
        (entry("5000", creditorName="Anne Eksempel"), "5000.00"),
        (entry("5000", creditorName="EKSEMPEL, ANNE"), "5000.00"),
        (entry("700", debtorName="Anne Eksempel"), "-700.00"),
        (entry("700", creditorName="Butikken", debtorName="Anne Eksempel"), "-700.00"),
        (entry("700", creditorAccount={"bban": ACC}, debtorAccount={"bban": OTHER}), "700.00"),
        (entry("700", creditorName="Anne Eksempel", creditorAccount={"iban": f"NO93{OTHER}"}), "-700.00"),
        (entry("700"), "700.00"),
        (entry("200", creditorName="H&M", remittanceInformationUnstructured="RETUR H&M"), "200.00"),
        (entry("200", creditorName="H&M", remittanceInformationUnstructured="Returnveien 2"), "-200.00"),
        (entry("200", creditorName="H&M", bankTransactionCode="PMNT-RCDT-ESCT"), "200.00"),
        (entry("200", debtorName="Strøm AS", bankTransactionCode="PMNT-RDDT-ESDD"), "-200.00"),
        (entry("200", creditorName="Kiosk", bankTransactionCode="PMNT-CCRD-POSD"), "-200.00"),
    ],
)
def test_the_direction_is_the_sign_and_without_one_the_side_that_is_not_the_owner(told_of: Json, amount: str) -> None:
    assert amounts(told_of) == [amount]


def test_where_the_bank_writes_a_minus_a_refund_from_a_shop_comes_in() -> None:
    assert amounts(entry("-200", 1, creditorName="H&M"), entry("200", 2, creditorName="H&M")) == ["-200.00", "200.00"]


def test_the_other_side_is_never_the_owner() -> None:
    found = told([account()], page(entry("-137.50", debtorName="Anne Eksempel")))
    assert [t.counterparty for t in found.transactions] == [""]


@pytest.mark.parametrize(
    ("dates", "day"),
    [
        ({"bookingDate": None, "valueDate": "2026-10-06"}, date(2026, 10, 6)),
        ({"bookingDate": "2026-10-05T23:30:00Z"}, date(2026, 10, 6)),
    ],
)
def test_an_entry_without_a_booking_date_is_of_its_value_date(dates: Json, day: date) -> None:
    (found,) = told([account()], page(entry("-1", **dates))).transactions
    assert found.booked == day


def test_what_cannot_be_read_of_the_entries_is_counted_and_the_others_stand() -> None:
    unread: list[Any] = [entry("x", 2), entry("-9", 3, bookingDate=None), None, "text", 7, {}, entry("-" + "9" * 14, 4)]
    answer = asked([account()], page(entry("-1", 1), *unread, entry("-2", 9)))
    assert [t.amount for t in answer.figures.transactions] == [D(-1), D(-2)]
    assert sorted((gap.reason, gap.count) for gap in answer.figures.record_gaps) == [
        (RecordGapReason.TOO_LARGE, 1),
        (RecordGapReason.UNREADABLE, 6),
    ]


def test_an_entry_told_twice_is_one_and_two_alike_without_an_id_are_two() -> None:
    same, alike = entry("-30", 7, creditorName="Kiosk"), entry("-30", creditorName="Kiosk", transactionId=None)
    found = told([account()], page(same, same, alike, alike))
    assert len(found.transactions) == 3 and len({t.id for t in found.transactions}) == 3
    assert [(gap.reason, gap.count, gap.lacking) for gap in found.record_gaps] == [(RecordGapReason.REPEATED, 1, False)]


def test_an_id_used_of_two_entries_hides_neither() -> None:
    found = told([account()], page(entry("-30", 0), entry("-40", 0)))
    assert [t.amount for t in found.transactions] == [D(-30), D(-40)]
    assert len({t.id for t in found.transactions}) == 2


def test_the_same_entry_keeps_its_id_whatever_the_order_and_the_consent() -> None:
    some = [entry("-30", 1), entry("-40", 2), entry("-50", 3, transactionId=None)]
    first = told([account()], page(*some))
    second = told([account("b7")], **{"/psd2/v1/accounts/b7/transactions": page(*some[::-1])})
    assert {(t.id, t.amount) for t in first.transactions} == {(t.id, t.amount) for t in second.transactions}
    assert first.accounts[0].id == second.accounts[0].id


def test_what_is_pending_is_kept_apart() -> None:
    found = told([account()], page(entry("-1"), pending=[entry("-77", 2), {"transactionAmount": {}}]))
    assert [(t.amount, t.pending) for t in found.transactions] == [(D(-1), False), (D(-77), True)]
    assert found.record_gaps == ()


def test_every_account_number_is_in_one_form() -> None:
    found = told(
        [account(iban="NO93 8601 1117 947", bban=None)],
        page(entry("-1", creditorName="B", creditorAccount={"bban": "9710.12.34567"})),
    )
    assert (found.accounts[0].number, found.transactions[0].account) == (ACC, ACC)
    assert found.transactions[0].counterparty_account == OTHER


@pytest.mark.parametrize(
    ("field", "kid"),
    [
        ({"remittanceInformationStructured": {"reference": "1234"}}, "1234"),
        ({"remittanceInformationStructured": "1234"}, "1234"),
        ({"remittanceInformationStructuredArray": [{"reference": "1234"}, {"reference": "5"}]}, "1234"),
        ({"remittanceInformationStructured": ["1234"]}, ""),
    ],
)
def test_a_structured_reference_is_an_object_a_text_or_a_list(field: Json, kid: str) -> None:
    assert [t.kid for t in told([account()], page(entry("-1", **field))).transactions] == [kid]


# Links and pages


@pytest.mark.parametrize(
    "href",
    [
        "https://bank.test/psd2/v1/accounts/a1/transactions?p=1",
        "https://bank.test:443/psd2/v1/accounts/a1/transactions?p=1",
        "/psd2/v1/accounts/a1/transactions?p=1",
        "/v1/accounts/a1/transactions?p=1",
        "?p=1",
    ],
)
@pytest.mark.parametrize("shape", ["object", "text"])
def test_a_link_to_the_next_page_is_whole_or_from_any_root(href: str, shape: str) -> None:
    following = {"href": href} if shape == "object" else href
    more = {"/psd2/v1/accounts/a1/transactions?p=1": page(entry("-2", 2))}
    answer = asked([account()], page(entry("-1"), following=following), **more)
    assert [t.amount for t in answer.figures.transactions] == [D(-1), D(-2)]
    assert answer.state is EvidenceState.ANSWERED


@pytest.mark.parametrize(
    "href",
    [
        "https://evil.test/psd2/v1/x",
        "http://bank.test/psd2/v1/x",
        "//evil.test/psd2/v1/x",
        "https://bank.test@evil.test/x",
        "https://bank.test:x/",
        "https://[bank.test/",
    ],
)
def test_a_link_away_from_the_bank_is_not_followed_and_what_it_led_to_is_told(href: str) -> None:
    there = FakeProvider(
        {
            "/psd2/v1/accounts": {"accounts": [account()]},
            "/psd2/v1/card-accounts": {"cardAccounts": []},
            "/psd2/v1/accounts/a1/transactions": page(entry("-1"), following={"href": href}),
        }
    )
    answer = BankClient(BASE, "Banken", there).fetch(request())  # type: ignore[arg-type]
    assert [t.amount for t in answer.figures.transactions] == [D(-1)]
    assert [gap.reason for gap in answer.figures.record_gaps] == [RecordGapReason.NOT_SENT]
    assert all(url.startswith("https://bank.test/psd2/") for url in there.asked)


@pytest.mark.parametrize("following", [None, "", {}, {"href": None}, {"href": 7}, [], 7])
def test_a_link_that_is_none_ends_the_pages(following: object) -> None:
    answer = asked([account()], {"transactions": {"booked": [entry("-1")], "_links": {"next": following}}})
    assert answer.state is (EvidenceState.PARTIAL if following in (7, {"href": 7}) else EvidenceState.ANSWERED)


def test_a_history_is_read_to_its_end_and_a_cut_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    where = "/psd2/v1/accounts/a1/transactions"
    pages = {f"{where}?p={n}": page(entry("-1", n), following={"href": f"?p={n + 1}"}) for n in range(1, 70)}
    last = {f"{where}?p=70": page(entry("-1", 70))}
    whole = asked([account()], page(entry("-1", 0), following={"href": "?p=1"}), **pages, **last)
    assert (whole.state, len(whole.figures.transactions)) == (EvidenceState.ANSWERED, 71)

    monkeypatch.setattr(bank_client, "MAX_PAGES", 10)
    cut = asked([account()], page(entry("-1", 0), following={"href": "?p=1"}), **pages, **last)
    assert (cut.state, len(cut.figures.transactions)) == (EvidenceState.PARTIAL, 10)
    assert [gap.reason for gap in cut.figures.record_gaps] == [RecordGapReason.NOT_SENT]


def test_pages_that_lead_in_a_ring_are_read_once() -> None:
    where = "/psd2/v1/accounts/a1/transactions?p=1"
    answer = asked(
        [account()],
        page(entry("-1"), following={"href": "?p=1"}),
        **{where: page(entry("-2", 2), following={"href": "?p=1"})},
    )
    assert [t.amount for t in answer.figures.transactions] == [D(-1), D(-2)]
    assert answer.state is EvidenceState.PARTIAL


@pytest.mark.parametrize(
    ("error", "missing"),
    [
        (SourceUnavailableError("http_429", retry_after=30), ("Brukskonto ••4567",)),
        (SourceRefusedError("http_403"), ()),
        (SourceBrokenError("not_json"), ()),
    ],
)
def test_one_account_that_refuses_is_the_loss_of_no_other(error: SourceError, missing: tuple[str, ...]) -> None:
    answer = asked(
        [account(), account("a2", bban=OTHER)], page(entry("-1")), **{"/psd2/v1/accounts/a2/transactions": error}
    )
    assert (answer.state, answer.missing) == (EvidenceState.PARTIAL, missing)
    assert len(answer.figures.accounts) == 2 and len(answer.figures.transactions) == 1


def test_a_bank_that_falls_silent_is_not_waited_for_account_by_account() -> None:
    some = [account(f"a{n}", bban=f"8601111790{n}") for n in range(8)]
    silent = SourceUnavailableError("timeout")
    there = FakeProvider(
        {"/psd2/v1/accounts": {"accounts": some}, **{f"/psd2/v1/accounts/a{n}/transactions": silent for n in range(8)}}
    )
    answer = BankClient(BASE, "Banken", there).fetch(request())  # type: ignore[arg-type]

    assert len(there.asked) == 3, "the accounts, and two that did not answer"
    assert len(answer.figures.accounts) == 8 and len(answer.missing) == 9
    assert answer.state is EvidenceState.PARTIAL


@pytest.mark.parametrize(("told", "wait"), [(None, 6 * 3600), (30.0, 30.0)])
def test_a_bank_that_is_asked_too_often_is_left_alone_for_as_long_as_it_says_or_for_hours(
    told: float | None, wait: float
) -> None:
    busy = SourceUnavailableError("http_429", retry_after=told)
    with pytest.raises(SourceUnavailableError, match="http_429") as raised:
        BankClient(BASE, "Banken", http({"/psd2/v1/accounts": busy})).fetch(request())
    assert raised.value.retry_after == wait


def test_a_bank_that_takes_only_booked_and_only_ninety_days_is_asked_so() -> None:
    queries: list[Json] = []

    def moves(params: Json | None = None, **_: object) -> Json | SourceError:
        query = params or {}
        queries.append(query)
        if query["bookingStatus"] != "booked" or query["dateFrom"] < "2026-08-01":
            return SourceRefusedError("http_400")
        return page(entry("-1"))

    answer = asked([account(), account("a2", bban=OTHER)], moves, **{"/psd2/v1/accounts/a2/transactions": moves})
    assert [q["bookingStatus"] for q in queries] == ["both", "booked", "booked", "booked"], (
        "what is taken is remembered"
    )
    assert len(answer.figures.transactions) == 2
    assert [one.since for one in answer.figures.reported] == [date(2026, 8, 30)], (
        "the months before are unknown, not zero"
    )


def test_what_is_told_of_is_from_the_day_asked_for_to_yesterday() -> None:
    (reported,) = told([account()], page()).reported
    assert (reported.since, reported.until, reported.institution) == (date(2026, 5, 1), date(2026, 11, 26), "Banken")


def test_a_list_without_balances_is_asked_for_again_where_the_bank_refuses_them_in_it() -> None:
    def accounts(params: Json | None = None, **_: object) -> Json | SourceError:
        bare = {name: value for name, value in account().items() if name != "balances"}
        return SourceRefusedError("http_400") if params else {"accounts": [bare]}

    answers = {
        "/psd2/v1/accounts": accounts,
        "/psd2/v1/accounts/a1/balances": {"balances": [balance("7")]},
        "/psd2/v1/accounts/a1/transactions": page(),
    }
    (found,) = BankClient(BASE, "Banken", http(answers)).fetch(request()).figures.accounts
    assert found.balance.value == D(7)


@pytest.mark.parametrize("answer", [None, [], "x", 7, {}, {"accounts": None}, {"accounts": {}}])
def test_a_bank_that_tells_no_list_of_accounts_is_broken(answer: object) -> None:
    with pytest.raises(SourceBrokenError, match="schema"):
        BankClient(BASE, "Banken", http({"/psd2/v1/accounts": answer})).fetch(request())


def test_an_account_without_a_number_is_still_no_other_account() -> None:
    found = told([account(bban=None), account("a2", bban=None)], page(entry("-1", creditorName="Butikken")))
    assert len({one.number for one in found.accounts}) == 2 and all(one.number for one in found.accounts)


def test_the_same_account_twice_is_one() -> None:
    found = told([account(), account()], page(entry("-1")))
    assert (len(found.accounts), len(found.transactions)) == (1, 1)
    assert [(gap.what, gap.reason) for gap in found.record_gaps] == [("account", RecordGapReason.REPEATED)]
