"""Sharing and consents: what is open, to whom, until when; stop with one press; who has looked."""

from __future__ import annotations

from flask import make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Table, select
from werkzeug.wrappers import Response

from engine.advice.commands import StopSharing, WithdrawConsent
from engine.advice.consent.models import consent_record
from engine.advice.sharing.models import access_log, share
from engine.web.shared import view
from engine.web.shared.commands import send, sends
from engine.web.shared.guards import actor, guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import NotFound

blueprint = guarded("sharing", __name__, Role.CITIZEN.value)


@blueprint.get("/deling")
def show() -> ResponseReturnValue:
    application = view.application()
    now = application.clock.now()
    who = actor().person_id
    with application.db.read() as connection:
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
@sends(StopSharing)
def stop(share_id: str) -> Response:
    send(StopSharing(_case_of_own(share, share_id), share_id))
    return redirect(url_for("sharing.stopped", what="deling"), 303)


@blueprint.post("/samtykker/<record_id>/trekk")
@sends(WithdrawConsent)
def withdraw(record_id: str) -> Response:
    """One press ends it at once. A second press says the same."""
    send(WithdrawConsent(_case_of_own(consent_record, record_id), record_id))
    return redirect(url_for("sharing.stopped", what="samtykke"), 303)


def _case_of_own(table: Table, row_id: str) -> str:
    """The case of a row of the citizen's own, in force or not. Another's, or nobody's: ``NotFound``."""
    own = select(table.c.case_id).where(table.c.id == row_id, table.c.person_id == actor().person_id)
    with view.application().db.read() as connection:
        case_id: str | None = connection.execute(own).scalar()
    if case_id is None:
        raise NotFound(row_id)
    return case_id


@blueprint.get("/deling/stoppet/<what>")
def stopped(what: str) -> ResponseReturnValue:
    if what not in ("deling", "samtykke"):
        raise NotFound(what)
    return render_template("stopped.html", what=what, at=view.application().clock.now())


@blueprint.get("/samtykker/<record_id>/kvittering.pdf")
def receipt(record_id: str) -> Response:
    """The receipt of a consent or mandate, with exactly the words that were shown."""
    from engine.advice.documents.receipt import render_record

    application = view.application()
    with application.db.read() as connection:
        row = connection.execute(
            select(consent_record).where(
                consent_record.c.id == record_id, consent_record.c.person_id == actor().person_id
            )
        ).first()
        if row is None:
            raise NotFound(record_id)
        content = application.vault.open(connection, row.person_id, f"consent_record.content:{row.id}", row.content)
    answer = make_response(render_record(content, state=row.state, name=actor().name, made_at=application.clock.now()))
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = "attachment; filename=kvittering.pdf"
    return answer
