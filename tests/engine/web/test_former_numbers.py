"""Somebody who came with a D-number comes back with an identity number: they are the same person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from types import SimpleNamespace

import pytest

from engine.web import create_app
from engine.workflow.authorization.login import Identity
from tests.processes.conftest import Product, product

__all__ = ["product"]
D_NUMBER, NUMBER, BORN = "60887297944", "20887297953", date(1972, 8, 20)


class Issuer:
    """ID-porten, where whoever has *pid* logs in."""

    settings = SimpleNamespace(issuer="http://idporten")

    def __init__(self, pid: str) -> None:
        self._pid = pid

    def begin(self, **_: object) -> SimpleNamespace:
        return SimpleNamespace(url="http://idporten/authorize", state="s", nonce="n", verifier="v")

    def finish(self, *_: object) -> Identity:
        return Identity(
            sub="x", pid=self._pid, level="high", sid="1", locale="nb", issuer="http://idporten", id_token=""
        )


def log_in(product: Product, pid: str, former: Sequence[str] = ()) -> int:  # noqa: F811
    """The status of the page one comes to."""
    app = create_app(
        product.application,
        logins={"idporten": Issuer(pid)},
        identify=lambda _: ("Truls Eksempel", BORN),
        former_numbers=lambda _: former,
    )
    browser = app.test_client()
    browser.get("/logg-inn")
    return browser.get("/logg-inn/idporten/svar?code=x&state=s&iss=http://idporten").status_code


def person_id(product: Product, pid: str) -> str | None:  # noqa: F811
    with product.application.db.read() as connection:
        found = product.application.vault.person_by_pid(connection, pid)
    return found.id if found else None


def test_who_logs_in_with_a_new_number_keeps_all_they_had_under_the_old(product: Product) -> None:  # noqa: F811
    log_in(product, D_NUMBER)
    before = person_id(product, D_NUMBER)

    log_in(product, NUMBER, [D_NUMBER])

    assert before is not None and person_id(product, NUMBER) == before
    assert person_id(product, D_NUMBER) is None, "the old number is not theirs any more"


@pytest.mark.parametrize("former", [[], ["01010112345"]])
def test_who_has_no_number_we_know_is_somebody_new(product: Product, former: list[str]) -> None:  # noqa: F811
    log_in(product, D_NUMBER)

    log_in(product, NUMBER, former)

    assert person_id(product, NUMBER) not in (None, person_id(product, D_NUMBER))


def test_two_persons_we_know_already_are_never_made_one(product: Product) -> None:  # noqa: F811
    log_in(product, D_NUMBER)
    log_in(product, NUMBER)
    both = (person_id(product, D_NUMBER), person_id(product, NUMBER))

    log_in(product, NUMBER, [D_NUMBER])

    assert (person_id(product, D_NUMBER), person_id(product, NUMBER)) == both
