"""A rejected applicant is told, complains in time from a closed case, wins, and gets a new decision.

Every date on every page is the one of the independent computation.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from engine.casework import complaint_right
from engine.platform.calendar import norwegian_today
from engine.workflow.authorization.actor import Actor
from forms.formatting import long_date
from tests.engine.casework.independent_complaint_time import time_to_complain
from tests.engine.web.test_case_pages import Client, Read, Send, client, read
from tests.engine.web.test_casework import kari, send
from tests.engine.web.test_complaints import case_of, decide, number, sent
from tests.processes.conftest import Product, product

__all__ = ["client", "kari", "number", "product", "read", "send"]


def last_days(page: str) -> set[str]:
    """Every day a page tells as the last to complain."""
    return set(re.findall(r"(?:Klagefrist|til og med) (\d+\. \w+ \d{4})", page))


def told(product: Product, available: date, notified: date) -> str:  # noqa: F811
    """The last day by the independent computation, as a page writes it."""
    _, last = time_to_complain("digital", available, notified)
    assert last is not None
    return long_date(last, "nb")


def test_the_refused_complain_from_a_closed_case_win_and_get_a_new_decision(
    product: Product,
    kari: Actor,
    number: str,
    client: Client,
    read: Read,
    send: Send,  # noqa: F811
) -> None:
    product.clock.advance(timedelta(days=11))  # Friday 4 December: three weeks later is Christmas Day
    assert decide(product, kari, number, send, outcome="rejected", reason="Bor i en annen kommune").status_code == 303
    day = norwegian_today(product.clock)
    close = f"/saker/{number}/oppgave/{product.tasks(case_of(product, number).id)['Close']}"
    untold = send(kari, close, result="Avslått")
    assert untold.status_code == 409 and "Send brevet med vedtaket først" in untold.get_data(as_text=True)
    assert "Bor i en annen kommune" not in read(product.anne, "/saken-min"), "what was not sent is not told"
    sent(product, kari, number)
    product.notify()
    assert send(kari, close, result="Avslått").status_code == 303
    page = read(product.anne, f"/saken-min?sak={number}")
    assert "Avslått" in page and "Bor i en annen kommune" in page and "Gjelder fra" not in page
    assert case_of(product, number).state == "closed"
    first = told(product, day, day)
    assert first == "28. desember 2026"
    home = f"/saken-min?sak={number}"
    for page in (
        read(product.anne, home),
        read(kari, f"/saker/{number}"),
        read(product.anne, f"/saken-min/{number}/klage"),
    ):
        assert last_days(page) == {first}

    product.clock.advance(timedelta(days=24))  # the last day
    assert norwegian_today(product.clock) == date(2026, 12, 28)
    assert send(product.anne, f"/saken-min/{number}/klage", text="Jeg flyttet i november").status_code == 303
    page = read(kari, f"/saker/{number}")
    assert "I rett tid" in page and "Jeg flyttet i november" in page
    (address,) = set(
        re.findall(
            rf"/saker/{number}/klager/[0-9a-f-]{{36}}(?=\")",
            client(kari).get(f"/saker/{number}").get_data(as_text=True),
        )
    )
    assert send(kari, address, outcome="changed", answer="Du bor i kommunen").status_code == 303
    assert "Vedtaket er omgjort" in read(product.anne, home)

    assert send(kari, f"/saker/{number}/gjenopne", reason=" ").status_code == 409
    assert send(kari, f"/saker/{number}/gjenopne", reason="Klagen førte fram").status_code == 303
    case = case_of(product, number)
    assert (case.state, case.stage, list(product.tasks(case.id))) == ("open", "vedtak", ["Decide"])
    assert "Saken din er gjenåpnet" in read(product.anne, home) and "Klagen førte fram" in read(product.anne, home)
    assert send(kari, f"/saker/{number}/gjenopne", reason="En gang til").status_code == 409, "it is open"
    granted = decide(product, kari, number, send, outcome="granted", startDate="2027-01-04", reason="Bor her")
    assert granted.status_code == 303 and list(product.tasks(case.id)) == ["Advise"]

    assert "Bor her" not in read(product.anne, home), "the new decision is not sent yet"

    product.clock.advance(timedelta(days=1))
    sent(product, kari, number)
    page = read(product.anne, home)
    assert "Innvilget rådgivning" in page and "Gjelder fra 4. januar 2027" in page and "Bor her" in page
    available = norwegian_today(product.clock)
    product.clock.advance(timedelta(days=3))  # New Year's Day: the notice came then
    product.notify()
    second = told(product, available, norwegian_today(product.clock))
    assert second == "22. januar 2027"
    for page in (read(product.anne, home), read(kari, f"/saker/{number}")):
        assert last_days(page) == {second}
    with product.application.db.read() as connection:
        right = complaint_right.newest_right(connection, case.id)
    assert right is not None and right.last == date(2027, 1, 22)
