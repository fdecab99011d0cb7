"""Answers of the registers with one record wrong: no error but the sources' own, no other record's figure changed.

As ``test_mutants`` for banks: a sample in every run, 20 000 others in ``make prove``.
"""

from __future__ import annotations

import copy
import json
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.advice.economy.figures import Figures
from engine.platform.provider_errors import SourceError
from integrations.inkasso import mapping as collectors
from integrations.kartverket.client import properties
from integrations.lanekassen.client import figures as student_loan
from integrations.nav.client import benefits
from integrations.skatteetaten.incomes import incomes
from integrations.skatteetaten.mapping import claims
from integrations.skatteetaten.tax_base import tax_base
from tests.factories.sampling import examples
from tests.integrations.fake_provider import NOW, PID, example, list_example, request
from tests.integrations.mutants import Mutant, holders, mutant, odd

ANY_SEED = st.integers(min_value=0, max_value=2**32)
ASKED = replace(request(), since=date(2026, 1, 1))


@dataclass(frozen=True, slots=True)
class Register:
    """An answer as published, or in our own design where nobody publishes one; the list of records; how it is read.

    whole  whether the records make figures of their own; Lånekassen's are parts of one debt
    """

    answer: dict[str, Any]
    records: tuple[str, ...]
    read: Callable[[Any], Figures]
    whole: bool = True


def several(record: dict[str, Any], times: int, name: str) -> list[dict[str, Any]]:
    """*record* several times, told apart by *name*."""
    return [{**copy.deepcopy(record), name: f"{name}-{number}"} for number in range(times)]


def _claims() -> dict[str, Any]:
    told = example("skatteetaten/eksempel-aapnekrav")
    rows = told["aapentKravMedGjenstaaendeBeloep"]
    told["aapentKravMedGjenstaaendeBeloep"] = [rows[0], *several(rows[0], 3, "kravidentifikator")]
    return told


def _incomes() -> dict[str, Any]:
    cash = {"fordel": "kontantytelse", "beloep": 31000, "loennsinntekt": {"beskrivelse": "fastloenn"}}
    months = [
        {
            "opplysningspliktigId": "911014572",
            "virksomhetId": "911014573",
            "kalendermaaned": f"2026-0{month}",
            "inntektsmottaker": {"personidentifikator": PID},
            "inntekt": [
                cash,
                {**cash, "beloep": 100 * month, "loennsinntekt": {"beskrivelse": "bonus"}},
            ],
            "forskuddstrekk": [{"beloep": -9000}],
            "fradrag": [{"beskrivelse": "premieTilPensjonsordninger", "beloep": 620.5}],
        }
        for month in range(4, 9)
    ]
    found: dict[str, Any] = json.loads(json.dumps({"oppgaveInntektsmottaker": months}))  # no two share an object
    return found


def _payments() -> dict[str, Any]:
    told = list_example("nav/alle_utbetalinger_tidligere_default")
    for payment in told:
        payment["utbetaltTil"]["ident"] = PID
    return {"payments": told}


def _collectors() -> dict[str, Any]:
    claim = {
        "saksnummer": "1",
        "inkassator": {"orgnr": "974651866", "navn": "Inkasso AS"},
        "kreditor": {"navn": "Strøm AS"},
        "kravtype": "strøm",
        "hovedstol": 100000,
        "renter": 2000,
        "salaer": 30000,
        "omkostninger": 0,
        "innbetalt": 1000,
        "saldo": 131000,
        "rentesats": "12.25",
        "opprinneligForfall": "2026-06-01",
        "status": "utlegg",
    }
    return {"levert": "2026-11-26T23:30:00Z", "kravliste": several(claim, 4, "saksnummer"), "ikkeSvart": []}


def _shares() -> dict[str, Any]:
    units = [
        {
            "type": "Matrikkelenhet",
            "kommune": {"kommunenummer": "3205", "navn": "Lillestrøm"},
            "gaardsnummer": number,
            "bruksnummer": 1,
            "festenummer": 0,
            "seksjonsnummer": number,
        }
        for number in range(1, 5)
    ]
    shares = [
        {
            "teller": 1,
            "nevner": 2,
            "registerenhetsrett": {
                "registerenhetsrettstype": {"kodeverdi": "E", "navn": "Eiendomsrett"},
                "registerenhet": unit,
            },
        }
        for unit in units
    ]
    return {"registerenhetsrettsandeler": shares}


