"""Letters and notes of a process over HTTP: written without code, shown as they will read, told when they change."""

from __future__ import annotations

import json
import re

from tests.engine.web.test_studio import ESTATE, ROOT, Administrator, ada, app, bea, product, revision

__all__ = ["ada", "app", "bea", "product"]
AT = "/prosesser/advice/maler"
TAB = "/prosesser/advice?fane=maler"
ADVICE = {
    str(path.relative_to(ROOT / "processes" / "advice")): path.read_bytes()
    for path in (ROOT / "processes" / "advice").rglob("*")
    if path.suffix in (".json", ".xml", ".bpmn")
}


def templates(who: Administrator) -> dict[str, list[dict[str, object]]]:
    import io
    import zipfile

    packed = who.client.get("/prosesser/advice/eksport.zip").data
    found: dict[str, list[dict[str, object]]] = json.loads(zipfile.ZipFile(io.BytesIO(packed)).read("templates.json"))
    return found


def test_a_letter_is_added_written_previewed_moved_and_removed(ada: Administrator) -> None:
    ada.upload(ADVICE)
    seen = revision(ada.get(TAB))
    answer = ada.client.post(
        AT,
        data={
            "csrf_token": ada.csrf,
            "revision": seen,
            "act": "add",
            "kind": "letters",
            "title": "Vi har fått søknaden",
        },
    )
    assert answer.status_code == 303
    page = ada.get(answer.location)
    identity = re.search(r'name="template" value="(vi_har[^"]*)"', page)
    assert identity and "mangler Bokmål, Nynorsk og English" in page

    written = {
        "act": "change",
        "kind": "letters",
        "template": identity[1],
        "title-nb": "Vi har fått søknaden",
        "title-nn": "Vi har fått søknaden",
        "title-en": "We have your application",
        "body-nb": "Hei {citizen}: {decision.outcome}",
        "body-nn": "Hei {citizen}",
        "body-en": "Dear {citizen}, on {decision.startDate}",
        "after": ["Decide", "OverviewOpened"],
    }
    assert ada.post(AT, revision=revision(page), **written)[0] == 303
    page = ada.get(f"{TAB}&mal=letters.{identity[1]}")
    shown = re.sub(r"\s+", " ", page[page.index('id="mal-vis"') :])
    assert "Hei Anne Eksempel: " in shown
    assert "{" not in shown[: shown.index("</section>")], "every blank is filled in with something"
    assert re.search(r'value="Decide" checked', page) and re.search(r'value="OverviewOpened" checked', page)

    kept = templates(ada)["letters"]
    assert kept[-1] == {
        "id": identity[1],
        "title": {"nb": "Vi har fått søknaden", "nn": "Vi har fått søknaden", "en": "We have your application"},
        "body": {"nb": written["body-nb"], "nn": "Hei {citizen}", "en": written["body-en"]},
        "after": ["Decide", "OverviewOpened"],
    }
    assert kept[:-1] == json.loads(ADVICE["templates.json"])["letters"], "the others are as they were"
    for act in ("up", "remove"):
        before = [one["id"] for one in templates(ada)["letters"]]
        assert ada.post(AT, revision=revision(ada.get(TAB)), act=act, kind="letters", template=identity[1])[0] == 303
        after = [one["id"] for one in templates(ada)["letters"]]
        assert after == (
            [*before[:-2], before[-1], before[-2]] if act == "up" else [i for i in before if i != identity[1]]
        )
    assert ada.post("/prosesser/advice/angre", revision=revision(ada.get(TAB)), fane="maler")[0] == 303
    assert identity[1] in [one["id"] for one in templates(ada)["letters"]], "what was removed can be undone"


def test_a_fill_in_that_is_not_there_is_said_at_its_field_and_nothing_written_is_lost(ada: Administrator) -> None:
    ada.upload(ADVICE)
    page = ada.get(f"{TAB}&mal=notes.decided")
    assert "{decision.reason}" in page and "Begrunnelse" in page, "the fields of the forms are there to copy"
    form = {"act": "change", "kind": "notes", "template": "decided", "body-nb": "Bra {decision.reason}"}
    form |= {"body-nn": "Vedtak {decision.nothing}", "body-en": "Mine"}

    status, page = ada.post(AT, revision=revision(page), **form)

    assert status == 422
    fault = re.search(r'id="body-nn-fault">([^<]+)', page)
    assert fault and "{decision.nothing} finnes ikke i saken" in fault[1]
    assert "body-nb-fault" not in page and ">Bra {decision.reason}</textarea>" in page and ">Mine</textarea>" in page
    by_script = ada.client.post(
        AT, data={"csrf_token": ada.csrf, "revision": "1", **form}, headers={"Accept": "application/json"}
    )
    assert by_script.status_code == 422 and "{decision.nothing}" in by_script.get_data(as_text=True)


