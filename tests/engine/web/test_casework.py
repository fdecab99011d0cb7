"""The case pages: what a citizen may not read, what is another office's, and what leaves the application."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from werkzeug.test import TestResponse

from engine.casework import letters, measures, members, queries
from engine.casework.templates import blanks, fill, fitting, of, proposed
from engine.workflow.authorization.actor import Actor, Office, Role
from tests.engine.web.test_case_pages import Client, Read, Send, client, read
from tests.processes.conftest import OFFICE, Product, product
from tests.processes.test_estate_settlement import person

__all__ = ["client", "product", "read"]


@pytest.fixture
def send(client: Client) -> Send:  # noqa: F811
    """A form sent by this person, with the token of their session."""

    def post(who: Actor, path: str, **form: object) -> TestResponse:
        browser = client(who)
        page = browser.get("/tilgjengelighet").get_data(as_text=True)
        hidden = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert hidden, "every page of somebody logged in has a form"
        return browser.post(path, data={"csrf_token": hidden[1], **form})

    return post


@pytest.fixture
def kari(product: Product) -> Actor:  # noqa: F811
    """Somebody of the office, known to the vault as a log-in would do it."""
    found = replace(person(product, "20887297952", "Kari Rådgiver"), role=Role.CASEWORKER, office=OFFICE)
    with product.application.db.write() as connection:
        members.note_login(connection, OFFICE.orgno, found.person_id, False, product.clock.now())
    return found


@pytest.fixture
def number(product: Product) -> str:  # noqa: F811
    """The number of a case that waits for a caseworker."""
    case = product.start("callback")
    product.complete(case, "Ask", wish={"phone": "99887766", "when": "morning", "about": ""})
    with product.application.db.read() as connection:
        return str(queries.case_by_id(connection, case).number)


def test_a_barred_note_is_there_without_its_words_until_it_is_opened(
    product: Product,
    kari: Actor,
    number: str,
    read: Read,
    send: Send,  # noqa: F811
) -> None:
    secret = "Moren ringte og var bekymret"
    send(kari, f"/saker/{number}/notat", note=secret, barred="others")
    send(kari, f"/saker/{number}/notat", note="Vi ringte")

    page = read(product.anne, "/saken-min")
    assert secret not in page and "Vi ringte" in page
    assert "Du kan ikke lese dette notatet. Grunn: Gjelder andre personers private forhold" in page
    desk = read(kari, f"/saker/{number}")
    note_id = re.search(r"/notat/([0-9a-f-]{36})/innsyn", client_page(product, kari, number, send))
    assert secret in desk and note_id
    for which in re.findall(r"/notat/([0-9a-f-]{36})/innsyn", client_page(product, kari, number, send)):
        send(kari, f"/saker/{number}/notat/{which}/innsyn", barred="")
    assert secret in read(product.anne, "/saken-min")


def client_page(product: Product, who: Actor, number: str, send: Send) -> str:  # noqa: F811
    """The case page as it is written, with its addresses."""
    return str(send(who, f"/saker/{number}/notat", note="").get_data(as_text=True))


def test_the_exported_list_points_to_nobody(
    product: Product, kari: Actor, number: str, send: Send, client: Client
) -> None:  # noqa: F811
    send(kari, f"/saker/{number}/gjor/take")
    answer = client(kari).get("/arbeidsko/eksport.csv?visning=alle")
    text = answer.get_data(as_text=True)

    assert answer.headers["Content-Type"].startswith("text/csv") and text.count("\n") == 2
    assert "Bli ringt opp" in text and "Skal ringes" in text
    for personal in ("Anne", "Eksempel", "Kari", number, product.anne.person_id, kari.person_id, "99887766"):
        assert personal not in text, personal


def test_no_page_of_a_case_is_there_for_another_office(
    product: Product, number: str, send: Send, client: Client
) -> None:  # noqa: F811
    other = Office("999999999", "Et annet kontor")
    stranger = replace(person(product, "20887297953", "Fremmed"), role=Role.CASEWORKER, office=other)
    browser = client(stranger)

    for path in ("", "/historikk", "/oversikt", "/brev/x", "/brev/x/pdf"):
        assert browser.get(f"/saker/{number}{path}").status_code == 404, path
    acts = [f"gjor/{act}" for act in ("take", "assign", "return", "plan", "pause", "resume", "extend")]
    forms = {
        "question": "x",
        "due": "2026-12-24",
        "note": "x",
        "text": "x",
        "what": "x",
        "kind": "budget",
        "begun": "2026-12-01",
        "template": "free",
        "grunn": "x",
        "til": "x",
        "other": "x",
    }
    for path in (*acts, "notat", "melding", "sporsmal", "tiltak", "koblinger", "brev", "utkast/note", "notat/begynn"):
        assert send(stranger, f"/saker/{number}/{path}", **forms).status_code == 404, path
    with product.application.db.read() as connection:
        assert queries.case_by_number(connection, number, OFFICE.orgno).responsible is None


def test_a_name_is_in_no_address_and_another_cannot_use_the_search(
    product: Product,
    kari: Actor,
    number: str,
    send: Send,
    client: Client,  # noqa: F811
) -> None:
    address = send(kari, "/arbeidsko/sok", tekst="Anne Eksempel").headers["Location"]
    ola = replace(person(product, "20887297954", "Ola Rådgiver"), role=Role.CASEWORKER, office=OFFICE)

    assert "anne" not in address.lower() and "eksempel" not in address.lower()
    assert number in client(kari).get(address).get_data(as_text=True)
    assert "Anne Eksempel" not in client(ola).get(address).get_data(as_text=True)
    product.clock.advance(timedelta(minutes=61))
    later = client(kari).get(address).get_data(as_text=True)
    assert "Søket er utløpt" in later
    assert send(kari, "/arbeidsko/sok", tekst=number).headers["Location"].endswith(f"/saker/{number}")


def test_a_letter_is_sent_whole_and_stays_as_it_was_sent(
    product: Product,
    kari: Actor,
    number: str,
    send: Send,
    client: Client,  # noqa: F811
) -> None:
    address = send(kari, f"/saker/{number}/brev", template="free").headers["Location"]
    refused = send(kari, address, title="Brev", body="Hei {name}", gjor="send")
    assert refused.status_code == 422 and "Brevet mangler {name}" in refused.get_data(as_text=True)
    assert client(product.anne).get(f"/brev/{address.rpartition('/')[2]}").status_code == 404, (
        "a draft is nobody's letter"
    )

    assert send(kari, address, title="Brev", body="Hei Anne", gjor="send").status_code == 303
    late = send(kari, address, title="Brev", body="Hei Truls", gjor="send")

    assert late.status_code == 422 and "allerede sendt" in late.get_data(as_text=True)
    with product.application.db.read() as connection:
        case = queries.case_by_number(connection, number, OFFICE.orgno)
        [sent] = letters.of_case(connection, product.application.vault, case.id)
        kept = letters.document(connection, product.application.vault, case.id, sent.id)
    import hashlib

    assert (sent.body, sent.state, sent.digest) == ("Hei Anne", "sent", hashlib.sha256(kept).hexdigest())
    pdf = client(product.anne).get(f"/brev/{sent.id}")
    assert pdf.data == kept and pdf.headers["Cache-Control"] == "no-store"
    bo = person(product, "21838297824", "Bo Arv")
    assert client(bo).get(f"/brev/{sent.id}").status_code == 404


def test_whose_part_ended_gets_no_further_and_their_words_are_kept(
    product: Product,
    kari: Actor,
    number: str,
    send: Send,
    client: Client,  # noqa: F811
) -> None:
    browser = client(kari)
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(f"/saker/{number}").get_data(as_text=True))
    assert token
    with product.application.db.write() as connection:
        members.end(connection, OFFICE.orgno, kari.person_id, product.clock.now())

    answer = browser.post(f"/saker/{number}/notat", data={"csrf_token": token[1], "note": "Nesten ferdig"})

    assert answer.status_code == 403 and "ikke lenger tilgang" in answer.get_data(as_text=True)
    for path in ("/arbeidsko", "/arbeidsko/eksport.csv", f"/saker/{number}", "/kontoret"):
        assert browser.get(path).status_code == 403, path
    ola = replace(person(product, "20887297954", "Ola Rådgiver"), role=Role.CASEWORKER, office=OFFICE)
    assert "Nesten ferdig" in client(ola).get(f"/saker/{number}").get_data(as_text=True)


def test_only_the_leader_ends_anothers_part_or_says_they_are_away(product: Product, kari: Actor, send: Send) -> None:  # noqa: F811
    lise = replace(person(product, "20887297955", "Lise Leder"), role=Role.CASEWORKER, office=OFFICE)
    with product.application.db.write() as connection:
        members.note_login(connection, OFFICE.orgno, lise.person_id, True, product.clock.now())

    assert send(kari, "/kontoret/avslutt", person=lise.person_id).status_code == 403
    days = {"fra": "2026-11-23", "til": "2026-11-30"}
    assert send(kari, "/kontoret/fravaer", person=lise.person_id, vikar=kari.person_id, **days).status_code == 403
    assert send(kari, "/kontoret/fravaer", vikar=kari.person_id, **days).status_code == 422, "not one's own substitute"
    assert send(lise, "/kontoret/fravaer", person=kari.person_id, vikar=lise.person_id, **days).status_code == 303
    assert send(lise, "/kontoret/avslutt", person=lise.person_id).status_code == 403, "never oneself"
    assert send(lise, "/kontoret/avslutt", person=kari.person_id).status_code == 303
    with product.application.db.read() as connection:
        assert not members.works_here(connection, OFFICE.orgno, kari.person_id)
        assert members.stands_in_for(connection, OFFICE.orgno, lise.person_id, product.clock.now()) == [kari.person_id]


def test_a_measure_is_looked_back_at_three_times_each_once(
    product: Product, kari: Actor, number: str, send: Send
) -> None:  # noqa: F811
    wrong = send(kari, f"/saker/{number}/tiltak", kind="budget", what="Budsjett", monthly="mye", begun="2026-11-23")
    assert wrong.status_code == 422 and "vi kan ikke lese «mye» som et beløp" in wrong.get_data(as_text=True)
    send(kari, f"/saker/{number}/tiltak", kind="budget", what="Budsjett", monthly="1 500", begun="2026-11-23")

    def read_all() -> list[measures.Measure]:
        with product.application.db.read() as connection:
            case = queries.case_by_number(connection, number, OFFICE.orgno)
            return measures.of_case(connection, product.application.vault, case.id)

    [one] = read_all()
    assert one.monthly == Decimal("1500.00") and [o.months for o in one.outcomes] == [3, 9, 15]
    product.clock.advance(timedelta(days=93))
    with product.application.db.read() as connection:
        due = measures.due(connection, OFFICE.orgno, product.clock.now())
    assert [(row.number, row.months) for row in due] == [(number, 3)]
    address = f"/saker/{number}/tiltak/{one.id}/3"
    assert send(kari, address, result="holds", monthly="1 200", outcome="Går bra").status_code == 303
    assert send(kari, address, result="broken").status_code == 409
    [after] = read_all()
    assert (after.outcomes[0].result, after.outcomes[0].monthly) == ("holds", Decimal("1200.00"))


def test_templates_of_a_journey_come_before_the_houses_and_those_that_fit_come_first(product: Product) -> None:  # noqa: F811
    with product.application.db.read() as connection:
        bundle = product.application.library.newest(connection, "advice").bundle
    found = of(bundle, "letters")

    assert [one.id for one in found] == ["decision", "meeting", "plan", "free", "closing"]
    assert proposed(found, ["Advise"])[0].id == "plan" and proposed(found, [])[0].id == "decision"
    fit = [one.id for one in fitting(of(bundle, "notes"), ["Decide", "TaskCompleted"])]
    assert fit == ["decided", "talked"], "a note about what has not happened is not proposed"
    for language in ("nb", "nn", "en"):
        texts = [one.text(language) for kind in ("letters", "notes") for one in of(bundle, kind)]
        assert len(set(texts)) == len(texts) and all(texts), language
    assert fill("{citizen} {decision.reason} {x}", {"citizen": "Anne", "x": ""}) == "Anne {decision.reason} {x}"
    assert blanks("{a.b} og {a.b} og {c}") == ["a.b", "c"]


@pytest.mark.parametrize("slip", ["", "{", "[]", '{"letters": 3}', '{"letters": [4, {"id": "x"}, {"body": {}}]}'])
def test_a_slip_in_a_journeys_templates_leaves_the_houses(product: Product, slip: str) -> None:  # noqa: F811
    with product.application.db.read() as connection:
        bundle = product.application.library.newest(connection, "advice").bundle
    wrong = replace(bundle, files={**bundle.files, "templates.json": slip.encode()})

    assert [one.id for one in of(wrong, "letters")] == ["free", "closing"]


def test_a_letter_that_is_too_long_is_refused_with_how_long_it_may_be_and_never_cut(
    product: Product,
    kari: Actor,
    number: str,
    send: Send,
) -> None:  # noqa: F811
    address = send(kari, f"/saker/{number}/brev", template="free").headers["Location"]
    lines = [f"{line} Dette er en av de linjene." for line in range(900)]
    body = "\r\n".join([*lines, "SISTE LINJE: Du kan klage innen tre uker."])

    refused = send(kari, address, title="Vedtak", body=body, gjor="send")

    page = refused.get_data(as_text=True)
    assert refused.status_code == 422 and "høyst 20000 tegn" in page and "SISTE LINJE" in page
    with product.application.db.read() as connection:
        case = queries.case_by_number(connection, number, OFFICE.orgno)
        [draft] = letters.of_case(connection, product.application.vault, case.id)
    assert draft.state == "draft"


def test_a_letter_just_as_long_as_it_may_be_is_sent_whole_whatever_ends_its_lines(
    product: Product,
    kari: Actor,
    number: str,
    send: Send,
) -> None:  # noqa: F811
    address = send(kari, f"/saker/{number}/brev", template="free").headers["Location"]
    last = "SISTE LINJE: Du kan klage innen tre uker."
    body = "x" * 99 + "\r\n" + ("y" * 99 + "\r\n") * 198 + "z" * (100 - len(last) - 1) + "\r\n" + last
    assert len(body.replace("\r\n", "\n")) == 20_000

    assert send(kari, address, title="Vedtak", body=body, gjor="send").status_code == 303

    with product.application.db.read() as connection:
        case = queries.case_by_number(connection, number, OFFICE.orgno)
        [sent] = letters.of_case(connection, product.application.vault, case.id)
    assert sent.state == "sent" and sent.body.endswith(last) and len(sent.body) == 20_000


def test_signs_that_paper_cannot_show_are_told_before_a_letter_is_sent(
    product: Product,
    kari: Actor,
    number: str,
    send: Send,
    client: Client,
) -> None:  # noqa: F811
    address = send(kari, f"/saker/{number}/brev", template="free").headers["Location"]

    told = send(kari, address, title="Brev", body="Ring ☎ til محمد", gjor="send")

    page = told.get_data(as_text=True)
    assert told.status_code == 422 and "Brevet er lagret, ikke sendt" in page and "☎ م ح د" in page
    assert "kan ikke vises på papir" in client(kari).get(address).get_data(as_text=True), "and it stands there"
    assert send(kari, address, title="Brev", body="Ring ☎ til محمد", gjor="send", signs="seen").status_code == 303
