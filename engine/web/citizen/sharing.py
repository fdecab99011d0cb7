"""Sharing and consents: what is open, to whom, until when; stop with one press; who has looked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, Row, Table, select
from werkzeug.wrappers import Response

from engine.advice.commands import ShareAgain, StartSharing, StopSharing, WithdrawConsent
from engine.advice.consent import ending
from engine.advice.consent.models import consent_record, grant
from engine.advice.evidence import snapshots
from engine.advice.sharing import actions as sharing
from engine.advice.sharing.models import access_log, share
from engine.advice.steps.sharing import office_of
from engine.casework import queries
from engine.web.citizen.home import required_case
from engine.web.shared import access, view
from engine.web.shared.commands import send, sends
from engine.web.shared.guards import actor, guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import NotFound
from engine.workflow.execution.models import process_instance
from engine.workflow.instances.rows import CaseRow

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
        ended = [r for r in records if r.state != "given" or r.valid_to <= now]
        still_open = _ended_at(connection, [r.id for r in ended])
        again = _may_be_shared_again(connection, shares, now)
        shared_before = {s.case_id for s in shares}
        never_shared = [case for case in access.own_readable_cases(connection) if case.id not in shared_before]
    return render_template(
        "sharing.html",
        active_shares=[s for s in shares if s.state == "active" and s.valid_to > now],
        ended_shares=[s for s in shares if s.state != "active" or s.valid_to <= now],
        active=[r for r in records if r.state == "given" and r.valid_to > now],
        ended=ended,
        again=again,
        never_shared=never_shared,
        open_cases=dict.fromkeys(r.case_id for r in records if r not in ended),
        still_open={number: [one for one in found if one.at is None] for number, found in still_open.items()},
        log=log,
    )


@blueprint.post("/deling/<share_id>/stopp")
@sends(StopSharing)
def stop(share_id: str) -> Response:
    send(StopSharing(_case_of_own(share, share_id), share_id))
    return redirect(url_for("sharing.stopped", what="deling"), 303)


@blueprint.post("/deling/<share_id>/igjen")
@sends(ShareAgain)
def again(share_id: str) -> Response:
    """Share with the same office again."""
    send(ShareAgain(_case_of_own(share, share_id), share_id), once=True)
    return redirect(url_for("sharing.show"), 303)


@blueprint.post("/deling/sak/<number>")
@sends(StartSharing)
def begin(number: str) -> Response:
    """Share with the case's office, for one who said no or stopped it before."""
    with view.application().db.read() as connection:
        case = required_case(connection, number)
    send(StartSharing(case.id), once=True)
    return redirect(url_for("sharing.show"), 303)


def may_share(case: CaseRow) -> str:
    """The office a running case may be shared with now, by name: its journey asks it at some step, and not just now.

    "" where it looks already, or there is nothing to see.
    """
    application = view.application()
    now = application.clock.now()
    if case.state != "open" or case.owner_id != actor().person_id:
        return ""
    with application.db.read() as connection:
        elements = application.library.get(connection, case.definition_id).bundle.process.elements.values()
        office = office_of(connection, case.id)
        if office is None or not any(one.extension.task_type == "share" for one in elements):
            return ""
        asked = {task.task_type for task in queries.open_tasks(connection, case.id, "citizen")}
        if "share" in asked or sharing.in_force(connection, case.id, office.orgno, now):
            return ""
        there = snapshots.newest_version(connection, case.id, now)[1]
    return office.name if there else ""


@blueprint.post("/samtykker/<record_id>/trekk")
@sends(WithdrawConsent)
def withdraw(record_id: str) -> Response:
    """One press ends it at once. A second press says the same."""
    send(WithdrawConsent(_case_of_own(consent_record, record_id), record_id))
    return redirect(url_for("sharing.withdrawn", record_id=record_id), 303)


