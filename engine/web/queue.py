"""The work queue of an office."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.authorization.actor import Role
from engine.cases import actions, queries
from engine.vault import Erased
from engine.web import view
from engine.web.guards import actor, guarded

blueprint = guarded("queue", __name__, Role.CASEWORKER.value)


@blueprint.get("/arbeidsko")
def show() -> Any:
    house = view.house()
    now = house.clock.now()
    who = actor()
    office = who.office.orgno if who.office else ""
    chosen = request.args.get("visning", "alle")
    after = _cursor(request.args.get("etter", ""))
    with house.db.read() as connection:
        rows, more = queries.queue(
            connection,
            office=office,
            person_id=who.person_id,
            now=now,
            view=chosen if chosen in queries.VIEWS else "alle",
            number=request.args.get("sok", "").strip()[:20],
            stage=request.args.get("steg", ""),
            after=after,
        )
        counts = queries.counts(connection, office, who.person_id, now)
        people = {}
        for row in rows:
            try:
                people[row.owner_id] = house.vault.person(connection, row.owner_id)
            except (KeyError, Erased):
                continue
    last = rows[-1] if rows else None
    following = f"{last.deadline_at.isoformat() if last.deadline_at else ''}|{last.id}" if last and more else ""
    return render_template(
        "queue.html",
        rows=rows,
        counts=counts,
        chosen=chosen,
        views=queries.VIEWS,
        stages=view.stage_titles(),
        people={key: (_short(person.name), _age(person.birth_date, now)) for key, person in people.items()},
        following=following,
        first=after is not None,
        now=now,
        task_name=lambda row: view.task_named(row.definition_id, row.waiting_task or ""),
    )


def _short(name: str) -> str:
    """``Anne E.`` in lists: no more than is needed to know whom one means."""
    first, _, last = name.rpartition(" ")
    return f"{first} {last[:1]}." if first else name


def _age(born: date, now: datetime) -> int:
    today = now.date()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _cursor(text: str) -> tuple[datetime, str] | None:
    moment, bar, case_id = text.partition("|")
    if not bar:
        return None
    try:
        at = datetime.fromisoformat(moment) if moment else datetime.fromisoformat("9999-01-01T00:00:00+00:00")
    except ValueError:
        return None
    return at, case_id


@blueprint.post("/arbeidsko/ta")
def take() -> Response:
    """Take the chosen cases; those a colleague has taken are left to her."""
    house = view.house()
    who = actor()
    office = who.office.orgno if who.office else ""
    with house.db.write() as connection:
        for number in request.form.getlist("sak")[:50]:
            case = queries.case_by_number(connection, number, office)
            if case is not None and case.responsible is None:
                actions.take(connection, actor=who, case_id=case.id, now=house.clock.now())
    return redirect(url_for("queue.show", visning="mine"), 303)
