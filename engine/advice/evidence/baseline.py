"""Which debts there were when a case began, so that new credit during advice shows (R111)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.advice.economy.figures import Total
from engine.advice.economy.overview import Completeness, Overview
from engine.platform.vault import Vault
from engine.workflow.execution import data
from engine.workflow.execution.models import data_element

DATA_TYPE = "credits"


def remember(
    connection: Connection, vault: Vault, *, case_id: str, person_id: str, overview: Overview, now: datetime
) -> None:
    """Keep the debts of the first overview that knows them all; a source that is late is never new credit."""
    if overview.completeness(Total.DEBT) is not Completeness.COMPLETE:
        return
    if data.read_in_case(connection, vault, case_id, DATA_TYPE):
        return
    data.write(
        connection,
        vault,
        instance_id=case_id,
        case_id=case_id,
        owner_id=person_id,
        data_type=DATA_TYPE,
        content={"ids": sorted({key for debt in overview.debts for key in (debt.id, *debt.records)})},
        now=now,
    )


def known_before(connection: Connection, vault: Vault, case_id: str, plan: Mapping[str, Any]) -> frozenset[str]:
    """The debts a plan was made with, else those the case began with; empty when neither is known."""
    begun = data.read_in_case(connection, vault, case_id, DATA_TYPE) or {}
    return frozenset(plan.get("credits") or begun.get("ids", ()))


def forget(connection: Connection, case_id: str) -> None:
    """Only the sources reported these debts: they go when the consent does."""
    connection.execute(
        data_element.delete().where(data_element.c.case_id == case_id, data_element.c.data_type == DATA_TYPE)
    )
