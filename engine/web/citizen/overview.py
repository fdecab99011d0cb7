"""The overview: the citizen's own page, its parts, and what they add by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from flask import make_response, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, select
from werkzeug.wrappers import Response

from engine.advice.commands import AddSupplement, AskSourcesAgain, CorrectFigure, DecideSameDebt, RemoveSupplement
from engine.advice.economy.overview import Overview
from engine.advice.economy.statement import statement
from engine.advice.economy.supplements import SupplementKind
from engine.advice.evidence import harvest, snapshots
from engine.advice.evidence.page_data import PageData
from engine.advice.sharing.models import share
from engine.advice.steps.supplements import KINDS, MAX_NAME
from engine.casework import queries
from engine.web.citizen.overview_context import OverviewContext
from engine.web.citizen.overview_progress import (
    Progress,
    agreed_at,
    ended,
    is_at_work,
    is_building,
    own_progress,
    sources,
    waiting,
)
from engine.web.citizen.own_pages import finish, is_done, open_task
from engine.web.citizen.reconciliation import shown
from engine.web.shared import access, view
from engine.web.shared.amounts import FieldErrors, amount_field, rate_field
from engine.web.shared.commands import send, sends
from engine.web.shared.guards import actor, guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import NotFound
from engine.workflow.execution.commands import CompleteTask
from engine.workflow.instances.rows import CaseRow

blueprint = guarded("overview", __name__, Role.CITIZEN.value)
#: What a debt to family or friends is called in the form.
FAMILY_LOAN = "private"


def _case(connection: Connection) -> CaseRow:
    case = access.data_case(connection)
    if case is None:
        raise NotFound("case")
    return case


@blueprint.get("/oversikt")
def show() -> ResponseReturnValue:
    return page({}, [])


def page(submitted: Mapping[str, str], errors: FieldErrors) -> ResponseReturnValue:
    """The whole page; with *faults*, what was written stands in its form."""
    application = view.application()
    now = application.clock.now()
    with application.db.read() as connection:
        case = access.data_case(connection)
        if case is None:
            return redirect(url_for("citizen.home"), 303)
        found = snapshots.newest(connection, application.vault, case.id, now)
        rows, agreed = sources(connection, case.id), agreed_at(connection, case.id)
        entries = harvest.supplements(connection, application.vault, case.id)
        shares = connection.execute(
            select(share).where(share.c.case_id == case.id, share.c.state == "active", share.c.valid_to > now)
        ).all()
        tasks = queries.open_tasks(connection, case.id, "citizen")
        at_work = (is_building if found else is_at_work)(connection, case.id, now)
        over = ended(connection, case.id, now)
    overview, built_at, version = found if found else (None, None, 0)
    old = harvest.stale(rows, application.data_sets, now)
    told = statement(overview, old) if overview else None
    body = OverviewContext(
        case=case,
        told=told,
        built_at=built_at,
        version=version,
        sources=rows,
        old=old,
        entries=entries,
        shares=shares,
        task=next((task for task in tasks if task.task_type == "supplement"), None),
        waiting=at_work or waiting(rows, agreed, built_at, now),
        ended=over,
        submitted=submitted,
        errors=errors,
        view_only=False,
    ).drawn()
    return (body, 422) if errors else body


@blueprint.get("/oversikt/kilder")
def status() -> ResponseReturnValue:
    """The source rows, asked for every few seconds while sources answer.

    The first overview reloads the page at once, a later version when no more will come soon.
    """
    application = view.application()
    now = application.clock.now()
    with application.db.read() as connection:
        case = _case(connection)
        rows, agreed = sources(connection, case.id), agreed_at(connection, case.id)
        built_at, version = snapshots.newest_version(connection, case.id, now)
        at_work = (is_building if version else is_at_work)(connection, case.id, now)
        over = ended(connection, case.id, now)
    known = request.args.get("versjon", "0")
    more = at_work or waiting(rows, agreed, built_at, now)
    old = harvest.stale(rows, application.data_sets, now)
    body = render_template(
        "parts/sources.html", case=case, sources=rows, version=known, waiting=more, old=old, ended=over, view_only=False
    )
    answer = make_response(body)
    if rows and str(version) != known and (not more or known == "0"):
        answer.headers["HX-Refresh"] = "true"
    return answer


@blueprint.post("/oversikt/legg-til")
@sends(AddSupplement, CompleteTask)
def add() -> ResponseReturnValue:
    """Something no source knows (R54). The button that ends the page's task adds what is typed first."""
    form = request.form
    if is_done() and not any(form.get(name, "").strip() for name in ("name", "amount", "rate")):
        return _go_on()
    name, kind = form.get("name", "").strip(), form.get("kind", "")
    errors: FieldErrors = []
    private = kind == FAMILY_LOAN
    kind = SupplementKind.DEBT if private else kind
    if kind not in KINDS:
        errors.append({"id": "kind", "path": "kind", "text": view.t("supplement.kind")})
    if not name or len(name) > MAX_NAME:
        errors.append({"id": "name", "path": "name", "text": view.t("supplement.name")})
    amount = amount_field(form.get("amount", ""), view.t("supplement.amount_label"), errors, "amount")
    written = form.get("rate", "").strip() if kind == SupplementKind.DEBT else ""
    rate = rate_field(written, view.t("supplement.rate_label"), errors, "rate") if written else None
    if errors or amount is None:
        return page(form.to_dict(), errors)
    send(AddSupplement(_case_id(), kind, name, amount, private, rate), once=True)
    return _go_on() if is_done() else redirect(url_for("overview.show") + "#lagt-til", 303)


