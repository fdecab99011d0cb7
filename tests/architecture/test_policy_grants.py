"""Every grant of every policy we ship is asked for, and what it opens closes without it.

The journeys are walked with the product's own pages and commands while every question to a policy is written down.
Then each grant (rule, role, step, action) is taken away in turn: at least one of the questions that were asked is
answered otherwise. For each kind of action one journey is walked again without the grant, and stops.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import etree
from sqlalchemy import select

from engine.advice.commands import AddSupplement, RegisterAnswer
from engine.casework import members, queries
from engine.casework.commands import AddParty
from engine.web import create_app
from engine.web.shared.login import COOKIE
from engine.workflow.authorization import pep, sessions
from engine.workflow.authorization.actor import Actor, Role
from engine.workflow.authorization.pdp import Decision, Request, decide
from engine.workflow.authorization.policy import ACTION_ID, RESOURCE, Policy, Rule, read_policy
from engine.workflow.bpmn.xml import read_xml
from engine.workflow.definitions.bundle import Bundle
from engine.workflow.errors import Forbidden, NotFound
from engine.workflow.execution.commands import (
    ClaimTask,
    Command,
    CompleteTask,
    Outcome,
    Received,
    SaveTaskData,
    StartInstance,
)
from engine.workflow.execution.models import user_task
from engine.workflow.instances import parties
from tests.processes import test_enk_journeys as enk
from tests.processes import test_estate_settlement as estate_walk
from tests.processes import test_other_examples as examples
from tests.processes.conftest import NO, OFFICE, Product, product, yes
from tests.processes.self_help import test_self_help_journey as self_help_walk
from tests.processes.test_estate_settlement import person

__all__ = ["product"]
ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [
    file.parent for room in ("processes", "docs/examples") for file in sorted((ROOT / room).glob("*/policy.xml"))
]
ROLE, APP, TASK = "urn:altinn:rolecode", "urn:altinn:app", "urn:altinn:task"


class ClosedError(Exception):
    """A page said that it is not there, or not for this person."""


@dataclass(frozen=True)
class Grant:
    """One thing a rule permits: this role, on this step ("" = the case and all of them), this action."""

    key: str
    rule: str
    role: str
    task: str
    action: str

    def __str__(self) -> str:
        return f"{self.key}:{self.rule.rpartition(':')[2]}:{self.role}:{self.task or '*'}:{self.action}"


def parts(rule: Rule, key: str) -> Iterator[tuple[Grant, Rule]]:
    """A rule as rules that permit one thing each."""
    named: dict[str, list[str]] = {ROLE: [], APP: [], TASK: [], ACTION_ID: []}
    for group in rule.target:
        for alternative in group:
            for match in alternative:
                named[match.attribute].append(match.value)
    for combination in itertools.product(*rule.target):
        values = {match.attribute: match.value for alternative in combination for match in alternative}
        assert set(values) == {name for name, found in named.items() if found}, "groups of one attribute each"
        grant = Grant(key, rule.id, values[ROLE], values.get(TASK, ""), values[ACTION_ID])
        yield grant, Rule(rule.id, rule.effect, tuple((alternative,) for alternative in combination))


def grants(folder: Path) -> list[Grant]:
    policy = read_policy((folder / "policy.xml").read_bytes())
    return [grant for rule in policy.rules for grant, _ in parts(rule, folder.name)]


def without(policy: Policy, taken: Grant) -> Policy:
    """The policy where one thing is no longer permitted."""
    rules = [one for rule in policy.rules for grant, one in parts(rule, taken.key) if grant != taken]
    return replace(policy, rules=tuple(rules))


def bundle_without(folder: Path, taken: Grant) -> Bundle:
    """The same as a version to publish: the rule split by action and step, with one of them left out."""
    bundle = Bundle.read(folder)
    root = read_xml(bundle.files["policy.xml"])
    (rule,) = [rule for rule in root.findall("{*}Rule") if rule.get("RuleId") == taken.rule]
    others = [grant for grant in grants(folder) if grant.rule == taken.rule and grant != taken]
    for number, grant in enumerate(others):
        part = read_xml(etree.tostring(rule))
        part.set("RuleId", f"{taken.rule}:{number}")
        for match in list(part.iter("{*}Match")):
            attribute = match.find("{*}AttributeDesignator").get("AttributeId")
            wanted = {ROLE: grant.role, TASK: grant.task, ACTION_ID: grant.action}.get(attribute)
            if wanted is not None and match.findtext("{*}AttributeValue") != wanted:
                alternative = match.getparent()
                alternative.getparent().remove(alternative)
        rule.addprevious(part)
    root.remove(rule)
    return Bundle(bundle.key, {**bundle.files, "policy.xml": etree.tostring(root)})


class World:
    """The journeys' people at their pages. A page that is closed to them raises ``ClosedError``."""

    def __init__(self, product: Product) -> None:  # noqa: F811
        self.product = product
        self.anne = product.anne
        self._app = create_app(product.application, logins={}, identify=lambda pid: ("", product.clock.now().date()))
        found = person(product, "20887297952", "Kari Rådgiver")
        self.kari = replace(found, role=Role.CASEWORKER, office=OFFICE)
        with product.application.db.write() as connection:
            members.note_login(connection, OFFICE.orgno, self.kari.person_id, False, product.clock.now())

    def _browser(self, who: Actor) -> FlaskClient:
        with self.product.application.db.write() as connection:
            token = sessions.log_in(
                connection,
                self.product.clock.now(),
                person_id=who.person_id,
                role=who.role,
                office=who.office,
                level="high",
                language="nb",
                issuer="test",
                sid="",
                id_token="",
            )
        browser = self._app.test_client()
        browser.set_cookie(COOKIE, token)
        return browser

    def get(self, who: Actor, path: str) -> str:
        answer = self._browser(who).get(path)
        if answer.status_code in (403, 404) or answer.headers.get("Location") == "/hjem":
            raise ClosedError(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.get_data(as_text=True)

    def post(self, who: Actor, path: str, **form: object) -> None:
        browser = self._browser(who)
        page = browser.get("/tilgjengelighet").get_data(as_text=True)
        hidden = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert hidden
        answer = browser.post(path, data={"csrf_token": hidden[1], **form})
        if answer.status_code in (403, 404):
            raise ClosedError(path)
        assert answer.status_code == 303, (path, answer.status_code)

    def number(self, case: str) -> str:
        with self.product.application.db.read() as connection:
            return str(queries.case_by_id(connection, case).number)

    def send(self, command: Command, who: Actor) -> Outcome:
        return self.product.application.dispatch.send(command, who)

    def look(self, case: str) -> None:
        """The owner opens the page of the case."""
        self.get(self.anne, f"/saken-min?sak={self.number(case)}")

    def serve(self, case: str) -> None:
        """The adviser opens it too, from the queue."""
        if self.number(case) not in self.get(self.kari, "/arbeidsko?visning=alle"):
            raise ClosedError("the queue does not list it")
        self.get(self.kari, f"/saker/{self.number(case)}")

    def open_task(self, case: str, element: str) -> None:
        self.get(self.anne, f"/oppgaver/{self.product.tasks(case)[element]}")

    def save(self, case: str, element: str, data_type: str, content: dict[str, Any]) -> None:
        self.send(SaveTaskData(self.product.tasks(case)[element], data_type, content), self.anne)

    def write(self, case: str) -> None:
        """The owner adds to the overview of the case, and writes to the office."""
        self.send(AddSupplement(case, "debt", "Lån av mor", Decimal(5_000)), self.anne)
        self.post(self.anne, "/meldinger", sak=self.number(case), text="Hei")

    def stop(self, case: str) -> None:
        self.post(self.anne, f"/saken-min/{self.number(case)}/stopp")

    def begin_for_citizen(self, key: str) -> None:
        started = {"office": OFFICE.orgno, "officeName": OFFICE.name, "granted": False, "pending": 0, "purpose": key}
        self.send(
            StartInstance(key, person(self.product, "20887297953", "Truls Eksempel").person_id, started), self.kari
        )

    def register(self, case: str, element: str, **data: dict[str, Any]) -> None:
        """The adviser writes down what the owner said on the phone."""
        contents = {name.replace("_", "-"): content for name, content in data.items()}
        received = Received("phone", self.product.clock.now().date())
        self.send(RegisterAnswer(case, self.product.tasks(case)[element], received, contents), self.kari)

    def represented(self, case: str) -> Actor:
        """Somebody with a written mandate of the owner's, who has a part in the case from now on."""
        born = date(1970, 1, 1)
        self.send(AddParty(case, "representative", "Frode Fullmektig", "21820297800", born), self.kari)
        return person(self.product, "21820297800", "Frode Fullmektig")

    def answer_for_owner(self, case: str, element: str, data_type: str = "", answer: dict[str, Any] = NO) -> None:
        """The representative opens a step of the owner's, keeps what they have begun to write, and answers."""
        with self.product.application.db.read() as connection:
            there = parties.of_case(connection, case, "representative")
        who = replace(self.anne, person_id=there[0].person_id) if there else self.represented(case)
        task = self.product.tasks(case)[element]
        self.get(who, f"/oppgaver/{task}")
        if data_type:
            self.send(SaveTaskData(task, data_type, answer), who)
        self.send(CompleteTask(task, {data_type: answer} if data_type else {}), who)

    def claim(self, case: str, element: str) -> None:
        self.send(ClaimTask(self.product.tasks(case)[element]), self.kari)


def walk_consent(w: World) -> None:
    case = w.product.start("enk_run", purpose="enk_control", kinds=["loans", "income", "spending"], tagged=False)
    w.open_task(case, "GiveConsent")
    w.save(case, "GiveConsent", "consent-answer", yes("loans"))
    enk.agree(w.product, case)
    phoned = w.product.start("advice")
    w.register(phoned, "GiveConsent", consent_answer=NO)
    w.stop(phoned)
    w.answer_for_owner(w.product.start("advice"), "GiveConsent", "consent-answer")


def walk_mandate(w: World) -> None:
    case = w.product.start("advice")
    w.product.complete(case, "GiveConsent", consent_answer=NO)
    w.open_task(case, "GiveMandate")
    w.save(case, "GiveMandate", "mandate-answer", NO)
    w.product.complete(case, "GiveMandate", mandate_answer=NO)
    w.product.work()
    phoned = w.product.start("advice")
    w.product.complete(phoned, "GiveConsent", consent_answer=NO)
    w.register(phoned, "GiveMandate", mandate_answer=NO)
    w.stop(phoned)
    represented = w.product.start("advice")
    w.product.complete(represented, "GiveConsent", consent_answer=NO)
    w.answer_for_owner(represented, "GiveMandate", "mandate-answer")


def walk_supplement(w: World) -> None:
    case = w.product.start("supplement")
    w.look(case)
    w.product.complete(case, "Supplement")
    w.register(w.product.start("supplement"), "Supplement")
    represented = w.product.start("advice")
    w.product.complete(represented, "GiveConsent", consent_answer=NO)
    w.product.complete(represented, "GiveMandate", mandate_answer=NO)
    w.product.work()
    w.answer_for_owner(represented, "Supplement")


def walk_data_collection(w: World) -> None:
    w.look(w.product.start("data_collection"))


def walk_advice(w: World) -> None:
    w.begin_for_citizen("advice")
    case = w.product.start("advice")
    w.look(case)
    w.write(case)
    w.product.complete(case, "GiveConsent", consent_answer=NO)
    w.product.complete(case, "GiveMandate", mandate_answer=NO)
    w.product.work()
    w.product.complete(case, "Supplement")
    w.product.complete(case, "Share", share_answer=NO)
    w.serve(case)
    w.claim(case, "Assess")
    w.product.complete(case, "Assess", w.kari)
    decision = {"outcome": "granted", "startDate": "2026-11-25", "reason": "Varige problemer"}
    w.product.complete(case, "Decide", w.kari, decision=decision)
    w.product.complete(case, "Advise", w.kari, advice_plan={"plan": "Nedbetaling"})
    w.product.complete(case, "FollowUp", w.kari, follow_up={"result": "Går bra"})
    w.product.complete(case, "Close", w.kari, closing={"result": "Gjeldfri om tre år"})
    phoned = w.product.start("advice")
    w.register(phoned, "GiveConsent", consent_answer=NO)
    w.stop(phoned)
    represented = w.product.start("advice")
    frode = w.represented(represented)
    w.get(frode, f"/saken-min?sak={w.number(represented)}")
    w.product.complete(represented, "GiveConsent", consent_answer=NO)
    w.product.complete(represented, "GiveMandate", mandate_answer=NO)
    w.product.work()
    w.product.complete(represented, "Supplement")
    w.product.complete(represented, "Share", frode, share_answer=NO)


def walk_callback(w: World) -> None:
    w.begin_for_citizen("callback")
    case = w.product.start("callback")
    w.look(case)
    w.product.complete(case, "Ask", wish={"phone": "99 88 77 66", "when": "morning"})
    w.serve(case)
    w.product.complete(case, "Call", w.kari, talk={"result": "Enige om å prøve."})
    w.stop(w.product.start("callback"))


def walk_enk_start(w: World) -> None:
    w.begin_for_citizen("enk_start")
    case = w.product.start("enk_start", purpose="enk_start")
    w.look(case)
    w.product.complete(case, "GiveConsent", consent_answer=NO)
    w.product.work()
    w.product.work(timedelta(minutes=3))
    w.product.complete(case, "Budget", business_plan=enk.PLAN)
    enk.choose(w.product, case, "change")
    w.product.complete(case, "Budget", business_plan=enk.PLAN)
    enk.choose(w.product, case, "go_on")
    w.product.complete(case, "Share", share_answer=yes())
    w.serve(case)
    w.product.complete(case, "Guide", w.kari, guidance={"advice": "Begynn ved siden av jobben."})
    w.product.work()
    w.product.complete(case, "Checklist")
    other = w.product.start("enk_start", purpose="enk_start")
    w.product.complete(other, "GiveConsent", consent_answer=NO)
    w.product.work()
    w.product.work(timedelta(minutes=3))
    w.product.complete(other, "Budget", business_plan=enk.PLAN)
    enk.choose(w.product, other, "wait")
    w.stop(w.product.start("enk_start", purpose="enk_start"))


def walk_enk_run(w: World) -> None:
    enk.use(w.product, enk.trade())
    case = enk.running(w.product)
    w.look(case)
    w.write(case)
    enk.tag(w.product, case)
    for _ in range(14):
        w.product.work(timedelta(days=7))
    w.product.complete(case, "Review")
    w.product.complete(case, "Resume")
    w.stop(case)


def walk_enk_close(w: World) -> None:
    enk.use(w.product, enk.trade())
    case = enk.closing(w.product, stock=10_000)
    w.look(case)
    for _ in range(7):
        w.product.work(timedelta(days=30))
    w.product.complete(case, "Final")
    w.stop(w.product.start("enk_close", purpose="enk_close", kinds=["loans"]))


def walk_self_help(w: World) -> None:
    self_help_walk.register(w.product, "Kortbanken")
    case = w.product.start("self_help", purpose="self_help", debtFree=False)
    self_help_walk.agree(w.product, case)
    w.look(case)
    w.write(case)
    w.product.complete(case, "Household")
    w.product.complete(case, "Measures")
    self_help_walk.keep_plan(w.product, case, "g:Kortbanken")
    w.product.complete(case, "Plan")
    for _ in range(4):
        w.product.work(timedelta(days=31))
    w.product.complete(case, "Resume")
    w.stop(case)


def walk_guardianship_status(w: World) -> None:
    case = examples.begin(w.product, "guardianship_status", NO)
    w.look(case)
    w.product.complete(case, "Status", status=examples.STATUS)
    w.serve(case)
    w.product.complete(case, "Control", w.kari, control={"result": "fine"})
    w.stop(w.product.start("guardianship_status", purpose="guardianship_status"))


def walk_debt_settlement(w: World) -> None:
    case = examples.to_negotiation(w.product)
    w.look(case)
    examples.answer(w.product, case, "refused")
    w.product.complete(case, "Compulsory", compulsory={"wanted": "yes"})
    w.serve(case)
    w.product.complete(case, "Send", w.kari, sending={"sent": "2027-03-01"})
    w.stop(w.product.start("debt_settlement", purpose="debt_settlement"))


def walk_estate_settlement(w: World) -> None:
    court = w.product.court
    alone = estate_walk.start(w.product)  # the court knows nobody: the owner is the owner, and no heir
    w.look(alone)
    court.found = estate_walk.Found(
        "TOSLO-1",
        (
            estate_walk.party(estate_walk.DAGNY, "Dagny Arv", "avdode"),
            estate_walk.party(estate_walk.ANNE, "Anne Eksempel"),
            estate_walk.party(estate_walk.BO, "Bo Arv"),
        ),
        date(2027, 1, 22),
    )
    bo = person(w.product, estate_walk.BO, "Bo Arv")
    refused = estate_walk.begin(w.product)
    w.product.complete(refused, "Declare", declaration=estate_walk.DECLARED)
    w.get(bo, f"/saken-min?sak={w.number(refused)}")
    estate_walk.sign(w.product, refused, bo, action="reject")
    case = estate_walk.begin(w.product)
    w.product.complete(case, "Declare", declaration=estate_walk.DECLARED)
    with w.product.application.db.read() as connection:
        theirs = select(user_task.c.id).where(user_task.c.case_id == case, user_task.c.owner_id == bo.person_id)
        task = connection.execute(theirs).scalar_one()
    w.send(SaveTaskData(task, f"choice@{bo.person_id}", estate_walk.CHOICE), bo)
    estate_walk.sign(w.product, case, bo)
    estate_walk.sign(w.product, case, w.anne)
    w.product.work()
    court.answer = estate_walk.Reply("PRIVAT_SKIFTE_IHT_ARVELOVEN_PARAGRAF_99", date(2026, 12, 1))
    w.product.work(timedelta(days=1))
    w.get(bo, f"/saken-min?sak={w.number(case)}")
    w.product.complete(case, "Close")
    w.stop(estate_walk.begin(w.product))


WALKS: dict[str, Callable[[World], None]] = {
    name.removeprefix("walk_"): found for name, found in list(globals().items()) if name.startswith("walk_")
}


def published(product: Product, bundle: Bundle) -> None:  # noqa: F811
    with product.application.db.write() as connection:
        product.application.library.deploy(connection, bundle, by="ada")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Request]:
    """Every question the policies are asked, and permit."""
    found: list[Request] = []

    def recorded(policy: Policy, request: Request) -> Decision:
        answer = decide(policy, request)
        if answer is Decision.PERMIT:
            found.append(dict(request))
        return answer

    monkeypatch.setattr(pep, "decide", recorded)
    return found


