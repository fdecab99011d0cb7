"""Verify every audit chain in the background: a row says how far, and at the end what was found."""

from __future__ import annotations

import time
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from engine.workflow.audit import chain
from engine.workflow.audit.chain import audit_head
from engine.workflow.audit.kinds import OperationsEvent
from engine.workflow.authorization.actor import Actor
from engine.workflow.operations.models import AUDIT_CHECK, AuditCheck, audit_check
from engine.workflow.runtime import Runtime

BATCH_SIZE = 100
#: More violations than this are not listed: whoever reads knows by then.
MAX_BROKEN = 100


def begin(connection: Connection, by: Actor, now: datetime) -> str:
    """A new check, or the one that runs. Returns its id; ``go_on`` does the work."""
    running = connection.execute(select(audit_check.c.id).where(audit_check.c.state == "running")).scalar()
    if running is not None:
        return str(running)
    identity = str(uuid.uuid4())
    connection.execute(
        insert(audit_check).values(
            id=identity, state="running", position="", chains=0, broken=[], asked_by=by.person_id, asked_at=now
        )
    )
    chain.append(connection, chain.SYSTEM_CHAIN, now, by, OperationsEvent.AUDIT_CHECK_ASKED, {"check": identity})
    return identity


def go_on(runtime: Runtime, identity: str, seconds: float) -> bool:
    """Verify more chains for about *seconds*. True when all are."""
    until = time.monotonic() + seconds
    while True:
        with runtime.db.read() as connection:
            row = connection.execute(AUDIT_CHECK.where(audit_check.c.id == identity)).first()
            if row is None or row.state == "done":
                return True
            check = AuditCheck(*row)
            heads = (
                select(audit_head.c.case_id)
                .where(audit_head.c.case_id > check.position)
                .order_by(audit_head.c.case_id)
                .limit(BATCH_SIZE)
            )
            ids = connection.execute(heads).scalars().all()
            suspects = [case_id for case_id in ids if chain.verify(connection, case_id) is not None]
        broken_chains = _sure(runtime, suspects)
        _save(runtime, check, list(ids), broken_chains)
        if len(ids) < BATCH_SIZE:
            return True
        if time.monotonic() >= until:
            return False


def _sure(runtime: Runtime, suspects: list[str]) -> list[chain.Broken]:
    """Looked at once more each: an event written between our two questions is no violation."""
    found = []
    for case_id in suspects:
        with runtime.db.read() as connection:
            broken_chain = chain.verify(connection, case_id)
        if broken_chain is not None:
            found.append(broken_chain)
    return found


def _save(runtime: Runtime, check: AuditCheck, ids: list[str], broken_chains: list[chain.Broken]) -> None:
    broken = [{"case": one.case_id, "seq": one.seq, "reason": one.reason} for one in broken_chains]
    values: dict[str, Any] = {"chains": check.chains + len(ids), "broken": [*check.broken, *broken][:MAX_BROKEN]}
    if ids:
        values["position"] = ids[-1]
    with runtime.db.write() as connection:
        now = runtime.clock.now()
        if len(ids) < BATCH_SIZE:
            values |= {"state": "done", "ended_at": now}
        connection.execute(
            update(audit_check)
            .where(audit_check.c.id == check.id, audit_check.c.position == check.position)
            .values(**values)
        )


def latest(runtime: Runtime) -> AuditCheck | None:
    """The check last asked for."""
    with runtime.db.read() as connection:
        row = connection.execute(AUDIT_CHECK.order_by(audit_check.c.asked_at.desc()).limit(1)).first()
    return None if row is None else AuditCheck(*row)
