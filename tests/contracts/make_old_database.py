"""Makes ``old_database.sqlite.gz`` and what ``old_database.json`` tells of it. Only for the OLD code: commit 3ece27c.

    python -m tests.contracts.make_old_database

The database is what an installation had before the files were moved and every write became a command. It is never made
again with newer code: then it would no longer be old. Everybody in it is a made-up person of the sandbox, the clock
stands at fixed moments, and the keys (``old_database_keys.json``) are samples that open this file and nothing else.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import shutil
import sqlite3
import subprocess
import tempfile
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from engine.definitions.bundle import Bundle
from engine.evidence.errors import SourceRefused, SourceUnavailable

import wsgi
from integrations.sandbox.persons.catalogue import ESTATE_PERSONS, all_persons, employees
from tests.contracts import seam
from tests.contracts.journeys import AT, DECISION, DECLARED, HERE, KEYS, LAST, NO, PLACE, yes
from tests.contracts.seam import Actor, Browser, Office, Product, Role
from tests.contracts.walking import Old, walked
from tests.factories.bundles import bundle, flow, job, line

COMMIT = "3ece27c"
EXAMPLES = seam.ROOT / "docs" / "examples"
OFFICE = Office("312345672", "Nav Lillestrøm")

#: Every kind of thing that can hang on an element, at rest: tokens of each are in the database.
EVERYTHING = (
    '<startEvent id="s"/><parallelGateway id="fork"/>'
    # a task with a timer beside it that does not interrupt, and one that does
    '<userTask id="watched"/><boundaryEvent id="nudge" attachedToRef="watched" cancelActivity="false">'
    "<timerEventDefinition><timeDuration>P3D</timeDuration></timerEventDefinition></boundaryEvent>"
    '<userTask id="nudged"/><boundaryEvent id="late" attachedToRef="watched">'
    "<timerEventDefinition><timeDuration>P90D</timeDuration></timerEventDefinition></boundaryEvent>"
    '<userTask id="too_late"/>'
    # one of several events
    '<eventBasedGateway id="either"/>'
    '<intermediateCatchEvent id="told"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>'
    '<intermediateCatchEvent id="waited"><timerEventDefinition><timeDuration>P10D</timeDuration>'
    "</timerEventDefinition></intermediateCatchEvent>"
    # side by side and one after another
    '<userTask id="three"><multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>3</loopCardinality>'
    "</multiInstanceLoopCharacteristics></userTask>"
    '<userTask id="two"><multiInstanceLoopCharacteristics isSequential="false"><loopCardinality>2</loopCardinality>'
    "</multiInstanceLoopCharacteristics></userTask>"
    # what is done and may have to be undone
    '<subProcess id="inner"><startEvent id="i1"/><userTask id="paid"/><userTask id="checked"/><endEvent id="i2"/>'
    '<boundaryEvent id="undo" attachedToRef="paid"><compensateEventDefinition/></boundaryEvent>'
    '<userTask id="repay" isForCompensation="true"/>'
    '<association id="as" sourceRef="undo" targetRef="repay"/>'
    + line("i1", "paid", "checked", "i2")
    + '</subProcess><intermediateThrowEvent id="take_back"><compensateEventDefinition/></intermediateThrowEvent>'
    # inclusive, with one of two branches chosen, and a loop
    '<inclusiveGateway id="some" default="some-plain"/><userTask id="wanted"/><userTask id="plain"/>'
    '<inclusiveGateway id="joined"/>'
    '<userTask id="again"><standardLoopCharacteristics loopMaximum="2"/></userTask>'
    '<subProcess id="hearing" triggeredByEvent="true"><startEvent id="heard" isInterrupting="false">'
    '<signalEventDefinition signalRef="g"/></startEvent><userTask id="hear"/><endEvent id="heard_out"/>'
    + line("heard", "hear", "heard_out")
    + "</subProcess>"
    '<inclusiveGateway id="join"/><endEvent id="e"/>'
    + line("s", "fork", "watched", "join", "e")
    + line("nudge", "nudged")
    + line("late", "too_late", "join")
    + line("fork", "either", "told", "join")
    + line("either", "waited", "join")
    + line("fork", "three", "two", "join")
    + line("fork", "inner", "take_back", "join")
    + flow("fork", "some")
    + flow("some", "wanted", '["equals", ["dataModel", "wanted"], "yes"]')
    + flow("some", "plain")
    + line("wanted", "joined", "again", "join")
    + flow("plain", "joined")
)
HEAD = '<message id="m" name="told"/><signal id="g" name="hear-ye"/>'


def people(product: Product) -> dict[str, Actor]:
    """The sandbox's own persons, as their log-ins make them."""
    found: dict[str, Actor] = {}
    with product.application.db.write() as connection:
        for one in (*all_persons(), *employees()):
            known = product.application.vault.register(
                connection, pid=one.pid, name=one.name, birth_date=one.birth_date
            )
            found[one.key] = Actor(Role.CITIZEN, known.id, known.name, level="high")
    for key in ("kari", "ola"):
        found[key] = replace(found[key], role=Role.CASEWORKER, office=OFFICE)
    found["bente"] = replace(
        found["bente"], role=Role.CASEWORKER, office=Office("313367002", "Bedriftsveiledningen i Brønnøysund")
    )
    found["ada"] = replace(found["ada"], role=Role.ADMINISTRATOR)
    return found


