"""The court's cases as they are published: numbers without names, firms, and people without a Norwegian number."""

from __future__ import annotations

import copy
import random
from datetime import date
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.advice.task_types.exchange import Found
from engine.platform.provider_errors import SourceError, SourceRefusedError, SourceUnavailableError
from integrations.domstol.client import DECEASED, HEIR, DomstolClient
from integrations.folkeregisteret.client import RegisteredPerson
from integrations.maskinporten.client import MaskinportenClient
from tests.factories.sampling import examples
from tests.integrations.fake_provider import example, http
from tests.integrations.mutants import mutant

SEARCH = "/api/v1/estates/search"
BORN = date(1970, 1, 2)


class Tokens:
    def token(self, *_: object, **__: object) -> str:
        return "t"


class Population:
    """Knows everybody, as their number says, but for what a test tells."""

    def __init__(self, **told: RegisteredPerson | SourceError) -> None:
        self._told = told

    def person(self, pid: str) -> RegisteredPerson:
        found = self._told.get(f"n{pid}", RegisteredPerson(pid, f"Navn {pid}", BORN))
        if isinstance(found, SourceError):
            raise found
        return found


def find(case: object, population: Population | None = None) -> Found:
    client = DomstolClient(
        "https://d", http({SEARCH: case}), cast(MaskinportenClient, Tokens()), population or Population()
    )
    found = client.find("28857697520")
    assert found is not None
    return found


def panic() -> dict[str, Any]:
    found: dict[str, Any] = example("domstol/ivrig_panikk")["DaCaseList"][0]
    return found


@pytest.mark.parametrize(
    ("case", "deceased", "heirs", "outside", "deadline"),
    [
        (example("domstol/external_api_sample"), "18858274865", ["07871147986"], 4, date(2026, 1, 3)),
        (example("domstol/personlig_balltre")["DaCaseList"][0], "01827974788", ["28857697520"], 0, date(1900, 1, 1)),
        (panic(), "01835897873", ["27922549848"], 3, date(2026, 4, 27)),
    ],
)
def test_a_published_case_is_read_with_the_names_of_the_population_register(
    case: dict[str, Any], deceased: str, heirs: list[str], outside: int, deadline: date
) -> None:
    found = find(case)

    assert found.reference == case["sakId"]
    assert [(p.pid, p.role, p.acts, p.name) for p in found.parties] == [
        (deceased, DECEASED, False, f"Navn {deceased}"),
        *((heir, HEIR, True, f"Navn {heir}") for heir in heirs),
    ]
    assert (found.outside, found.deadline, found.annulled) == (outside, deadline, False)


def test_an_heir_who_has_died_acts_no_more_and_a_guardian_acts_for_whoever_has_one() -> None:
    case = panic()
    case["parter"].append({"type": "Person", "nin": "28857697520", "role": "BARN"})
    population = Population(
        n27922549848=RegisteredPerson("27922549848", "Mormor", BORN, dead=True),
        n28857697520=RegisteredPerson("28857697520", "Barn", date(2014, 1, 2), guardian="04884199941"),
    )

    (_, child) = find(case, population).parties

    assert (child.pid, child.relation, child.guardian_pid) == ("28857697520", "BARN", "04884199941")
    assert (child.guardian_name, child.guardian_born) == ("Navn 04884199941", BORN)


def test_an_heir_the_population_register_does_not_know_is_the_loss_of_no_other() -> None:
    case = panic()
    case["parter"].append({"type": "Person", "nin": "28857697520", "role": "BARN"})

    found = find(case, Population(n27922549848=SourceRefusedError("http_404")))

    assert [party.pid for party in found.parties] == ["01835897873", "28857697520"]
    assert found.outside == 4


def test_a_population_register_that_is_away_is_asked_again_and_nobody_is_left_out() -> None:
    with pytest.raises(SourceUnavailableError):
        find(panic(), Population(n27922549848=SourceUnavailableError("timeout")))


@pytest.mark.hypothesis
@settings(max_examples=examples(200))
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_one_odd_party_changes_no_other(seed: int) -> None:
    case = panic()
    case["parter"].append({"type": "Person", "nin": "28857697520", "role": "BARN"})
    one = mutant({"answer": copy.deepcopy(case)}, [("answer", "parter")], random.Random(seed))

    kept, found = find(one.without["answer"]), find(one.answers["answer"])

    assert {(p.pid, p.role) for p in kept.parties} <= {(p.pid, p.role) for p in found.parties}, one.what
    if one.what not in ("repeated", "reordered") and found.parties == kept.parties:
        assert found.outside == kept.outside + 1 or one.what == "junk", one.what


@pytest.mark.parametrize("without", ["sakId", "avdode", "deadlineDate"])
def test_a_case_without_what_it_is_about_is_the_courts_error(without: str) -> None:
    case = panic()
    del case[without]

    with pytest.raises(SourceError):
        find(case)
