"""Lists of choices over HTTP: made, written, moved, chosen in a form, and kept while somebody uses them."""

from __future__ import annotations

import io
import json
import re
import zipfile

from tests.engine.web.test_studio import ESTATE, Administrator, ada, app, bea, product, revision

__all__ = ["ada", "app", "bea", "product"]
AT = "/prosesser/estate_settlement"
TAB = f"{AT}?fane=lister"


def files_of(who: Administrator) -> dict[str, bytes]:
    archive = zipfile.ZipFile(io.BytesIO(who.client.get(f"{AT}/eksport.zip").data))
    return {name: archive.read(name) for name in archive.namelist()}


def send(who: Administrator, path: str, **form: object) -> tuple[int, str]:
    return who.post(path, revision=revision(who.get(TAB)), **form)


def lines(*rows: tuple[str, str, str, str]) -> dict[str, list[str]]:
    value, nb, nn, en = (list(column) for column in zip(*rows, strict=True))
    return {"value": value, "label-nb": nb, "label-nn": nn, "label-en": en}


def test_a_list_is_made_chosen_in_a_form_and_followed_by_the_data_model(ada: Administrator) -> None:
    ada.upload(ESTATE.files)
    assert send(ada, f"{AT}/lister", act="create", title="Slektskap")[0] == 303
    names = {"list": "slektskap", "name-nb": "Slektskap", "name-nn": "Slektskap", "name-en": "Kinship"}
    first = lines(("", "Barn", "Barn", "Child"), ("", "Ektefelle", "Ektemake", "Spouse"), ("", "", "", ""))
    assert send(ada, f"{AT}/lister", act="save", **names, **first)[0] == 303
    kept = files_of(ada)
    assert [row["value"] for row in json.loads(kept["options/slektskap.json"])] == ["barn", "ektefelle"]

    send(ada, f"{AT}/skjema/Declare", act="add", kind="radio", title="Hvem er du?", page="Erklaering")
    page = ada.get(f"{AT}?fane=skjemaer&steg=Declare")
    assert '<option value="slektskap">Slektskap</option>' in page
    change = {"act": "change", "component": "hvem_er_du", "title-nb": "Hvem er du?", "choices-nb": "Ja\nNei"}
    assert send(ada, f"{AT}/skjema/Declare", **change, list="slektskap")[0] == 303
    kept = files_of(ada)
    (declared,) = [d["id"] for d in json.loads(kept["metadata.json"])["dataTypes"] if d.get("taskId") == "Declare"]

    def allowed() -> list[str]:
        schema = json.loads(files_of(ada)[f"models/{declared}.schema.json"])
        found: list[str] = schema["properties"]["hvem_er_du"]["enum"]
        return found

    assert allowed() == ["barn", "ektefelle"]
    assert f"options/{declared}_hvem_er_du.json" not in kept, "the choices of its own are nobody's now"
    page = ada.get(f"{AT}?fane=skjemaer&steg=Declare")
    assert "Ektefelle" in page[page.index('id="forhandsvisning"') :], "the real form shows the list"

    rows = (("barn", "Barn", "Barn", "Child"), ("ektefelle", "Ektefelle eller partnar", "Ektemake", "Spouse"))
    added = lines(*rows, ("", "Søsken", "Sysken", "Sibling"))
    assert send(ada, f"{AT}/lister", act="up-1", **names, **added)[0] == 303
    assert allowed() == ["ektefelle", "barn", "sosken"], "order and new choices follow, and no value is renamed"
    added = lines(*rows, ("sosken", "Søsken", "Sysken", "Sibling"))
    assert send(ada, f"{AT}/lister", act="drop-1", **names, **added)[0] == 303
    assert allowed() == ["barn", "sosken"]
    assert send(ada, f"{AT}/skjema/Declare", **change, list="")[0] == 303
    assert json.loads(files_of(ada)["options/slektskap.json"]), "choices of one's own again leave the list as it was"


