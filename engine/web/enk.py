"""The owner's pages: tag accounts, see tax and VAT against what is set aside, every figure with its calculation."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask import g, make_response, redirect, render_template, request, url_for
from sqlalchemy import Connection, select
from werkzeug.wrappers import Response

from engine.authorization.actor import Role
from engine.cases import queries
from engine.clock import OSLO
from engine.economy.enk.closing import LATER, Closing, Holdings, close
from engine.economy.enk.closing import STEPS as CLOSING
from engine.economy.enk.overview import EnkOverview
from engine.economy.enk.startup import Plan, assess
from engine.economy.enk.tagging import Tag, suggest
from engine.economy.figures import Account, Figures
from engine.economy.money import ZERO
from engine.economy.overview import Overview
from engine.economy.rates import UnknownYear, rates
from engine.economy.tax.vat import Period
from engine.evidence import business, harvest
from engine.evidence.datasets import own_data_sets
from engine.execution import data
from engine.execution.commands import CompleteTask, CorrelateMessage, NotFound
from engine.execution.models import user_task
from engine.guidance.contacts import contacts
from engine.guidance.tips import choose
from engine.web import view
from engine.web.guards import actor, guarded
from engine.web.overview import read_amount

blueprint = guarded("enk", __name__, Role.CITIZEN.value)
#: field of the assumptions form → whether it is an amount in NOK.
AMOUNTS = ("advanceTax", "advancePaid", "wages", "deductions", "shieldingBase", "wantedPay", "advanceBefore")
#: Left empty they mean "not told", which is another thing than nothing.
OPEN = ("advancePaid",)
SOON = timedelta(hours=1)
STEPS = ("accounts", "tax_card", "vat", "insurance", "bookkeeping")


@dataclass(frozen=True, slots=True)
class Known:
    """What the pages work on: the case with the newest data, the overview of the business, and all figures."""

    case: Any
    overview: EnkOverview
    figures: Figures
    private: Overview | None


def _known(connection: Connection) -> Known | None:
    house = view.house()
    case = queries.data_case_of(connection, actor().person_id)
    if case is None:
        return None
    found, figures = business.overview(
        connection,
        house.vault,
        case_id=case.id,
        owner_id=actor().person_id,
        every=own_data_sets(house.data_sets),
        now=house.clock.now(),
    )
    newest = harvest.newest_snapshot(connection, house.vault, case.id, house.clock.now())
    return Known(case, found, figures, newest[0] if newest else None)


def _task(connection: Connection, task_type: str) -> Any:
    """The citizen's open task of this type, whose page this is; ``None`` when she is just looking."""
    return connection.execute(
        select(user_task)
        .where(
            user_task.c.owner_id == actor().person_id,
            user_task.c.task_type == task_type,
            user_task.c.state.in_(queries.OPEN),
        )
        .order_by(user_task.c.created_at)
        .limit(1)
    ).first()


def keep(connection: Connection, case_id: str, data_type: str, content: dict[str, Any]) -> None:
    """Keep something the citizen said on a page of her own, for all her cases."""
    house = view.house()
    data.write(
        connection,
        house.vault,
        instance_id=case_id,
        case_id=case_id,
        owner_id=actor().person_id,
        data_type=data_type,
        content=content,
        now=house.clock.now(),
    )


def tell_changed(connection: Connection) -> None:
    """What the owner says may change what falls due: the journeys that watch over it look at once."""
    house = view.house()
    for case in queries.cases_of(connection, actor().person_id):
        if case.state == "open" and case.owner_id == actor().person_id and case.key in ("enk_run", "enk_close"):
            message = CorrelateMessage("enk.changed", case.id, "owner", str(uuid.uuid4()), time_to_live=SOON)
            house.dispatch.send(message, actor(), connection=connection)


def finish(task: Any, otherwise: str) -> Response:
    """End the task this page belongs to, if there is one, and go where the case goes."""
    if task is None:
        return redirect(otherwise, 303)
    house = view.house()
    given = request.form.get("action", "")
    action = given if given in ("go_on", "change", "wait") else ""
    outcome = house.dispatch.send(CompleteTask(task.id, action=action), actor(), key=request.form.get("_key", ""))
    return redirect(url_for("tasks.coming", case_id=outcome.case_id), 303)


@blueprint.get("/enk/kontoer")
def accounts() -> Any:
    """Which account is for what (R60): suggested, decided by the owner."""
    house = view.house()
    with house.db.read() as connection:
        known = _known(connection)
        if known is None:
            return redirect(url_for("citizen.home"), 303)
        task = _task(connection, "tag_accounts")
        tags = business.tagging(connection, house.vault, actor().person_id)
    return render_template(
        "enk_accounts.html",
        suggestions=suggest(known.figures.accounts, known.figures.enterprises),
        enterprises=known.figures.enterprises,
        tags=tags,
        kinds=list(Tag),
        task=task,
    )