def _go_on() -> Response:
    """The overview is as the citizen wants it."""
    with view.application().db.read() as connection:
        task = open_task(connection, "supplement")
    return finish(task, url_for("overview.show"))


@blueprint.post("/oversikt/rett")
@sends(CorrectFigure)
def correct() -> ResponseReturnValue:
    """The citizen knows better than the source; the source's own value stays beside."""
    target, written = request.form.get("target", ""), request.form.get("amount", "")
    errors: FieldErrors = []
    amount = amount_field(written, view.t("loans.right_amount"), errors, f"ret-{target}", path=target)
    if amount is None or not target:
        return page({"target": target, "corrected": written}, errors)
    send(CorrectFigure(_case_id(), target, amount), once=True)
    return redirect(url_for("overview.show") + "#lan", 303)


@blueprint.post("/oversikt/hent")
@sends(AskSourcesAgain)
def ask_again() -> Response:
    """Old answers, and those that failed, are asked for anew."""
    send(AskSourcesAgain(_case_id()))
    return redirect(url_for("overview.show") + "#kilder", 303)


@blueprint.post("/oversikt/samme")
@sends(DecideSameDebt)
def same() -> Response:
    """Whether two debts are one: asked once, and what is answered can be taken back."""
    form = request.form
    command = DecideSameDebt(_case_id(), form.get("one", ""), form.get("other", ""), form.get("same") == "yes")
    send(command, once=True)
    return redirect(url_for("overview.show") + "#lan", 303)


@blueprint.get("/oversikt/satt-sammen")
def reconciliation() -> ResponseReturnValue:
    """What came in from every source, what became of each record, and what the one that is opened said."""
    with view.application().db.read() as connection:
        case = _case(connection)
        found = _page_data(connection, case.id)
        if found is None:
            return redirect(url_for("overview.show"), 303)
        about, built_at = found
        page = shown(about.records, request.args, view.words(), about.facts)
        rows = sources(connection, case.id)
    return render_template("reconciliation.html", page=page, sources=rows, built_at=built_at)


