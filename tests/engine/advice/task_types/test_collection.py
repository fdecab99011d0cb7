"""The job that builds the overview: every answer is in one, nothing withdrawn is, and no work is done twice."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Update, delete, select, update

from engine.advice.economy.overview import Overview
from engine.advice.evidence import harvest, snapshots
from engine.advice.evidence.models import harvest as harvest_table
from engine.advice.task_types.collection import LOOK_AGAIN, QUIET, BuildOverview
from engine.workflow.execution.models import incident
from engine.workflow.jobs import outbox
from engine.workflow.jobs.job_types import Deferred, Done
from engine.workflow.jobs.models import due_work
from engine.workflow.jobs.outbox import Work
from tests.processes.conftest import Product, product
from tests.processes.data_collection.test_data_collection_journey import collecting

__all__ = ["product"]
LOANS, BANK = "lanekassen.loans", "bank.accounts"


@pytest.fixture
def case(product: Product) -> str:
    """A case whose ten sources have answered, with no overview of the last of them."""
    found = collecting(product)
    product.work()
    product.clock.advance(timedelta(minutes=1))
    change(product, update(harvest_table).where(harvest_table.c.data_set == LOANS), answered_at=product.clock.now())
    return found


def change(product: Product, statement: Update, **values: object) -> None:
    with product.application.db.write() as connection:
        connection.execute(statement.values(**values) if values else statement)


def claimed(product: Product, case: str, name: str = "overview") -> Work:
    """Due work of this name, taken by a worker."""
    with product.application.db.write() as connection:
        now = product.clock.now()
        outbox.enqueue(connection, name=name, case_id=case, payload={}, key=str(uuid.uuid4()), now=now)
    with product.application.db.write() as connection:
        (work,) = outbox.claim(connection, now)
    assert work.name == name
    return work


def job(product: Product) -> BuildOverview:
    application = product.application
    return BuildOverview(application.db, application.vault, application.data_sets)


def compiled(product: Product, work: Work) -> Callable[[Connection], None]:
    """What is to be stored of a compilation."""
    result = job(product).perform(work, product.clock.now())
    assert isinstance(result, Done) and result.effect is not None
    return result.effect


def stored(product: Product, effect: Callable[[Connection], None]) -> None:
    with product.application.db.write() as connection:
        effect(connection)


def newest(product: Product, case: str) -> tuple[Overview, int]:
    application = product.application
    with application.db.read() as connection:
        found = snapshots.newest(connection, application.vault, case, product.clock.now())
    assert found is not None
    return found[0], found[2]


def creditors(product: Product, case: str) -> set[str]:
    return {debt.creditor for debt in newest(product, case)[0].debts}


def is_compiled(product: Product, case: str) -> bool:
    application = product.application
    with application.db.read() as connection:
        return snapshots.basis(connection, case, application.data_sets, "", product.clock.now()).is_compiled


def test_of_two_jobs_the_first_compiles_and_the_other_finds_it_done(product: Product, case: str) -> None:
    first, other = claimed(product, case), claimed(product, case)
    assert not is_compiled(product, case)
    product.clock.advance(timedelta(seconds=70))  # the other's lease has run out: it compiles nothing just now
    version = newest(product, case)[1]

    stored(product, compiled(product, first))

    assert is_compiled(product, case) and newest(product, case)[1] == version + 1
    assert job(product).perform(other, product.clock.now()) == Done()


def test_an_answer_that_comes_while_another_is_compiled_is_left_to_its_own_job(product: Product, case: str) -> None:
    effect = compiled(product, claimed(product, case))
    product.clock.advance(timedelta(seconds=1))
    change(product, update(harvest_table).where(harvest_table.c.data_set == BANK), answered_at=product.clock.now())

    stored(product, effect)

    assert not is_compiled(product, case), "nobody may believe that the answer is in it"
    product.clock.advance(timedelta(minutes=2))
    stored(product, compiled(product, claimed(product, case)))
    assert is_compiled(product, case)


def test_what_is_withdrawn_while_it_is_compiled_is_in_no_overview(product: Product, case: str) -> None:
    effect = compiled(product, claimed(product, case))
    change(product, delete(harvest_table).where(harvest_table.c.data_set == BANK))

    stored(product, effect)

    assert BANK not in creditors(product, case) and LOANS in creditors(product, case)


def test_a_slow_compilation_does_not_stand_over_one_that_knew_more(product: Product, case: str) -> None:
    change(product, delete(harvest_table).where(harvest_table.c.data_set == BANK))
    slow = claimed(product, case)
    effect = compiled(product, slow)
    with product.application.db.write() as connection:
        person = product.anne.person_id
        harvest.note_requested(connection, case, person, [BANK], product.clock.now())
        snapshots.build(
            connection,
            product.application.vault,
            case_id=case,
            person_id=person,
            data_sets=product.application.data_sets,
            now=product.clock.now(),
        )
    gaps = {gap.data_set: gap.reason.value for gap in newest(product, case)[0].gaps}
    assert gaps[BANK] == "not_answered"

    stored(product, effect)

    assert {gap.data_set: gap.reason.value for gap in newest(product, case)[0].gaps} == gaps
    assert is_compiled(product, case)


@pytest.mark.parametrize("other", ["fetch", "overview"])
def test_it_waits_a_moment_for_what_a_worker_has_in_hand_and_no_longer(product: Product, case: str, other: str) -> None:
    work = claimed(product, case)
    claimed(product, case, other)
    assert job(product).perform(work, product.clock.now()) == Deferred(LOOK_AGAIN, "more_to_come")

    with product.application.db.write() as connection:
        now = product.clock.now()
        outbox.reschedule(connection, work, now + LOOK_AGAIN, "more_to_come", waited=True, now=now)
    product.clock.advance(QUIET)
    with product.application.db.write() as connection:
        (again,) = outbox.claim(connection, product.clock.now())

    assert again.id == work.id
    stored(product, compiled(product, again))


def test_a_source_that_hangs_holds_up_no_overview(product: Product, case: str) -> None:
    claimed(product, case, "fetch")
    product.clock.advance(QUIET)

    stored(product, compiled(product, claimed(product, case)))

    assert is_compiled(product, case)


@pytest.mark.parametrize("left", range(3))
def test_the_last_answer_is_compiled_though_the_jobs_of_all_others_came_to_nothing(
    product: Product, case: str, left: int
) -> None:
    """A worker is killed at each job but one, again and again, until a person must look at them."""
    works = [claimed(product, case) for _ in range(3)]
    with product.application.db.write() as connection:
        outbox.release_lease(connection, works)
        killed = [work.id for number, work in enumerate(works) if number != left]
        connection.execute(update(due_work).where(due_work.c.id.in_(killed)).values(reclaims=outbox.MAX_RECLAIMS))

    product.work()

    assert is_compiled(product, case) and len(creditors(product, case)) == 10
    with product.application.db.read() as connection:
        codes = connection.execute(select(incident.c.code)).scalars().all()
    assert codes == ["poison", "poison"]