def test_two_write_different_templates_beside_each_other_and_the_same_one_not(
    ada: Administrator, bea: Administrator
) -> None:
    ada.upload(ADVICE)
    seen = revision(bea.get(TAB))

    def form(template: str, text: str) -> dict[str, str]:
        return {
            "act": "change",
            "kind": "notes",
            "template": template,
            **{f"body-{n}": text for n in ("nb", "nn", "en")},
        }

    assert ada.post(AT, revision=seen, **form("decided", "Adas"))[0] == 303
    assert bea.post(AT, revision=seen, **form("assessed", "Beas"))[0] == 303
    status, page = bea.post(AT, revision=seen, **form("decided", "Beas andre"))

    assert status == 409 or status == 422
    assert "En kollega har endret utkastet" in page and ">Beas andre</textarea>" in page
    texts = {one["id"]: one["text"]["nb"] for one in templates(ada)["notes"]}  # type: ignore[index]
    assert texts["decided"] == "Adas" and texts["assessed"] == "Beas"


def test_what_is_wrong_with_templates_is_found_and_what_changed_is_told(ada: Administrator) -> None:
    whole = json.loads(ADVICE["templates.json"])
    whole["letters"][0]["body"]["nn"] = "Hei {decision.gone}"
    del whole["letters"][1]["title"]["en"]
    whole["notes"][0]["after"] = ["Nowhere"]
    whole["notes"] = [*whole["notes"][:2], {"id": "ny", "text": {"nb": "Nytt", "nn": "Nytt", "en": "New"}}]
    ada.upload({**ADVICE, "templates.json": json.dumps(whole).encode()})

    page = ada.get("/prosesser/advice")

    for rule in ("template-unknown-blank", "template-language-missing", "template-step-gone"):
        assert f"<code>{rule}</code>" in page, rule
    findings = page[page.index('id="funn"') : page.index("</section>", page.index('id="funn"'))]
    row = next(row for row in findings.split("<li>") if "template-unknown-blank" in row)
    outside = re.sub(r"<details.*?</details>", "", row, flags=re.DOTALL)
    assert "som saken aldri kan vite" in outside and 'mal=letters.decision#mal">Vedtak om' in outside
    assert "Gjelder: decision.gone." in row and "no case can ever fill" not in row, "no English on a Norwegian page"
    told = page[page.index('id="endringer"') :]
    assert "Malen for brevet «Vedtak om økonomisk rådgivning» er endret" in told
    assert "Nytt notat i malene: «Nytt»" in told and "Fjernet notat fra malene: «Råd gitt {today}." in told
    tab = ada.get(TAB)
    assert "Kan ikke fylles ut" in tab and "mangler English" in tab
    assert "(Nowhere)" in ada.get(f"{TAB}&mal=notes.assessed"), "a step that is gone can be unticked"


def test_a_process_without_templates_gets_its_first_and_a_broken_file_is_said(ada: Administrator) -> None:
    ada.upload(ESTATE.files)
    at = "/prosesser/estate_settlement"
    first = {"act": "add", "kind": "notes", "title": "Snakket med arvingen {citizen}"}
    assert ada.post(f"{at}/maler", revision=revision(ada.get(at)), **first)[0] == 303
    assert "Snakket med arvingen" in ada.get(f"{at}?fane=maler")
    empty = ada.post(f"{at}/maler", revision=revision(ada.get(at)), act="add", kind="letters", title=" ")
    assert empty[0] == 422 and "må fylles ut" in empty[1]

    ada.upload({**ESTATE.files, "templates.json": b'{"letters": 3}'}, replace="estate_settlement")
    assert "templates.json kan ikke leses" in ada.get(f"{at}?fane=maler")
