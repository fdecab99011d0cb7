"""Same, maybe or different: the kinds of pairs real sources make, both ways round."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from engine.advice.economy.comparison import Likeness, Reason
from engine.advice.economy.duplicates import Decision, debts, match
from engine.advice.economy.figures import Account, Debt, DebtKind, DebtStatus, Figures
from engine.advice.economy.overview import build
from engine.advice.economy.sourced import Source, Sourced
from engine.advice.economy.supplements import Supplement, SupplementKind

AT = datetime(2026, 11, 27, 8, tzinfo=UTC)
BANK, REGISTER, CLAIMS = "bank.accounts", "gjeldsregister.debts", "inkasso.claims"


def debt(data_set: str, number: str, balance: str, creditor: str = "Eksempel Finans AS", **more: Any) -> Debt:
    by = Source(data_set, data_set, AT, "consent", number, more.pop("institution", ""))
    day = more.pop("day", date(2026, 11, 27))
    figures = {
        name: Sourced(Decimal(more.pop(name)), (by,))
        for name in ("limit", "original", "rate", "principal")
        if name in more
    }
    told = {"kind": DebtKind.CONSUMER_LOAN, **figures, **more}
    return Debt(id=f"{data_set}:{number}", creditor=creditor, balance=Sourced(Decimal(balance), (by,), day), **told)


def verdict(*found: Debt, decisions: tuple[Decision, ...] = ()) -> tuple[Likeness, str]:
    """What two records are taken for, whichever comes first, with the reason where there is one to tell."""
    answers = set()
    for order in (found, found[::-1]):
        matched = match(order, decisions)
        if len(matched.groups) == 1:
            answers.add((Likeness.SAME, matched.groups[0].reasons[0].value))
        elif matched.questions:
            answers.add((Likeness.MAYBE, matched.questions[0].reason.value))
        else:
            answers.add((Likeness.DIFFERENT, ""))
    assert len(answers) == 1
    return answers.pop()


CARD, OTHER, CLAIM = {"kind": DebtKind.CREDIT_CARD}, {"kind": DebtKind.OTHER}, {"kind": DebtKind.COLLECTION}
PAIRS: dict[str, tuple[Debt, Debt, tuple[Likeness, str]]] = {
    "an IBAN and the account number in it": (
        debt(BANK, "1", "90000", "Sparebank", account="NO93 8601 1117 947"),
        debt("dsop.estate", "9", "12", "Noen andre", account="8601.11.17947", kind=DebtKind.OTHER),
        (Likeness.SAME, "account"),
    ),
    "two account numbers": (
        debt(BANK, "1", "90000", account="86011117947"),
        debt("dsop.estate", "2", "90000", account="97101234567"),
        (Likeness.DIFFERENT, ""),
    ),
    "a word of banks and companies more": (
        debt(BANK, "1", "10000", "DNB Bank ASA", **CARD),
        debt(REGISTER, "2", "10000", "DNB", **CARD),
        (Likeness.SAME, "balance"),
    ),
    "a branch of a foreign bank": (
        debt(BANK, "1", "10000", "Nordea Bank Abp, filial i Norge"),
        debt(REGISTER, "2", "10000", "NORDEA"),
        (Likeness.SAME, "balance"),
    ),
    "one organisation number under two names": (
        debt(BANK, "1", "10000", "Gull", creditor_orgno="937893833"),
        debt(REGISTER, "2", "10000", "Eika Kredittbank AS", creditor_orgno="937893833"),
        (Likeness.SAME, "balance"),
    ),
    "the balance has moved since the register's copy": (
        debt(BANK, "1", "30000", **CARD),
        debt(REGISTER, "2", "28000", **CARD),
        (Likeness.SAME, "moved"),
    ),
    "the same limit, and half of it used since": (
        debt(BANK, "1", "40000", limit="50000", **CARD),
        debt(REGISTER, "2", "15000", limit="50000", **CARD),
        (Likeness.SAME, "terms"),
    ),
    "a flexible loan of unknown kind in the bank": (
        debt(BANK, "1", "40000", **OTHER),
        debt(REGISTER, "2", "40300"),
        (Likeness.SAME, "near"),
    ),
    "two small credits of one lender": (
        debt(BANK, "1", "400", **CARD),
        debt(REGISTER, "2", "800", **CARD),
        (Likeness.MAYBE, "moved"),
    ),
    "a loan sold to a collector, and still in the register": (
        debt(REGISTER, "1", "104000"),
        debt(CLAIMS, "2", "109500", principal="104000", collector="Kravhjelp", **CLAIM),
        (Likeness.SAME, "in_collection"),
    ),
    "a claim of a buyer with the balance of a loan": (
        debt(REGISTER, "1", "104000"),
        debt(CLAIMS, "2", "104000", "Kjøper AS", **CLAIM),
        (Likeness.MAYBE, "in_collection"),
    ),
    "a mortgage and a credit in the register of unsecured debt": (
        debt(BANK, "1", "2400000", kind=DebtKind.MORTGAGE),
        debt(REGISTER, "2", "50000", **CARD),
        (Likeness.DIFFERENT, ""),
    ),
    "the same large amount of two lenders": (
        debt(BANK, "1", "64300", "Forbrukslån"),
        debt(REGISTER, "2", "64300", "Eksempel Kreditt"),
        (Likeness.MAYBE, "other_name"),
    ),
    "the same small amount of two lenders": (
        debt(BANK, "1", "300", "Alfa"),
        debt(REGISTER, "2", "300", "Beta"),
        (Likeness.DIFFERENT, ""),
    ),
    "one case number of two collectors": (
        debt(CLAIMS, "1", "5000", "Strøm", case_number="1", collector="Alfa Inkasso", **CLAIM),
        debt("other.claims", "2", "7000", "Trening", case_number="1", collector="Beta Inkasso", **CLAIM),
        (Likeness.DIFFERENT, ""),
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_two_records_are_taken_for_what_they_are(name: str) -> None:
    one, other, expected = PAIRS[name]

    assert verdict(one, other) == expected


def test_two_records_of_one_source_are_never_one_and_the_very_same_record_is() -> None:
    twins = (debt(BANK, "1", "5000"), debt(BANK, "2", "5000"))
    one_account = (debt(BANK, "1", "1000", account="86011117947"), debt(BANK, "2", "5000", account="86011117947"))
    twice = (debt(CLAIMS, "1", "5000", case_number="1"), debt(CLAIMS, "1", "5000", case_number="1"))

    assert [len(debts(found)) for found in (twins, one_account, twice)] == [2, 2, 1]


def test_the_one_that_fits_best_is_taken_and_not_the_first() -> None:
    bank, near, equal = debt(BANK, "1", "100000"), debt(REGISTER, "1", "101500"), debt(REGISTER, "2", "100000")

    for order in ((bank, near, equal), (bank, equal, near), (near, equal, bank)):
        assert sorted(one.balance.value for one in debts(order)) == [100000, 101500]


def test_the_newest_date_of_a_provider_gives_the_balance_whoever_answered_last() -> None:
    bank = debt(BANK, "1", "49117", day=date(2026, 11, 22))
    register = debt(REGISTER, "2", "48200", day=date(2026, 11, 24), rate="17.40")

    (one,) = debts((bank, register))

    assert one.balance.value == 48200 and one.balance.as_of == date(2026, 11, 24)
    assert one.rate is not None and {s.data_set for s in one.balance.sources} == {BANK, REGISTER}


def test_what_the_citizen_says_holds_against_what_the_records_say_and_can_be_undone() -> None:
    one, other, _ = PAIRS["the balance has moved since the register's copy"]
    apart = Decision(frozenset({one.id}), frozenset({other.id}), same=False)
    together = Decision(frozenset({other.id}), frozenset({one.id}), same=True)

    assert verdict(one, other, decisions=(apart,)) == (Likeness.DIFFERENT, "")
    assert verdict(one, other, decisions=(apart, together)) == (Likeness.SAME, Reason.CITIZEN.value)
    assert verdict(one, other) == (Likeness.SAME, "moved")


def test_a_debt_the_citizen_added_is_never_merged_without_asking() -> None:
    entry = Supplement("s", SupplementKind.DEBT, "Eksempel Finans", Decimal(48000), AT)
    overview = build(Figures(debts=(debt(REGISTER, "1", "48200"),)), as_of=AT.date(), supplements=[entry])

    assert len(overview.debts) == 2 and [question.reason for question in overview.questions] == [Reason.NEAR]


def test_a_correction_stays_on_its_debt_when_another_source_tells_of_it_too() -> None:
    register = debt(REGISTER, "1", "48200", original="60000")
    bank = debt(BANK, "7", "47900", account="86011117947")
    entry = Supplement("s", SupplementKind.CORRECTION, "", Decimal(40000), AT, register.id)

    alone = build(Figures(debts=(register,)), as_of=AT.date(), supplements=[entry])
    both = build(Figures(debts=(bank, register)), as_of=AT.date(), supplements=[entry])

    assert [one.balance.value for one in alone.debts] == [one.balance.value for one in both.debts] == [40000]


def test_an_account_below_zero_is_a_debt_and_a_card_in_credit_is_owned() -> None:
    by = Source(BANK, "Banken", AT, "consent", "1")
    account = Account(
        "bank.accounts:1", "86011117947", "Brukskonto", "", "PRIV", Sourced(Decimal(-8240), (by,)), "Banken"
    )
    card = debt(BANK, "2", "-500", "Banken", **CARD)

    overview = build(Figures(accounts=(account,), debts=(card,)), as_of=AT.date())

    assert [(one.kind, one.balance.value, one.status) for one in overview.debts] == [
        (DebtKind.OVERDRAFT, Decimal(8240), DebtStatus.OVERDUE)
    ]
    assert overview.total_assets == 500


def test_a_correction_by_an_id_of_before_holds_when_the_source_calls_the_debt_something_else() -> None:
    """The debt register gave ids by place in its list once; Alfa and Beta now come the other way round."""
    old = (debt(REGISTER, "ngi-0", "160000", "Alfa Bank"), debt(REGISTER, "ngi-1", "20000", "Beta Bank"))
    entry = Supplement("s", SupplementKind.CORRECTION, "", Decimal(140000), AT, "gjeldsregister.debts:ngi-0")
    first = build(Figures(debts=old), as_of=AT.date(), supplements=[entry])
    new = (debt(REGISTER, "beta", "19500", "Beta Bank", limit="30000"), debt(REGISTER, "alfa", "158000", "Alfa Bank"))

    then = build(Figures(debts=new), as_of=AT.date(), supplements=[entry], before=first.debts)
    later = build(Figures(debts=new[::-1]), as_of=AT.date(), supplements=[entry], before=then.debts)

    for overview in (then, later):
        assert {one.creditor: one.balance.value for one in overview.debts} == {"Alfa Bank": 140000, "Beta Bank": 19500}


def test_a_correction_lives_on_in_the_other_source_when_the_first_is_withdrawn() -> None:
    register, bank = debt(REGISTER, "1", "48200"), debt(BANK, "7", "47900", account="86011117947")
    entry = Supplement("s", SupplementKind.CORRECTION, "", Decimal(40000), AT, register.id)
    both = build(Figures(debts=(bank, register)), as_of=AT.date(), supplements=[entry])

    alone = build(Figures(debts=(bank,)), as_of=AT.date(), supplements=[entry], before=both.debts)

    assert [one.balance.value for one in alone.debts] == [40000]
