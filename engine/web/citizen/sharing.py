"""Sharing and consents: what is open, to whom, until when; stop with one press; who has looked."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, url_for
from sqlalchemy import Connection, Table, select
from werkzeug.wrappers import Response

from engine.advice.consent import actions as consent
from engine.advice.consent.models import consent_record
from engine.advice.sharing import actions as sharing
from engine.advice.sharing.models import access_log, share
from engine.web.shared import view
from engine.web.shared.guards import actor, guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import NotFound
from engine.workflow.execution.commands import CorrelateMessage

blueprint = guarded("sharing", __name__, Role.CITIZEN.value)


@blueprint.get("/deling")
def show() -> Any:
    house = view.house()
    now = house.clock.now()
    who = actor().person_id
    with house.db.read() as connection:
        shares = connection.execute(
            select(share).where(share.c.person_id == who).order_by(share.c.created_at.desc())
        ).all()
        records = connection.execute(
            select(consent_record).where(consent_record.c.person_id == who).order_by(consent_record.c.decided_at.desc())
        ).all()
        log = connection.execute(
            select(access_log).where(access_log.c.person_id == who).order_by(access_log.c.at.desc()).limit(50)
        ).all()
    return render_template(
        "sharing.html",
        active_shares=[s for s in shares if s.state == "active" and s.valid_to > now],
        ended_shares=[s for s in shares if s.state != "active" or s.valid_to <= now],
        active=[r for r in records if r.state == "given" and r.valid_to > now],
        ended=[r for r in records if r.state != "given" or r.valid_to <= now],
        log=log,
    )


@blueprint.post("/deling/<share_id>/stopp")
def stop(share_id: str) -> Response:
    house = view.house()
    with house.db.write() as connection:
        if not sharing.stop(connection, actor=actor(), share_id=share_id, now=house.clock.now()):
            _own(connection, share, share_id)
    return redirect(url_for("sharing.stopped", what="deling"), 303)


@blueprint.post("/samtykker/<record_id>/trekk")
def withdraw(record_id: str) -> Response:
    """One press ends it at once; the running collection is told by a message."""
    house = view.house()
    now = house.clock.now()
    with house.db.write() as connection:
        case_id = consent.withdraw(connection, actor=actor(), record_id=record_id, now=now)
        if case_id is None:
            _own(connection, consent_record, record_id)
        if case_id is not None:
            command = CorrelateMessage("consent.withdrawn", case_id, "consent", record_id)
            house.dispatch.send(command, actor(), connection=connection)
    house.bell()
    return redirect(url_for("sharing.stopped", what="samtykke"), 303)


def _own(connection: Connection, table: Table, row_id: str) -> None:
    """Hers, and ended before: a second press says the same. Another's, or nobody's: 404."""
    found = select(table.c.id).where(table.c.id == row_id, table.c.person_id == actor().person_id)
    if connection.execute(found).first() is None:
        raise NotFound(row_id)


@blueprint.get("/deling/stoppet/<what>")
def stopped(what: str) -> Any:
    if what not in ("deling", "samtykke"):
        raise NotFound(what)
    return render_template("stopped.html", what=what, at=view.house().clock.now())


@blueprint.get("/samtykker/<record_id>/kvittering.pdf")
def receipt(record_id: str) -> Response:
    """The receipt of a consent or mandate, with exactly the words that were shown."""
    from engine.advice.documents.receipt import render_record

    house = view.house()
    with house.db.read() as connection:
        row = connection.execute(
            select(consent_record).where(
                consent_record.c.id == record_id, consent_record.c.person_id == actor().person_id
            )
        ).first()
        if row is None:
            raise NotFound(record_id)
        content = house.vault.open(connection, row.person_id, f"consent_record.content:{row.id}", row.content)
    answer = make_response(render_record(content, state=row.state, name=actor().name, made_at=house.clock.now()))
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = "attachment; filename=kvittering.pdf"
    return answer