@blueprint.post("/enk/kontoer")
def tag() -> Response:
    house = view.house()
    with house.db.read() as connection:
        known = _known(connection)
        task = _task(connection, "tag_accounts")
    if known is None:
        raise NotFound("case")
    by_id = {_short(account): account.number for account in known.figures.accounts}
    chosen = {
        by_id[name.removeprefix("tag-")]: Tag(value).value
        for name, value in request.form.items()
        if name.startswith("tag-") and name.removeprefix("tag-") in by_id and value in list(Tag)
    }
    with house.db.write() as connection:
        keep(connection, known.case.id, business.TAGS, {"tags": chosen})
        tell_changed(connection)
    return finish(task, url_for("enk.show"))


def _short(account: Account) -> str:
    """A name for an account in a form: never its number."""
    return account.id.rpartition(":")[2]


@blueprint.get("/enk")
def show() -> Any:
    """The business at a glance (R41, R61-R64)."""
    return _page({}, [])


def _page(given: dict[str, str], faults: list[dict[str, str]]) -> Any:
    house = view.house()
    with house.db.read() as connection:
        known = _known(connection)
        if known is None:
            return redirect(url_for("citizen.home"), 303)
        task = _task(connection, "enk_review")
        kept = data.read_of_person(connection, house.vault, actor().person_id, business.ASSUMPTIONS) or {}
        remembered = data.read_of_person(connection, house.vault, actor().person_id, business.COMING) or {}
    overview = known.overview
    body = render_template(
        "enk.html",
        o=overview,
        private=known.private,
        kept={**_shown(kept, overview), **given},
        amounts=AMOUNTS,
        periods=list(Period),
        kinds=("standard", "food", "low", "fish", "zero"),
        tips=choose(situations(overview), "enk_run", overview.as_of),
        contacts=contacts("enk_run"),
        task=task,
        scale=max([one.estimate for one in overview.cover.dues] or [Decimal(1)]),
        faults=faults,
        coming=business.coming(remembered, overview.as_of),
        has_accounts=bool(known.figures.accounts),
    )
    return (body, 422) if faults else body


def _shown(kept: Mapping[str, Any], overview: EnkOverview) -> dict[str, Any]:
    """What she has told, as the form shows it again. Of an earlier year's advance tax nothing stands there."""
    shown = dict(kept)
    for name in (name for name in AMOUNTS if kept.get(name) is not None):
        told = Decimal(str(kept[name]))
        plain = f"{told:,.2f}".removesuffix(".00").replace(",", " ").replace(".", ",")
        shown[name] = "" if not told and name not in OPEN else plain
    if kept.get("year", overview.as_of.year) != overview.as_of.year:
        shown |= dict.fromkeys(("advanceTax", "advancePaid", "advanceBefore", "advanceNotified"), "")
    return shown


def read_day(text: str) -> date | None:
    """A date as a browser sends it (2026-11-24) or as people write it (24.11.2026); ``None`` when it is neither."""
    try:
        if "." in text:
            day, month, year = text.split(".")
            return date(int(year), int(month), int(day))
        return date.fromisoformat(text)
    except ValueError:
        return None


def situations(overview: EnkOverview) -> set[str]:
    """The keys tips are chosen by."""
    found = set()
    for warning in overview.warnings:
        if warning.kind == "gap.vat":
            found.add("vat_gap")
        elif warning.kind.startswith("gap."):
            found.add("tax_gap")
        elif warning.kind == "pay":
            found.add("profit_below_pay")
        elif warning.kind == "no_tags":
            found.add("no_tagged_accounts")
        elif warning.kind.startswith("threshold"):
            found.add("vat_threshold_near")
    if overview.cover.gap:
        found.add("tax_gap")
    return found


