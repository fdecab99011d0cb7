"""``ibalanse estimate``: what it prints, and what it says to input that cannot be computed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import NoReturn

import pytest

from engine.cli import main

ROOT = Path(__file__).resolve().parents[3]
Answer = subprocess.CompletedProcess[str]
Estimate = Callable[..., Answer]


def no_house(_: object) -> NoReturn:
    raise AssertionError("a sum on figures given needs no database")


@pytest.fixture
def estimate(capsys: pytest.CaptureFixture[str]) -> Estimate:
    """The sub-command in this process: its exit status and what it wrote."""

    def estimate(*arguments: str) -> Answer:
        line = ["estimate", *arguments]
        try:
            status = main.main(line, wire=no_house, prepare=no_house, create_sandbox=no_house)
        except SystemExit as stopped:  # the parser's own refusal
            status = int(stopped.code or 0)
        return Answer(line, status, *capsys.readouterr())

    return estimate


def test_the_command_itself_prints_and_refuses() -> None:
    def command(*arguments: str) -> Answer:
        line = [sys.executable, "-m", "wsgi", "estimate", *arguments]
        return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    answer = command("tax", "--year", "2026", "--profit", "600000", "--json")
    assert answer.returncode == 0 and json.loads(answer.stdout)["total"] == "184436.60"
    refused = command("tax", "--year", "2026", "--profit", "mye")
    assert (refused.returncode, refused.stdout) == (2, "") and "'mye' is not an amount" in refused.stderr


def test_tax_is_printed_as_total_and_lines(estimate: Estimate) -> None:
    answer = estimate("tax", "--year", "2026", "--profit", "600000", "--json")
    found = json.loads(answer.stdout)
    assert answer.returncode == 0 and set(found) == {"total", "lines"}
    assert found["total"] == "184436.60"
    assert all(set(line) == {"rule", "basis", "rate", "amount", "source"} for line in found["lines"])
    assert sum(Decimal(line["amount"]) for line in found["lines"]) == Decimal(found["total"])


def test_what_is_paid_and_a_rate_that_is_not_final_are_told(estimate: Estimate) -> None:
    answer = estimate(
        "tax", "--year", "2026", "--profit", "600 000,00", "--paid", "100000", "--shielding-base", "100000", "--json"
    )
    found = json.loads(answer.stdout)
    assert Decimal(found["left"]) == Decimal(found["total"]) - 100_000
    assert found["provisional"] == ["shielding"]


@pytest.mark.parametrize("period", ["two_month", "annual"])
def test_the_terms_printed_add_up_to_the_year(estimate: Estimate, period: str) -> None:
    answer = estimate(
        "vat", "--year", "2026", "--sales", "1000000", "--purchases", "200000", "--period", period, "--json"
    )
    found = json.loads(answer.stdout)
    assert found["total"] == "160000.00" == f"{sum(Decimal(term['amount']) for term in found['terms']):.2f}"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["tax", "--year", "2027", "--profit", "1"], "known years: 2024, 2025, 2026"),
        (["vat", "--year", "1999", "--sales", "1"], "known years: 2024, 2025, 2026"),
        (["tax", "--year", "2026"], "--profit, --wages or --pension"),
        (["tax", "--profit", "1"], "--year"),
        (["tax", "--year", "i år", "--profit", "1"], "--year"),
        (["tax", "--year", "2026", "--profit", "mye"], "'mye' is not an amount"),
        (["tax", "--year", "2026", "--profit", "NaN"], "'NaN' is not an amount"),
        (["tax", "--year", "2026", "--profit", "1", "--wages", "-5"], "wages must not be negative"),
        (["tax", "--year", "2026", "--profit", "1", "--age", "200"], "age must be 0 to 130"),
        (["tax", "--year", "2026", "--profit", "1", "--share", "101"], "--share"),
        (["tax", "--year", "2026", "--profit", "1", "--months-owned", "13"], "months_owned"),
        (["vat", "--year", "2026", "--sales", "-1"], "must not be negative"),
        (["vat", "--year", "2026", "--sales", "1", "--rate", "cheese"], "known: standard, food, low, fish, zero"),
        (["vat", "--year", "2026", "--sales", "1", "--deductible", "2"], "0 to 1"),
        ([], "tax"),
    ],
)
def test_bad_input_is_told_on_stderr_and_nothing_is_reckoned(
    estimate: Estimate, arguments: list[str], said: str
) -> None:
    answer = estimate(*arguments)
    assert answer.returncode == 2 and said in answer.stderr and answer.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "starts", "ends"),
    [
        ("digital --available 2026-11-27 --notified 2026-11-27", "2026-11-27", "2026-12-18"),
        ("digital --available 2026-11-27", None, None),
        ("digital --available 2026-11-27 --notified 2026-12-04 --second-notice 2026-12-11", "2026-12-04", "2026-12-28"),
        ("post --available 2026-12-07", "2026-12-07", "2026-12-28"),
        ("handed --available 2026-04-10", "2026-04-10", "2026-05-04"),
    ],
)
def test_the_time_to_complain_is_printed_with_its_rule(
    estimate: Estimate, arguments: str, starts: str | None, ends: str | None
) -> None:
    answer = estimate("complaint", "--channel", *arguments.split(), "--json")
    found = json.loads(answer.stdout)

    assert answer.returncode == 0 and set(found) == {"starts", "ends", "rule", "lines"}
    assert (found["starts"], found["ends"]) == (starts, ends) and "forvaltningsloven § 29" in found["rule"]
    assert all(set(line) == {"rule", "date", "source"} for line in found["lines"])
    in_words = estimate("complaint", "--channel", *arguments.split())
    assert (ends or "no time runs") in in_words.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("digital --available 2026-11-31", "does not match"),
        ("pigeon --available 2026-11-30", "pigeon"),
        ("digital --notified 2026-11-30", "--available"),
        ("digital --available 2026-11-27 --second-notice 2026-12-04", "needs a first one"),
        ("digital --available 2026-11-27 --notified 2026-12-04 --second-notice 2026-12-03", "before the first"),
        ("handed --available 1960-01-01", "no rule"),
    ],
)
def test_days_that_cannot_be_are_bad_input(estimate: Estimate, arguments: str, said: str) -> None:
    answer = estimate("complaint", "--channel", *arguments.split(), "--json")

    assert (answer.returncode, answer.stdout) == (2, "") and said in answer.stderr
