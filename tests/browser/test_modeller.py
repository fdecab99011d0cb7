"""An administrator builds guardianship from nothing by the list alone, tries and publishes it, and then draws in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from engine.workflow.bpmn.elements import Element
from engine.workflow.bpmn.parser import parse
from tests.browser.conftest import Person
from tests.browser.test_business import heading

People = Callable[..., Person]
KEY = "vergemal_arlig_status"
TITLE = "Vergemål årlig status"


def administrator(person: People, **options: int | bool) -> Person:
    ada = person(**options)
    ada.log_in("Ada Administrator", staff=True)
    return ada


def steps(ada: Person) -> None:
    ada.go(f"/prosesser/{KEY}?fane=steg")


def open_step(ada: Person, name: str) -> None:
    steps(ada)
    ada.page.locator(".steps").get_by_role("link", name=name, exact=True).click()
    expect(ada.page.get_by_role("heading", level=1)).to_contain_text(name)


def add_after(ada: Person, step: str, kind: str, name: str, performer: str = "citizen") -> None:
    open_step(ada, step)
    ada.page.locator("#name-add").fill(name)
    ada.page.locator("#kind-add").select_option(kind)
    ada.page.locator("#performer-add").select_option(performer)
    ada.press("Legg til")
    expect(ada.page.get_by_role("heading", level=1)).to_contain_text(name)


def add_way(ada: Person, kind: str, name: str, then: str, performer: str = "citizen") -> None:
    if not ada.page.locator("#name-branch").is_visible():
        ada.page.locator("summary", has_text="Legg til en vei").click()
    ada.page.locator("#kind-branch").select_option(kind)
    ada.page.locator("#name-branch").fill(name)
    if then:
        ada.page.locator("#target-branch").select_option(label=then)
    ada.page.locator("#performer-branch").select_option(performer)


def setting(ada: Person, name: str, value: str) -> None:
    ada.page.locator(f"#s-{name}").fill(value)


def save(ada: Person) -> None:
    ada.press("Lagre steget")


@pytest.mark.parametrize(("width", "javascript"), [(390, True)], ids=["at the width of a phone"])
def test_guardianship_is_built_from_nothing_by_the_list_alone(person: People, width: int, javascript: bool) -> None:
    ada = administrator(person, width=width, javascript=javascript)
    ada.page.locator("#source").select_option("")
    ada.page.locator("#title").fill(TITLE)
    ada.page.locator("#key").fill(KEY)
    ada.press("Lag prosessen")
    heading(ada, TITLE)

    open_step(ada, "Fyll ut")
    setting(ada, "name", "Skriv status for året")
    setting(ada, "due", "om litt")
    save(ada)
    expect(ada.page.locator("#feil")).to_contain_text("Frist må skrives som 14 dager")
    expect(ada.page.locator("#s-name")).to_have_value("Skriv status for året")
    ada.check_page()
    setting(ada, "due", "30 dager")
    setting(ada, "warn", "7 dager")
    save(ada)
    expect(ada.page.get_by_role("status")).to_contain_text("Endringen er lagret")
    ada.page.locator("summary", has_text="Legg til et avbrudd").click()
    ada.page.locator("#time-catch").fill("45 dager")
    ada.page.locator("#name-catch").fill("Fristen er ute")
    ada.press("Legg til et avbrudd")
    expect(ada.page.locator("#s-time")).to_have_value("45 dager")

    add_after(ada, "Start", "call:consent", "Samtykke")
    open_step(ada, "Behandle")
    setting(ada, "name", "Kontroller status")
    save(ada)
    add_after(ada, "Skriv status for året", "parallel", "Kontroller to ting")
    expect(ada.page.locator("#funn")).to_contain_text("det er bare én vei. Legg til en vei til")
    for name, kind in (("Les regnskapet", "confirmation"), ("Ring banken", "manual")):
        add_way(ada, kind, name, "Samtidig", "caseworker")
        ada.page.locator("form", has=ada.page.locator("#kind-branch")).get_by_role("button").last.click()
        expect(ada.page.locator("#veier")).to_contain_text(f"Videre til {name}")
    expect(ada.page.locator("#funn")).to_have_count(0)

    add_after(ada, "Kontroller status", "form", "Mangler det noe?", "caseworker")
    add_after(ada, "Mangler det noe?", "choice", "I orden?")
    add_way(ada, "notify", "Si fra at noe mangler", "Skriv status for året")
    ada.page.locator("#field-0-branch").select_option(label="Mangler det noe?")
    if javascript:
        ada.page.wait_for_load_state("networkidle")
    ada.page.locator("#operator-0-branch").select_option("equals")
    ada.page.locator("#value-0-branch").fill("ja")
    ada.page.locator("#way_name-branch").fill("Ja")
    ada.check_page()
    ada.picture("modeller-choice")
    ada.page.locator("form", has=ada.page.locator("#kind-branch")).get_by_role("button").last.click()
    expect(ada.page.locator("#veier")).to_contain_text("Når «Mangler det noe?» er «ja»: Si fra at noe mangler")
    expect(ada.page.locator("#veier")).to_contain_text("Ellers: Slutt")

    ada.page.locator("#veier > details > summary", has_text="Når «Mangler").click()
    ada.page.locator("#veier summary", has_text="Avansert").first.click()
    ada.page.locator("#veier [name=raw]").first.fill('["nothing')
    ada.press("Lagre veien Når")
    expect(ada.page.locator("#feil")).to_contain_text("Uttrykket kan ikke leses")
    expect(ada.page.locator("#veier [name=raw]").first).to_have_value('["nothing')

    steps(ada)
    expect(ada.page.locator("#funn")).to_contain_text("Ingen feil. Prosessen kan publiseres.")
    expect(ada.page.locator("ol.steps > li")).to_have_count(14)
    ada.check_page()
    ada.picture("modeller-list-phone")
    ada.press("Angre siste endring")
    expect(ada.page.locator("#funn")).to_contain_text("Her skal veien deles eller samles")
    ada.press("Gjør om")
    expect(ada.page.locator("#funn")).to_contain_text("Ingen feil.")


def test_it_is_tried_and_published(person: People) -> None:
    ada = administrator(person)
    ada.go(f"/prosesser/{KEY}")
    ada.picture("modeller-guardianship")
    ada.press("Prøvekjør", "link")
    ada.press("Start prøvekjøring")
    main = ada.page.locator("main")
    ada.press("Svar nei Gi samtykke")
    expect(main.get_by_role("heading", name="Skriv status for året")).to_be_visible()
    ada.go(f"/prosesser/{KEY}")
    ada.press("Publiser versjon 1")
    expect(main).to_contain_text("Versjon 1 er publisert.")


def test_a_step_is_changed_without_javascript(person: People) -> None:
    ada = administrator(person, javascript=False)
    ada.go(f"/prosesser/{KEY}")
    ada.press("Lag ny versjon")
    open_step(ada, "I orden?")
    form = ada.page.locator("form", has=ada.page.locator("#kind-branch"))
    ada.page.locator("summary", has_text="Legg til en vei").click()
    ada.page.locator("#target-branch").select_option(label="Kontroller status")
    ada.page.locator("#field-0-branch").select_option(label="Mangler det noe?")
    form.get_by_role("button").last.click()
    expect(ada.page.locator("#feil")).to_contain_text("Velg verdien svaret skal sammenlignes med")
    expect(ada.page.locator("#target-branch option:checked")).to_have_text("Kontroller status")
    ada.page.locator("#value-0-branch").fill("kanskje")
    form.get_by_role("button").last.click()
    expect(ada.page.locator("#veier")).to_contain_text("Når «Mangler det noe?» er «kanskje»: Kontroller status")
    ada.page.locator("#veier > details > summary", has_text="kanskje").click()
    ada.press("Fjern veien Når «Mangler det noe?» er «kanskje»")
    expect(ada.page.locator("#veier")).not_to_contain_text("kanskje")
    open_step(ada, "Ring banken")
    ada.page.locator("#way-move").select_option(label="mellom «Start» og «Samtykke»")
    ada.press("Flytt steget")
    expect(ada.page.locator("#veier")).to_contain_text("Videre til Samtykke")
    ada.press("Angre siste endring")
    ada.go(f"/prosesser/{KEY}/tegn")
    expect(ada.page.locator("main")).to_contain_text("Tegneflaten krever JavaScript")


def process(ada: Person) -> str:
    xml: str = ada.page.evaluate(f"fetch('/prosesser/{KEY}/tegn/prosess').then(a => a.json()).then(s => s.xml)")
    return xml


def elements(xml: str) -> dict[str, Element]:
    return {e.id: replace(e, line=0) for e in parse(xml.encode()).processes[KEY].elements.values()}


def draw(ada: Person) -> None:
    ada.go(f"/prosesser/{KEY}/tegn")
    ada.page.locator("#modeller[data-ready]").wait_for()


def test_a_step_is_moved_and_renamed_on_the_diagram_and_nothing_else_changes(person: People) -> None:
    ada = administrator(person)
    ada.go(f"/prosesser/{KEY}")
    ada.press("Tegn i diagrammet", "link")
    ada.page.locator("#modeller[data-ready]").wait_for()
    before = process(ada)
    shape = ada.page.locator('[data-element-id="RingBanken"]').first
    ada.page.locator("#modeller-find").select_option(label="Ring banken")
    shape.scroll_into_view_if_needed()
    box = shape.bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    ada.page.mouse.move(*middle)
    ada.page.mouse.down()
    ada.page.mouse.move(middle[0] + 20, middle[1] - 60, steps=8)
    ada.page.mouse.up()
    expect(ada.page.get_by_role("status")).to_contain_text("Lagret")
    moved = process(ada)
    assert elements(moved) == elements(before) and moved != before

    ada.page.locator("#modeller-find").select_option(label="Ring banken")
    expect(ada.page.locator("#s-name")).to_have_value("Ring banken")
    ada.check_page()
    ada.picture("modeller-1280")
    setting(ada, "name", "Ring banken i dag")
    save(ada)
    expect(ada.page.locator('[data-element-id="RingBanken"]').first).to_contain_text("Ring banken i dag")
    changed = elements(process(ada))
    assert changed.pop("RingBanken").name == "Ring banken i dag"
    assert changed == {k: v for k, v in elements(before).items() if k != "RingBanken"}

    ada.press("Angre")
    expect(ada.page.locator('[data-element-id="RingBanken"]').first).not_to_contain_text("i dag")
    ada.press("Gjør om")
    expect(ada.page.locator('[data-element-id="RingBanken"]').first).to_contain_text("i dag")
    ada.page.reload()
    ada.page.locator("#modeller[data-ready]").wait_for()
    expect(ada.page.locator('[data-element-id="RingBanken"]').first).to_contain_text("Ring banken i dag")


def test_the_palette_and_the_menu_hold_what_the_engine_executes_in_norwegian(person: People) -> None:
    ada = administrator(person)
    draw(ada)
    titles = ada.page.locator(".djs-palette .entry").evaluate_all(
        "all => all.map(e => e.title || e.getAttribute('aria-label') || e.querySelector('[title]').title)"
    )
    assert "Oppgave for en person" in titles and "Samtidig: alle veiene" in titles
    assert not any("ool" in title or "data" in title.lower() for title in titles), titles
    ada.page.locator("#modeller-find").select_option(label="Les regnskapet")
    ada.page.locator(".djs-context-pad .entry[data-action='replace']").click()
    entries = ada.page.locator(".djs-popup .entry").evaluate_all("all => all.map(e => e.dataset.id)")
    assert "replace-with-receive-task" in entries and not any("data" in e or "pool" in e for e in entries), entries
    ada.page.locator(".djs-popup .entry[data-id='replace-with-manual-task']").click()
    expect(ada.page.get_by_role("status")).to_contain_text("Lagret")
    made = elements(process(ada))["LesRegnskapet"]
    assert made.type == "manualTask" and made.extension.performer == "caseworker", "it keeps what it said of itself"
    ada.page.keyboard.press("Control+z")
    for _ in range(40):
        if elements(process(ada))["LesRegnskapet"].type == "userTask":
            break
        ada.page.wait_for_timeout(250)
    assert elements(process(ada))["LesRegnskapet"].type == "userTask"


def test_a_colleague_who_is_faster_takes_nothing_from_what_is_drawn(person: People) -> None:
    ada, bea = administrator(person), administrator(person, width=390)
    draw(ada)
    open_step(bea, "Les regnskapet")
    setting(bea, "name", "Les hele regnskapet")
    save(bea)
    expect(bea.page.get_by_role("status")).to_contain_text("Endringen er lagret")
    ada.page.locator("#modeller-find").select_option(label="Kontroller status")
    ada.page.keyboard.press("ArrowDown")
    trouble = ada.page.locator("#modeller-trouble")
    expect(trouble).to_contain_text("En kollega har endret utkastet")
    expect(ada.page.locator("#modeller-download")).to_have_attribute("href", re.compile("^blob:"))
    ada.check_page()
    ada.picture("modeller-conflict")
    assert elements(process(ada))["LesRegnskapet"].name == "Les hele regnskapet", "nothing is written over"
    ada.press("Vis kollegaens versjon")
    expect(ada.page.locator('[data-element-id="LesRegnskapet"]').first).to_contain_text("Les hele")
    bea.go(f"/prosesser/{KEY}/tegn")
    bea.page.locator("#modeller[data-ready]").wait_for()
    bea.check_page()
    bea.picture("modeller-390")


def test_a_job_shows_its_own_fields_as_soon_as_it_is_chosen(person: People) -> None:
    ada = administrator(person)
    draw(ada)
    ada.page.locator("#modeller-find").select_option(label="Si fra at noe mangler")
    expect(ada.page.locator("#s-job-text")).to_have_value(re.compile("^notice\\."))
    ada.page.locator("#s-task_type").select_option("call_out")
    ada.page.locator("#s-job-target").select_option("sandkasse")
    ada.page.locator("#s-job-body-0-name").fill("sak.mangler")
    ada.page.locator("#s-job-body-0-field").select_option(label="Mangler det noe?")
    ada.page.locator("#s-job-reply-0-name").fill("kvittering")
    ada.page.locator("#s-job-reply-0-own").fill("reference")
    ada.check_page()
    with ada.page.expect_response(lambda answer: answer.request.method == "POST"):
        save(ada)
    expect(ada.page.locator("#s-job-reply-0-own")).to_have_value("reference")

    extension = next(e.extension for e in elements(process(ada)).values() if e.name == "Si fra at noe mangler")
    assert extension.task_type == "call_out"
    field = extension.config["body.sak.mangler"]
    assert isinstance(field, list) and field[0] == "dataModel", "a field of the form, without a line of code"
    assert {name: extension.config[name] for name in ("target", "reply.kvittering")} == {
        "target": "sandkasse",
        "reply.kvittering": "reference",
    }


def by_tab(ada: Person, selector: str) -> None:
    """Tab on until the element has the focus, as somebody without a mouse does."""
    for _ in range(400):
        if ada.page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        ada.page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {selector}")


def keys(ada: Person, selector: str, *pressed: str) -> None:
    """Tab to the element, and press keys or write there; a list is chosen from by writing how the choice begins."""
    by_tab(ada, selector)
    for press in pressed:
        if press in ("Enter", "Space"):
            ada.page.keyboard.press(press)
        else:
            ada.page.keyboard.type(press)


def form_button(act: str) -> str:
    return f"form:has([name=act][value={act}]) button"


def follow(ada: Person, selector: str) -> None:
    """Enter on a link or a button, and on to the page it leads to."""
    by_tab(ada, selector)
    with ada.page.expect_navigation():
        ada.page.keyboard.press("Enter")


def test_a_flow_is_built_with_the_keyboard_alone(person: People) -> None:
    ada = administrator(person)
    keys(ada, "#title", "Uten mus")
    follow(ada, "form:has(#title) button")
    heading(ada, "Uten mus")
    follow(ada, "main a[href*='fane=steg']")
    follow(ada, ".steps a[href$='/steg/Apply']")
    keys(ada, "#name-add", "Hva haster det med?")
    keys(ada, "#kind-add", "Valg: én")
    follow(ada, form_button("add"))
    heading(ada, "Hva haster det med?")
    keys(ada, "#kind-branch", "Slutt med en melding")
    keys(ada, "#name-branch", "Si fra til noen andre")
    follow(ada, form_button("branch"))
    expect(ada.page.locator("#veier")).to_contain_text("Videre til Si fra til noen andre")
    way = ada.page.locator("#veier details", has_text="Videre til Si fra").locator("[name=flow]").first.input_value()
    keys(ada, f"#vei-{way} > summary", "Enter")
    keys(ada, f"#vei-{way} details > summary", "Enter")
    keys(ada, f"[id='condition-{way}']", '["equals", ["dataModel", "granted", "variables"], true]')
    follow(ada, f"#vei-{way} button")
    expect(ada.page.locator("#veier")).to_contain_text("Når «granted» er «ja»: Si fra til noen andre")
    follow(ada, "main a[href*='fane=steg']")
    follow(ada, "main a[href*='/del/']")
    heading(ada, "Rundt stegene i Uten mus")
    keys(ada, "details:has(#name-handler) > summary", "Space")
    keys(ada, "#name-handler", "Saken trekkes")
    keys(ada, "#kind-handler", "En melding")
    keys(ada, "#time-handler", "sak.trukket")
    keys(ada, "#interrupting-handler", "Space")
    follow(ada, form_button("handler"))
    heading(ada, "Saken trekkes")
    expect(ada.page.locator("main")).to_contain_text("En melding: sak.trukket")
    follow(ada, "main a[href*='fane=steg']")
    expect(ada.page.locator("#funn")).to_contain_text("Ingen feil. Prosessen kan publiseres.")
    ada.check_page()
    follow(ada, ".steps a[href$='/steg/Handle']")
    keys(ada, form_button("sort").replace("button", "select"), "Gjøres utenfor")
    follow(ada, form_button("sort"))
    expect(ada.page.get_by_role("heading", level=1)).to_contain_text("Behandle")
    follow(ada, form_button("remove"))
    expect(ada.page.locator("ol.steps")).not_to_contain_text("Behandle")


def test_it_is_drawn_with_a_finger_and_a_small_screen_is_told_of_the_list(person: People) -> None:
    ada = administrator(person)
    browser = ada.context.browser
    assert browser is not None
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        locale="nb-NO",
        storage_state=ada.context.storage_state(),
    )
    page = context.new_page()
    page.goto(f"{ada.url}/prosesser/{KEY}/tegn")
    page.locator("#modeller[data-ready]").wait_for()
    expect(page.get_by_role("link", name="Gå til steg og overganger")).to_be_visible()
    page.locator("#modeller-find").select_option(label="Kontroller status")
    shape = page.locator('[data-element-id="Handle"]').first
    shape.scroll_into_view_if_needed()
    box = shape.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    finger = context.new_cdp_session(page)
    for kind, step in (("touchStart", 0), *(("touchMove", n) for n in range(1, 11)), ("touchEnd", -1)):
        points = [] if step < 0 else [{"x": x + step * 2, "y": y - step * 4}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        page.wait_for_timeout(20)
    expect(page.locator("#modeller-status")).to_contain_text("Lagret")
    moved = shape.bounding_box()
    assert moved is not None and moved["x"] > box["x"] + 5 and moved["y"] < box["y"] - 5, "it follows the finger"
    context.close()
