"""Publishing with cases running, scenarios that must hold, two who must agree, and colleagues at the same draft."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest
from flask import g
from joserfc.jwk import RSAKey
from sqlalchemy import select

from engine.casework import queries
from engine.studio import case_migration
from engine.studio.form_builder import BY_ID, FormDraft, bound_to
from engine.web.shared import answers
from engine.workflow.authorization.actor import Actor, Role
from engine.workflow.definitions.bundle import MANIFEST, Bundle
from engine.workflow.execution.commands import CompleteTask
from engine.workflow.execution.models import process_instance
from engine.workflow.instances.models import case_file
from engine.workflow.operations import dry_run
from forms.formatting import listed
from tests.engine.web.test_studio import ROOT, Administrator, ada, app, bea, revision
from tests.processes.conftest import OFFICE, Product, product

__all__ = ["ada", "app", "bea", "product"]
AT = "/prosesser/vergemal"


def begin(who: Administrator) -> str:
    """A blank process with one question in each form; the page of its draft."""
    assert who.post("/prosesser/kopi", source="", title="Vergemål")[0] == 303
    for step, title in (("Apply", "Hva heter du?"), ("Handle", "Hva kom dere fram til?")):
        status, _ = who.post(
            f"{AT}/skjema/{step}", revision=revision(who.get(AT)), act="add", page="Side1", kind="input", title=title
        )
        assert status == 303
    return who.get(AT)


def publish(who: Administrator, **form: object) -> tuple[int, str]:
    return who.post(f"{AT}/publiser", revision=revision(who.get(AT)), **form)


def running(product: Product) -> list[tuple[int, str]]:  # noqa: F811
    """(version, state) of every case."""
    with product.application.db.read() as connection:
        versions = {v.id: v.version for v in product.application.library.versions(connection, "vergemal")}
        rows = connection.execute(
            select(process_instance.c.definition_id, process_instance.c.state).where(
                process_instance.c.key == "vergemal"
            )
        ).all()
    return sorted((versions[row[0]], row[1]) for row in rows)


def fill(product: Product, case: str, element: str, content: dict[str, Any], actor: Actor | None = None) -> None:  # noqa: F811
    command = CompleteTask(product.tasks(case)[element], data={f"form_{element.lower()}": content})
    product.application.dispatch.send(command, actor or product.anne)


def renamed(who: Administrator, element: str, name: str) -> None:
    status, page = who.post(
        f"{AT}/steg/{element}", revision=revision(who.get(AT)), act="settings", shown="name", **{"s-name": name}
    )
    assert status == 303, page


def test_the_first_version_is_published_at_once_and_cases_run(ada: Administrator, product: Product) -> None:  # noqa: F811
    begin(ada)
    assert publish(ada)[0] == 303
    case = product.start("vergemal")
    product.work()
    fill(product, case, "Apply", {"hva_heter_du": "Anne"})
    assert set(product.tasks(case)) == {"Handle"}


def test_running_cases_are_told_of_tried_moved_and_put_back(ada: Administrator, product: Product) -> None:  # noqa: F811
    begin(ada)
    publish(ada)
    waiting = product.start("vergemal")
    later = product.start("vergemal")
    product.work()
    fill(product, later, "Apply", {"hva_heter_du": "Anne"})
    ada.post(f"{AT}/utkast")
    renamed(ada, "Apply", "Søk")
    for element in ("Handle",):
        ada.post(f"{AT}/steg/{element}", revision=revision(ada.get(AT)), act="remove")

    status, page = publish(ada)
    assert status == 303 and "publiser" in page, "a press that has not seen what it means is led there"
    page = ada.get(f"{AT}/publiser")
    assert 'now"' in page, "the changed step is marked on the diagram"
    assert "«Fyll ut» heter nå «Søk»" in page and "Hva skal skje med saker som er i gang (2)?" in page
    assert "Behandle (saker: 1) er blitt" in page
    status, page = ada.post(f"{AT}/publiser/prov", revision=revision(ada.get(AT)))
    assert "1 av 2 saker kan flyttes" in page
    assert "Saker: 1, Behandle: Saken står i et steg som ikke finnes i den nye versjonen." in page
    assert running(product) == [(1, "active"), (1, "active")], "a dry run moves nothing"
    with product.application.db.read() as connection:
        assert len(product.application.library.versions(connection, "vergemal")) == 1, "and publishes nothing"

    status, page = publish(ada, cases="move", reason="Nytt navn")
    assert status == 303
    batch = re.search(r"flytting/([0-9a-f-]{36})", page)
    assert batch
    at = f"{AT}/flytting/{batch[1]}"
    assert "0 av 2 er flyttet" in ada.get(at)
    assert ada.post(at, act="stop")[0] == 303
    assert ada.post(at)[0] == 303
    page = ada.get(at)
    assert "0 av 2 er flyttet" in page and "Stoppet" in page, "a page that was open when it was stopped starts nothing"
    assert 'name="act" value="on"' in page
    assert ada.post(at, act="on")[0] == 303
    page = ada.get(at)
    assert "1 av 2 er flyttet, 1 passet ikke" in page and "Saken står i et steg som ikke finnes" in page
    assert running(product) == [(1, "active"), (2, "active")]
    assert set(product.tasks(waiting)) == {"Apply"} and set(product.tasks(later)) == {"Handle"}

    assert ada.post(at, act="undo")[0] == 303
    assert running(product) == [(1, "active"), (1, "active")]
    assert "Flytt saker til versjon 2" in ada.get(f"{AT}?fane=versjoner")
    status, page = ada.post(f"{AT}/flytt", act="prov")
    assert status == 200 and "1 av 2 saker kan flyttes" in page


def test_the_administrator_chooses_what_a_removed_stage_has_become(ada: Administrator, product: Product) -> None:  # noqa: F811
    begin(ada)
    publish(ada)
    product.start("vergemal")
    product.work()
    ada.post(f"{AT}/utkast")
    files = dict(Bundle.unpack("vergemal", ada.client.get(f"{AT}/eksport.zip").data).files)
    metadata = json.loads(files["metadata.json"])
    gone = metadata["stages"].pop(0)
    files["process.bpmn"] = files["process.bpmn"].replace(
        f'id="{gone["id"]}"'.encode(), f'id="{metadata["stages"][0]["id"]}"'.encode()
    )
    files["metadata.json"] = json.dumps(metadata).encode()
    status, _ = ada.upload(files, replace="vergemal")
    assert status == 303
    page = ada.get(f"{AT}/publiser")
    assert f"Fasen {gone['title']['nb']} (saker: 1) er blitt" in page
    status, page = ada.post(f"{AT}/publiser/prov", revision=revision(ada.get(AT)))
    assert "0 av 1 sak kan flyttes" in page and "Saken er i en fase som ikke finnes" in page
    chosen = {f"map-stage:{gone['id']}": metadata["stages"][0]["id"]}
    status, page = ada.post(f"{AT}/publiser/prov", revision=revision(ada.get(AT)), **chosen)
    assert "1 av 1 sak kan flyttes" in page
    status, page = publish(ada, cases="move", **chosen)
    assert status == 303
    product.work()
    with product.application.db.read() as connection:
        stages = connection.execute(select(case_file.c.stage).where(case_file.c.key == "vergemal")).scalars().all()
    assert stages == [metadata["stages"][0]["id"]] and running(product) == [(2, "active")]


def test_many_cases_are_all_tried_in_the_background_and_grouped_by_reason(
    ada: Administrator,
    product: Product,
    monkeypatch: pytest.MonkeyPatch,  # noqa: F811
) -> None:
    monkeypatch.setattr(case_migration, "MAX_TRIED", 3)
    monkeypatch.setattr(dry_run, "HANDFUL", 4)
    begin(ada)
    publish(ada)
    for number in range(10):
        case = product.start("vergemal")
        product.work()
        if number % 2:
            fill(product, case, "Apply", {"hva_heter_du": "Anne"})
    ada.post(f"{AT}/utkast")
    ada.post(f"{AT}/steg/Handle", revision=revision(ada.get(AT)), act="remove")
    status, page = ada.post(f"{AT}/publiser/prov", revision=revision(ada.get(AT)))
    batch = re.search(r"flytting/([0-9a-f-]{36})", page)
    assert status == 303 and batch
    at = f"{AT}/flytting/{batch[1]}"
    assert "0 av 10 kan flyttes, 0 passet ikke" in ada.get(at), "nobody waits for it"
    product.work()
    page = ada.get(at)
    assert "5 av 10 kan flyttes, 5 passet ikke" in page and "Ferdig" in page
    with product.application.db.read() as connection:
        rows = connection.execute(
            select(case_file.c.number).where(case_file.c.waiting_task == "Handle").order_by(case_file.c.number)
        )
        numbers = [row[0] for row in rows]
    assert "Saker: 5, Behandle: Saken står i et steg som ikke finnes i den nye versjonen." in page
    assert f"For eksempel {listed('nb', numbers)}" in page
    assert running(product) == [(1, "active")] * 10, "nothing has moved"
    with product.application.db.read() as connection:
        assert len(product.application.library.versions(connection, "vergemal")) == 1
    page = ada.get(f"{AT}/publiser?prov={batch[1]}")
    assert "5 av 10 saker kan flyttes" in page
    renamed(ada, "Apply", "Søk")
    assert "saker kan flyttes" not in ada.get(f"{AT}/publiser?prov={batch[1]}"), "another draft was not tried"

    status, _ = publish(ada, cases="move")
    assert status == 303
    product.work()
    assert running(product) == [(1, "active")] * 5 + [(2, "active")] * 5
    status, page = ada.post(f"{AT}/flytt", **{"act": "prov", "map-Handle": "Apply"})
    assert status == 303
    product.work()
    found = re.search(r"flytting/([0-9a-f-]{36})", page)
    assert found
    page = ada.get(f"{AT}/flytt?prov={found[1]}")
    assert "5 av 5 saker kan flyttes" in page and 'value="Apply" selected' in page
    ada.post(f"{AT}/utkast")
    renamed(ada, "Apply", "Be om")
    publish(ada, cases="stay")
    assert "saker kan flyttes" not in ada.get(f"{AT}/flytt?prov={found[1]}"), "nor another version"


def test_a_scenario_that_must_hold_stops_a_publishing_that_breaks_it(ada: Administrator) -> None:
    begin(ada)
    trial = f"{AT}/provekjoring"
    ada.post(f"{trial}/start")
    for title, fields in (("Apply", {"hva_heter_du": "Anne"}), ("Handle", {"hva_kom_dere_fram_til": "Ja"})):
        task = re.search(r"oppgave/([0-9a-f-]{36})", ada.get(trial))
        assert task and ada.post(f"{trial}/oppgave/{task[1]}", **fields)[0] == 303, title
    status, page = ada.post(f"{AT}/scenario", revision=revision(ada.get(AT)), title="", act="keep")
    assert status == 422 and "Scenarioet må ha et navn" in page
    saved = ada.post(f"{AT}/scenario", revision=revision(ada.get(AT)), title="Alt går bra", blocks="yes", act="keep")
    assert saved[0] == 303 and "Alt går bra (2 steg)" in ada.get(trial)
    assert "Utkastet er endret etter" not in ada.get(trial), "a scenario changes nothing that runs"
    assert "Ender likt" in ada.get(f"{AT}/publiser")

    files = FormDraft(_draft(ada), "Handle")
    status, _ = ada.post(
        f"{AT}/skjema/Handle",
        revision=revision(ada.get(AT)),
        act="change",
        component=[c["id"] for _, c in files.components()][0],
        **{"title-nb": "Hva?", "required-when": "always"},
    )
    assert status == 303 and "Ender likt" in ada.get(f"{AT}/publiser"), "it still fits"
    ada.post(f"{AT}/steg/Handle", revision=revision(ada.get(AT)), act="remove")
    status, page = publish(ada, cases="stay")
    assert status == 422 and "Et scenario som må stemme, ender annerledes." in page
    assert "steget «Handle» kom aldri" in page
    ada.post(f"{AT}/scenario", revision=revision(ada.get(AT)), name="alt_gar_bra", act="remove")
    assert publish(ada, cases="stay")[0] == 303


def _draft(who: Administrator) -> Mapping[str, bytes]:
    return Bundle.unpack("vergemal", who.client.get(f"{AT}/eksport.zip").get_data()).files


def test_two_must_agree_where_it_is_so_decided(ada: Administrator, bea: Administrator) -> None:
    begin(ada)
    assert ada.post("/prosesser/innstillinger", two_persons="yes")[0] == 303
    assert publish(ada, cases="stay")[0] == 303
    page = ada.get(f"{AT}/publiser")
    assert "Ada Administrator ber en kollega publisere" in page and "Venter på at en kollega publiserer." in page
    publish(ada, cases="stay")
    assert "Ikke publisert ennå" in ada.get(f"{AT}?fane=versjoner"), "nobody agrees with themselves"
    renamed(bea, "Apply", "Søk")
    assert "Be en kollega publisere" in bea.get(f"{AT}/publiser"), "a change must be asked for again"
    publish(ada, cases="stay")
    assert publish(bea, cases="stay")[0] == 303
    assert "Versjon 1 er i bruk" in ada.get(AT)


def test_colleagues_at_different_things_do_not_stop_each_other(ada: Administrator, bea: Administrator) -> None:
    seen = revision(begin(ada))
    assert ada.post(f"{AT}/tekst", revision=seen, key="task.Apply", nb="Søk", nn="Søk", en="Apply")[0] == 303
    assert bea.post(f"{AT}/tekst", revision=seen, key="task.Handle", nb="Se på", nn="Sjå på", en="Look")[0] == 303
    texts = json.loads(_draft(ada)["texts/resource.nb.json"])["resources"]
    assert {"id": "task.Apply", "value": "Søk"} in texts and {"id": "task.Handle", "value": "Se på"} in texts
    status, page = bea.post(f"{AT}/tekst", revision=seen, key="task.Apply", nb="Fyll", nn="", en="")
    assert status == 422 and "Bea Administrator endret:" in page and "Fyll" in page


def test_a_change_saved_as_one_goes_answers_with_the_new_revision(ada: Administrator) -> None:
    seen = revision(begin(ada))
    form = {"csrf_token": ada.csrf, "act": "change", "component": "hva_heter_du", "title-nb": "Navn", "revision": seen}
    answer = ada.client.post(f"{AT}/skjema/Apply", data=form, headers={"Accept": "application/json"})
    assert answer.status_code == 200 and answer.json["revision"] == int(seen) + 1
    again = ada.client.post(
        f"{AT}/skjema/Apply", data={**form, "title-nb": "N"}, headers={"Accept": "application/json"}
    )
    assert again.status_code == 409 and "En kollega har endret" in again.get_data(as_text=True)
    for _ in range(int(seen)):
        page = ada.get(f"{AT}?fane=skjemaer")
        ada.post(f"{AT}/angre", revision=revision(page))
    page = ada.get(f"{AT}?fane=skjemaer")
    assert "Hva heter du?" not in page and "Angre siste endring" not in page and "Gjør om igjen" in page


@pytest.mark.parametrize("kind", sorted(BY_ID))
def test_every_kind_of_field_is_drawn_in_the_tab_and_in_the_preview(ada: Administrator, kind: str) -> None:
    begin(ada)
    at = f"{AT}/skjema/Apply"
    assert ada.post(at, revision=revision(ada.get(AT)), act="add", page="Side1", kind=kind, title="Prøve")[0] == 303
    assert "Prøve" in ada.get(f"{AT}?fane=skjemaer&steg=Apply") or kind == "divider"
    status, page = ada.post(f"{at}/forhandsvisning")
    assert status == 200 and "Hva heter du?" in page


def test_a_rule_of_many_conditions_is_shown_whole_with_room_for_one_more(ada: Administrator) -> None:
    begin(ada)
    at = f"{AT}/skjema/Apply"
    ada.post(at, revision=revision(ada.get(AT)), act="add", page="Side1", kind="input", title="Hvorfor?")
    named = {bound_to(c): c["id"] for _, c in FormDraft(_draft(ada), "Apply").components()}
    rule = {"hidden-when": "if", "hidden-field": ["hva_heter_du"] * 3, "hidden-operator": ["notEquals"] * 3}
    values = {"hidden-value": ["Anne", "Bo", "Siv"], "hidden-join": "and", "title-nb": "Hvorfor?"}
    status, _ = ada.post(at, revision=revision(ada.get(AT)), act="change", component=named["hvorfor"], **rule, **values)
    assert status == 303

    page = ada.get(f"{AT}?fane=skjemaer&steg=Apply")

    rows = re.findall(r'name="hidden-value" value="([^"]*)"', page.partition(f"{named['hvorfor']}-hidden-0-f")[2])
    assert rows[:4] == ["Anne", "Bo", "Siv", ""]


def test_a_bundle_goes_from_house_to_house_with_its_seal(ada: Administrator, product: Product) -> None:  # noqa: F811
    begin(ada)
    key = product.application.settings.client_key
    first = RSAKey.generate_key(2048)
    key.write_text(json.dumps(first.as_dict(private=True)))
    packed = ada.client.get(f"{AT}/eksport.zip").get_data()
    files = {n: zipfile.ZipFile(io.BytesIO(packed)).read(n) for n in zipfile.ZipFile(io.BytesIO(packed)).namelist()}
    manifest = json.loads(files[MANIFEST])
    assert manifest["checksum"] == Bundle.unpack("vergemal", packed).checksum

    assert "segl=her" in ada.upload(files, replace="vergemal")[1]
    key.write_text(json.dumps(RSAKey.generate_key(2048).as_dict(private=True)))
    assert f"segl={first.thumbprint()}" in ada.upload(files, replace="vergemal")[1]
    assert "segl=ingen" in ada.upload({n: d for n, d in files.items() if n != MANIFEST}, replace="vergemal")[1]
    for change, sentence in (
        ({"format": 2}, "er laget av en nyere utgave"),
        ({"checksum": "0" * 64}, "er endret etter at den ble eksportert"),
        ({"from": "En annen"}, "Signaturen stemmer ikke"),
        ({"signature": "x.y.z"}, "Signaturen stemmer ikke"),
    ):
        status, page = ada.upload({**files, MANIFEST: json.dumps({**manifest, **change}).encode()}, replace="vergemal")
        assert status == 422 and sentence in page, change
    status, page = ada.upload({**files, "policy.xml": files["policy.xml"] + b"<!-- -->"}, replace="vergemal")
    assert status == 422 and "er endret etter at den ble eksportert" in page


def test_a_fault_of_a_source_is_kept_in_the_scenario_and_done_again(ada: Administrator) -> None:
    where = "/prosesser/guardianship_status"
    ada.upload(Bundle.read(ROOT / "docs" / "examples" / "guardianship_status").files)
    trial = f"{where}/provekjoring"
    assert ada.post(f"{trial}/start")[0] == 303
    assert ada.post(f"{trial}/kilde", source="bank.accounts", fault="silent")[0] == 303
    page = ada.get(trial)
    assert "Svarer ikke" in page
    task = re.search(r"oppgave/([0-9a-f-]{36})", page)
    assert task and ada.post(f"{trial}/oppgave/{task[1]}", action="yes")[0] == 303
    assert ada.post(f"{trial}/klokke", days="1", hours="0")[0] == 303
    kept = ada.post(f"{where}/scenario", revision=revision(ada.get(where)), title="Banken tier", act="keep")
    assert kept[0] == 303
    page = ada.get(f"{where}/publiser")
    assert "Banken tier" in page and "Ender likt" in page
    files = Bundle.unpack("guardianship_status", ada.client.get(f"{where}/eksport.zip").get_data()).files
    scenario = json.loads(files["scenarios/banken_tier.json"])
    assert [press["do"] for press in scenario["script"]] == ["fault", "task", "clock"]
    assert scenario["outcome"]["happened"]["TaskCompleted:" + scenario["script"][1]["element"]] == 1


def test_rows_are_filled_in_by_the_caseworker_and_read_back(ada: Administrator, product: Product) -> None:  # noqa: F811
    begin(ada)
    at = f"{AT}/skjema/Handle"
    ada.post(at, revision=revision(ada.get(AT)), act="add", page="Side1", kind="rows", title="Gjeld")
    form = {"act": "add", "page": "Side1", "kind": "amount", "title": "Beløp", "group": "gjeld"}
    ada.post(at, revision=revision(ada.get(AT)), **form)
    publish(ada)
    case = product.start("vergemal")
    product.work()
    fill(product, case, "Apply", {"hva_heter_du": "Anne"})
    filled = {"hva_kom_dere_fram_til": "Ja", "gjeld": [{"belop": 1200}, {"belop": 5}]}
    rita = Actor(Role.CASEWORKER, "radgiver", "Rita", OFFICE, "high")
    fill(product, case, "Handle", filled, rita)
    with product.application.db.read() as connection:
        deployed = product.application.library.newest(connection, "vergemal")
        with ada.client.application.test_request_context():
            g.language, g.actor = "nb", rita
            found = answers.of_case(connection, queries.case_by_id(connection, case), deployed)
    rows = [row for one in found for row in one.rows if row[0].startswith("Gjeld")]
    told = {answer.replace("\u00a0", " ") for _, answer in rows}
    assert told == {"Beløp: 1 200 kr", "Beløp: 5 kr"}