@blueprint.get("/samtykker/<record_id>/trukket")
def withdrawn(record_id: str) -> ResponseReturnValue:
    """What a withdrawal has come to: what was deleted, what is kept and why, and what each channel has answered."""
    application = view.application()
    now = application.clock.now()
    with application.db.read() as connection:
        own = consent_record.c.id == record_id, consent_record.c.person_id == actor().person_id
        row = connection.execute(select(consent_record).where(*own)).first()
        if row is None or row.ended_at is None:
            raise NotFound(record_id)
        gone = ending.no_longer_allowed(connection, row.case_id, row.data_sets, application.data_sets, now)
        kept = ending.kept(connection, row.case_id)
        offices = connection.execute(
            select(share.c.office_name).where(
                share.c.case_id == row.case_id, share.c.state == "active", share.c.valid_to > now
            )
        ).scalars()
        return render_template(
            "withdrawn.html",
            record=row,
            deleted=[view.data_set_name(one) for one in gone],
            kept=[view.data_set_name(one) for one in kept],
            offices=list(offices),
            channels=_ended_at(connection, [record_id]).get(record_id, ()),
        )


@dataclass(frozen=True, slots=True)
class EndedAt:
    """What a channel has answered to a withdrawal.

    channel  what it is called in a sentence
    at       when it had ended there, or ``None``
    page     where the citizen must end it by themselves, "" where the channel does as we say
    """

    channel: str
    at: datetime | None
    page: str


def _ended_at(connection: Connection, record_ids: Sequence[str]) -> Mapping[str, Sequence[EndedAt]]:
    """By record: each channel that was opened by it and where it was withdrawn."""
    channels = view.application().channels
    found: defaultdict[str, list[EndedAt]] = defaultdict(list)
    rows = connection.execute(
        select(grant).where(grant.c.record_id.in_(record_ids), grant.c.state == "revoked").order_by(grant.c.channel)
    )
    for row in rows:
        channel = channels.get(row.channel)
        if channel is not None:
            page = row.redirect if channel.citizen_ends else ""
            found[row.record_id].append(EndedAt(view.channel_name(row.channel), row.ended_at, page))
    return found


def _may_be_shared_again(connection: Connection, shares: Sequence[Row[Any]], now: datetime) -> set[str]:
    """Ids of the newest ended share with each office, where it does not look now and there is something to see."""
    newest: dict[tuple[str, str], Row[Any]] = {}
    for one in sorted(shares, key=lambda one: (one.state == "active" and one.valid_to > now, one.created_at)):
        newest[one.case_id, one.office] = one
    ended = [one for one in newest.values() if one.state != "active" or one.valid_to <= now]
    running = select(process_instance.c.id).where(
        process_instance.c.id.in_([one.case_id for one in ended]), process_instance.c.state == "active"
    )
    cases = {case for case in connection.execute(running).scalars() if ending.allowed(connection, case, now)}
    return {one.id for one in ended if one.case_id in cases}


def _case_of_own(table: Table, row_id: str) -> str:
    """The case of a row of the citizen's own, in force or not. Another's, or nobody's: ``NotFound``."""
    own = select(table.c.case_id).where(table.c.id == row_id, table.c.person_id == actor().person_id)
    with view.application().db.read() as connection:
        case_id: str | None = connection.execute(own).scalar()
    if case_id is None:
        raise NotFound(row_id)
    return case_id


@blueprint.get("/saken-min/<number>/stoppet")
def case_stopped(number: str) -> ResponseReturnValue:
    """The receipt of a case the citizen stopped: what ended and was deleted, and what other cases hold on to."""
    application = view.application()
    now = application.clock.now()
    with application.db.read() as connection:
        case = required_case(connection, number)
        if case.owner_id != actor().person_id or case.state == "open":
            raise NotFound(number)
        of_case = select(consent_record).where(
            consent_record.c.case_id == case.id, consent_record.c.state == "withdrawn"
        )
        records = connection.execute(of_case.order_by(consent_record.c.decided_at)).all()
        offices = connection.execute(
            select(share.c.office_name).where(share.c.case_id == case.id, share.c.state == "stopped").distinct()
        ).scalars()
        channels = _ended_at(connection, [one.id for one in records])
        standing = select(consent_record.c.case_id).where(
            consent_record.c.person_id == actor().person_id,
            consent_record.c.state == "given",
            consent_record.c.valid_to > now,
        )
        others = [
            queries.case_by_id(connection, one) for one in connection.execute(standing.distinct()).scalars().all()
        ]
        return render_template(
            "case_stopped.html",
            case=case,
            records=records,
            deleted=[view.data_set_name(one) for one in dict.fromkeys(i for r in records for i in r.data_sets)],
            offices=list(offices),
            channels=[one for found in channels.values() for one in found],
            others=others,
        )


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
