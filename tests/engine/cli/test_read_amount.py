"""``ibalanse read-amount`` prints what the reader understands, and says why it does not."""

from __future__ import annotations

import io
import json

import pytest

from engine.cli import main


def no_product(_: object) -> object:
    raise AssertionError("an amount needs no database")


def run(*arguments: str) -> int:
    wire: object = no_product
    return main.main(["read-amount", *arguments], wire=wire, prepare=wire, create_sandbox=wire)  # type: ignore[arg-type]


def test_an_amount_is_printed_as_it_was_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("kr 12.500,-") == 0
    assert run("-500", "--json") == 0
    assert run("5,6 %", "--rate", "--json") == 0
    plain, below, rate = capsys.readouterr().out.splitlines()
    assert plain == "12500.00" and json.loads(below) == {"amount": "-500.00"} and json.loads(rate) == {"rate": "5.6"}


def test_what_is_no_amount_is_bad_input_with_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("12,500") == 2
    told = capsys.readouterr()
    assert told.out == "" and told.err.strip() == "ambiguous: thousands 12500, decimals 12.500"


def test_a_dash_reads_what_is_piped_in(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("1 234,50\n"))
    assert run("-") == 0
    assert capsys.readouterr().out == "1234.50\n"
