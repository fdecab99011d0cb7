"""Every notice leads to where one acts on it, and the link says where."""

from __future__ import annotations

import re

import pytest

from engine.web.shared.notice_links import PAGES, page_of
from engine.web.shared.texts import LANGUAGES, texts, translate

TEXTS = texts("nb")
KINDS = {"milestone", "journey.notice.answered", "journey.notice.issued"}
KINDS |= {f"enk.{key.removeprefix('enk.warn.')}" for key in TEXTS if key.startswith("enk.warn.")}
KINDS |= {re.sub(r"\.(passed|plain).*", "", key) for key in TEXTS if key.startswith("signal.")}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_notice_has_a_page(kind: str) -> None:
    assert page_of(kind) in PAGES.values()


def test_the_longest_beginning_counts_and_an_unknown_kind_has_none() -> None:
    assert page_of("enk.gap.vat") == "enk.show" and page_of("enk.no_tags") == "enk.accounts"
    assert page_of("journey.notice.answered") == "enk.checklist" and page_of("journey.notice.issued") == "citizen.case"
    assert page_of("enkelt") == "" and page_of("") == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_link_says_where_it_leads(language: str) -> None:
    said = {endpoint: translate(language, f"notice.to.{endpoint}") for endpoint in PAGES.values()}
    assert not any(text.startswith("notice.to.") for text in said.values())
    assert len(set(said.values())) == len(said), "two pages, two texts"