def test_every_journey_we_ship_is_walked() -> None:
    assert set(WALKS) == {folder.name for folder in FOLDERS}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_each_grant_taken_away_changes_an_answer_that_was_asked_for(
    product: Product,
    asked: list[Request],
    folder: Path,  # noqa: F811
) -> None:
    policy = read_policy((folder / "policy.xml").read_bytes())
    published(product, Bundle.read(folder))
    WALKS[folder.name](World(product))
    mine = [request for request in asked if (folder.name,) == tuple(request[(RESOURCE, APP)])]

    idle = [
        str(grant)
        for grant in grants(folder)
        if all(decide(without(policy, grant), request) is Decision.PERMIT for request in mine)
    ]

    assert mine and idle == [], "nothing asks for these"


def one_of_each_kind() -> list[tuple[Path, Grant]]:
    """For each action and role the first grant of it there is."""
    found: dict[tuple[str, str], tuple[Path, Grant]] = {}
    for folder in FOLDERS:
        for grant in grants(folder):
            found.setdefault((grant.action, grant.role), (folder, grant))
    return list(found.values())


@pytest.mark.parametrize(
    ("folder", "taken"), [pytest.param(folder, grant, id=str(grant)) for folder, grant in one_of_each_kind()]
)
def test_without_the_grant_the_page_or_the_act_is_closed(product: Product, folder: Path, taken: Grant) -> None:  # noqa: F811
    published(product, bundle_without(folder, taken))

    with pytest.raises((ClosedError, Forbidden, NotFound)):
        WALKS[folder.name](World(product))


def test_every_kind_of_action_is_among_those_tried() -> None:
    tried = {grant.action for _, grant in one_of_each_kind()}
    assert tried == {grant.action for folder in FOLDERS for grant in grants(folder)}
    assert {"read", "write", "confirm", "sign", "consent", "mandate", "share", "delete", "instantiate"} <= tried
