"""A database the old code left behind: it is migrated, every case goes on as before, and nothing typed is lost."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.contracts import seam
from tests.contracts.conftest import TOLD, Ask, command, set_clock
from tests.contracts.journeys import LAST
from tests.contracts.seam import Browser
from tests.contracts.walking import Old, walked


def plain(page: str) -> str:
    """The text of a page's main part."""
    shown = page.partition("<main")[2].partition("</main>")[0] or page
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown))


def browser(old: Old, who: str) -> Browser:
    return Browser(old.product, old.people[who])


def test_every_audit_chain_of_the_old_database_verifies_after_the_migration(prepared: Path) -> None:
    done = command(prepared, "verify-audit", "--json")

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["broken"] == [] and found["chains"] >= TOLD["audit"]["chains"]


def test_the_worker_fires_the_timers_old_cases_wait_for_and_tells_of_it_in_json_lines(folder: Path, old: Old) -> None:
    before = old.standing("everything at rest")
    set_clock(folder, LAST + timedelta(days=100))

    done = command(folder, "worker", "--burst", "--json", "--queues", "timers")

    assert done.returncode == 0, done.stderr
    lines = [json.loads(row) for row in done.stdout.splitlines()]
    assert [lines[0]["event"], lines[-1]["event"]] == ["started", "stopped"]
    assert all({"event", "pid", "queues", "done"} <= set(line) for line in lines) and lines[-1]["done"] > 10
    after = old.standing("everything at rest")
    assert "watched" in before["tasks"] and "told" in before["messages"]
    assert "watched" not in after["tasks"] and "too_late" in after["tasks"] and "told" not in after["messages"]


def test_no_row_is_lost_by_the_migration(old: Old) -> None:
    events = old.rows("SELECT case_id, count(*) FROM audit_event GROUP BY case_id")

    assert sum(row[1] for row in events) >= TOLD["rows"]["audit_event"]
    for name in TOLD["cases"]:
        assert old.rows("SELECT 1 FROM case_file WHERE id = :id", id=old.case(name)), name


def test_every_case_goes_on_to_where_the_old_code_led_it(old: Old, ask: Ask) -> None:
    found = walked(old)

    for name, expected in TOLD["walked"].items():
        for step, (was, now) in enumerate(zip(expected, found[name], strict=True)):
            lost = Counter(was["notices"]) - Counter(now["notices"])
            assert not lost, (name, step, "these were given before, and are not now", lost)
            assert {**now, "notices": []} == {**was, "notices": []}, (name, step)
    old.product.application.db.engine.dispose()
    status, out, _ = ask("verify-audit", "--json")
    assert (status, json.loads(out)["broken"]) == (0, [])


def test_what_an_adviser_wrote_stands_on_the_page_of_the_case(old: Old) -> None:
    kari, at = browser(old, "kari"), f"/saker/{old.number('in advice')}"
    page = kari.get(at)

    for written in (
        "Ringte bostedet, avtalte møte.",
        "Noe bare kontoret skal se.",
        "Kan du ta med lønnsslippen?",
        "Ja, jeg tar den med.",
        "Et notat som ikke er ferdig",
        "En halv plan",
        "Vedtak om økonomisk rådgivning",
        "Et brev til",
        "Hva skylder du broren din?",
        "Lavere rente på billånet",
        "Jeg mener startdatoen er feil.",
        "Avtale med banken",
    ):
        assert written in page, written
    draft = kari.get(f"{at}/brev/{TOLD['cases']['in advice']['draft letter']}")
    assert "Dette brevet er ikke ferdig skrevet." in draft


def test_a_letter_that_was_sent_is_the_very_file_it_was(old: Old) -> None:
    letter = TOLD["cases"]["in advice"]["letter"]
    ((digest,),) = old.rows("SELECT digest FROM letter WHERE id = :id", id=letter)
    for who, path in (("kari", f"/saker/{old.number('in advice')}/brev/{letter}/pdf"), ("anne", f"/brev/{letter}")):
        answer = browser(old, who).client.get(path)
        assert answer.status_code == 200 and hashlib.sha256(answer.data).hexdigest() == digest, who


def test_the_draft_of_a_letter_can_be_sent(old: Old) -> None:
    letter = TOLD["cases"]["in advice"]["draft letter"]
    path = f"/saker/{old.number('in advice')}/brev/{letter}"

    browser(old, "kari").post(path, title="Et brev til", body="Nå er det ferdig.", gjor="send")

    assert browser(old, "anne").client.get(f"/brev/{letter}").data.startswith(b"%PDF")


def test_a_citizen_reads_open_notes_and_not_restricted_ones(old: Old) -> None:
    page = browser(old, "anne").get(f"/saken-min?sak={old.number('in advice')}")

    assert "Ringte bostedet, avtalte møte." in page and "Noe bare kontoret skal se." not in page


