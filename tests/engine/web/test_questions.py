"""The questions of consent, mandate and sharing, each drawn with the sources it is about."""

from __future__ import annotations

import re

from tests.engine.web.filled import Browser
from tests.processes.conftest import Product, product, yes
from tests.processes.data_collection.test_data_collection_journey import collecting

__all__ = ["product"]
FROM = re.compile(r'id="kinds-\w+-help">\s*(Fra [^<]+?)\s*</p>')


def asked(product: Product, case: str, element: str) -> str:  # noqa: F811
    return Browser(product, product.anne).get(f"/oppgaver/{product.tasks(case)[element]}")


def test_consent_and_mandate_name_the_sources_of_each_kind_in_a_sentence(product: Product) -> None:  # noqa: F811
    case = product.start("advice")
    consent = FROM.findall(asked(product, case, "GiveConsent"))
    product.complete(case, "GiveConsent", consent_answer=yes("loans", "income", "spending", "property"))
    product.work()
    product.approve(case)
    product.complete(case, "ApproveAtSources")
    mandate = FROM.findall(asked(product, case, "GiveMandate"))

    assert "Fra Banken." in consent and all(sentence.endswith(".") for sentence in consent + mandate)
    assert any(" og " in sentence for sentence in consent + mandate), "several are joined as a list"
    assert consent and mandate and not set(consent) & set(mandate)


def test_the_question_of_sharing_is_about_no_source(product: Product) -> None:  # noqa: F811
    case = collecting(product)
    product.work()
    product.complete(case, "Supplement")

    page = asked(product, case, "Share")

    assert "Ja, jeg vil dele" in page and not FROM.search(page)