def _page_data(connection: Connection, case_id: str) -> tuple[PageData, datetime] | None:
    """What the newest overview is made of, and when that was built. ``None`` while one is being made."""
    application = view.application()
    found = snapshots.newest(connection, application.vault, case_id, application.clock.now())
    if found is None:
        return None
    overview, built_at, version = found
    return PageData(connection, application.vault, case_id, application.data_sets, overview, version), built_at


@blueprint.get("/oversikt/poster.csv")
def records_csv() -> Response:
    """Every record and what became of it, for a spreadsheet: sent a page of records at a time."""
    from engine.advice.documents.records import to_csv

    database, words = view.application().db, view.words()
    with database.read() as connection:
        case_id = _case(connection).id
        if _page_data(connection, case_id) is None:
            return _being_made()

    def told() -> Iterator[str]:
        with database.read() as connection:
            if found := _page_data(connection, case_id):
                yield from to_csv(found[0].records, words)

    return _file(stream_with_context(told()), "text/csv; charset=utf-8", "poster.csv")


@blueprint.get("/oversikt/poster.json")
def records_json() -> Response:
    """Every record and what became of it, as ``docs/overview-json.md`` documents it."""
    import json

    from engine.advice.economy.publication import published_records

    with view.application().db.read() as connection:
        found = _page_data(connection, _case(connection).id)
        if found is None:
            return _being_made()
        told = json.dumps(published_records(found[0].records), ensure_ascii=False, indent=2)
    return _file(told, "application/json", "poster.json")


def _file(content: str | bytes | Iterator[str], kind: str, name: str) -> Response:
    answer = Response(content)
    answer.headers["Content-Type"] = kind
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


@blueprint.post("/oversikt/fjern/<entry_id>")
@sends(RemoveSupplement)
def remove(entry_id: str) -> Response:
    """Take back what was added or corrected."""
    send(RemoveSupplement(_case_id(), entry_id))
    return redirect(url_for("overview.show") + "#lagt-til", 303)


def _case_id() -> str:
    with view.application().db.read() as connection:
        case_id: str = _case(connection).id
    return case_id


@blueprint.get("/oversikt.csv")
def csv() -> Response:
    """The overview as a table for a spreadsheet."""
    from engine.advice.documents.spreadsheet import to_csv

    found = _newest()
    if found is None:
        return _being_made()
    return _file(to_csv(found, view.words(), _old()), "text/csv; charset=utf-8", "oversikt.csv")


@blueprint.get("/oversikt.pdf")
def pdf() -> Response:
    """A copy on paper of the page."""
    from engine.advice.documents.overview import render

    found = _newest()
    if found is None:
        return _being_made()
    now = view.application().clock.now()
    made = render(found, name=actor().name, words=view.words(), made_at=now, old=_old())
    return _file(made, "application/pdf", "oversikt.pdf")


@blueprint.get("/opplysningene-mine.json")
def export() -> Response:
    """Everything we hold of the overview, machine-readable (R55, R82), as ``docs/overview-json.md`` documents it."""
    import json

    from engine.advice.economy.publication import published_overview

    found = _newest()
    if found is None:
        return _being_made()
    told = json.dumps(published_overview(found, _old()), ensure_ascii=False, indent=2)
    return _file(told, "application/json", "opplysningene-mine.json")


def _newest() -> Overview | None:
    """``None`` while it is being made. Raises ``NotFound`` where nothing asks for one."""
    application = view.application()
    with application.db.read() as connection:
        case = _case(connection)
        found = snapshots.newest(connection, application.vault, case.id, application.clock.now())
    if found is None and own_progress() is Progress.NOTHING:
        raise NotFound("overview")
    return found[0] if found else None


def _old() -> frozenset[str]:
    """Data sets whose answer has grown old."""
    application = view.application()
    with application.db.read() as connection:
        rows = sources(connection, _case(connection).id)
    return harvest.stale(rows, application.data_sets, application.clock.now())


def _being_made() -> Response:
    """To the page that says so and renews itself."""
    return redirect(url_for("overview.show"), 303)
