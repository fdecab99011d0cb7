"""What is wrong with who may read, before a version is published."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.studio.access import let
from engine.studio.blank import blank
from engine.web.shared.texts import texts
from engine.web.studio.session import CAPABILITIES
from engine.workflow.bpmn.elements import Finding
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.findings import Offer, bundle_findings
from tests.factories.policies import with_rules

ROOT = Path(__file__).resolve().parents[3]
CALLBACK = Bundle.read(ROOT / "processes" / "callback")
FOLDERS = [
    f
    for folder in ("processes", "docs/examples")
    for f in sorted((ROOT / folder).iterdir())
    if (f / "policy.xml").exists()
]
RULES = ("nobody-may-read", "may-act-but-not-read")


def of_reading(bundle: Bundle, offer: Offer) -> list[Finding]:
    return [found for found in bundle_findings(bundle, offer) if found.rule in RULES]


@pytest.fixture
def offer() -> Offer:
    return Offer(CAPABILITIES, (), (), ())


def test_a_policy_that_lets_nobody_read_is_refused_once(offer: Offer) -> None:
    bundle = with_rules(CALLBACK, ("priv", "Ask", ["write"]), ("radgiver", "Call", ["write"]))
    assert [(f.element, f.rule, f.severity) for f in of_reading(bundle, offer)] == [("", "nobody-may-read", "error")]


def test_who_may_do_a_step_but_not_read_it_is_named_with_the_step(offer: Offer) -> None:
    bundle = with_rules(
        CALLBACK, ("priv", "Ask", ["read", "write"]), ("radgiver", "Call", ["write"]), ("radgiver", "Ask", ["read"])
    )
    (found,) = of_reading(bundle, offer)
    assert (found.element, found.rule, found.severity) == ("Call", "may-act-but-not-read", "error")
    assert "radgiver" in found.message and found.line > 0


def test_a_rule_that_denies_reading_is_seen(offer: Offer) -> None:
    files = let(CALLBACK.files, "callback", "Call", "radgiver", "read", False)
    assert [(f.element, f.rule) for f in of_reading(Bundle("callback", files), offer)] == [
        ("Call", "may-act-but-not-read")
    ]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_whoever_may_do_a_step_of_a_shipped_journey_may_read_it(folder: Path, offer: Offer) -> None:
    assert of_reading(Bundle.read(folder), offer) == []


def test_the_blank_process_lets_both_read_what_they_do(offer: Offer) -> None:
    assert of_reading(blank("ny", "Ny", {"orgno": "312345672", "name": "Nav"}), offer) == []


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_both_findings_have_words_and_a_way_out_in_every_language(language: str) -> None:
    assert all(texts(language).get(f"{kind}.{rule}") for rule in RULES for kind in ("finding", "suggest"))
