"""Recorded answers in, the documented overview out: the same clients, no database and nobody called."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, NoReturn

import pytest

import wsgi
from engine.cli import main as cli

EXAMPLES = Path(__file__).parent
ACCOUNTS = {
    "accounts": [
        {
            "resourceId": "a1-0001",
            "iban": "NO9386011117947",
            "currency": "NOK",
            "name": "Brukskonto",
            "cashAccountType": "CACC",
            "balances": [{"balanceAmount": {"currency": "NOK", "amount": "-8240.00"}, "balanceType": "closingBooked"}],
        },
        {
            "resourceId": "l1-0003",
            "bban": "97109999998",
            "currency": "NOK",
            "name": "Forbrukslån",
            "product": "Forbrukslån",
            "cashAccountType": "LOAN",
            "balances": [
                {
                    "balanceAmount": {"currency": "NOK", "amount": "-49117.00"},
                    "balanceType": "closingBooked",
                    "referenceDate": "2026-11-22",
                }
            ],
        },
        {
            "resourceId": "e1-0004",
            "bban": "97100000001",
            "currency": "EUR",
            "name": "Euro",
            "cashAccountType": "CACC",
            "balances": [{"balanceAmount": {"currency": "EUR", "amount": "120.00"}, "balanceType": "closingBooked"}],
        },
    ]
}
MOVED = {
    "account": {"iban": "NO9386011117947"},
    "transactions": {
        "booked": [
            {
                "transactionId": "1",
                "bookingDate": "2026-10-05",
                "creditorName": "REMA 1000",
                "transactionAmount": {"currency": "NOK", "amount": "-900.00"},
            },
            {
                "transactionId": "2",
                "bookingDate": "2026-10-06",
                "creditorName": "Til kortet",
                "transactionAmount": {"currency": "NOK", "amount": "-3000.00"},
            },
        ]
    },
}
LOAN = {
    "type": "repaymentLoan",
    "timestamp": "2026-11-24T03:00:00Z",
    "coBorrower": 0,
    "originalBalance": 6000000,
    "balance": 4820000,
    "terms": 30,
    "nominalInterestRate": 1740,
    "installmentCharges": 4500,
}
REGISTER = {
    "ssn": "14842249091",
    "loans": [{"creditorName": "EKSEMPELBANKEN AS", "loan": LOAN}],
    "numberOfCreditorsAnswered": 1,
    "numberOfcreditorsMissing": 0,
}


def lay_out(folder: Path, **answers: list[Any]) -> Path:
    """Files by data set, with ``__`` for the dot of its name; a list is several files."""
    for name, told in answers.items():
        place = folder / name.replace("__", ".")
        place.mkdir(parents=True)
        for number, one in enumerate(told):
            (place / f"{number}.json").write_text(json.dumps(one), encoding="utf-8")
    return folder


def ibalanse(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, Any, str]:
    def nothing(*_: object) -> NoReturn:
        raise AssertionError("no house is needed")

    status = cli.main(
        ["overview", *argv], wire=nothing, prepare=nothing, create_sandbox=nothing, read_answers=wsgi.read_answers
    )
    out, err = capsys.readouterr()
    return status, json.loads(out) if out.startswith("{") else out, err


def overview(capsys: pytest.CaptureFixture[str], folder: Path, *more: str) -> dict[str, Any]:
    status, told, err = ibalanse(capsys, "--answers", str(folder), "--at", "2026-11-27", "--json", *more)
    assert status == 0, err
    overview: dict[str, Any] = told
    return overview


def test_a_loan_of_the_own_bank_is_one_and_an_overdraft_is_owed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = lay_out(tmp_path, bank__accounts=[ACCOUNTS, MOVED], gjeldsregister__debts=[REGISTER])

    told = overview(capsys, folder)

    assert {debt["kind"]: (debt["balance"], debt["asOf"]) for debt in told["debts"]} == {
        "consumer_loan": ("48200.00", "2026-11-24"),
        "overdraft": ("8240.00", "2026-11-27"),
    }
    debt = told["reconciliation"]["debt"]
    assert (debt["received"], debt["counted"], debt["same"], debt["difference"]) == (
        {"records": 3, "amount": "105557.00"},
        {"records": 2, "amount": "56440.00"},
        {"records": 1, "amount": "49117.00"},
        "0.00",
    )
    assert [(one["reason"], one["amount"]) for one in debt["entries"] if one["result"] == "same"] == [
        ("near", "49117.00")
    ]


def test_what_is_in_another_currency_is_told_and_what_was_not_asked_is_unknown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = overview(capsys, lay_out(tmp_path, bank__accounts=[ACCOUNTS, MOVED]))

    euro = next(one for one in told["reconciliation"]["assets"]["entries"] if one["reason"] == "foreign_currency")
    assert (euro["told"], euro["amount"], euro["result"]) == ("120.00 EUR", None, "notCounted")
    assert told["totals"]["income"] == {"amount": None, "known": "unknown"}
    assert {gap["reason"] for gap in told["gaps"] if gap["dataSet"] == "nav.benefits"} == {"not_asked"}


def test_files_by_other_names_and_records_in_another_order_give_the_same_overview(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    turned = {"accounts": ACCOUNTS["accounts"][::-1]}
    one = lay_out(tmp_path / "one", bank__accounts=[ACCOUNTS, MOVED], gjeldsregister__debts=[REGISTER])
    other = lay_out(tmp_path / "other", gjeldsregister__debts=[REGISTER], bank__accounts=[MOVED, turned])

    assert overview(capsys, one) == overview(capsys, other)


def test_what_the_citizen_says_is_read_and_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = lay_out(tmp_path / "answers", bank__accounts=[ACCOUNTS, MOVED], gjeldsregister__debts=[REGISTER])
    entries = folder / "entries.json"
    bank, register = (
        next(
            entry["record"]
            for entry in overview(capsys, folder)["reconciliation"]["debt"]["entries"]
            if entry["dataSet"] == data_set and entry["kind"] == "debt.consumer_loan"
        )
        for data_set in ("bank.accounts", "gjeldsregister.debts")
    )
    entries.write_text(
        json.dumps(
            [
                {"kind": "different", "target": bank, "other": register},
                {"kind": "correction", "target": register, "amount": 40000},
                {"kind": "debt", "name": "Lån av mor", "amount": "5000", "debtKind": "private", "rate": 0},
            ]
        )
    )

    told = overview(capsys, folder, "--supplements", str(entries))

    assert sorted(debt["balance"] for debt in told["debts"]) == ["40000.00", "49117.00", "5000.00", "8240.00"]
    assert told["reconciliation"]["debt"]["difference"] == "0.00"
    assert told["reconciliation"]["debt"]["counted"]["amount"] == "102357.00"


def test_what_the_citizen_says_a_payee_is_for_is_a_rule_and_the_newest_word_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = lay_out(tmp_path / "answers", bank__accounts=[ACCOUNTS, MOVED])
    entries = folder / "entries.json"
    before = {
        one["name"]: one["in"] for one in overview(capsys, folder)["reconciliation"]["spending"]["entries"] if one["in"]
    }
    entries.write_text(
        json.dumps(
            [
                {"kind": "category", "name": "TIL KORTET", "category": "clothes"},
                {"kind": "category", "name": "Til kortet", "category": "travel"},
            ]
        )
    )

    told = overview(capsys, folder, "--supplements", str(entries))

    after = {one["name"]: one["in"] for one in told["reconciliation"]["spending"]["entries"] if one["in"]}
    assert before == {"REMA 1000": "food", "Til kortet": "other"}
    assert after == {"REMA 1000": "food", "Til kortet": "travel"}
    assert {line["kind"]: line["records"] for line in told["spending"]} == {"food": 1, "travel": 1}


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"name": "REMA 1000", "category": "gold"}, "category is one of"),
        ({"name": "REMA 1000"}, "category is one of"),
        ({"name": " ", "category": "food"}, "no payee that can be known again"),
    ],
)
def test_a_rule_of_nobody_or_for_nothing_we_know_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], entry: dict[str, str], said: str
) -> None:
    folder = lay_out(tmp_path / "answers", bank__accounts=[ACCOUNTS, MOVED])
    (tmp_path / "entries.json").write_text(json.dumps([{"kind": "category", **entry}]))

    status, out, err = ibalanse(
        capsys, "--answers", str(folder), "--at", "2026-11-27", "--supplements", str(tmp_path / "entries.json")
    )

    assert (status, out) == (2, "") and said in err


def test_the_published_examples_are_compiled_with_nothing_left_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank = tmp_path / "bank.accounts"
    bank.mkdir()
    for name in ("accountListExample1", "cardAccountListExample1", "transactionsExample1_RegularAccount_json"):
        shutil.copy(EXAMPLES / "bank" / "examples" / f"{name}.json", bank)
    register = tmp_path / "gjeldsregister.debts"
    register.mkdir()
    shutil.copy(EXAMPLES / "gjeldsregister" / "examples" / "example-debt-answer.json", register)

    told = overview(capsys, tmp_path)

    assert {side["difference"] for side in told["reconciliation"].values()} == {"0.00"}
    assert [debt["balance"] for debt in told["debts"] if debt["creditor"] == "EXAMPLE LENDER"] == ["67104.00"]


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("--answers", "{tmp}/none", "--at", "2026-11-27"), "is no folder"),
        (("--answers", "{tmp}", "--at", "yesterday"), "not a day"),
        (("--answers", "{tmp}/odd", "--at", "2026-11-27"), "is no data set"),
        (("--answers", "{tmp}", "--at", "2026-11-27", "--supplements", "{tmp}/entries.json"), "kind is one of"),
    ],
)
def test_bad_input_is_refused_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], argv: tuple[str, ...], said: str
) -> None:
    (tmp_path / "entries.json").write_text('[{"kind": "wish"}]')
    if any("odd" in one for one in argv):
        (tmp_path / "odd" / "weather.report").mkdir(parents=True)

    status, out, err = ibalanse(capsys, *(one.format(tmp=tmp_path) for one in argv))

    assert (status, out) == (2, "") and said in err


@pytest.mark.parametrize(
    "href",
    [
        "https://api.bank.example/psd2/v1/accounts/a1-0001/transactions?page=2",
        "/psd2/v1/accounts/a1-0001/transactions?page=2",
        "/v1/accounts/a1-0001/transactions?page=2",
    ],
)
def test_the_next_page_is_found_however_the_bank_wrote_its_address(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, href: str
) -> None:
    first = json.loads(json.dumps(MOVED))
    first["transactions"]["_links"] = {"next": {"href": href}}
    second = {
        "account": MOVED["account"],
        "transactions": {
            "booked": [
                {
                    "transactionId": "3",
                    "bookingDate": "2026-10-07",
                    "creditorName": "KIWI",
                    "transactionAmount": {"currency": "NOK", "amount": "-100.00"},
                }
            ]
        },
    }
    folder = lay_out(tmp_path, bank__accounts=[{"accounts": ACCOUNTS["accounts"][:1]}, first, second])
    status, told, _ = ibalanse(capsys, "--answers", str(folder), "--at", "2026-11-27", "--json")

    assert status == 0
    assert told["reconciliation"]["spending"]["received"]["records"] == 3
    assert not [gap for gap in told["gaps"] if gap["what"] == "transaction"]
