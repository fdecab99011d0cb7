"""Somebody who never logs in: what they say by phone, at the office or on paper is written down, and counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from engine.advice.commands import (
    RecordAccess,
    RegisterAnswer,
    RegisterShareStop,
    RegisterSupplement,
    RegisterWithdrawal,
    RemoveRegistered,
)
from engine.advice.consent import ending
from engine.advice.consent.models import consent_record
from engine.advice.evidence import harvest, snapshots
from engine.advice.evidence.models import supplement
from engine.advice.retention import purge
from engine.advice.sharing.models import share
from engine.casework import information_requests, journal, notices, queries
from engine.casework.commands import AskCitizen, BeginCaseForCitizen, RegisterReply, TakeCase
from engine.workflow.audit import chain
from engine.workflow.audit.chain import audit_event
from engine.workflow.authorization.actor import Actor, Office, Role
from engine.workflow.errors import AlreadyDone, Forbidden, NotFound, NotPossible
from engine.workflow.execution.commands import CompleteOnBehalf, Received
from engine.workflow.instances.models import case_file
from tests.engine.web.filled import Browser
from tests.processes.conftest import NO, OFFICE, Product
from tests.processes.test_estate_settlement import person

TRULS = "20887297953"
BY_PHONE = Received("phone", date(2026, 11, 1))


@pytest.fixture
def phoned(product: Product) -> str:
    return phoned_in(product)


def phoned_in(product: Product) -> str:
    """A case that Kari begins for Truls, who has phoned and does not log in; Kari has it."""
    command = BeginCaseForCitizen("advice", TRULS, "Truls Eksempel", date(1972, 8, 20), "phone", "Ringte", take=True)
    return product.application.dispatch.send(command, product.kari).case_id


def received(product: Product, channel: str = "phone", document_id: str = "") -> Received:
    return Received(channel, product.clock.now().date() - timedelta(days=1), document_id)


def register(product: Product, case: str, element: str, **data: dict[str, Any]) -> None:
    contents = {name.replace("_", "-"): content for name, content in data.items()}
    command = RegisterAnswer(case, product.tasks(case)[element], received(product), contents, "Sagt på telefon")
    product.application.dispatch.send(command, product.kari)


def agreed(**more: object) -> dict[str, Any]:
    return {"answer": "yes", "kinds": ["loans", "income", "spending", "property"], "language": "nb", **more}


def collected(product: Product, case: str) -> None:
    """Both yeses are written down, and the sources that need no more have answered."""
    register(product, case, "GiveConsent", consent_answer=agreed())
    product.work()
    register(product, case, "GiveMandate", mandate_answer=agreed())
    product.work()


def record(product: Product, case: str, basis: str) -> Any:
    with product.application.db.read() as connection:
        mine = consent_record.c.case_id == case, consent_record.c.basis == basis
        return connection.execute(select(consent_record).where(*mine)).one()


def owner(product: Product, case: str) -> str:
    with product.application.db.read() as connection:
        return str(queries.case_by_id(connection, case).owner_id)


def test_a_case_of_somebody_who_never_logs_in_goes_to_its_end(product: Product, phoned: str) -> None:
    collected(product, phoned)
    entry = RegisterSupplement(phoned, received(product, "in_person"), "debt", "Strømregning", Decimal(4200))
    product.application.dispatch.send(entry, product.kari)
    register(product, phoned, "Supplement")
    register(product, phoned, "Share", share_answer={"answer": "yes", "kinds": [], "language": "nb"})
    product.application.dispatch.send(RecordAccess(phoned, "overview"), product.kari)
    with product.application.db.read() as connection:
        found = snapshots.newest(connection, product.application.vault, phoned, product.clock.now())
    assert found is not None
    assert "Strømregning" in {debt.creditor for debt in found[0].debts}
    assert "gjeldsregister.debts" in product.sources.asked and "nav.benefits" in product.sources.asked

    product.complete(phoned, "Assess", product.kari)
    decision = {"outcome": "granted", "startDate": "2026-11-25", "reason": "Varige problemer"}
    product.complete(phoned, "Decide", product.kari, decision=decision)
    product.complete(phoned, "Advise", product.kari, advice_plan={"plan": "Nedbetaling"})
    product.complete(phoned, "FollowUp", product.kari, follow_up={"result": "Går bra"})
    product.complete(phoned, "Close", product.kari, closing={"result": "Gjeldfri om tre år"})
    with product.application.db.read() as connection:
        assert connection.execute(select(case_file.c.state).where(case_file.c.id == phoned)).scalar_one() == "closed"
        assert chain.verify(connection, phoned) is None


def test_the_record_is_the_citizens_and_says_who_wrote_it_down_and_how_it_came(product: Product, phoned: str) -> None:
    register(product, phoned, "GiveConsent", consent_answer=agreed())

    given = record(product, phoned, "consent")
    vault, truls = product.application.vault, owner(product, phoned)
    with product.application.db.read() as connection:
        content = vault.open(connection, truls, f"consent_record.content:{given.id}", given.content)
        told = [(one.kind, one.content) for one in notices.of_person(connection, vault, truls)]
        notes = [note.text for note in journal.notes(connection, vault, phoned)]
    assert (given.person_id, given.state) == (truls, "given")
    assert (given.registered_by, given.channel) == (product.kari.person_id, "phone")
    assert content["registered_by"]["name"] == "Kari Rådgiver" and content["login_level"] == ""
    assert ("registered", {"by": product.kari.person_id, "received": "phone"}) in told
    assert "Sagt på telefon" in notes


def test_sources_that_need_the_citizens_own_press_are_not_asked_on_paper(product: Product, phoned: str) -> None:
    register(product, phoned, "GiveConsent", consent_answer=agreed())
    product.work()

    assert record(product, phoned, "consent").data_sets == ["gjeldsregister.debts"]
    assert "ApproveAtSources" not in product.tasks(phoned), "nobody waits at a page the citizen never opens"
    with pytest.raises(NotPossible, match="paper"):
        register(product, phoned, "GiveMandate", mandate_answer=agreed(dataSets=["bank.accounts"]))


def test_the_adviser_says_which_data_sets_and_until_when(product: Product, phoned: str) -> None:
    register(product, phoned, "GiveConsent", consent_answer=NO)
    last = product.clock.now().date() + timedelta(days=30)
    answer = agreed(dataSets=["nav.benefits"], until=last.isoformat())
    register(product, phoned, "GiveMandate", mandate_answer=answer)

    given = record(product, phoned, "mandate")
    assert given.data_sets == ["nav.benefits"]
    assert given.valid_to.date() == last


def test_a_no_that_is_said_by_phone_is_a_no_and_blocks_nothing(product: Product, phoned: str) -> None:
    register(product, phoned, "GiveConsent", consent_answer=NO)
    register(product, phoned, "GiveMandate", mandate_answer=NO)
    product.work()
    register(product, phoned, "Supplement")
    register(product, phoned, "Share", share_answer=NO)

    assert (record(product, phoned, "consent").state, record(product, phoned, "mandate").state) == ("refused",) * 2
    assert product.sources.asked == []
    assert list(product.tasks(phoned)) == ["Assess"]


def test_a_withdrawal_by_phone_ends_what_the_citizens_own_press_would(product: Product, phoned: str) -> None:
    collected(product, phoned)
    mandate = record(product, phoned, "mandate")
    command = RegisterWithdrawal(phoned, mandate.id, received(product), "Ringte og trakk fullmakten")
    product.application.dispatch.send(command, product.kari)
    product.application.dispatch.send(command, product.kari)
    product.work()

    ended = record(product, phoned, "mandate")
    assert (ended.state, ended.end_registered_by, ended.end_channel) == ("withdrawn", product.kari.person_id, "phone")
    with product.application.db.read() as connection:
        assert ending.kept(connection, phoned) == ["brreg.enterprises", "gjeldsregister.debts"]
        kinds = select(audit_event.c.kind).where(audit_event.c.case_id == phoned)
        assert list(connection.execute(kinds).scalars()).count("WithdrawalRegistered") == 1


def test_a_yes_on_paper_runs_out_on_its_day(product: Product, phoned: str) -> None:
    last = product.clock.now().date() + timedelta(days=10)
    register(product, phoned, "GiveConsent", consent_answer=agreed(until=last.isoformat()))
    product.clock.advance(timedelta(days=12))
    with product.application.db.write() as connection:
        purge(
            connection,
            product.clock.now(),
            data_sets=product.application.data_sets,
        )

    assert record(product, phoned, "consent").state == "expired"


def test_a_share_is_stopped_by_phone(product: Product, phoned: str) -> None:
    collected(product, phoned)
    register(product, phoned, "Supplement")
    register(product, phoned, "Share", share_answer={"answer": "yes", "kinds": [], "language": "nb"})
    with product.application.db.read() as connection:
        share_id = connection.execute(select(share.c.id).where(share.c.case_id == phoned)).scalar_one()
    product.application.dispatch.send(RegisterShareStop(phoned, share_id, received(product)), product.kari)

    with pytest.raises(Forbidden):
        product.application.dispatch.send(RecordAccess(phoned, "overview"), product.kari)


def test_a_question_is_answered_by_phone_and_the_case_goes_on(product: Product, phoned: str) -> None:
    due = product.clock.now() + timedelta(days=7)
    ask = AskCitizen(phoned, "Har du bil?", due)
    question = product.application.dispatch.send(ask, product.kari).made
    reply = RegisterReply(phoned, question, "Ja, en gammel", received(product))
    product.application.dispatch.send(reply, product.kari)

    with product.application.db.read() as connection:
        (found,) = information_requests.of_case(connection, product.application.vault, phoned)
    assert (found.state, found.answer) == ("answered", "Ja, en gammel")
    assert (found.registered_by, found.channel) == (product.kari.person_id, "phone")
    with pytest.raises(AlreadyDone):
        product.application.dispatch.send(reply, product.kari)


def test_what_the_office_entered_the_office_takes_back_and_nothing_else(product: Product, phoned: str) -> None:
    send = product.application.dispatch.send
    entry = RegisterSupplement(phoned, received(product), "income", "Lønnsslipp", Decimal(21_000))
    made = send(entry, product.kari).made
    with product.application.db.read() as connection:
        row = connection.execute(select(supplement).where(supplement.c.id == made)).one()
    assert (row.person_id, row.registered_by) == (owner(product, phoned), product.kari.person_id)
    send(RemoveRegistered(phoned, made), product.kari)
    with product.application.db.read() as connection:
        assert harvest.supplements(connection, product.application.vault, phoned) == ()


def test_what_did_not_come_is_not_written_down(product: Product, phoned: str) -> None:
    task = product.tasks(phoned)["GiveConsent"]
    tomorrow = product.clock.now().date() + timedelta(days=1)
    for wrong, refusal in (
        (Received("dream", date(2026, 1, 1)), NotPossible),
        (Received("phone", tomorrow + timedelta(days=1)), NotPossible),
        (Received("paper", date(2026, 1, 1), "no-such-document"), NotFound),
    ):
        command = RegisterAnswer(phoned, task, wrong, {"consent-answer": NO})
        with pytest.raises(refusal):
            product.application.dispatch.send(command, product.kari)
    assert "GiveConsent" in product.tasks(phoned)


def test_only_who_has_the_case_at_its_office_writes_anything_down(product: Product, phoned: str) -> None:
    command = RegisterAnswer(phoned, product.tasks(phoned)["GiveConsent"], BY_PHONE, {"consent-answer": NO})
    ola = Actor(Role.CASEWORKER, "ola", "Ola Rådgiver", product.kari.office, "high")
    send = product.application.dispatch.send

    with pytest.raises(AlreadyDone):
        send(command, ola)
    with pytest.raises(NotFound):
        send(command, replace(product.kari, office=Office("999999999", "Annet kontor")))
    with pytest.raises(NotFound):
        send(command, product.anne)


def test_the_advisers_own_task_is_nobody_elses_to_register(product: Product, phoned: str) -> None:
    register(product, phoned, "GiveConsent", consent_answer=NO)
    register(product, phoned, "GiveMandate", mandate_answer=NO)
    product.work()
    register(product, phoned, "Supplement")
    register(product, phoned, "Share", share_answer=NO)
    send = product.application.dispatch.send
    with pytest.raises(Forbidden):
        send(CompleteOnBehalf(product.tasks(phoned)["Assess"], received=BY_PHONE), product.kari)
    mine = product.start("advice")
    with pytest.raises((Forbidden, NotFound)):
        send(CompleteOnBehalf(product.tasks(mine)["GiveConsent"], received=BY_PHONE), product.anne)
    send(TakeCase(mine), product.kari)
    assert "GiveConsent" in product.tasks(mine)


def test_the_page_writes_it_all_down_from_the_phone_call_to_the_advisers_own_task(
    product: Product,
) -> None:
    found = person(product, "20887297952", "Kari Rådgiver")
    product.kari = replace(found, role=Role.CASEWORKER, office=OFFICE)
    phoned = phoned_in(product)
    with product.application.db.read() as connection:
        number = queries.case_by_id(connection, phoned).number
    address, kari = f"/saker/{number}/for-innbyggeren", Browser(product, product.kari)
    how = {"channel": "phone", "received_on": product.clock.now().date().isoformat()}

    def act(act: str, **form: object) -> str:
        return kari.follow(address, act=act, **how, **form)

    def task(element: str) -> str:
        return f"task:{product.tasks(phoned)[element]}"

    first = kari.get(address)
    assert "Gi samtykke" in first and "Banken" in first.partition("på papir eller telefon")[2].partition("</p>")[0]
    assert "Gjør for innbyggeren" in kari.get(f"/saker/{number}")
    refused = kari.client.post(address, data={"csrf_token": kari.csrf, "act": task("GiveConsent"), "words": "Ja da"})
    assert refused.status_code == 422 and "Ja da" in refused.get_data(as_text=True)
    assert "Velg hvordan du fikk vite det" in refused.get_data(as_text=True)

    until = (product.clock.now().date() + timedelta(days=30)).isoformat()
    act(task("GiveConsent"), answer="yes", data_sets="gjeldsregister.debts", until=until, words="Hun sa ja")
    product.work()
    act(task("GiveMandate"), answer="no")
    product.work()
    assert "Strøm" in act("amount:", kind="spending", name="Strøm", amount="1 200")
    act(task("Supplement"))
    act(task("Share"), answer="yes")
    ask = AskCitizen(phoned, "Har du bil?", product.clock.now() + timedelta(days=7))
    question = product.application.dispatch.send(ask, product.kari).made
    assert "Svaret er lagret" in act(f"reply:{question}", text="Nei")
    given = record(product, phoned, "consent")
    assert "Det er trukket" in act(f"withdraw:{given.id}")

    assert list(product.tasks(phoned)) == ["Assess"]
    journal_page = kari.get(f"/saker/{number}")
    assert "Hun sa ja" in journal_page and "Skrevet ned av Kari Rådgiver (muntlig på telefon)" in journal_page
    truls = Browser(product, Actor(Role.CITIZEN, owner(product, phoned), "Truls Eksempel", level="high"))
    assert "Skrevet ned av Kari Rådgiver (muntlig på telefon)" in truls.get("/deling")
