"""An administrator makes guardianship from nothing: form, texts, access, test run, publishing; then changes it."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Person
from tests.browser.test_business import heading
from tests.browser.walks import settle

People = Callable[..., Person]
KEY = "vergemal"


def administrator(person: People, **options: object) -> Person:
    ada = person(**options)
    ada.log_in("Ada Administrator", staff=True)
    return ada


def look(who: Person, name: str) -> None:
    """The page as it is checked: no axe violation, no sideways scroll, and a picture."""
    who.picture(f"builder-{name}")
    who.check_page()


def add_field(ada: Person, title: str, kind: str, page: str = "Side1") -> None:
    ada.page.locator(f"#add-t-{page}").fill(title)
    ada.page.locator(f"#add-k-{page}").select_option(kind)
    ada.page.locator(f"#side-{page} button[value='add']").click()
    expect(ada.page.locator("main")).to_contain_text(title)


def test_a_form_is_built_from_nothing(person: People) -> None:
    ada = administrator(person)
    heading(ada, "Prosesser")
    ada.page.locator("#title").fill("Vergemål")
    ada.press("Lag prosessen")
    heading(ada, "Vergemål")
    ada.press("Skjemaer", "link")
    add_field(ada, "Om deg", "heading")
    add_field(ada, "Hva heter du?", "input")
    add_field(ada, "Har du gjeld?", "radio")
    add_field(ada, "Hvor mye skylder du?", "amount")
    look(ada, "form")
    row = ada.page.locator("#felt-hvor_mye_skylder_du")
    row.locator("summary").click()
    row.locator("#hvor_mye_skylder_du-hidden-if").check()
    row.locator("#hvor_mye_skylder_du-hidden-0-f").select_option("har_du_gjeld")
    row.locator("#hvor_mye_skylder_du-hidden-0-o").select_option("notEquals")
    row.locator("#hvor_mye_skylder_du-hidden-0-v").fill("ja")
    row.locator("#hvor_mye_skylder_du-t-en").fill("How much do you owe?")
    row.locator("#hvor_mye_skylder_du-t-nn").fill("Kor mykje skuldar du?")
    row.locator("#hvor_mye_skylder_du-required-always").check()
    expect(row.locator("[data-saved]")).to_contain_text("Lagret")
    shown = ada.page.locator("#forhandsvisning")
    expect(shown).not_to_contain_text("Hvor mye skylder du?")
    shown.get_by_label("Ja").check()
    expect(shown).to_contain_text("Hvor mye skylder du?")
    ada.picture("builder-rule")
    ada.check_page()
    ada.page.reload()
    expect(row).to_contain_text("Skjules når «Har du gjeld?» ikke er «Ja».")
    expect(row).to_contain_text("Må fylles ut.")
    ada.press("Flytt opp Hvor mye skylder du?")
    ada.press("Fjern Om deg")
    expect(ada.page.locator("#skjema")).not_to_contain_text("Om deg")
    ada.press("Angre siste endring")
    expect(ada.page.locator("#skjema")).to_contain_text("Om deg")
    ada.press("Gjør om igjen")
    expect(ada.page.locator("#skjema")).not_to_contain_text("Om deg")
    ada.press("Angre siste endring")
    ada.page.locator("#new-page").fill("Mer om økonomien")
    ada.press("Legg til side")
    add_field(ada, "Din gjeld", "rows", "MerOmOkonomien")
    ada.page.locator("#add-g-MerOmOkonomien").select_option("din_gjeld")
    add_field(ada, "Hvem skylder du?", "input", "MerOmOkonomien")
    ada.press("Legg til en rad Din gjeld")
    look(ada, "pages")


def test_a_form_is_built_on_a_phone_and_without_scripts(person: People) -> None:
    phone = administrator(person, width=390)
    phone.go(f"/prosesser/{KEY}?fane=skjemaer&steg=Apply")
    phone.page.locator("#felt-hva_heter_du summary").click()
    look(phone, "phone")
    phone.page.emulate_media(color_scheme="dark")
    for tab in ("tekster", "tilganger", "versjoner"):
        phone.go(f"/prosesser/{KEY}?fane={tab}")
        look(phone, f"phone-{tab}")
    keys = administrator(person)
    keys.go(f"/prosesser/{KEY}?fane=skjemaer&steg=Handle")
    keys.page.locator("#add-t-Side1").focus()
    for press in ("Vedtak", "Tab", "Flere valg", "Tab", "Enter"):
        keys.page.keyboard.press(press) if press in ("Tab", "Enter") else keys.page.keyboard.type(press)
    expect(keys.page.locator("#felt-vedtak")).to_contain_text("Flere valg")
    keys.page.emulate_media(color_scheme="dark")
    look(keys, "dark")
    keys.press("Fjern Vedtak")
    plain = administrator(person, javascript=False)
    plain.go(f"/prosesser/{KEY}?fane=skjemaer&steg=Handle")
    add_field(plain, "Hva kom dere fram til?", "textarea")
    row = plain.page.locator("#felt-hva_kom_dere_fram_til")
    row.locator("summary").click()
    row.locator("[name='title-en']").fill("What did you find?")
    plain.press("Lagre Hva kom dere fram til?")
    expect(plain.page.locator("main")).to_contain_text("Endringen er lagret i utkastet.")


def write_texts(ada: Person) -> None:
    """The missing ones stand first; each is kept as one leaves it."""
    rows = ada.page.locator("tr[data-missing]")
    for n in range(rows.count()):
        said = rows.nth(n).locator("[name='nb']").input_value()
        for language in ("nn", "en"):
            rows.nth(n).locator(f"[name='{language}']").fill(f"{said} ({language})")
        rows.nth(n).locator("button").focus()
        expect(rows.nth(n).locator("[data-saved]")).to_contain_text("Lagret")
    expect(ada.page.locator("body[data-saving]")).to_have_count(0)
    ada.page.reload()


def test_texts_access_test_run_scenario_and_publishing(person: People) -> None:
    ada = administrator(person)
    ada.go(f"/prosesser/{KEY}?fane=tekster")
    look(ada, "texts")
    write_texts(ada)
    main = ada.page.locator("main")
    expect(main).to_contain_text("Alle tekster finnes på bokmål, nynorsk og engelsk.")
    ada.press("Maler", "link")
    ada.page.locator("#new-letters").fill("Vi har fått søknaden")
    ada.press("Legg til brev")
    ada.page.locator("#body-nb").fill("Hei ")
    ada.press("{citizen}")
    expect(ada.page.locator("#mal-vis")).to_contain_text("Hei Anne Eksempel")
    for n in range(2):
        ada.page.locator(f"#title-{('nn', 'en')[n]}").fill("Søknad")
        ada.page.locator(f"#body-{('nn', 'en')[n]}").fill("Hei {citizen}")
    ada.press("Lagre malen")
    look(ada, "templates")
    ada.press("Tilganger", "link")
    expect(main).to_contain_text("kan fylle ut «Fyll ut».")
    ada.page.locator("#who-step").select_option("Handle")
    ada.page.locator("#who-action").select_option("read")
    ada.press("Vis hvem")
    ada.page.locator("#role-priv").check()
    ada.press("Lagre tilgangen")
    expect(main).to_contain_text("kan lese «Behandle».")
    ada.picture("builder-access")
    ada.check_page()

    ada.press("Prøvekjør", "link")
    ada.press("Start prøvekjøring")
    main.get_by_label("Hva heter du?").fill("Anne")
    main.get_by_label("Nei", exact=True).check()
    ada.press("Fullfør Fyll ut")
    if main.get_by_label("Hvem skylder du?").count():
        expect(main).to_contain_text("Behandle")
    main.get_by_label("Hva kom dere fram til?").fill("Alt er i orden")
    ada.press("Fullfør Behandle")
    expect(main).to_contain_text("Ferdig")
    ada.page.locator("#scenario-title").fill("Uten gjeld")
    ada.press("Lagre som scenario")
    expect(main).to_contain_text("Uten gjeld (2 steg)")
    ada.picture("builder-scenario")
    ada.check_page()
    ada.page.set_viewport_size({"width": 390, "height": 800})
    look(ada, "scenario-phone")
    ada.page.set_viewport_size({"width": 1280, "height": 900})
    ada.go(f"/prosesser/{KEY}")
    ada.press("Publiser versjon 1")
    expect(main).to_contain_text("Dette er den første versjonen.")
    expect(main).to_contain_text("Ender likt")
    look(ada, "publish-first")
    ada.press("Publiser nå")
    expect(main).to_contain_text("Versjon 1 er publisert.")


def test_it_is_changed_with_cases_running_and_they_are_moved_and_put_back(person: People) -> None:
    per = person()
    per.log_in("Per Prøve")
    per.go("/tjenester")
    per.press("Kom i gang Vergemål")
    settle(per)
    heading(per, "Fyll ut")
    per.page.get_by_label("Hva heter du?").fill("Per")
    per.page.get_by_label("Nei", exact=True).check()
    per.press("Neste")
    expect(per.page.locator("main")).to_contain_text("Steg 2 av 2")
    per.press("Legg til en rad Din gjeld")
    look(per, "citizen")
    per.page.go_back()
    per.press("Tilbake")
    expect(per.page.get_by_label("Hva heter du?")).to_have_value("Per")

    ada = administrator(person)
    main = ada.page.locator("main")
    ada.go(f"/prosesser/{KEY}")
    ada.press("Lag ny versjon")
    ada.press("Skjemaer", "link")
    add_field(ada, "Når er du født?", "date")
    ada.press("Publiser versjon 2")
    expect(main).to_contain_text("Hva skal skje med saker som er i gang (1)?")
    ada.press("Prøv flyttingen")
    expect(main).to_contain_text("1 av 1 sak kan flyttes")
    ada.page.locator("#move").check()
    ada.page.locator("#reason").fill("Vi trenger fødselsdatoen")
    ada.picture("builder-publish-move")
    ada.check_page()
    ada.page.set_viewport_size({"width": 390, "height": 800})
    look(ada, "publish-move-phone")
    ada.page.set_viewport_size({"width": 1280, "height": 900})
    ada.press("Publiser nå")
    expect(main).to_contain_text("1 av 1 er flyttet, 0 passet ikke")
    expect(main).to_contain_text("Ferdig")
    look(ada, "moved")
    per.page.reload()
    expect(per.page.locator("main")).to_contain_text("Når er du født?")
    ada.press("Angre flyttingen")
    expect(main).to_contain_text("Saker flyttes tilbake")
    expect(main).to_contain_text("1 av 1 er flyttet")
    per.page.reload()
    expect(per.page.locator("main")).not_to_contain_text("Når er du født?")
    ada.go(f"/prosesser/{KEY}?fane=versjoner")
    look(ada, "versions")