@blueprint.post("/enk/forutsetninger")
def assume() -> Any:
    """What no source tells: advance tax, wages beside, wanted pay, how VAT is reckoned."""
    form = request.form
    content: dict[str, Any] = {}
    faults = []
    for name in AMOUNTS:
        text = form.get(name, "").strip()
        amount = read_amount(text) if text else ZERO
        if amount is None:
            label = view.t(f"enk.assume.{name}")
            faults.append({"id": f"a-{name}", "path": name, "text": view.t("issue.number", label=label)})
        elif text or name not in OPEN:
            content[name] = str(amount)
    told_on = form.get("advanceNotified", "").strip()
    today = view.house().clock.now().astimezone(OSLO).date()
    if told_on:
        notified = read_day(told_on)
        if notified is None or notified > today or notified.year != today.year:
            text = view.t("issue.day_this_year", label=view.t("enk.assume.advanceNotified"), year=today.year)
            faults.append({"id": "a-advanceNotified", "path": "advanceNotified", "text": text})
        else:
            content["advanceNotified"] = notified.isoformat()
    share = read_amount(form.get("deductible", "100") or "100")
    if share is None or share > 100:
        text = view.t("issue.maximum", label=view.t("enk.assume.deductible"), limit=100)
        faults.append({"id": "a-deductible", "path": "deductible", "text": text})
    else:
        content["deductible"] = str(share / 100)
    content["vatKind"] = form.get("vatKind") if form.get("vatKind") in ("food", "low", "fish", "zero") else "standard"
    content["vatPeriod"] = form.get("vatPeriod") if form.get("vatPeriod") in list(Period) else "two_month"
    term, told = form.get("returnTerm", ""), form.get("returnAmount", "").strip()
    house = view.house()
    with house.db.write() as connection:
        known = _known(connection)
        if known is None:
            raise NotFound("case")
        returns = dict(known.overview.assumptions.returns)
        if told:
            amount = read_amount(told.lstrip("-\u2212"))
            if amount is None or term not in {e.term.key for e in known.overview.vat}:
                label = view.t("enk.assume.return")
                faults.append({"id": "a-return", "path": "return", "text": view.t("issue.number", label=label)})
            else:
                returns[term] = -amount if told[0] in "-\u2212" else amount
        content["returns"] = {key: str(value) for key, value in returns.items()}
        if not faults:
            kept = data.read_of_person(connection, house.vault, actor().person_id, business.ASSUMPTIONS) or {}
            keep(connection, known.case.id, business.ASSUMPTIONS, business.next_assumptions(kept, content, today))
            tell_changed(connection)
    if faults:
        return _page(form.to_dict(), faults)
    return redirect(url_for("enk.show") + "#forutsetninger", 303)


@blueprint.post("/enk/gjennomgang")
def reviewed() -> Response:
    """The quarterly review is done."""
    house = view.house()
    with house.db.read() as connection:
        task = _task(connection, "enk_review")
    return finish(task, url_for("enk.show"))


@blueprint.get("/enk/beregning")
def calculation() -> Any:
    """How the figures came about, line by line, with rate, year and source (R61)."""
    with view.house().db.read() as connection:
        known = _known(connection)
    if known is None:
        return redirect(url_for("citizen.home"), 303)
    return render_template("enk_calculation.html", o=known.overview)


@blueprint.get("/enk/start")
def startup() -> Any:
    """Can the private economy carry it (R67): three scenarios, told kindly."""
    house = view.house()
    with house.db.read() as connection:
        task = _task(connection, "startup_review")
        found = _assess(connection)
    if found is None:
        return redirect(url_for("citizen.home"), 303)
    return render_template(
        "enk_startup.html", task=task, contacts=contacts("enk_start"), tips=found.tips, **found.values
    )


@dataclass(frozen=True, slots=True)
class Assessed:
    values: dict[str, Any]
    tips: Any


def _assess(connection: Connection) -> Assessed | None:
    house = view.house()
    who = actor().person_id
    kept = data.read_of_person(connection, house.vault, who, "business-plan")
    case = queries.data_case_of(connection, who)
    if kept is None or case is None:
        return None
    newest = harvest.newest_snapshot(connection, house.vault, case.id, house.clock.now())
    private = newest[0] if newest else None
    number: Callable[[str], Decimal] = lambda name: Decimal(str(kept.get(name) or 0))  # noqa: E731
    told = kept.get("spending")
    spending = Decimal(str(told)) if told is not None else private.monthly_spending if private else ZERO
    plan = Plan(
        number("turnover"),
        number("costs"),
        number("startCosts"),
        number("savings"),
        number("otherIncome"),
        spending,
        int(kept.get("ramp", 6)),
    )
    today = house.clock.now().astimezone(OSLO).date()
    try:
        found, unknown = assess(plan, today.year), None
    except UnknownYear as error:
        found, unknown = None, error
    tips = choose({"spending_over_income"} if found and found.verdict != "carries" else (), "enk_start", today)
    values = {"plan": plan, "found": found, "unknown": unknown, "private": private, "year": today.year}
    return Assessed(values, tips)


@blueprint.post("/enk/start")
def decided() -> Response:
    house = view.house()
    with house.db.read() as connection:
        task = _task(connection, "startup_review")
    return finish(task, url_for("enk.startup"))


