"""An administrator publishes estate settlement from its example folder, and four people walk it to the certificate."""

from __future__ import annotations

import re
import shutil
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ROOT, SLOW, Person, Product
from tests.browser.test_business import heading, wait_for_text
from tests.browser.walks import settle

People = Callable[..., Person]
EXAMPLES = ROOT / "docs" / "examples"


def packed(folder: Path, target: Path) -> Path:
    """The folder as the zip an administrator would make of it."""
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, f"{folder.name}/{path.relative_to(folder)}")
    return target


def upload(ada: Person, bundle: Path) -> None:
    """Choose the file and send it, and come back when the page that answers is there."""
    ada.page.locator("#bundle").set_input_files(bundle)
    if ada.page.locator("#replace").count():  # a draft is there from an earlier test, and the last answer asked
        ada.page.locator("#replace").check()
    with ada.page.expect_navigation():
        ada.page.locator("form[enctype] button").last.click()


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_an_administrator_publishes_the_example_without_code(
    person: People, product: Product, tmp_path: Path, javascript: bool
) -> None:
    ada = person(javascript=javascript)
    ada.log_in("Ada Administrator", staff=True)
    heading(ada, "Prosesser")
    ada.check_page()
    ada.press("Last opp")
    expect(ada.page.locator("#feil")).to_contain_text("Velg en zip-fil eller en mappe først")
    name = "estate_settlement" if javascript else "guardianship_status"
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"not a zip")
    ada.page.locator("#bundle").set_input_files(broken)
    ada.press("Last opp")
    expect(ada.page.locator("#feil")).to_contain_text("Filen er ikke en zip-fil")
    if javascript:
        ada.page.locator("#bundle").set_input_files(packed(EXAMPLES / name, tmp_path / "bundle.zip"))
    else:
        ada.page.locator("#folder").set_input_files(EXAMPLES / name)
    ada.press("Last opp")
    title = "Oppgjør etter dødsfall" if javascript else "Økonomisk status for vergemål"
    heading(ada, title)
    main = ada.page.locator("main")
    expect(main).to_contain_text("Ingen feil. Prosessen kan publiseres.")
    expect(main.locator("svg.bpmn")).to_be_visible()
    ada.check_page()
    ada.picture("studio-process")
    for tab in ("Steg og overganger", "Tekster", "Tilganger", "Versjoner"):
        ada.press(tab, "link")
        ada.check_page()
    ada.press("Publiser versjon 1")
    expect(main).to_contain_text("Versjon 1 er publisert.")
    ada.go("/prosesser")
    expect(main).to_contain_text(title)
    ada.picture("studio-index")


def test_the_administrator_tries_it_first_on_a_clock_of_its_own(person: People) -> None:
    ada = person()
    ada.log_in("Ada Administrator", staff=True)
    ada.go("/prosesser/estate_settlement/provekjoring")
    ada.press("Start prøvekjøring")
    main = ada.page.locator("main")
    expect(main).to_contain_text("Skriv felles erklæring")
    ada.press("Fullfør Skriv felles erklæring")
    expect(ada.page.locator("#feil")).to_contain_text("Svar på «Finnes det et testament?»")
    for field in ("testament", "marriagePact", "agricultural"):
        ada.page.locator(f'[name="{field}"][value="no"]').check()
    ada.press("Fullfør Skriv felles erklæring")
    expect(main.get_by_role("heading", name="Velg og signer")).to_have_count(3)
    ada.check_page()
    ada.picture("studio-trial")
    for _ in range(3):
        ada.page.locator('[name="settlement"][value="private"]').first.check()
        ada.page.locator('[name="assumeDebt"][value="yes"]').first.check()
        ada.press("Signer Velg og signer")
    expect(main).to_contain_text("Jobben «Spør tingretten hvem som er arvinger» er gjort")
    ada.press("La mottakeren svare")
    ada.page.locator("#days").fill("1")
    ada.press("Flytt klokken")
    expect(main).to_contain_text("Avslutt boet")
    ada.press("Fullfør Avslutt boet")
    expect(main).to_contain_text("Ferdig")


