"""Guardianship by the list alone: built from nothing, tried, published, changed under running cases, which go on."""

from __future__ import annotations

import re

from lxml import html
from sqlalchemy import select

from engine.workflow.execution.models import process_instance
from tests.engine.web.listing import Listed
from tests.engine.web.test_studio import Administrator, ada, app, bea, revision
from tests.engine.web.test_studio_publishing import fill
from tests.processes.conftest import Product, product

__all__ = ["ada", "app", "bea", "product"]
KEY = "vergemal"
AT = f"/prosesser/{KEY}"


def field(who: Administrator, step: str, kind: str, title: str) -> None:
    status, page = who.post(
        f"{AT}/skjema/{step}", revision=revision(who.get(AT)), act="add", page="Side1", kind=kind, title=title
    )
    assert status == 303, page


def write_texts(who: Administrator) -> None:
    """Every text that is missing, in every language."""
    page = html.fromstring(who.get(f"{AT}?fane=tekster"))
    for row in page.xpath("//tr[@data-missing]"):
        key = row.xpath(".//input[@name='key']/@value")[0]
        said = row.xpath(".//*[@name='nb']")[0]
        text = said.get("value") or said.text_content() or key
        status, _ = who.post(f"{AT}/tekst", revision=revision(who.get(AT)), key=key, nb=text, nn=text, en=text)
        assert status == 303


def try_it(who: Administrator, *answers: dict[str, str]) -> None:
    """A test run: each task in turn, as its page offers it."""
    who.post(f"{AT}/provekjoring/start", revision=revision(who.get(AT)))
    for given in answers:
        page = html.fromstring(who.get(f"{AT}/provekjoring"))
        form = next(f for f in page.forms if "/oppgave/" in f.action)
        values = dict(form.form_values()) | given
        buttons = form.xpath(".//button[@name]")
        values |= {buttons[0].get("name"): buttons[0].get("value")} if buttons else {}
        status, told = who.post(form.action, **values)
        assert status == 303, html.fromstring(told).xpath("string(//*[@id='feil'])")
    assert "Ferdig" in who.get(f"{AT}/provekjoring")


def versions(product: Product) -> list[tuple[int, str]]:  # noqa: F811
    with product.application.db.read() as connection:
        numbers = {v.id: v.version for v in product.application.library.versions(connection, KEY)}
        wanted = select(process_instance.c.definition_id, process_instance.c.state).where(process_instance.c.key == KEY)
        return sorted((numbers[row[0]], row[1]) for row in connection.execute(wanted))


def test_guardianship_from_nothing_to_a_second_version_with_its_cases(ada: Administrator, product: Product) -> None:  # noqa: F811
    assert ada.post("/prosesser/kopi", source="", title="Vergemål")[0] == 303
    built = Listed(ada, KEY)
    field(ada, "Apply", "input", "Hvem er du verge for?")
    field(ada, "Apply", "radio", "Er regnskapet ført?")
    field(ada, "Handle", "input", "Hva kom dere fram til?")
    built.done(built.step("Apply"), "settings", {"s-name": "Meld fra", "s-due": "30 dager", "s-warn": "7 dager"})
    built.done(built.step("Apply"), "add", {"name": "Er det i orden?", "kind": "choice"})
    gate = built.named("Er det i orden?")
    form = f"form_{'Apply'.lower()}"
    built.done(
        built.step(gate),
        "branch",
        {
            "kind": "manual",
            "name": "Ring vergen",
            "performer": "caseworker",
            "target": "Handle",
            "field-0": f"{form}:er_regnskapet_fort",
            "operator-0": "equals",
            "value-0": "nei",
        },
    )
    assert "Når «Er regnskapet ført?» er «Nei»: Ring vergen" in ada.get(built.step(gate))
    built.done(built.step("Handle"), "catch", {"kind": "timer", "value": "60 dager", "name": "Det tar for lang tid"})
    built.done(built.scope(KEY), "handler", {"kind": "message", "value": "verge.dod", "name": "Vergen er død"})
    write_texts(ada)
    page = ada.get(f"{AT}?fane=tilganger")
    assert "kan fylle ut «Meld fra»" in page
    assert "Ingen feil. Prosessen kan publiseres." in ada.get(f"{AT}?fane=steg")
    try_it(
        ada, {"hvem_er_du_verge_for": "Ola", "er_regnskapet_fort": "ja"}, {"hva_kom_dere_fram_til": "Alt er i orden"}
    )
    assert ada.post(f"{AT}/publiser", revision=revision(ada.get(AT)), cases="stay")[0] == 303

    cases = [product.start(KEY) for _ in range(3)]
    product.work()
    for case in cases[1:]:
        fill(product, case, "Apply", {"hvem_er_du_verge_for": "Ola", "er_regnskapet_fort": "nei"})
    ring = "RingVergen"
    assert [set(product.tasks(case)) for case in cases] == [{"Apply"}, {ring}, {ring}]

    assert ada.post(f"{AT}/utkast")[0] == 303
    built.done(built.step("Apply"), "add", {"name": "Les veiledningen", "kind": "confirmation"})
    built.done(built.step(ring), "remove", {})
    assert "det er bare én vei" in ada.get(built.step(gate)), "a choice of nothing is told of"
    built.done(built.step(gate), "remove", {})
    write_texts(ada)
    review = ada.get(f"{AT}/publiser")
    assert "Ring vergen (saker: 2) er blitt" in review
    status, page = ada.post(f"{AT}/publiser/prov", revision=revision(ada.get(AT)))
    assert "1 av 3 saker kan flyttes" in page and "Saker: 2, Ring vergen" in page and "For eksempel 20" in page
    moved = {f"map-{ring}": "Handle"}
    status, page = ada.post(f"{AT}/publiser/prov", revision=revision(ada.get(AT)), **moved)
    assert "3 av 3 saker kan flyttes" in page
    status, page = ada.post(f"{AT}/publiser", revision=revision(ada.get(AT)), cases="move", reason="Enklere", **moved)
    batch = re.search(r"flytting/([0-9a-f-]{36})", page)
    assert status == 303 and batch
    product.work()
    assert "3 av 3 er flyttet, 0 passet ikke" in ada.get(f"{AT}/flytting/{batch[1]}")
    assert versions(product) == [(2, "active")] * 3

    fill(product, cases[0], "Apply", {"hvem_er_du_verge_for": "Ola", "er_regnskapet_fort": "ja"})
    assert set(product.tasks(cases[0])) == {"LesVeiledningen"}, (
        "the new step is done in the case that had not come there"
    )
    product.complete(cases[0], "LesVeiledningen")
    for case in cases:
        assert set(product.tasks(case)) == {"Handle"}
        fill(product, case, "Handle", {"hva_kom_dere_fram_til": "I orden"}, product.kari)
    product.work()
    assert versions(product) == [(2, "completed")] * 3