class Maker:
    """Begins cases and walks each to where it shall be found again."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.people = people(product)
        self.anne, self.kari, self.ada = (self.people[key] for key in ("anne", "kari", "ada"))
        self.made: dict[str, dict[str, Any]] = {}
        self.heirs: list[list[str]] = []

    def browser(self, who: str) -> Browser:
        return Browser(self.product, self.people[who])

    def start(self, name: str, key: str, who: str = "anne", **variables: object) -> str:
        self.product.anne = self.people[who]
        case = self.product.start(key, **variables)
        self.made[name] = {"case": case, "key": key, "owner": who}
        return case

    def number(self, name: str) -> str:
        found = self.query("SELECT number FROM case_file WHERE id = :id", id=self.made[name]["case"])
        return str(found[0][0])

    def query(self, sql: str, **values: object) -> list[Any]:
        from sqlalchemy import text

        with self.product.application.db.read() as connection:
            return list(connection.execute(text(sql), values).all())

    def deploy(self, found: Bundle) -> None:
        with self.product.application.db.write() as connection:
            self.product.application.library.deploy(connection, found, by="test")


def refused_everything(maker: Maker, name: str) -> str:
    product, case = maker.product, maker.start(name, "advice")
    product.complete(case, "GiveConsent", consent_answer=NO)
    product.complete(case, "GiveMandate", mandate_answer=NO)
    product.work()
    product.complete(case, "Supplement")
    product.complete(case, "Share", share_answer=NO)
    return case


def collecting(maker: Maker, name: str, who: str) -> str:
    product, case = maker.product, maker.start(name, "advice", who)
    product.complete(case, "GiveConsent", consent_answer=yes("loans", "income", "spending", "property"))
    product.work()
    product.approve(case)
    product.complete(case, "ApproveAtSources")
    product.complete(case, "GiveMandate", mandate_answer=yes("loans", "income", "property"))
    return case


def in_consent(maker: Maker) -> None:
    maker.start("in consent", "advice", "truls")
    case = maker.start("waiting for the sources' own pages", "self_help", "truls")
    maker.product.complete(case, "GiveConsent", consent_answer=yes("loans", "income", "spending", "property"))
    maker.product.work()


def in_collection(maker: Maker) -> None:
    """One where nobody is asked yet, one where all but two answered and those two are asked again later."""
    sources = maker.product.sources
    sources.failing = {name: SourceUnavailable("http_503") for name in ("bank.accounts", "nav.benefits")}
    collecting(maker, "some sources are asked again", "andreas")
    maker.product.work()
    sources.failing = {}
    collecting(maker, "collection is due", "truls")


def in_advice(maker: Maker) -> None:
    """An adviser has it, with everything an adviser writes."""
    product = maker.product
    case = refused_everything(maker, "in advice")
    product.kari = maker.kari
    product.complete(case, "Assess", product.kari)
    kari, at = maker.browser("kari"), f"/saker/{maker.number('in advice')}"
    kari.post(f"{at}/gjor/take")
    product.complete(case, "Decide", product.kari, decision=DECISION)
    kari.post(f"{at}/notat", note="Ringte bostedet, avtalte møte.")
    kari.post(f"{at}/notat", note="Noe bare kontoret skal se.", barred="internal")
    kari.post(f"{at}/melding", text="Kan du ta med lønnsslippen?")
    letter = kari.post(f"{at}/brev", template="decision")
    body = "Vedtaket er innvilget fra 25. november 2026. Du kan klage innen tre uker."
    kari.post(letter, title="Vedtak om økonomisk rådgivning", body=body, gjor="send")
    draft = kari.post(f"{at}/brev", template="decision")
    kari.post(draft, title="Et brev til", body="Dette brevet er ikke ferdig skrevet.")
    kari.post(f"{at}/sporsmal", question="Hva skylder du broren din?", due="2026-12-15")
    kari.post(f"{at}/tiltak", what="Lavere rente på billånet", kind="refinancing", monthly="350", begun="2026-11-23")
    kari.post(f"{at}/klager", received="2026-11-23", text="Jeg mener startdatoen er feil.", _key="c1")
    pdf = seam.upload(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n", "avtale.pdf")
    kari.post(f"{at}/dokumenter", file=pdf, title="Avtale med banken", kind="agreement", access="open", _key="d1")
    kari.post(f"{at}/utkast/note", status=200, note="Et notat som ikke er ferdig", barred="")
    task = product.tasks(case)["Advise"]
    kari.post(f"{at}/utkast/task.{task}", status=200, plan="En halv plan")
    kari.post("/arbeidsko/visninger", navn="Venter på meg", ansvarlig="meg")
    maker.made["in advice"] |= {"letter": letter.rsplit("/", 1)[1], "draft letter": draft.rsplit("/", 1)[1]}
    maker.browser("anne").get("/saken-min")


def shared(maker: Maker) -> None:
    case = collecting(maker, "shared", "anne")
    maker.product.work()
    maker.product.complete(case, "Supplement")
    maker.product.complete(case, "Share", share_answer={"answer": "yes", "kinds": [], "language": "nb"})


def enterprise(maker: Maker) -> None:
    """ENK: a control whose consent is given, with the accounts tagged."""
    from tests.processes.test_enk_journeys import agree, tag, trade, use

    product = maker.product
    sets = product.application.data_sets
    before = sets["bank.accounts"]
    use(product, trade())
    kinds = ["loans", "income", "spending"]
    case = maker.start("enk", "enk_run", "andreas", purpose="enk_control", kinds=kinds, tagged=False)
    agree(product, case)
    tag(product, case)
    sets["bank.accounts"] = before  # type: ignore[index]
    case = maker.start("enk start", "enk_start", "andreas", purpose="enk_start")
    product.complete(case, "GiveConsent", consent_answer=NO)
    product.work()


def half_filled(maker: Maker) -> None:
    case = maker.start("half filled in", "callback")
    task = maker.product.tasks(case)["Ask"]
    wish = {"phone": "99 88 77 66", "when": "morning"}
    seam.send(maker.product, "SaveTaskData", maker.anne, task_id=task, data_type="wish", data=wish)
    other = maker.start("waits for a call", "callback")
    maker.product.complete(other, "Ask", wish={"phone": "99887766", "when": "morning", "about": "Regninger"})
    third = maker.start("completed", "callback")
    maker.product.complete(third, "Ask", wish={"phone": "99887766", "when": "morning", "about": ""})
    maker.product.complete(third, "Call", maker.kari, talk={"result": "Enige om å prøve."})


def studio(maker: Maker) -> None:
    """A process an administrator published twice, with a case that was moved; and a draft with history upon it."""
    ada, at = maker.browser("ada"), "/prosesser/vergemal"

    def revision() -> str:
        found = re.search(r'name="revision" value="(\d+)"', ada.get(at))
        assert found
        return found[1]

    def renamed(name: str) -> None:
        ada.post(f"{at}/steg/Apply", revision=revision(), act="settings", shown="name", **{"s-name": name})

    ada.post("/prosesser/kopi", source="", title="Vergemål")
    for step, title in (("Apply", "Hva heter du?"), ("Handle", "Hva kom dere fram til?")):
        ada.post(f"{at}/skjema/{step}", revision=revision(), act="add", page="Side1", kind="input", title=title)
    ada.post(f"{at}/publiser", revision=revision())
    maker.start("migrated", "vergemal")
    maker.product.work()
    ada.post(f"{at}/utkast")
    renamed("Søk om verge")
    assert "flytting" in ada.post(f"{at}/publiser", revision=revision(), cases="move", reason="Nytt navn")
    maker.product.work()
    maker.start("on the version before", "vergemal")
    handed = maker.start("a published process, at the office", "vergemal")
    maker.product.work()
    seam.send(
        maker.product,
        "CompleteTask",
        maker.anne,
        task_id=maker.product.tasks(handed)["Apply"],
        data={"form_apply": {"hva_heter_du": "Anne"}},
    )
    ada.post(f"{at}/utkast")
    renamed("Søk om å få verge")
    ada.post(f"{at}/publiser", revision=revision(), cases="stay")
    ada.post(f"{at}/utkast")
    for name in ("Søk om verge i dag", "Søk om vergemål"):
        renamed(name)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in Bundle.read(EXAMPLES / "guardianship_status").files.items():
            archive.writestr(name, data)
    ada.post("/prosesser/last-opp", bundle=seam.upload(buffer.getvalue(), "b.zip"))


def trouble(maker: Maker) -> None:
    """An incident, a suspended case that something came to, a buffered message."""
    product, court = maker.product, maker.product.court
    maker.deploy(Bundle.read(EXAMPLES / "estate_settlement"))
    persons = {one.key: one for one in all_persons()}
    maker.heirs = [
        [ESTATE_PERSONS[0].pid, ESTATE_PERSONS[0].name, "avdode"],
        *([persons[key].pid, persons[key].name, "arving"] for key in ("truls", "anne")),
    ]
    seam.court_knows(product, maker.heirs)
    estate = {
        "subject": "avdode",
        "parties": [],
        "signatures": [],
        "annulled": False,
        "partiesChanged": False,
        "office": "",
    }
    product.anne = maker.people["truls"]
    for name in ("an incident", "to be signed"):
        maker.start(name, "estate_settlement", "truls", **estate)
        product.work()
    case = maker.made["an incident"]["case"]
    product.complete(case, "Declare", declaration=DECLARED)

    def refuse(reference: str, body: object, key: str) -> str:
        raise SourceRefused("http_400")

    kept, court.submit = court.submit, refuse  # type: ignore[method-assign]
    for who in ("truls", "anne"):
        _sign(maker, case, who)
    product.work()
    court.submit = kept  # type: ignore[method-assign]

    case = maker.start("suspended", "callback")
    seam.send(product, "SuspendCase", maker.ada, case_id=case, reason="undersøkes")
    case = maker.start("suspended while a message came", "everything", wanted="yes")
    seam.send(product, "SuspendCase", maker.ada, case_id=case, reason="undersøkes")
    seam.send(product, "CorrelateMessage", maker.ada, name="told", key=case, source="test", message_id="m-1")
    seam.send(
        product,
        "CorrelateMessage",
        maker.ada,
        name="nobody-waits",
        key="k",
        source="test",
        message_id="m-2",
        variables={"n": 1},
    )
    body = (
        '<startEvent id="s"/><userTask id="a"/><intermediateCatchEvent id="c"><messageEventDefinition messageRef="m"/>'
        '</intermediateCatchEvent><endEvent id="e"/>' + line("s", "a", "c", "e")
    )
    maker.deploy(bundle(body, key="later", head='<message id="m" name="early"/>'))
    case = maker.start("a message waits for it", "later")
    seam.send(product, "CorrelateMessage", maker.ada, name="early", key=case, source="test", message_id="m-3")
    case = maker.start("cancelled", "callback")
    seam.send(product, "CancelCase", seam.SYSTEM, case_id=case, reason="feil person")


def _sign(maker: Maker, case: str, who: str) -> None:
    from tests.processes.test_estate_settlement import sign

    sign(maker.product, case, maker.people[who])


def everything(maker: Maker) -> None:
    """Tokens on every kind of element."""
    maker.deploy(bundle(EVERYTHING, key="everything", head=HEAD))
    case = maker.start("everything at rest", "everything", wanted="yes")
    product = maker.product
    product.complete(case, "three")
    product.complete(case, "paid")
    seam.send(product, "BroadcastSignal", maker.ada, name="hear-ye", source="test", message_id="s-1")
    product.work()
    other = maker.start("everything further on", "everything", wanted="yes")
    for element in ("three", "three", "three", "paid", "checked", "wanted", "again"):
        product.complete(other, element)
    product.work(timedelta(days=4))  # the nudge


def small_things(maker: Maker) -> None:
    """One of each of what else people leave behind them."""
    maker.browser("ola")  # who has worked at the office from now on
    kari, ada, andreas = maker.browser("kari"), maker.browser("ada"), maker.browser("andreas")
    kari.get(f"/saker/{maker.number('shared')}/oversikt")
    kari.post(f"/saker/{maker.number('shared')}/koblinger", other=maker.number("in advice"), why="same_matter")
    kari.post("/arbeidsko/sok", tekst="Anne Eksempel")
    kari.post(f"/saker/{maker.number('shared')}/gjor/assign", til=maker.people["ola"].person_id, grunn="Ferie")
    andreas.post("/oversikt/legg-til", kind="debt", name="Lån av en bror", amount="12 000")
    maker.browser("anne").post("/meldinger", sak=maker.number("in advice"), text="Ja, jeg tar den med.")
    ada.post("/prosesser/innstillinger", two_persons="no")
    ada.post("/drift/kontroll")
    seam.work(maker.product)
    maker.browser("truls").post("/tjenester/callback/start", _key="begun-once")
    found = maker.query("SELECT id FROM case_file ORDER BY number DESC LIMIT 1")
    maker.made["begun on a page"] = {"case": found[0][0], "key": "callback", "owner": "truls"}
    body = '<startEvent id="s"><messageEventDefinition messageRef="m"/></startEvent><userTask id="t"/>' + line("s", "t")
    maker.deploy(bundle(body, key="by_message", head='<message id="m" name="begin"/>'))


def automatic(maker: Maker) -> None:
    """A job that is due and not done, and a timer that is due then."""
    body = (
        f'<startEvent id="s"/><serviceTask id="j">{job("change_roles", **{"from": "a", "to": "b"})}</serviceTask>'
        '<intermediateCatchEvent id="t"><timerEventDefinition><timeDuration>PT5M</timeDuration></timerEventDefinition>'
        '</intermediateCatchEvent><endEvent id="e"/>' + line("s", "j", "t", "e")
    )
    maker.deploy(bundle(body, key="automatic"))
    maker.start("a job is due", "automatic")


PARTS = (
    in_advice,
    shared,
    enterprise,
    everything,
    studio,
    trouble,
    in_consent,
    half_filled,
    small_things,
    in_collection,
    automatic,
)


def make(folder: Path) -> dict[str, Any]:
    """Everything, in *folder*. Returns what the tests are told of it."""
    shutil.copy(KEYS, folder / "keys.json")
    url = f"sqlite:///{folder / 'old.sqlite'}"
    product = seam.open_house(folder, url, AT)
    wsgi.prepare(product.application)
    maker = Maker(product)
    for part in PARTS:
        part(maker)
    assert product.clock.now() == LAST, product.clock.now()
    for name, told in maker.made.items():
        told["number"] = maker.number(name)
    tables = [row[0] for row in maker.query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    counted = {name: maker.query(f'SELECT count(*) FROM "{name}"')[0][0] for name in tables}  # noqa: S608
    empty = sorted(name for name, count in counted.items() if not count)
    product.application.db.engine.dispose()
    _, verified, _ = seam.ibalanse("verify-audit", "--json", IBALANSE_DATA=str(folder), DATABASE_URL=url)
    return {
        "made by": COMMIT,
        "at": LAST.isoformat(),
        "people": {
            key: {
                "id": one.person_id,
                "role": one.role.value,
                "name": one.name,
                "office": one.office and one.office.orgno,
            }
            for key, one in maker.people.items()
        },
        "cases": maker.made,
        "heirs": maker.heirs,
        "batch": str(maker.query("SELECT id FROM batch")[0][0]),
        "audit": json.loads(verified),
        "rows": {name: count for name, count in counted.items() if count},
        "empty tables": empty,
    }


def walk(data: bytes, told: dict[str, Any]) -> dict[str, Any]:
    """Where the old code itself leads every case, on a copy."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(KEYS, folder / "keys.json")
        (folder / "old.sqlite").write_bytes(data)
        product = seam.open_house(folder, f"sqlite:///{folder / 'old.sqlite'}", LAST)
        found = walked(Old(product, told))
        product.application.db.engine.dispose()
    return found


def main() -> None:
    here = subprocess.run(
        ["git", "diff", "--quiet", COMMIT, "--", "engine", "integrations", "processes", "forms"],
        cwd=seam.ROOT,
        check=False,
    )
    if here.returncode:
        raise SystemExit(f"this is not the old code: only {COMMIT} makes the old database")
    with tempfile.TemporaryDirectory() as name:
        told = make(Path(name))
        source = sqlite3.connect(Path(name) / "old.sqlite")
        source.execute("VACUUM INTO ?", (str(Path(name) / "packed.sqlite"),))
        source.close()
        data = (Path(name) / "packed.sqlite").read_bytes()
    told["walked"] = walk(data, told)
    (HERE / PLACE).write_bytes(gzip.compress(data, 9, mtime=0))
    told["sha256"] = hashlib.sha256(data).hexdigest()
    (HERE / "old_database.json").write_text(json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    print((HERE / PLACE).stat().st_size, told["audit"], told["empty tables"])


if __name__ == "__main__":
    main()