@pytest.mark.parametrize(
    ("language", "sentence", "width"),
    [
        ("Bokmål", "Fristen kan ikke leses. Skriv for eksempel 14 dager eller P14D.", 1280),
        ("Nynorsk", "Fristen kan ikkje lesast. Skriv til dømes 14 dagar eller P14D.", 320),
    ],
)
def test_every_error_is_shown_in_the_persons_own_language(
    person: People, tmp_path: Path, width: int, language: str, sentence: str
) -> None:
    folder = tmp_path / "faulty"
    shutil.copytree(EXAMPLES / "debt_settlement", folder)
    process = (folder / "process.bpmn").read_text()
    process = process.replace("P60D", "snart").replace(">notify<", ">magic<", 1).replace('id="svar"', 'id="ukjent"')
    (folder / "process.bpmn").write_text(process)
    ada = person(width=width)
    ada.log_in("Ada Administrator", staff=True)
    if language != "Bokmål":
        ada.page.locator("summary", has_text="Språk").click()
        ada.press(language)
    bundle = packed(folder, tmp_path / "bundle.zip")
    upload(ada, bundle)
    if ada.page.locator("#replace").count():
        upload(ada, bundle)
    found = ada.page.locator("#funn li")
    expect(found).to_have_count(3)
    expect(ada.page.locator("#funn")).to_contain_text(sentence)
    expect(ada.page.locator("#funn")).to_contain_text("(Apply, ")
    ada.check_page()
    for tab in ("diagram", "steg", "tekster", "tilganger", "versjoner"):
        ada.go(f"/prosesser/debt_settlement?fane={tab}")
        ada.check_page()
    ada.picture(f"studio-faults-{language}-{width}")
    if language != "Bokmål":
        ada.page.locator("summary", has_text=re.compile("Språk|Language")).click()
        ada.press("Bokmål")  # it is theirs wherever they log in
        expect(ada.page.locator("html")).to_have_attribute("lang", "nb")


@pytest.mark.parametrize(
    ("key", "title", "form"),
    [
        ("guardianship_status", "Økonomisk status for vergemål", "Skriv status for året"),
        ("debt_settlement", "Søknad om gjeldsordning", "Skriv søknaden"),
    ],
)
def test_the_smaller_examples_are_tried_to_their_form(
    person: People, tmp_path: Path, key: str, title: str, form: str
) -> None:
    ada = person()
    ada.log_in("Ada Administrator", staff=True)
    bundle = packed(EXAMPLES / key, tmp_path / "bundle.zip")
    upload(ada, bundle)
    if ada.page.locator("#replace").count():
        upload(ada, bundle)
    heading(ada, title)
    ada.press("Prøvekjør", "link")
    ada.press("Start prøvekjøring")
    main = ada.page.locator("main")
    ada.press("Svar nei Gi samtykke")
    if key == "debt_settlement":
        ada.press("Svar nei Gi fullmakt")
    expect(main.get_by_role("heading", name=form)).to_be_visible()
    ada.check_page()
    if key == "debt_settlement":
        ada.picture("debt-settlement")
    else:
        ada.picture("guardianship-status")


def begin(person: People, name: str) -> Person:
    who = person()
    who.log_in(name)
    return who


def sign(who: Person) -> None:
    who.go("/saken-min")
    who.press("Velg og signer", "link")
    heading(who, "Les, velg og signer")
    who.tick("Privat skifte")
    who.page.locator('[name="assumeDebt"][value="yes"]').check()
    who.press("Signer")
    expect(who.page.locator("#feil")).to_contain_text("Kryss av for at du har lest og signerer")
    who.tick("Jeg har lest dette og signerer")
    who.press("Signer")
    who.page.wait_for_url(re.compile("saken-min"))


def test_four_people_walk_the_estate_to_the_certificate_while_version_two_is_published(
    person: People, product: Product
) -> None:
    hanna = begin(person, "Hanna Arv")
    hanna.go("/tjenester")
    hanna.press("Kom i gang Oppgjør etter dødsfall")
    settle(hanna)
    heading(hanna, "Skriv felles erklæring")
    hanna.check_page()
    hanna.picture("estate-declaration")
    hanna.press("Send svaret")
    expect(hanna.page.locator("#feil")).to_contain_text("Svar på «Finnes det et testament?»")
    for field in ("testament", "marriagePact", "agricultural"):
        hanna.page.locator(f'[name="{field}"][value="no"]').check()
    hanna.press("Send svaret")
    wait_for_text(hanna, "/saken-min", "Se oversikten over boet")
    main = hanna.page.locator("main")
    for name in ("Dagny Arv", "Håkon Arv", "Heidi Arv", "Hedda Arv"):
        expect(main).to_contain_text(name)
    expect(main).to_contain_text("ved verge Vera Verge")
    hanna.press("Se oversikten over boet", "link")
    expect(main).to_contain_text("Eiendom i Lillestrøm")
    expect(main).to_contain_text("312 500 kr")
    hanna.check_page()
    hanna.picture("estate-overview")
    sign(hanna)
    expect(main).to_contain_text("Du har gjort ditt. Vi venter på de andre.")
    hanna.picture("estate-case")

    publish_version_two(person)
    for name in ("Håkon Arv", "Heidi Arv"):
        heir = begin(person, name)
        wait_for_text(heir, "/meldinger", "Du er arving i et dødsbo.")
        sign(heir)
    vera = begin(person, "Vera Verge")
    vera.go("/saken-min")
    vera.press("Velg og signer", "link")
    expect(vera.page.locator("main")).to_contain_text("Du gjør dette som verge for Hedda Arv.")
    vera.check_page()
    vera.picture("estate-sign")
    sign(vera)

    judge = person()
    began = time.monotonic()
    while time.monotonic() - began < SLOW:
        judge.page.goto(f"{product.sandbox_url}/domstol/")
        if "alle har signert" in judge.page.locator("main").inner_text():
            break
        time.sleep(1)
    judge.press("Utsted skifteattest")
    wait_for_text(hanna, "/saken-min", "Har skifteattest")
    wait_for_text(hanna, "/meldinger", "Skifteattesten er klar.")
    hanna.go("/saken-min")
    hanna.press("Avslutt boet", "link")
    hanna.press("Bekreft")
    wait_for_text(hanna, "/saken-min", "Avsluttet")


