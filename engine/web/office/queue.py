"""The work queue of an office: views, search, order, pages, and actions on several cases at once."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from engine.casework import case_actions, measures, members, notices, queries, queue, views
from engine.casework.commands import (
    AssignCase,
    PauseCase,
    PlanCase,
    RemoveQueueView,
    ReturnCase,
    SaveQueueView,
    StoreSearch,
    TakeCase,
    UnpauseCase,
)
from engine.casework.person_lookup import plain_number
from engine.casework.queue import Filter, Place
from engine.platform import name_index
from engine.platform.calendar import norwegian_day
from engine.platform.vault import Person
from engine.web.office import session
from engine.web.shared import unsent, view
from engine.web.shared.commands import send, sends
from engine.web.shared.guards import actor, guarded
from engine.workflow.authorization.actor import Role
from engine.workflow.errors import NotFound, NotPossible, Reason, Refusal
from engine.workflow.execution.commands import CaseCommand
from engine.workflow.instances.rows import CaseRow

blueprint = guarded("queue", __name__, Role.CASEWORKER.value)
session.only_members(blueprint)
#: The cookie that remembers which page of the queue one came from: filters and ids, never a name.
FROM = "queue_page"
_NUMBER = re.compile(r"\d{4}(-\d{0,6})?")
MAX_CHOSEN = 50
MAX_SEARCH = 100
MAX_EXPORTED = 10_000
#: The columns of an exported list: what a case is and waits for, never whose it is.
EXPORTED = ("process", "stage", "state", "waits", "pause", "opened", "since", "deadline", "planned", "assigned")


def read_filter(connection: Connection, args: Mapping[str, str], now: datetime) -> tuple[Filter, str]:
    """What the address asks for, and the words of a search as they were typed."""
    application = view.application()
    chosen = args.get("visning", "alle")
    number = args.get("nummer", "").strip()[:12]
    typed = ""
    if args.get("sok"):
        typed = views.search(connection, application.vault, actor().person_id, args["sok"], now)
    found = Filter(
        view=chosen if chosen in queue.VIEWS else "alle",
        number=number if _NUMBER.fullmatch(number) else "",
        key=args.get("prosess", "")[:100],
        stage=args.get("steg", "")[:60],
        responsible=args.get("ansvarlig", "")[:36],
        words=tuple(application.vault.blind(word) for word in name_index.words(typed)),
        sort=args.get("sorter", "frist") if args.get("sorter") in queue.SORTS else "frist",
        descending=args.get("synkende") == "1",
    )
    return found, typed


@blueprint.get("/arbeidsko")
def show() -> ResponseReturnValue:
    application = view.application()
    now = application.clock.now()
    args = request.args.to_dict()
    with application.db.read() as connection:
        who = session.who(connection, now)
        wanted, typed = read_filter(connection, args, now)
        page = queue.page(connection, who, wanted, now, _place(args, wanted))
        counts = queue.counts(connection, who, now)
        saved = [
            (row, queue.count(connection, who, read_filter(connection, row.query, now)[0], now))
            for row in views.of(connection, who.office, who.person_id)
        ]
        leads = members.leads(connection, who.office, who.person_id)
        loads = members.loads(connection, who.office, now)
        involved = [case.owner_id for case in page.rows] + [case.responsible for case in page.rows]
        people = session.people(connection, [*involved, *(load.person_id for load in loads)])
        unread = queue.unread(connection, [case.id for case in page.rows])
        new_notices = [
            n for n in notices.of_person(connection, application.vault, who.person_id, 20) if n.read_at is None
        ]
        due = len(measures.due(connection, who.office, now))
    plain = {key: value for key, value in args.items() if key not in ("etter", "for", "tall")}
    answer = make_response(
        render_template(
            "queue.html",
            page=page,
            rows=[_line(case, people, unread, who, leads, now) for case in page.rows],
            counts=counts,
            wanted=wanted,
            typed=typed or wanted.number,
            expired=bool(args.get("sok")) and not typed,
            pid_typed="tall" in args,
            saved=saved,
            loads=loads,
            people=people,
            new_notices=new_notices,
            due=due,
            leads=leads,
            plain=plain,
            after=_cursor(page.after),
            before=_cursor(page.before),
            stages=view.stage_titles(),
            journeys=view.journeys(),
            most=queue.MAX_COUNTED,
            shortcuts=request.cookies.get("shortcuts") == "1",
            tomorrow=norwegian_day(now),
            link=lambda **changed: url_for("queue.show", **{**plain, **changed}),
            is_saved=any(key in plain for key in views.SAVED_FILTERS),
        )
    )
    answer.set_cookie(FROM, request.query_string.decode()[:900], httponly=True, samesite="Lax", path="/")
    return answer


@dataclass(frozen=True, slots=True)
class Line:
    """One case as a line of the list.

    name, age    of the owner; no age once they are erased
    next         whom the case waits for, else the task at hand
    deadline     in words, in a tag of this ``colour``
    for_another  whether the reader has it for somebody they stand in for
    acts         what may be done with it from the list
    """

    case: CaseRow
    name: str
    age: int | None
    next: str
    deadline: str
    colour: str
    responsible: str
    for_another: bool
    unread: bool
    acts: tuple[str, ...]


def _line(
    case: CaseRow, people: Mapping[str, Person], unread: set[str], who: queue.Who, leads: bool, now: datetime
) -> Line:
    owner = people.get(case.owner_id)
    holder = people.get(case.responsible or "")
    text, colour = session.deadline(case.deadline_at, case.warn_at, now, case.paused_at)
    waits = case.waiting_for != "caseworker" or case.paused_at is not None
    return Line(
        case=case,
        name=session.short(owner.name) if owner else view.t("person.erased"),
        age=session.age(owner.birth_date, now) if owner else None,
        next=view.waiting_words(case) if waits else view.task_named(case.definition_id, case.waiting_task or ""),
        deadline=text,
        colour=colour if case.state == "open" else "neutral",
        responsible=holder.name if holder else view.t("queue.nobody"),
        for_another=case.responsible in who.mine and case.responsible != who.person_id,
        unread=case.id in unread,
        acts=case_actions.legal(case, who.person_id, leads),
    )


def _cursor(place: Place | None) -> str:
    if place is None:
        return ""
    value = place.value.isoformat() if isinstance(place.value, datetime) else place.value or ""
    return f"{value}|{place.case_id}"


def _place(args: Mapping[str, str], wanted: Filter) -> Place | None:
    """Where the page begins. An address somebody has changed begins at the beginning."""
    back = "for" in args
    value, bar, case_id = args.get("for" if back else "etter", "").partition("|")
    if not bar:
        return None
    if wanted.sort == "sak" and wanted.view != "ferdige":
        return Place(value, case_id, back)
    try:
        return Place(datetime.fromisoformat(value) if value else None, case_id, back)
    except ValueError:
        return None


@blueprint.post("/arbeidsko/sok")
@sends(StoreSearch)
def search() -> Response:
    """A number goes into the address; a name never does: it is kept an hour under an id."""
    application = view.application()
    text = request.form.get("tekst", "").strip()
    if len(text) > MAX_SEARCH:
        return unsent.too_long(MAX_SEARCH)
    filters: dict[str, Any] = {key: request.form[key] for key in views.SAVED_FILTERS if request.form.get(key)}
    if not text:
        return redirect(url_for("queue.show", **filters), 303)
    if _NUMBER.fullmatch(text):
        with application.db.read() as connection:
            found = queries.case_by_number(connection, text, session.office())
        if found is not None:
            return redirect(url_for("casework.show", number=text), 303)
        return redirect(url_for("queue.show", **filters, nummer=text), 303)
    if plain_number(text):  # who has a number is looked up in the trail, never kept as if it were a name
        return redirect(url_for("queue.show", **filters, tall=1), 303)
    return redirect(url_for("queue.show", **filters, sok=send(StoreSearch(text, views.QUEUE)).made), 303)


@blueprint.post("/arbeidsko/visninger")
@sends(SaveQueueView)
def save_view() -> Response:
    name = request.form.get("navn", "").strip()
    if len(name) > views.MAX_NAME:
        return unsent.too_long(views.MAX_NAME)
    filters: dict[str, Any] = {key: request.form[key] for key in views.SAVED_FILTERS if request.form.get(key)}
    if name:
        send(SaveQueueView(name, filters, request.form.get("felles") == "ja"))
    return redirect(url_for("queue.show", **filters), 303)


@blueprint.post("/arbeidsko/visninger/<view_id>/fjern")
@sends(RemoveQueueView)
def remove_view(view_id: str) -> Response:
    send(RemoveQueueView(view_id))
    return redirect(url_for("queue.show"), 303)


#: What the acts of a form send.
CASE_ACTS = (TakeCase, AssignCase, ReturnCase, PlanCase, PauseCase, UnpauseCase)


def command_of(act: str, case_id: str, form: Mapping[str, str]) -> CaseCommand:
    """The command of an act of a form. Raises ``NotFound`` for no act, ``NotPossible`` for no date."""
    reason = form.get("grunn", "").strip()
    match act:
        case "take":
            return TakeCase(case_id)
        case "assign":
            return AssignCase(case_id, form.get("til", ""), reason)
        case "return":
            return ReturnCase(case_id, reason)
        case "plan":
            return PlanCase(case_id, day_of(form.get("dag", "")) if form.get("dag") else None)
        case "pause":
            until = day_of(form["til"]) if "til" in form else None
            return PauseCase(case_id, form.get("kode", "other"), reason, until)
        case "resume":
            return UnpauseCase(case_id, reason)
    raise NotFound(act)


def day_of(text: str) -> datetime:
    """The end of the day a date field sent. Raises ``NotPossible`` for what is no date."""
    at = session.evening(text)
    if at is None:
        raise NotPossible(Reason("", "not-a-date", "no date"))
    return at


@blueprint.post("/arbeidsko/flere")
@sends(*CASE_ACTS)
def several() -> ResponseReturnValue:
    """One action on the chosen cases, a command for each. What is not legal for one is said of that one."""
    application = view.application()
    act = request.form.get("gjor", "")
    results = []
    chosen = tuple(dict.fromkeys(request.form.getlist("sak")))
    for number in chosen[:MAX_CHOSEN]:
        with application.db.read() as connection:
            case = queries.case_by_number(connection, number, session.office())
        if case is None:
            results.append((number, view.t("desk.no.not_there")))
            continue
        try:
            send(command_of(act, case.id, request.form))
            results.append((number, ""))
        except Refusal as refusal:
            results.append((number, session.why_not(refusal)))
    results += [(number, view.t("desk.no.too_many", limit=MAX_CHOSEN)) for number in chosen[MAX_CHOSEN:]]
    back = request.cookies.get(FROM, "")
    return render_template(
        "queue_result.html",
        act=act if act in case_actions.ACTS else "other",
        results=results,
        done=sum(not why for _, why in results),
        reason=request.form.get("grunn", "") if not results or any(why for _, why in results) else "",
        back=f"{url_for('queue.show')}?{back}",
    )


@blueprint.get("/arbeidsko/eksport.csv")
def export() -> Response:
    """The list as it is filtered, without anything that points to a person: no number, no name, no colleague."""
    application = view.application()
    now = application.clock.now()
    with application.db.read() as connection:
        who = session.who(connection, now)
        wanted, _ = read_filter(connection, request.args.to_dict(), now)
        found = queue.everything(connection, who, wanted, now, MAX_EXPORTED)
    titles = dict(view.stage_titles())
    out = io.StringIO()
    lines = csv.writer(out, delimiter=";")
    lines.writerow([view.t(f"export.{name}") for name in EXPORTED])
    for case in found:
        lines.writerow(
            [
                view.journey_title(case.key),
                titles.get(case.stage or "", ""),
                view.t(f"export.state.{case.state}"),
                view.t(f"waiting.{case.waiting_for}"),
                view.t(f"pause.{case.pause_reason}") if case.pause_reason else "",
                *(_day(at) for at in (case.opened_at, case.waiting_since, case.deadline_at, case.follow_up_at)),
                view.t("answer.yes" if case.responsible else "answer.no"),
            ]
        )
    answer = make_response("\ufeff" + out.getvalue())
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = "attachment; filename=arbeidsko.csv"
    return answer


def _day(at: datetime | None) -> str:
    return norwegian_day(at).isoformat() if at else ""


@blueprint.post("/arbeidsko/hurtigtaster")
def shortcuts() -> Response:
    """Keys that do something are off until somebody wants them (WCAG 2.1.4)."""
    answer = redirect(f"{url_for('queue.show')}?{request.cookies.get(FROM, '')}", 303)
    on = request.cookies.get("shortcuts") == "1"
    answer.set_cookie("shortcuts", "0" if on else "1", max_age=31_536_000, httponly=True, samesite="Lax")
    return answer