def _student_loan() -> dict[str, Any]:
    def account(name: str, amount: float) -> dict[str, Any]:
        money = {"currency": "NOK", "amount": amount}
        balance = {"BalanceType": "closingBooked", "BalanceAmount": money, "LastChangeDateTime": "2026-11-20T08:00:00Z"}
        return {"Name": name, "Balances": [balance]}

    parts = [account("Lån", 12684.79), account("Renter", 90.44), account("Gebyr", 280.0)]
    return {"Accounts": parts, "TotalAmount": 0}


REGISTERS = {
    "skatteetaten.claims": Register(_claims(), ("aapentKravMedGjenstaaendeBeloep",), lambda told: claims(told, NOW)),
    "skatteetaten.taxbase": Register(
        example("skatteetaten/eksempel-v2-2023"), ("grunnlag",), lambda told: tax_base(told, NOW)
    ),
    "skatteetaten.income": Register(
        _incomes(), ("oppgaveInntektsmottaker",), lambda told: incomes(told, NOW, ASKED.since)
    ),
    "nav": Register(_payments(), ("payments",), lambda told: benefits(told["payments"], ASKED)),
    "inkasso": Register(_collectors(), ("kravliste",), lambda told: collectors.figures(told, NOW)),
    "kartverket": Register(_shares(), ("registerenhetsrettsandeler",), lambda told: properties(told, ASKED)),
    "lanekassen": Register(_student_loan(), ("Accounts",), lambda told: student_loan(told, ASKED), whole=False),
}


def known(figures: Figures) -> Counter[Any]:
    """Every figure by what it says, without the name it is kept by."""
    debts = [("debt", d.creditor, d.balance.value, d.case_number, d.due) for d in figures.debts]
    assets = [("asset", a.kind, a.name, a.value and a.value.value, a.matrikkel) for a in figures.assets]
    money = [
        ("income", i.kind, i.payer_orgno, i.name, i.month, i.gross.value, i.net and i.net.value)
        for i in figures.incomes
    ]
    return Counter([*debts, *assets, *money])


def check(register: Register, one: Mutant) -> None:
    told, without = register.read(one.answers["answer"]), register.read(one.without["answer"])
    found = known(told)
    if register.whole:
        assert not known(without) - found, (one.what, "another record's figure changed")
    if one.what == "repeated":
        assert found == known(register.read(register.answer)), "a record told twice is counted twice"
    ids = [fact.id for fact in (*told.debts, *told.assets, *told.incomes)]
    assert len(set(ids)) == len(ids), one.what
    part_left_out = re.search(r"missing \d+", one.what)  # nobody can say that a list was longer
    if sum(found.values()) < sum(known(register.read(register.answer)).values()) and not part_left_out:
        assert told.record_gaps, (one.what, "a record is gone and nobody says so")


@pytest.mark.hypothesis
@pytest.mark.parametrize("name", REGISTERS)
@settings(max_examples=examples(150))
@given(seed=ANY_SEED)
def test_one_wrong_record_is_the_loss_of_no_other(name: str, seed: int) -> None:
    register = REGISTERS[name]
    answers = {"answer": copy.deepcopy(register.answer)}

    check(register, mutant(answers, [("answer", *register.records)], random.Random(seed)))


@pytest.mark.hypothesis
@pytest.mark.parametrize("name", REGISTERS)
@settings(max_examples=examples(100))
@given(seed=ANY_SEED)
def test_an_answer_with_anything_in_it_is_read_or_is_the_sources_error(name: str, seed: int) -> None:
    dice = random.Random(seed)
    answer = copy.deepcopy(REGISTERS[name].answer)
    for _ in range(dice.randrange(1, 4)):
        holder, place = dice.choice(list(holders(answer)))
        holder[place] = odd(dice)
    try:
        assert isinstance(REGISTERS[name].read(answer), Figures)
    except SourceError:
        return