def test_an_open_question_can_be_answered(old: Old) -> None:
    ((question,),) = old.rows("SELECT id FROM question WHERE state = 'open'")
    anne = browser(old, "anne")
    assert "Hva skylder du broren din?" in anne.get(f"/sporsmal/{question}")

    anne.post(f"/sporsmal/{question}", answer="Femten tusen.")

    assert "Femten tusen." in browser(old, "kari").get(f"/saker/{old.number('in advice')}")


def test_a_form_left_half_filled_in_opens_as_it_was_left(old: Old) -> None:
    ((task,),) = old.rows(
        "SELECT id FROM user_task WHERE case_id = :case AND state = 'ready'", case=old.case("half filled in")
    )

    assert 'value="99 88 77 66"' in browser(old, "anne").get(f"/oppgaver/{task}")


def test_a_share_can_be_seen_and_stopped(old: Old) -> None:
    ((share,),) = old.rows("SELECT id FROM share WHERE state = 'active'")
    anne, kari, path = browser(old, "anne"), browser(old, "kari"), f"/saker/{old.number('shared')}/oversikt"
    assert "1 000" in plain(kari.get(path).replace("\u00a0", " ").replace("\u202f", " "))
    assert "Kari Rådgiver" in anne.get("/deling"), "who has looked"

    anne.post(f"/deling/{share}/stopp")

    assert kari.client.get(path).status_code in (403, 404)


def test_the_draft_of_a_process_opens_with_its_history(old: Old) -> None:
    ada, at = browser(old, "ada"), "/prosesser/vergemal"

    def name_of_the_step() -> str:
        found = re.search(r'name="s-name"[^>]*value="([^"]*)"', ada.get(f"{at}/steg/Apply"))
        assert found
        return found[1]

    def press(what: str) -> None:
        found = re.search(r'name="revision" value="(\d+)"', ada.get(at))
        assert found
        ada.post(f"{at}/{what}", revision=found[1])

    assert name_of_the_step() == "Søk om vergemål"
    press("angre")
    assert name_of_the_step() == "Søk om verge i dag"
    press("gjor-om")
    assert name_of_the_step() == "Søk om vergemål"
    press("publiser")
    assert "vergemal" in ada.get("/prosesser"), "an uploaded draft and a published process are both listed"
    ada.get("/prosesser/guardianship_status")


def test_a_saved_view_of_the_queue_is_still_there(old: Old) -> None:
    assert "Venter på meg" in browser(old, "kari").get("/arbeidsko")


def test_every_page_of_every_old_case_opens_for_those_who_may_see_it(old: Old) -> None:
    kari = browser(old, "kari")
    seen = 0
    for name, told in TOLD["cases"].items():
        owner = browser(old, told["owner"])
        owner.get(f"/saken-min?sak={told['number']}")
        answer = kari.client.get(f"/saker/{told['number']}")
        assert answer.status_code in (200, 404), name
        if answer.status_code == 200:
            seen += 1
            kari.get(f"/saker/{told['number']}/historikk")
    assert seen > 10
    for who, path in (("ada", "/drift"), ("anne", "/hjem"), ("anne", "/meldinger"), ("kari", "/arbeidsko")):
        browser(old, who).get(path)
    for path in ("/oversikt", "/enk", "/personvern", "/deling"):
        browser(old, "andreas").get(path)


def test_the_operator_sees_the_old_incident_and_does_it_again(ask: Ask, old: Old) -> None:
    status, out, _ = ask("incidents", "list", "--json")
    rows: list[dict[str, Any]] = [json.loads(row) for row in out.splitlines()]
    assert status == 0 and [row["code"] for row in rows] == ["http_400"]

    status, out, _ = ask("incidents", "retry", "--code", "http_400", "--json")

    assert status == 0 and json.loads(out)["outcome"] == "retried"
    seam.work(old.product)
    assert old.standing("an incident")["incidents"] == []


def test_exported_old_cases_come_in_elsewhere_with_their_chains_whole(ask: Ask, folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    status, out, err = ask("export", "--all", "--out", str(file), "--json")
    assert status == 0 and json.loads(out)["cases"] == len(TOLD["cases"]), err
    elsewhere = {"DATABASE_URL": f"sqlite:///{tmp_path / 'elsewhere.sqlite'}", "IBALANSE_DATA": str(folder)}
    assert seam.ibalanse("prepare", **elsewhere)[0] == 0

    status, out, err = seam.ibalanse("import", str(file), "--json", **elsewhere)

    assert status == 0, err
    assert json.loads(out)["cases"] == len(TOLD["cases"])
    status, out, _ = seam.ibalanse("verify-audit", "--json", **elsewhere)
    assert (status, json.loads(out)["broken"]) == (0, []) and json.loads(out)["chains"] >= len(TOLD["cases"])