@blueprint.get("/enk/start.pdf")
def startup_pdf() -> Response:
    """The assessment on paper, to take to the bank or the business guidance."""
    from engine.documents.startup import render

    house = view.house()
    with house.db.read() as connection:
        found = _assess(connection)
    if found is None or found.values["found"] is None:
        raise NotFound("plan")
    body = render(
        found.values["plan"],
        found.values["found"],
        name=actor().name,
        words=view.t,
        language=g.language,
        made_at=house.clock.now(),
    )
    answer = make_response(body)
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = "attachment; filename=oppstart.pdf"
    return answer


@blueprint.get("/enk/sjekkliste")
def checklist() -> Any:
    """Set-up from day one (R67): each step ticked by the owner, those a source can see watched for her."""
    house = view.house()
    with house.db.read() as connection:
        known = _known(connection)
        if known is None:
            return redirect(url_for("citizen.home"), 303)
        task = _task(connection, "checklist")
        kept = data.read_of_person(connection, house.vault, actor().person_id, "checklist") or {}
        guided = data.read_of_person(connection, house.vault, actor().person_id, "guidance") or {}
    o = known.overview
    seen = {"accounts": o.tagged, "vat": any(e.vat_registered for e in o.enterprises)}
    limit = rates(o.as_of.year).get("vat", "registration_threshold") if o.unknown_year is None else None
    return render_template(
        "enk_checklist.html",
        steps=STEPS,
        done=set(kept.get("done", ())),
        seen=seen,
        o=o,
        limit=limit,
        advice=guided.get("advice", ""),
        task=task,
    )


@blueprint.post("/enk/sjekkliste")
def check() -> Response:
    house = view.house()
    done = [step for step in request.form.getlist("step") if step in STEPS]
    with house.db.write() as connection:
        known = _known(connection)
        if known is None:
            raise NotFound("case")
        task = _task(connection, "checklist")
        keep(connection, known.case.id, "checklist", {"done": done})
    if request.form.get("action") == "save":
        return redirect(url_for("enk.checklist"), 303)
    return finish(task, url_for("enk.checklist"))


@blueprint.get("/enk/avslutning")
def closing() -> Any:
    """Closing in order (R69)."""
    return _closing_page(None, ())


def _closing_page(ticked: list[str] | None, missing: Sequence[str]) -> Any:
    """The page; *ticked* as it was posted, *missing* the steps that are to be done first."""
    house = view.house()
    with house.db.read() as connection:
        known = _known(connection)
        if known is None:
            return redirect(url_for("citizen.home"), 303)
        task = _task(connection, "closing_review")
        kept = data.read_of_person(connection, house.vault, actor().person_id, "holdings") or {}
        steps = data.read_of_person(connection, house.vault, actor().person_id, "closing-steps") or {}
    o = known.overview
    try:
        found, last_day = _close(known, kept)
    except UnknownYear as error:
        return render_template("enk_closing.html", found=None, unknown=error, o=o, task=task, done=set())
    body = render_template(
        "enk_closing.html",
        found=found,
        unknown=None,
        o=o,
        last_day=last_day,
        holdings=kept,
        done=set(steps.get("done", ()) if ticked is None else ticked),
        missing=missing,
        tips=choose({"closing"}, "enk_close", o.as_of),
        contacts=contacts("enk_close"),
        task=task,
    )
    return (body, 422) if missing else body


def _close(known: Known, kept: Mapping[str, Any]) -> tuple[Closing, date]:
    """What closing means with the holdings she told of, and the last day. Raises ``UnknownYear``."""
    o = known.overview
    number: Callable[[str], Decimal] = lambda name: Decimal(str(kept.get(name) or 0))  # noqa: E731
    last_day = date.fromisoformat(kept["lastDay"]) if kept.get("lastDay") else o.as_of
    tagged = {number_ for number_, tag_ in o.tagging.items() if tag_ is not Tag.PRIVATE}
    money = sum((a.balance.value for a in known.figures.accounts if a.number in tagged), ZERO)
    return close(o, Holdings(number("claims"), number("debts"), number("stock")), last_day, money), last_day


@blueprint.post("/enk/avslutning")
def close_step() -> Any:
    """Keep the ticks; the last press ends the task when every step that can be done by now is done."""
    house = view.house()
    done = [step for step in request.form.getlist("step") if step in CLOSING]
    with house.db.write() as connection:
        known = _known(connection)
        if known is None:
            raise NotFound("case")
        task = _task(connection, "closing_review")
        kept = data.read_of_person(connection, house.vault, actor().person_id, "holdings") or {}
        keep(connection, known.case.id, "closing-steps", {"done": done})
    if request.form.get("action") == "save":
        return redirect(url_for("enk.closing"), 303)
    try:
        missing = [step for step in _close(known, kept)[0].steps if step not in LATER and step not in done]
    except UnknownYear:
        missing = []
    if missing:
        return _closing_page(done, missing)
    return finish(task, url_for("enk.closing"))
