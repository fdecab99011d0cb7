"""What has had its time is gone after a purge, and only that."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, insert, select

from engine.advice.consent import actions
from engine.advice.consent.models import consent_record
from engine.advice.evidence import harvest, snapshots
from engine.advice.evidence.models import harvest as harvest_table
from engine.advice.evidence.models import snapshot
from engine.advice.retention import purge
from engine.advice.sharing import actions as sharing
from engine.advice.sharing.models import share
from engine.application import Application
from engine.platform.clock import FixedClock
from engine.workflow.authorization.actor import Actor, Office, Role
from engine.workflow.execution.models import process_instance
from tests.factories.case_rows import add_case


def test_a_consent_that_ran_out_takes_its_harvest_snapshot_and_share_with_it(
    application: Application, anne: str, clock: FixedClock
) -> None:
    who = Actor(Role.CITIZEN, anne, "Anne", level="high")
    now = clock.now()
    with application.db.write() as connection:
        add_case(connection, "case", anne, now)
        connection.execute(
            insert(process_instance).values(
                id="case",
                definition_id="d",
                key="advice",
                case_id="case",
                owner_id=anne,
                state="active",
                version=1,
                children=0,
                variables={},
                started_at=now,
            )
        )
        actions.record(
            connection,
            application.vault,
            actor=who,
            case_id="case",
            basis="consent",
            purpose="debt_advice",
            receiver={},
            data_sets=["bank.accounts"],
            granted=True,
            wording=actions.Wording("nb", "1", "tekst"),
            now=now,
        )
        harvest.note_requested(connection, "case", anne, ["bank.accounts"], now)
        snapshots.build(connection, application.vault, case_id="case", person_id=anne, data_sets={}, now=now)
        sharing.start(connection, actor=who, case_id="case", office=Office("1", "Nav"), now=now)

    def left() -> list[int]:
        with application.db.read() as connection:
            tables = (harvest_table, snapshot)
            return [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]

    clock.advance(timedelta(days=89))
    with application.db.write() as connection:
        purge(connection, clock.now(), {})
    assert left() == [1, 1]

    clock.advance(timedelta(days=2))
    with application.db.write() as connection:
        purge(connection, clock.now(), {})
        assert connection.execute(select(consent_record.c.state)).scalar_one() == "expired"
        assert connection.execute(select(share.c.state)).scalar_one() == "stopped"
    assert left() == [0, 0]
