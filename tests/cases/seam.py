"""The one place where the cases from public reports touch the product: ``NAMES``.

A case is written once, against the name a thing had when the case was made, ``module:name``. ``NAMES`` leads from
that name to whatever does the same now. When something moves, point its line here at the new place; when its shape
changes, put an adapter that takes the old arguments.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import partial
from types import SimpleNamespace
from typing import Unpack, cast

from marshmallow import INCLUDE, Schema

from engine.advice.documents import overview as overview_document
from engine.advice.documents import page
from engine.advice.documents.spreadsheet import to_csv
from engine.advice.documents.words import Words
from engine.advice.economy import figures, overview, sourced, spending, supplements
from engine.advice.economy.enk import deadlines
from engine.advice.economy.tax import vat
from engine.advice.evidence import datasets
from engine.advice.household import age_in_months
from engine.casework import letters, uploads
from engine.casework.person_lookup import plain_number
from engine.platform import provider_errors, strict_json
from engine.platform.name_index import words
from engine.web.citizen import home
from engine.web.shared import forms as web_forms
from engine.web.shared.texts import translate
from engine.workflow.bpmn.timing import add_duration
from forms import amounts, layout, reading, validation
from integrations import answer
from integrations.bank.client import BankClient
from integrations.brreg.client import BrregClient
from integrations.folkeregisteret.client import Folkeregisteret
from integrations.gjeldsregister import mapping as debt_register
from integrations.http import CallOptions, HttpClient, Response
from integrations.inkasso import mapping as collectors
from integrations.inkasso.schema import Balance
from integrations.skatteetaten import mapping as tax_administration

#: What the sandbox calls its bank, and what every bank was called when the cases were made.
BANK_NAME = "Eksempelbanken"
#: The citizen's pages were one module; a case looks only at how a message is sent.
citizen = SimpleNamespace(send=home.write_message)


class DebtAnswer(Schema):
    """The debt register's answer, as it came: since then each loan is read by itself, by the mapping."""

    class Meta:
        unknown = INCLUDE


class _Told:
    """A bank that answers only what a case told it to. Since then more is asked of it: that is not found there."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    def get(self, url: str, **options: Unpack[CallOptions]) -> Response:
        try:
            return self._http.get(url, **options)
        except KeyError:
            raise provider_errors.SourceRefusedError("http_404") from None


class _BankClient(BankClient):
    """Asked by one of whom nothing is known: since then the question tells who it is about."""

    def fetch(self, asked: datasets.EvidenceRequest) -> datasets.Evidence:
        nobody = datasets.Subject("", "", "", date(1, 1, 1))
        subject = getattr(asked, "subject", nobody)
        return super().fetch(datasets.EvidenceRequest(subject, asked.grant, "", "", asked.as_of, asked.since))


def bank_client(base_url: str, http: HttpClient) -> BankClient:
    """A bank of which only the address is told: since then the caller tells its name too."""
    return _BankClient(base_url, BANK_NAME, cast(HttpClient, _Told(http)))


def read_amount(text: str) -> Decimal | None:
    """An amount or ``None``: since then the reader says why."""
    try:
        return amounts.read_amount(text)
    except amounts.AmountError:
        return None


def page_words(language: str = "nb") -> Words:
    """The page's own texts: since then its copies are written with them."""
    return Words(language, partial(translate, language), str)


def render(overview: overview.Overview, *, name: str, language: str, made_at: datetime) -> bytes:
    """The overview as a PDF: since then it is handed the words of the page."""
    return overview_document.render(overview, name=name, words=page_words(language), made_at=made_at)


def table(overview: overview.Overview) -> str:
    """The overview as a table: since then it is handed the words of the page."""
    return to_csv(overview, page_words())


NAMES: dict[str, object] = {
    "engine.bpmn.timing:add_duration": add_duration,
    "engine.cases.looking_up:plain_number": plain_number,
    "engine.cases.uploads:BadFile": uploads.FileRefusedError,
    "engine.cases.uploads:check": uploads.check,
    "engine.cases:letters": letters,
    "engine.documents.overview:render": render,
    "engine.documents:page": page,
    "engine.economy.enk.deadlines:advance_tax": deadlines.advance_tax,
    "engine.economy.enk.deadlines:tax_return": deadlines.tax_return,
    "engine.economy.export:to_csv": table,
    "engine.economy.figures:Account": figures.Account,
    "engine.economy.figures:Debt": figures.Debt,
    "engine.economy.figures:DebtKind": figures.DebtKind,
    "engine.economy.figures:Figures": figures.Figures,
    "engine.economy.figures:Transaction": figures.Transaction,
    "engine.economy.overview:build": overview.build,
    "engine.economy.sourced:Source": sourced.Source,
    "engine.economy.sourced:Sourced": sourced.Sourced,
    "engine.economy.spending:category_of": spending.category_of,
    "engine.economy.supplements:Supplement": supplements.Supplement,
    "engine.economy.supplements:SupplementKind": supplements.SupplementKind,
    "engine.economy.tax.vat:Period": vat.Period,
    "engine.economy.tax.vat:terms": vat.terms,
    "engine.evidence.datasets:EvidenceRequest": datasets.EvidenceRequest,
    "engine.evidence.datasets:Subject": datasets.Subject,
    "engine.evidence.errors:SourceRefused": provider_errors.SourceRefusedError,
    "engine.evidence.errors:SourceUnavailable": provider_errors.SourceUnavailableError,
    "engine.names:words": words,
    "engine.strict_json:loads": strict_json.loads,
    "engine.web.budget:age_in_months": age_in_months,
    "engine.web.overview:read_amount": read_amount,
    "engine.web:citizen": citizen,
    "engine.web:forms": web_forms,
    "forms.layout:Field": layout.Field,
    "forms.reading:read": reading.read,
    "forms.validation:check_schema": validation.check_schema,
    "integrations.answer:load": answer.load,
    "integrations.bank.client:BankClient": bank_client,
    "integrations.brreg.client:BrregClient": BrregClient,
    "integrations.folkeregisteret.client:Folkeregisteret": Folkeregisteret,
    "integrations.gjeldsregister.mapping:figures": debt_register.figures,
    "integrations.gjeldsregister.schema:DebtAnswer": DebtAnswer,
    "integrations.http:Response": Response,
    "integrations.inkasso.mapping:figures": collectors.figures,
    "integrations.inkasso.schema:Balance": Balance,
    "integrations.skatteetaten.mapping:claims": tax_administration.claims,
}
