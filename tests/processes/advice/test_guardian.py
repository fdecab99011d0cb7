"""A guardian for a ward, by the population register's word; and whom the citizen has given a written mandate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from engine.advice.consent.models import consent_record
from engine.casework import letters, notices
from engine.casework.commands import AddParty, BeginLetter, FollowGuardianship, SendLetter
from engine.web import create_app
from engine.workflow.authorization import role_codes
from engine.workflow.authorization.actor import Actor, Role
from engine.workflow.errors import Forbidden, NotFound
from engine.workflow.execution.commands import CompleteTask
from engine.workflow.instances import parties
from tests.engine.web.filled import Browser
from tests.engine.web.test_standing import IdPorten
from tests.processes.conftest import NO, OFFICE, Product
from tests.processes.test_estate_settlement import person

VERA, ANNE = "21820297800", "21818297804"
BORN = date(1983, 8, 30)


@dataclass(frozen=True)
class Told:
    """What the register tells of one person."""

    pid: str
    name: str
    guardian: str = ""
    born: date = BORN
    dead: bool = False


@pytest.fixture
def vera(product: Product) -> Actor:
    return person(product, VERA, "Vera Verge")


def followed(product: Product, case: str, pid: str = VERA) -> None:
    """Kari asks the register, which names Vera, or with "" nobody."""
    command = FollowGuardianship(case, pid, "Vera Verge" if pid else "", BORN if pid else None)
    product.application.dispatch.send(command, product.kari)


def tasks_page(product: Product, case: str, element: str) -> str:
    return f"/oppgaver/{product.tasks(case)[element]}"


def test_a_guardian_sees_whom_they_act_for_and_answers_every_step_of_the_ward(product: Product, vera: Actor) -> None:
    case = product.start("advice")
    followed(product, case)
    browser = Browser(product, vera)

    page = browser.get(tasks_page(product, case, "GiveConsent"))
    assert "Du gjør dette på vegne av Anne Eksempel" in page
    assert "Gjeldsregisteret" in page and "Banken" not in page, "the bank wants the citizen's own press"
    browser.post(tasks_page(product, case, "GiveConsent"), answer="yes", kinds="loans")
    product.work()
    browser.post(tasks_page(product, case, "GiveMandate"), answer="no")
    product.work()
    assert "på vegne av Anne Eksempel" in browser.get(tasks_page(product, case, "Supplement"))
    browser.post(tasks_page(product, case, "Supplement"))
    browser.post(tasks_page(product, case, "Share"), answer="yes")

    assert list(product.tasks(case)) == ["Assess"]
    with product.application.db.read() as connection:
        given = connection.execute(select(consent_record).where(consent_record.c.basis == "consent")).one()
    assert (given.person_id, given.registered_by) == (product.anne.person_id, vera.person_id)
    assert (given.channel, given.data_sets) == ("representative", ["gjeldsregister.debts"])
    assert "Skrevet ned av Vera Verge (som representant)" in Browser(product, product.anne).get("/deling")


def test_the_ward_may_act_beside_the_guardian(product: Product, vera: Actor) -> None:
    case = product.start("advice")
    followed(product, case)
    product.complete(case, "GiveConsent", consent_answer=NO)
    product.complete(case, "GiveMandate", vera, mandate_answer=NO)
    product.work()

    assert list(product.tasks(case)) == ["Supplement"]


def test_it_ends_when_the_register_says_so(product: Product, vera: Actor) -> None:
    case = product.start("advice")
    followed(product, case)
    followed(product, case, "")

    with pytest.raises(NotFound):
        product.complete(case, "GiveConsent", vera, consent_answer=NO)
    assert Browser(product, vera).client.get(tasks_page(product, case, "GiveConsent")).status_code == 404
    with product.application.db.read() as connection:
        assert parties.of_case(connection, case) == []


def test_nobody_becomes_a_guardian_by_their_own_word(product: Product, vera: Actor) -> None:
    case = product.start("advice")
    for who in (vera, product.anne):
        with pytest.raises((Forbidden, NotFound)):
            product.application.dispatch.send(FollowGuardianship(case, VERA, "Vera Verge", BORN), who)
    with pytest.raises(NotFound):
        product.application.dispatch.send(CompleteTask(product.tasks(case)["GiveConsent"]), vera)


def test_the_register_is_asked_anew_when_the_guardian_logs_in(product: Product, vera: Actor) -> None:
    case = product.start("advice")
    followed(product, case)
    told = {VERA: Told(VERA, "Vera Verge"), ANNE: Told(ANNE, "Anne Eksempel", VERA)}
    issuer = IdPorten()
    issuer.finish = lambda *_: replace(IdPorten.finish(issuer), pid=VERA)  # type: ignore[method-assign]
    app = create_app(
        product.application,
        logins={"idporten": issuer},
        identify=lambda pid: (told[pid].name, BORN),
        registered=told.__getitem__,
    )

    def acting() -> list[str]:
        browser = app.test_client()
        browser.get("/logg-inn")
        assert browser.get("/logg-inn/idporten/svar?code=x&state=s&iss=http://idporten").status_code == 303
        with product.application.db.read() as connection:
            return [row.person_id for row in parties.of_case(connection, case, role_codes.GUARDIAN)]

    assert acting() == [vera.person_id]
    told[ANNE] = Told(ANNE, "Anne Eksempel")
    assert acting() == []


def test_a_letter_goes_to_both_and_both_read_it(product: Product, vera: Actor) -> None:
    case = product.start("advice")
    followed(product, case)
    send = product.application.dispatch.send
    letter = send(BeginLetter(case, "free"), product.kari).made
    send(SendLetter(case, letter, "Innkalling", "Kom på torsdag.", b"%PDF-1.7"), product.kari)

    for who in (product.anne, vera):
        with product.application.db.read() as connection:
            told = notices.of_person(connection, product.application.vault, who.person_id)
            assert letters.of(connection, product.application.vault, case, letter).title == "Innkalling"
        assert "letter" in {notice.kind for notice in told}
        browser = Browser(product, who)
        assert "Innkalling" in browser.get("/saken-min")
        assert browser.client.get(f"/brev/{letter}").status_code == 200


def test_whom_the_office_names_with_a_written_mandate_acts_until_the_office_ends_it(product: Product) -> None:
    kari = person(product, "20887297952", "Kari Rådgiver")
    product.kari = replace(kari, role=Role.CASEWORKER, office=OFFICE)
    frode = person(product, "20887297953", "Frode Fullmektig")
    case = product.start("advice")
    command = AddParty(case, "representative", "Frode Fullmektig", "20887297953", date(1970, 1, 1))
    product.application.dispatch.send(command, product.kari)
    product.complete(case, "GiveConsent", frode, consent_answer=NO)
    office = Browser(product, product.kari)
    with product.application.db.read() as connection:
        (party,) = parties.of_case(connection, case, "representative")
    number = office.get("/arbeidsko?visning=alle").partition("/saker/")[2][:9]
    office.follow(f"/saker/{number}/parter/{party.id}/avslutt", reason="Fullmakten er trukket")

    with pytest.raises(NotFound):
        product.complete(case, "GiveMandate", frode, mandate_answer=NO)
    product.clock.advance(timedelta(minutes=1))
