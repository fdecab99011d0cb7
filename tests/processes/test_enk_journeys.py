"""The owner's journeys on a fixed clock: start, run with warnings and pauses, close without forgetting (R59-R69)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from engine.advice.economy.enk.tagging import Tag
from engine.advice.economy.figures import Account, Enterprise, Figures, Transaction
from engine.advice.economy.sourced import Source, Sourced
from engine.advice.evidence import business
from engine.advice.evidence.datasets import Evidence, EvidenceRequest, EvidenceState
from engine.casework.notices import of_person
from engine.workflow.authorization.actor import Actor, Office, Role
from engine.workflow.execution import data
from engine.workflow.execution.commands import CompleteTask
from engine.workflow.execution.models import incident
from engine.workflow.instances.models import notice
from tests.processes.conftest import Product, yes

BREG = Office("313367002", "Bedriftsveiledningen i Brønnøysund")
BENTE = Actor(Role.CASEWORKER, "bente", "Bente Veileder", BREG, "high")


def trade(
    months: int = 11, ended: bool = False, more: tuple[str, ...] = (), there: bool = True
) -> Callable[[EvidenceRequest], Evidence]:
    """A bank that tells of eleven months of trade, and nothing set aside."""

    def fetch(request: EvidenceRequest) -> Evidence:
        source = Source("bank.accounts", "Eksempelbanken", request.as_of, "consent")
        moved: list[Transaction] = []
        for month in range(1, months + 1):
            day = date(2026, month, 5)
            moved.append(Transaction(f"s{month}", "2", day, Decimal(100_000), "Kunde", "", source))
            moved.append(Transaction(f"k{month}", "2", day, Decimal(-25_000), "Grossist", "", source))
        accounts = (
            Account("b:1", "1", "Brukskonto", "Konto", "PRIV", Sourced(Decimal(5_000), (source,))),
            Account("b:2", "2", "Drift", "Konto", "ORGA", Sourced(Decimal(40_000), (source,))),
        )
        first = Enterprise("311851381", "ANDREAS", "ENK", "El", date(2021, 2, 1), True, ended, False, source)
        all_of_them = (first, *(replace(first, orgno=orgno, bankrupt=False) for orgno in more)) if there else ()
        figures = Figures(accounts=accounts, transactions=tuple(moved), enterprises=all_of_them)
        return Evidence(EvidenceState.ANSWERED, figures)

    return fetch


@pytest.fixture
def owner(product: Product) -> Product:
    use(product, trade())
    return product


def use(product: Product, fetch: Callable[[EvidenceRequest], Evidence]) -> None:
    sets = product.application.data_sets
    sets["bank.accounts"] = replace(sets["bank.accounts"], fetch=fetch)  # type: ignore[index]


def running(product: Product) -> str:
    """A case of control whose consent is given and whose bank has answered."""
    case = product.start("enk_run", purpose="enk_control", kinds=["loans", "income", "spending"], tagged=False)
    agree(product, case)
    return case


def agree(product: Product, case: str) -> None:
    product.complete(case, "GiveConsent", consent_answer=yes("loans", "income", "spending"))
    product.work()
    product.approve(case)
    product.complete(case, "ApproveAtSources")
    product.work()


def tag(product: Product, case: str) -> None:
    with product.application.db.write() as connection:
        data.write(
            connection,
            product.application.vault,
            instance_id=case,
            case_id=case,
            owner_id=product.anne.person_id,
            data_type=business.TAGS,
            content={"tags": {"1": Tag.PRIVATE.value, "2": Tag.BUSINESS.value}},
            now=product.clock.now(),
        )
    product.complete(case, "Tag")
    product.work()


def notices(product: Product, case: str) -> list[str]:
    with product.application.db.read() as connection:
        rows = connection.execute(select(notice.c.key).where(notice.c.case_id == case).order_by(notice.c.given_at))
        return list(rows.scalars())


def incidents(product: Product) -> list[str]:
    with product.application.db.read() as connection:
        return list(connection.execute(select(incident.c.code)).scalars())


def test_the_owner_is_warned_before_each_due_date_and_once(owner: Product) -> None:
    case = running(owner)
    assert set(owner.tasks(case)) == {"Tag"}
    tag(owner, case)
    first = notices(owner, case)
    assert "gap:vat-2026-5" in first, "due 10 December, seen on 23 November"
    assert "gap:vat-2026-6" not in first

    for _ in range(9):
        owner.work(timedelta(days=7))
    later = notices(owner, case)
    assert later.count("gap:vat-2026-5") == 1
    assert "gap:vat-2026-6" in later, "due 10 February"
    assert incidents(owner) == []


def withdraw(product: Product, case: str) -> None:
    product.withdraw(case)
    product.work()


def test_a_withdrawn_consent_pauses_the_control_and_a_new_one_resumes_it(owner: Product) -> None:
    case = running(owner)
    tag(owner, case)
    withdraw(owner, case)
    assert set(owner.tasks(case)) == {"Resume"}

    owner.complete(case, "Resume")
    agree(owner, case)
    assert "Resume" not in owner.tasks(case) and owner.state(case) == "active"
    assert incidents(owner) == []


def test_a_consent_whose_time_is_out_pauses_too(owner: Product) -> None:
    case = running(owner)
    tag(owner, case)
    for _ in range(4):
        owner.work(timedelta(days=31))
    assert "Resume" in owner.tasks(case)


def test_the_quarter_is_reviewed_beside_the_running_control(owner: Product) -> None:
    case = running(owner)
    tag(owner, case)
    for _ in range(14):
        owner.work(timedelta(days=7))
    assert "Review" in owner.tasks(case)
    owner.complete(case, "Review")
    assert owner.state(case) == "active"


def test_saying_no_to_the_consent_ends_without_asking_anyone(product: Product) -> None:
    case = product.start("enk_run", purpose="enk_control", tagged=False)
    product.complete(case, "GiveConsent", consent_answer={"answer": "no", "kinds": [], "language": "nb"})
    product.work()
    assert product.state(case) == "completed" and product.sources.asked == []


PLAN = {"turnover": 30_000, "costs": 12_000, "startCosts": 40_000, "savings": 20_000, "ramp": 6}


def test_a_bad_plan_is_changed_and_the_guide_answers(product: Product) -> None:
    case = product.start("enk_start", office=BREG.orgno, officeName=BREG.name, purpose="enk_start")
    product.complete(case, "GiveConsent", consent_answer={"answer": "no", "kinds": [], "language": "nb"})
    product.work()
    product.work(timedelta(minutes=3))
    product.complete(case, "Budget", business_plan=PLAN)
    choose(product, case, "change")
    assert set(product.tasks(case)) == {"Budget"}
    product.complete(case, "Budget", business_plan={**PLAN, "turnover": 90_000})
    choose(product, case, "go_on")
    product.complete(case, "Share", share_answer={"answer": "yes", "kinds": [], "language": "nb"})
    assert set(product.tasks(case)) == {"Guide"}
    product.complete(case, "Guide", BENTE, guidance={"advice": "Begynn ved siden av jobben."})
    product.work()
    assert set(product.tasks(case)) == {"Checklist"}
    with product.application.db.read() as connection:
        (told,) = of_person(connection, product.application.vault, product.anne.person_id)
    assert told.kind == "journey.notice.answered", "the answer is no use to an owner who is not told of it"
    product.complete(case, "Checklist")
    assert product.state(case) == "completed"


def choose(product: Product, case: str, action: str) -> None:
    command = CompleteTask(product.tasks(case)["Assess"], action=action)
    product.application.dispatch.send(command, product.anne)


def test_the_owner_may_wait_and_no_adviser_is_needed(product: Product) -> None:
    case = product.start("enk_start", office=BREG.orgno, officeName=BREG.name, purpose="enk_start")
    product.complete(case, "GiveConsent", consent_answer={"answer": "no", "kinds": [], "language": "nb"})
    product.work()
    product.work(timedelta(minutes=3))
    product.complete(case, "Budget", business_plan=PLAN)
    choose(product, case, "wait")
    assert product.state(case) == "completed"


def closing(product: Product, stock: int, steps: bool = True) -> str:
    """A business that closes at the turn of the year, with every step done or none."""
    case = product.start("enk_close", purpose="enk_close", kinds=["loans", "income", "spending"])
    agree(product, case)
    tag(product, case)
    product.complete(case, "Holdings", holdings={"claims": 0, "debts": 0, "stock": stock, "lastDay": "2026-12-31"})
    if steps:
        product.complete(case, "Steps")
    product.work()
    return case


def test_control_and_closing_side_by_side_warn_once(owner: Product) -> None:
    run = running(owner)
    tag(owner, run)
    close = closing(owner, stock=0)

    told, again = notices(owner, run), notices(owner, close)

    assert "gap:vat-2026-5" in told and not set(told) & set(again)


def test_closing_warns_of_what_falls_due_while_the_steps_are_still_being_done(owner: Product) -> None:
    case = closing(owner, stock=10_000, steps=False)
    for _ in range(8):
        owner.work(timedelta(days=30))

    assert set(owner.tasks(case)) == {"Steps"}, "the last overview waits for the steps"
    assert {"gap:vat-2026-5", "gap:vat-2026-6", "gap:rest_tax-2026"} <= set(notices(owner, case))
    owner.complete(case, "Steps")
    assert set(owner.tasks(case)) == {"Final"}


def test_closing_remembers_until_nothing_is_due(owner: Product) -> None:
    case = closing(owner, stock=10_000)
    assert owner.tasks(case) == {}, "it waits for the last deadlines"
    for _ in range(4):
        owner.work(timedelta(days=30))
    assert owner.tasks(case) == {}, "the consent ran out in February, the last tax is due on 31 May"
    for _ in range(3):
        owner.work(timedelta(days=30))
    told = notices(owner, case)
    assert {"gap:vat-2026-5", "gap:vat-2026-6", "gap:rest_tax-2026", "due:tax_return-2026"} <= set(told)
    assert len(told) == len(set(told)) and incidents(owner) == []
    owner.complete(case, "Final")
    assert owner.state(case) == "completed"


def test_a_business_that_ended_in_the_register_ends_the_control(product: Product) -> None:
    use(product, trade(ended=True))
    case = running(product)
    tag(product, case)
    assert product.state(case) == "completed"
    assert "ended:311851381" in notices(product, case)


def test_closing_remembers_the_days_when_the_consent_is_withdrawn_and_the_figures_are_gone(owner: Product) -> None:
    case = closing(owner, stock=0)
    withdraw(owner, case)
    assert owner.tasks(case) == {}, "there is still tax to remember"
    for _ in range(7):
        owner.work(timedelta(days=30))
    assert {"blind:vat-2026-6", "blind:rest_tax-2026", "blind:tax_return-2026"} <= set(notices(owner, case))
    assert "Final" in owner.tasks(case) and incidents(owner) == []


def test_a_warning_is_an_event_once_and_survives_a_receiver_that_is_down(owner: Product) -> None:
    owner.published.failures = 2
    case = running(owner)
    tag(owner, case)
    for _ in range(3):
        owner.work(timedelta(minutes=5))
    (event,) = [e for e in owner.published.events if e["data"]["kind"] == "enk.gap.vat"]
    assert {name: event[name] for name in ("specversion", "type", "subject", "source", "datacontenttype")} == {
        "specversion": "1.0",
        "type": "no.ibalanse.notice.given",
        "subject": f"cases/{case}",
        "source": owner.application.settings.base_url,
        "datacontenttype": "application/json",
    }
    assert event["data"]["due"] == "2026-12-10" and event["data"]["act"] == "move"
    assert set(event["data"]) == {"notice", "kind", "due", "act"}, "neither amount nor name leaves the application"
    for _ in range(2):
        owner.work(timedelta(days=7))
    ids = [e["id"] for e in owner.published.events]
    assert len(ids) == len(set(ids)) == len(notices(owner, case))


def test_one_ended_business_of_two_does_not_end_the_control(product: Product) -> None:
    use(product, trade(ended=True, more=("314961900",)))
    case = running(product)
    tag(product, case)
    assert product.state(case) == "active"
    assert "ended:311851381" in notices(product, case) and "ended:314961900" not in notices(product, case)


def test_a_business_that_is_gone_from_the_register_ends_the_control_and_says_so(product: Product) -> None:
    use(product, trade())
    case = running(product)
    tag(product, case)
    use(product, trade(there=False))
    nobody = Evidence(EvidenceState.EMPTY, Figures())
    sets = product.application.data_sets
    sets["brreg.enterprises"] = replace(sets["brreg.enterprises"], fetch=lambda _asked: nobody)  # type: ignore[index]
    product.work(timedelta(days=31))
    product.work(timedelta(minutes=5))
    assert product.state(case) == "completed"
    assert "ended:register" in notices(product, case)


def test_a_callback_goes_to_the_chosen_office(product: Product) -> None:
    case = product.start("callback", office=BREG.orgno, officeName=BREG.name)
    product.complete(case, "Ask", wish={"phone": "99 88 77 66", "when": "morning"})
    product.complete(case, "Call", BENTE, talk={"result": "Enige om å prøve."})
    assert product.state(case) == "completed"