def publish_version_two(person: People) -> None:
    """A new name for a step, while the first case goes on with its own."""
    ada = person()
    ada.log_in("Ada Administrator", staff=True)
    ada.go("/prosesser/estate_settlement")
    ada.press("Lag ny versjon")
    ada.press("Steg og overganger", "link")
    ada.page.locator("#steg-Declare").get_by_role("link", name="Skriv felles erklæring").click()
    expect(ada.page.locator("#s-due")).to_have_value("45 dager")
    ada.page.locator("#s-name").fill("Fortell om boet")
    ada.page.locator("#s-due").fill("om to uker")
    ada.press("Lagre steget")
    expect(ada.page.locator("#feil")).to_contain_text("Frist må skrives som 14 dager")
    expect(ada.page.locator("#s-name")).to_have_value("Fortell om boet")
    ada.page.locator("#s-due").fill("14 dager")
    ada.press("Lagre steget")
    expect(ada.page.get_by_role("status")).to_contain_text("Endringen er lagret i utkastet.")
    ada.check_page()
    ada.go("/prosesser/estate_settlement?fane=steg")
    expect(ada.page.locator("main")).to_contain_text("Dette er endret siden versjon 1 (3)")
    ada.check_page()
    ada.page.locator("#steg-Sign").get_by_role("link", name="Velg og signer").click()
    ada.press("Fjern steget")
    expect(ada.page.locator("main")).to_contain_text("Saker venter i steg som er fjernet")
    expect(ada.page.locator("main")).to_contain_text("Velg og signer: saker som venter her: 1 (versjon 1)")
    ada.picture("studio-steps")
    ada.press("Angre siste endring")
    expect(ada.page.locator("main")).not_to_contain_text("Saker venter i steg som er fjernet")
    ada.press("Publiser versjon 2")
    ada.press("Publiser nå")
    expect(ada.page.locator("main")).to_contain_text("Versjon 2 er publisert.")
    expect(ada.page.locator("main")).to_contain_text("1 sak i gang")


def test_an_administrator_copies_and_edits_a_process_in_the_browser(person: People) -> None:
    ada = person(width=390)
    ada.log_in("Ada Administrator", staff=True)
    ada.check_page()
    ada.page.locator("#source").select_option("callback")
    ada.page.locator("#title").fill("Avtal møte")
    ada.page.locator("#key").fill("callback")
    ada.press("Lag prosessen")
    expect(ada.page.locator("#feil")).to_contain_text("Nøkkelen callback er i bruk")
    ada.page.locator("#source").select_option("callback")
    ada.page.locator("#title").fill("Avtal møte")
    ada.page.locator("#key").fill("")
    ada.press("Lag prosessen")
    heading(ada, "Avtal møte")
    ada.press("Steg og overganger", "link")
    ada.page.locator("summary", has_text="Legg til et steg etter Når kan vi ringe?").click()
    ada.page.locator("#new-Ask").fill("Les dette først")
    expect(ada.page.locator("#kind-Ask option")).to_contain_text(["Les og bekreft", "Skjema med ett spørsmål"])
    ada.press("Legg til")
    expect(ada.page.locator("main")).to_contain_text("Les dette først")
    expect(ada.page.locator("main")).to_contain_text("Ingen feil.")
    ada.check_page()
    ada.press("Publiser versjon 1")
    expect(ada.page.locator("main")).to_contain_text("Versjon 1 er publisert.")
    per = person()
    per.log_in("Per Prøve")
    per.go("/tjenester")
    expect(per.page.locator("main")).to_contain_text("Avtal møte")


def test_the_benefit_page_reckons_from_its_assumptions(person: People) -> None:
    ada = person()
    ada.log_in("Ada Administrator", staff=True)
    ada.press("Nytte", "link")
    main = ada.page.locator("main")
    expect(main).to_contain_text("128 186 250 kr")
    ada.check_page()
    ada.picture("benefit")
    ada.page.locator("#b-hourly").fill("1000")
    ada.press("Regn på nytt")
    expect(main).to_contain_text("256 372 500 kr")
    ada.page.locator("#b-hourly").fill("mye")
    ada.press("Regn på nytt")
    expect(ada.page.locator("#feil")).to_contain_text("Timepris må være et tall")


def test_only_administrators_enter_the_studio(person: People) -> None:
    anne = person()
    anne.log_in("Jonas Prøve")
    anne.go("/prosesser")
    expect(anne.page.get_by_role("heading", level=1)).to_contain_text("Dette gikk ikke")
    expect(anne.page.locator("main")).to_contain_text("Du har ikke tilgang til dette")
