"""The cases from public reports find what they try, by the name it had, and may call it as they always did."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import pytest

from tests.cases.seam import NAMES

ROOT = Path(__file__).resolve().parents[2]
#: The cases lie beside the checkout where they are at hand; the product does without.
CASES = ROOT.parent / "shared" / "cases"

#: The parameters each had when the cases were made; ``=`` marks the ones that may be left out.
CALLABLES = {
    "engine.bpmn.timing:add_duration": "moment, text, *, back=",
    "engine.cases.looking_up:plain_number": "text",
    "engine.cases.uploads:BadFile": "key",
    "engine.cases.uploads:check": "name, content",
    "engine.documents.overview:render": "overview, *, name, language, made_at",
    "engine.economy.enk.deadlines:advance_tax": "year, assessed, change=",
    "engine.economy.enk.deadlines:tax_return": "year",
    "engine.economy.export:to_csv": "overview",
    "engine.economy.figures:Account": "id, number, name, product, usage, balance, bank=",
    "engine.economy.figures:Debt": (
        "id, kind, creditor, balance, status=, collector=, principal=, interest=, costs=, rate=, monthly=, limit=, "
        "terms_left=, secured=, co_borrower=, due=, account=, case_number=, creditor_orgno="
    ),
    "engine.economy.figures:Figures": "debts=, assets=, incomes=, accounts=, transactions=, enterprises=, tax=, gaps=",
    "engine.economy.figures:Transaction": (
        "id, account, booked, amount, counterparty, text, source, counterparty_account=, kid=, mcc=, code="
    ),
    "engine.economy.overview:build": "found, *, as_of, gaps=, supplements=",
    "engine.economy.sourced:Source": "data_set, provider, fetched_at, legal_basis, reference=",
    "engine.economy.sourced:Sourced": "value, sources, as_of=, derived=",
    "engine.economy.spending:category_of": "transaction, creditors",
    "engine.economy.supplements:Supplement": "id, kind, name, amount, at, target=",
    "engine.economy.tax.vat:terms": "year, period",
    "engine.evidence.datasets:EvidenceRequest": "subject, grant, correlation_id, idempotency_key, as_of, since",
    "engine.evidence.datasets:Subject": "person_id, pid, name, birth_date",
    "engine.evidence.errors:SourceRefused": "code, *, retry_after=",
    "engine.evidence.errors:SourceUnavailable": "code, *, retry_after=",
    "engine.names:words": "name",
    "engine.strict_json:loads": "data, *, decimals=, max_bytes=",
    "engine.web.budget:age_in_months": "text",
    "engine.web.overview:read_amount": "text",
    "forms.layout:Field": (
        "id, kind, path=, title=, description=, required=, read_only=, options=, suffix=, value=, rows=, more=, takes="
    ),
    "forms.reading:read": "found, schema, posted",
    "forms.validation:check_schema": "schema, data",
    "integrations.answer:load": "schema, data",
    "integrations.bank.client:BankClient": "base_url, http",
    "integrations.brreg.client:BrregClient": "base_url, http",
    "integrations.folkeregisteret.client:Folkeregisteret": "base_url, http, maskinporten",
    "integrations.gjeldsregister.mapping:figures": "answer, at",
    "integrations.gjeldsregister.schema:DebtAnswer": "*, many=",
    "integrations.http:Response": "status, headers, body",
    "integrations.inkasso.mapping:figures": "answer, at",
    "integrations.inkasso.schema:Balance": "*, many=",
    "integrations.skatteetaten.mapping:claims": "answer, at",
}
#: The values each had.
ENUMS = {
    "engine.economy.figures:DebtKind": (
        "mortgage car_loan consumer_loan credit_card charge_card student_loan collection tax fine private other"
    ),
    "engine.economy.supplements:SupplementKind": "debt asset income spending correction",
    "engine.economy.tax.vat:Period": "two_month annual annual_primary",
}
#: What a case takes from each that was addressed as a whole module.
MODULES = {
    "engine.cases:letters": ("change", "send"),
    "engine.documents:page": (),
    "engine.web:citizen": ("send",),
    "engine.web:forms": ("rows_asked", "posted", "reshaped"),
}


def test_each_name_of_the_seam_is_tested_and_no_other() -> None:
    assert set(NAMES) == {*CALLABLES, *ENUMS, *MODULES}


@pytest.mark.parametrize("name", CALLABLES)
def test_what_was_callable_takes_the_arguments_it_took(name: str) -> None:
    now = inspect.signature(cast(Callable[..., Any], NAMES[name]))
    before, _, by_name = CALLABLES[name].partition("*")
    by_position = [part for part in before.split(", ") if part]
    named = [part for part in by_name.split(", ") if part]
    for left_out in (True, False):
        wanted = [part for part in by_position if not (left_out and part.endswith("="))]
        more = {part.removesuffix("="): None for part in named if not (left_out and part.endswith("="))}
        bound = now.bind(*wanted, **more)
        assert list(bound.arguments)[: len(wanted)] == [part.removesuffix("=") for part in wanted]


@pytest.mark.parametrize("name", ENUMS)
def test_what_was_a_list_of_values_has_each_of_them(name: str) -> None:
    found = NAMES[name]
    assert isinstance(found, type) and issubclass(found, Enum)
    assert set(ENUMS[name].split()) <= {one.value for one in found}


@pytest.mark.parametrize("name", MODULES)
def test_what_was_a_module_still_holds_what_the_cases_take_from_it(name: str) -> None:
    found = NAMES[name]
    assert MODULES[name] or isinstance(found, ModuleType)
    for part in MODULES[name]:
        assert inspect.getsource(getattr(found, part)).startswith(("def ", "@"))


def test_a_bank_of_which_only_the_address_is_told_answers_under_the_banks_name() -> None:
    client = cast(Callable[..., Any], NAMES["integrations.bank.client:BankClient"])("http://bank", None)
    assert client._bank_name == "Eksempelbanken"


def test_what_a_source_refused_tells_its_code() -> None:
    for name in ("SourceRefused", "SourceUnavailable"):
        assert cast(Callable[..., Any], NAMES[f"engine.evidence.errors:{name}"])("http_403").code == "http_403"


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases do not lie beside this checkout")
def test_the_cases_at_hand_load_every_name_through_the_seam() -> None:
    look = (
        "import sys; sys.path.insert(0, sys.argv[2]); import _lib\n"
        "from tests.cases.seam import NAMES\n"
        "lost = [n for n, found in NAMES.items() if _lib.seam(*n.split(':')) is not found]\n"
        "print(lost); sys.exit(bool(lost))"
    )
    done = subprocess.run(
        [sys.executable, "-c", look, str(ROOT), str(CASES)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