def test_a_list_in_use_stays_and_says_where_and_one_nobody_uses_goes(ada: Administrator) -> None:
    ada.upload(ESTATE.files)
    page = ada.get(TAB)
    assert re.search(r"Brukes i ?<a[^>]+>«[^»]+» i ", page), "the page says who uses it"

    status, page = send(ada, f"{AT}/lister", act="remove", list="yesno")

    assert status == 422 and "Listen kan ikke fjernes, for den brukes i «" in page
    assert "options/yesno.json" in files_of(ada)
    send(ada, f"{AT}/lister", act="create", title="Land")
    assert "list.land" in files_of(ada)["texts/resource.nb.json"].decode()
    assert send(ada, f"{AT}/lister", act="remove", list="land")[0] == 303
    kept = files_of(ada)
    assert "options/land.json" not in kept and "list.land" not in kept["texts/resource.nb.json"].decode()


def test_what_was_written_wrong_is_said_and_stands(ada: Administrator) -> None:
    ada.upload(ESTATE.files)
    names = {"list": "yesno", "name-nb": "Ja eller nei", "name-nn": "", "name-en": ""}
    same = lines(("no", "Nei", "Nei", "No"), ("yes", "Ja", "Ja", "Yes"), ("", "Ja", "Kanskje", "Maybe"))
    status, page = send(ada, f"{AT}/lister", act="save", **names, **same)
    assert status == 422 and "To valg har samme tekst" in page and 'value="Kanskje"' in page
    bare = lines(("no", "Nei", "Nei", "No"), ("yes", "Ja", "Ja", "Yes"), ("", "", "", "Maybe"))
    status, page = send(ada, f"{AT}/lister", act="save", **names, **bare)
    assert status == 422 and "tekst på bokmål" in page and 'value="Maybe"' in page
    compared = lines(("no", "Nei", "Nei", "No"))
    status, page = send(ada, f"{AT}/lister", act="save", **names, **compared)
    assert (status == 422) == (b'"yes"' in b"".join(d for n, d in ESTATE.files.items() if n.startswith("layouts/")))


def test_a_choice_that_is_too_long_is_refused_with_its_limit_and_stands(ada: Administrator) -> None:
    ada.upload(ESTATE.files)
    send(ada, f"{AT}/lister", act="create", title="Slektskap")
    long = "å" * 301
    status, page = send(
        ada, f"{AT}/lister", act="save", list="slektskap", **{"name-nb": "Slektskap"}, **lines(("", long, "", ""))
    )
    assert (status, "Skriv høyst 300 tegn" in page, long in page) == (422, True, True)
    assert json.loads(files_of(ada)["options/slektskap.json"]) == []


def test_the_difference_and_the_findings_speak_of_lists(ada: Administrator) -> None:
    ada.upload({name: data for name, data in ESTATE.files.items() if name != "options/yesno.json"})
    assert "<code>list-missing</code>" in ada.get(AT)

    ada.upload(ESTATE.files, replace="estate_settlement")
    ada.post(f"{AT}/publiser", revision=revision(ada.get(AT)))
    ada.post(f"{AT}/utkast")
    send(ada, f"{AT}/lister", act="create", title="Land")
    rows = lines(("no", "Nei", "Nei", "No"), ("yes", "Ja", "Ja", "Yes"), ("", "Vet ikke", "Veit ikkje", "Don't know"))
    names = {"list": "yesno", "name-nb": "Ja eller nei", "name-nn": "Ja eller nei", "name-en": "Yes or no"}
    assert send(ada, f"{AT}/lister", act="save", **names, **rows)[0] == 303

    told = ada.get(AT)
    assert "Ny liste: «Land»" in told and "Valgene i listen «Ja eller nei» er endret" in told


def test_answers_read_as_the_words_of_the_list_they_were_chosen_from() -> None:
    assert ESTATE.option("declaration", "testament", "yes", "nn") == "Ja"
    assert ESTATE.option("declaration", "testament", "no,yes", "en") == "No, Yes"
    assert ESTATE.option("declaration", "testament", "gone", "nb") == "gone"
